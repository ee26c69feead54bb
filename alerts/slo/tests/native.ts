/** Observations of native histograms, as `histogram_fraction` counts them. */
import { callArguments, nodesOf, parsePromql, sourceOf } from '../import/text.ts';
import type { Indicator } from '../model.ts';
import { candidates, matchersOf, selectorNodes } from './selectors.ts';
import type { NativeBuckets, Workload } from './traffic.ts';

/** Undefined where the good events aren't a fraction from 0 up to a bound. */
export function nativeWorkload(indicator: Indicator): Workload | undefined {
  if (indicator.kind !== 'events' || indicator.numerator !== 'good') return undefined;
  if (!indicator.events.promql.includes('histogram_fraction')) return undefined;
  const parsed = parsePromql(indicator.events.promql, 'an expression');
  const call = nodesOf(parsed.root, 'FunctionCall').find(node =>
    sourceOf(parsed, node).startsWith('histogram_fraction'),
  );
  const [least, most] = (call ? callArguments(call) : []).map(node => Number(sourceOf(parsed, node)));
  if (least !== 0 || most === undefined || !(most > 0)) return undefined;
  const [series] = candidates(selectorNodes(parsed.root).map(node => matchersOf(parsed, node)));
  if (series === undefined) return undefined;
  const exponent = Math.log2(most);
  return {
    series: [series],
    of: 'counter',
    lookback: 0,
    good: { values: [1, 0], events: 1 },
    bad: { values: [0, 1], events: 1 },
    native: { below: Math.floor(exponent), above: Math.ceil(exponent) + 1 },
  };
}

/** promtool's notation of a histogram with so many observations in the two buckets. */
export function nativeText({ below, above }: NativeBuckets, few: number, many: number): string {
  const empty = Array.from({ length: above - below - 1 }, () => 0);
  const sum = few * 2 ** (below - 0.5) + many * 2 ** (above - 0.5);
  return `{{schema:0 count:${few + many} sum:${sum} offset:${below} buckets:[${[few, ...empty, many].join(' ')}]}}`;
}
