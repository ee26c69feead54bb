/**
 * Rates as Prometheus reckons them, for thresholds over rates and quantiles: what is looked at is a mean over a range, so
 * that it changes in steps after its counters do.
 * https://github.com/prometheus/prometheus/blob/main/promql/functions.go, extrapolatedRate
 */
import { durationSeconds } from '../durations.ts';
import { nodesOf, type Parsed, sourceOf } from '../import/text.ts';
import type { Phase, Step } from './traffic.ts';

/** The one range of an expression whose counters are all within `rate`; else undefined. Seconds. */
export function rateRange(parsed: Parsed): number | undefined {
  if (parsed.text.includes('{{')) return undefined;
  const counters = nodesOf(parsed.root, 'FunctionIdentifier').map(node => sourceOf(parsed, node));
  const ranges = nodesOf(parsed.root, 'MatrixSelector');
  const rates = counters.filter(name => name === 'rate');
  if (rates.length === 0 || rates.length !== ranges.length) return undefined;
  if (nodesOf(parsed.root, 'VectorSelector').length !== ranges.length) return undefined;
  if (nodesOf(parsed.root, 'OffsetExpr').length > 0 || nodesOf(parsed.root, 'SubqueryExpr').length > 0)
    return undefined;
  const seconds = ranges.flatMap(range =>
    nodesOf(range, 'NumberDurationLiteralInDurationContext').map(node => durationSeconds(sourceOf(parsed, node))),
  );
  const [first] = seconds;
  return seconds.length === ranges.length && seconds.every(each => each === first) ? first : undefined;
}

/** A counter's samples, a scrape apart from 0 on; undefined where it is not there. */
export function counterSamples(
  rateIn: (phase: Phase) => number,
  phases: readonly Phase[],
  samplesInStep: number,
  scrapeInterval: number,
): readonly (number | undefined)[] {
  let last = 0;
  return [
    0,
    ...phases.flatMap(phase =>
      Array.from({ length: phase.steps * samplesInStep }, () => {
        if (phase.total === 0) return undefined;
        last += rateIn(phase) * scrapeInterval;
        return last;
      }),
    ),
  ];
}

/** Per second, within the range that ends at `at` and doesn't hold its beginning; undefined below two samples. Seconds. */
export function extrapolatedRate(
  samples: readonly (number | undefined)[],
  at: number,
  range: number,
  scrapeInterval: number,
): number | undefined {
  const within: (readonly [time: number, value: number])[] = [];
  const from = Math.max(0, Math.floor((at - range) / scrapeInterval) + 1);
  for (let index = from; index * scrapeInterval <= at; index++) {
    const value = samples[index];
    if (value !== undefined) within.push([index * scrapeInterval, value]);
  }
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined || within.length < 2) return undefined;
  const growth = last[1] - first[1];
  const sampled = last[0] - first[0];
  const between = sampled / (within.length - 1);
  const reach = (gap: number) => (gap >= 1.1 * between ? between / 2 : gap);
  const toZero = growth > 0 ? sampled * (first[1] / growth) : Number.POSITIVE_INFINITY;
  const before = Math.min(reach(first[0] - (at - range)), toZero);
  return (growth * ((sampled + before + reach(at - last[0])) / sampled)) / range;
}

/** How each step's looks judge: one every so many seconds, of the steps' own time. `undefined`: nothing is known. */
export function judgedSteps(
  judgedAt: (seconds: number) => { readonly bad: number } | undefined,
  steps: number,
  stepSeconds: number,
  every: number,
): readonly Step[] {
  return Array.from({ length: steps + 1 }, (_, index) => {
    const end = index * stepSeconds;
    const looks: { readonly bad: number }[] = [];
    for (let at = Math.floor(end / every) * every; at > end - stepSeconds && at >= 0; at -= every) {
      const judged = judgedAt(at);
      if (judged) looks.push(judged);
    }
    return { bad: looks.reduce((sum, { bad }) => sum + bad, 0), total: looks.length };
  });
}

/** Written for promtool, a sample at each scrape. */
export function samplesText(
  rateIn: (phase: Phase) => number,
  phases: readonly Phase[],
  samplesInStep: number,
  scrapeInterval: number,
): string {
  let last = 0;
  const parts = ['0'];
  for (const phase of phases) {
    const samples = phase.steps * samplesInStep;
    if (samples === 0) continue;
    const growth = rateIn(phase) * scrapeInterval;
    if (phase.total === 0) parts.push('stale', `_x${samples - 1}`);
    else parts.push(growth === 0 ? `${last}x${samples - 1}` : `${last + growth}+${growth}x${samples - 1}`);
    if (phase.total > 0) last += growth * samples;
  }
  return parts.join(' ');
}
