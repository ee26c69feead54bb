/** Traffic over time: how a workload's series are written for promtool, and how many events there are in each step. */
import { nativeText } from './native.ts';
import { samplesText } from './rates.ts';
import { type Labels, seriesText } from './selectors.ts';
import type { NativeBuckets, Phase, Step, Unit, Workload } from './traffic.ts';

export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** Events of each step. At 0 a counter has not grown yet, and of a gauge there is one sample. */
export function stepsOf(of: Workload['of'], phases: readonly Phase[], samplesInStep: number): readonly Step[] {
  const [first = { total: 0, bad: 0 }] = phases;
  return [
    of === 'counter' ? { total: 0, bad: 0 } : { total: first.total, bad: first.bad },
    ...phases.flatMap(({ steps, total, bad }) =>
      Array.from({ length: steps }, () => ({ total: total * samplesInStep, bad: bad * samplesInStep })),
    ),
  ];
}

/** The series' values, a sample at each scrape from 0 on. */
export function inputSeries(
  workload: Workload,
  phases: readonly Phase[],
  samplesInStep: number,
  scrapeInterval = 60,
): readonly InputSeries[] {
  if (workload.rates)
    return workload.series.map((labels, index) => ({
      series: seriesText(labels),
      values: samplesText(phase => rateOf(workload, phase, index), phases, samplesInStep, scrapeInterval),
    }));
  if (workload.native) return [native(workload, workload.native, phases, samplesInStep)];
  return workload.series.map((labels, index) => ({
    series: seriesText(labels),
    values:
      workload.of === 'counter'
        ? counter(workload, phases, index, samplesInStep)
        : gauge(workload, phases, index, samplesInStep),
  }));
}

/** Per second, of one of the workload's series. */
export const rateOf = ({ good, bad }: Workload, phase: Phase, index: number): number =>
  (phase.bad > 0 ? bad : good).values[index] ?? 0;

function counter({ good, bad }: Workload, phases: readonly Phase[], index: number, samplesInStep: number): string {
  let last = 0;
  const parts = ['0'];
  for (const { steps, ...events } of phases) {
    const growth = (events.total - events.bad) * per(good, index) + events.bad * per(bad, index);
    const samples = steps * samplesInStep;
    if (samples === 0) continue;
    parts.push(growth === 0 ? `${last}x${samples - 1}` : `${last + growth}+${growth}x${samples - 1}`);
    last += growth * samples;
  }
  return parts.join(' ');
}

function gauge({ good, bad }: Workload, phases: readonly Phase[], index: number, samplesInStep: number): string {
  const parts: string[] = [];
  for (const { steps, ...events } of phases) {
    const samples = steps * samplesInStep - (parts.length === 0 ? 0 : 1);
    const value = (events.bad > 0 ? bad : good).values[index] ?? 0;
    parts.push(...(events.total === 0 ? ['stale', `_x${samples}`] : [`${value}x${samples}`]));
  }
  return parts.join(' ');
}

function native(
  workload: Workload,
  buckets: NativeBuckets,
  phases: readonly Phase[],
  samplesInStep: number,
): InputSeries {
  const [labels = {}] = workload.series;
  const last = { few: 0, many: 0 };
  const parts = [nativeText(buckets, 0, 0)];
  for (const { steps, total, bad } of phases) {
    const samples = steps * samplesInStep;
    const first = nativeText(buckets, last.few + total - bad, last.many + bad);
    if (total === 0) parts.push(`${nativeText(buckets, last.few, last.many)}x${samples - 1}`);
    else parts.push(`${first}+${nativeText(buckets, total - bad, bad)}x${samples - 1}`);
    last.few += (total - bad) * samples;
    last.many += bad * samples;
  }
  return { series: seriesText(labels), values: parts.join(' ') };
}

const per = (unit: Unit, index: number): number => (unit.values[index] ?? 0) / unit.events;

/** The target's own series, without which a counter that is born is not known to have been 0. */
export const upSeries = (labels: Labels, samples: number): InputSeries => ({
  series: `up{job=${JSON.stringify(labels.job)},instance=${JSON.stringify(labels.instance)}}`,
  values: `1x${samples}`,
});
