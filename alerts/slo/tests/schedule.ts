/** Traffic over time: how a workload's series are written for promtool, and how many events there are in each step. */
import { type Labels, seriesText } from './selectors.ts';
import type { Unit, Workload } from './workload.ts';

/** Seconds between two samples. */
export const sampleSeconds = 60;

/** A time of even traffic. Of gauges each sample is all bad, or all good. */
export interface Phase {
  readonly steps: number;
  /** Events in each sample interval; none is no traffic. */
  readonly total: number;
  readonly bad: number;
}

export interface Step {
  readonly total: number;
  readonly bad: number;
}

export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** Events of each step. At 0 a counter has not grown yet; of a gauge there is a sample in each step, and at 0. */
export function stepsOf(of: Workload['of'], phases: readonly Phase[], samplesInStep: number): readonly Step[] {
  const each = of === 'counter' ? samplesInStep : 1;
  const [first = { total: 0, bad: 0 }] = phases;
  return [
    of === 'counter' ? { total: 0, bad: 0 } : { total: first.total, bad: first.bad },
    ...phases.flatMap(({ steps, total, bad }) =>
      Array.from({ length: steps }, () => ({ total: total * each, bad: bad * each })),
    ),
  ];
}

/** The series' values, a sample each minute from 0 on. */
export function inputSeries(
  workload: Workload,
  phases: readonly Phase[],
  samplesInStep: number,
): readonly InputSeries[] {
  return workload.series.map((labels, index) => ({
    series: seriesText(labels),
    values:
      workload.of === 'counter'
        ? counter(workload, phases, index, samplesInStep)
        : gauge(workload, phases, index, samplesInStep),
  }));
}

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

const per = (unit: Unit, index: number): number => (unit.values[index] ?? 0) / unit.events;

/** The target's own series, without which a counter that is born is not known to have been 0. */
export const upSeries = (labels: Labels, samples: number): InputSeries => ({
  series: `up{job=${JSON.stringify(labels.job)},instance=${JSON.stringify(labels.instance)}}`,
  values: `1x${samples}`,
});
