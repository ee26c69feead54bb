/** Series that make an indicator's events good or bad, found by trying what values its expressions give. */
import { durationSeconds } from '../durations.ts';
import { nodesOf, type Parsed, parsePromql, type SyntaxNode, sourceOf } from '../import/text.ts';
import type { Indicator, Operator, Part } from '../model.ts';
import { isNoCounter } from '../promql/rewrite.ts';
import { evaluate, type Sample } from './evaluate.ts';
import { nativeWorkload } from './native.ts';
import { rateRange } from './rates.ts';
import { candidates, type Labels, type Matcher, matchersOf, selectorNodes, seriesText } from './selectors.ts';
import type { Unit, Workload } from './traffic.ts';

/** A histogram's bucket whose bound no selector names is three: below the threshold, above it, and all. */
function bucketsOf(labels: Labels, threshold: number): readonly Labels[] {
  if (!labels.__name__?.endsWith('_bucket') || labels.le !== undefined) return [labels];
  return [threshold / 2, threshold * 2, Number.POSITIVE_INFINITY].map(bound => ({
    ...labels,
    le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound),
  }));
}

/** None whose means come to the threshold itself, where the last digit would decide. */
const ratesAround = (threshold: number): readonly number[] => [
  0,
  1,
  ...(threshold > 0 ? [0.43 * threshold, 2.07 * threshold].map(rate => Number(rate.toPrecision(6))) : []),
];

/** Undefined where its expressions are beyond what {@link evaluate} knows. */
export function workloadOf({ indicator }: Part): Workload | undefined {
  return nativeWorkload(indicator) ?? triedWorkload(indicator);
}

function triedWorkload(indicator: Indicator): Workload | undefined {
  const parsed = expressionsOf(indicator).map(text => parsePromql(text, 'an expression'));
  const isCounter = parsed.some(each => isCounted(indicator, each));
  // What is beside a rate is no counter (`* on (job) group_left team_info`): its series would not grow.
  if (isCounter && parsed.some(each => hasRates(each) && hasOthers(each))) return undefined;
  if (isCounter && parsed.some(each => selectorsOf(each).some(isInfo))) return undefined;
  // A rate is above a threshold or not by all events of its range, so that events don't add up: they are looked at.
  const isRate = isCounter && indicator.kind === 'threshold';
  const [range] = isRate ? parsed.map(rateRange) : [];
  if (isRate && range === undefined) return undefined;
  const found = candidates(parsed.flatMap(selectorsOf));
  const series = isRate ? found.flatMap(labels => bucketsOf(labels, indicator.value.toNumber())) : found;
  const values = isRate
    ? ratesAround(indicator.value.toNumber())
    : isCounter
      ? [0, 1]
      : valuesAround(indicator, parsed);
  let good: Unit | undefined;
  let bad: Unit | undefined;
  for (const tried of combinations(series.length, values)) {
    const judged = judge(
      indicator,
      parsed,
      series.map((labels, index): Sample => ({ labels, value: tried[index] ?? 0 })),
    );
    if (judged === undefined || judged.total <= 0) continue;
    if (judged.bad === 0 && better(good, judged.total, tried)) good = { values: tried, events: judged.total };
    if (judged.bad === judged.total && better(bad, judged.total, tried)) bad = { values: tried, events: judged.total };
  }
  if (good === undefined || bad === undefined) return undefined;
  const moves = series.map((_, index) =>
    [good, bad].some(unit => !isCounter || isRate || (unit.values[index] ?? 0) !== 0),
  );
  // A sum of two sums is nothing where one of them is: what doesn't grow may still have to be there.
  const without = (unit: Unit) =>
    judge(
      indicator,
      parsed,
      series.flatMap((labels, index): Sample[] => (moves[index] ? [{ labels, value: unit.values[index] ?? 0 }] : [])),
    );
  const isSame = [good, bad].every(unit => without(unit)?.total === unit.events) && without(good)?.bad === 0;
  const used = moves.map(each => each || !isSame);
  const only = (unit: Unit): Unit => ({ ...unit, values: unit.values.filter((_, index) => used[index]) });
  const alone = indicator.kind === 'threshold' ? judge(indicator, parsed, []) : undefined;
  return {
    ...(alone === undefined ? {} : { alone: alone.bad > 0 }),
    series: series.filter((_, index) => used[index]),
    of: isCounter && !isRate ? 'counter' : 'gauge',
    lookback: range ?? (isCounter ? 0 : Math.max(...parsed.map(lookbackOf))),
    ...(range === undefined ? {} : { rates: { range, judge: samples => judge(indicator, parsed, samples) } }),
    good: only(good),
    bad: only(bad),
  };
}

const selectorsOf = (parsed: Parsed) => selectorNodes(parsed.root).map(node => matchersOf(parsed, node));

const isInfo = (matchers: readonly Matcher[]): boolean =>
  matchers.some(({ label, op, value }) => label === '__name__' && op === '=' && isNoCounter(value));

const rates = (parsed: Parsed): readonly SyntaxNode[] =>
  nodesOf(parsed.root, 'FunctionCall').filter(node => /^(?:rate|irate|increase)\s*\(/.test(sourceOf(parsed, node)));

const hasRates = (parsed: Parsed): boolean => rates(parsed).length > 0;

const hasOthers = (parsed: Parsed): boolean =>
  selectorNodes(parsed.root).some(({ from }) => !rates(parsed).some(call => call.from <= from && from < call.to));

/**
 * Whether no part counts another's series, so that each has what was tried on it alone: where all is good, and where all is
 * bad.
 */
export function areApart(parts: readonly Part[], workloads: readonly Workload[]): boolean {
  return (['good', 'bad'] as const).every(kind => {
    const all = workloads.flatMap(({ series, [kind]: { values }, native }) =>
      native ? [] : series.map((labels, index): Sample => ({ labels, value: values[index] ?? 0 })),
    );
    const names = new Set(all.map(({ labels }) => seriesText(labels)));
    if (names.size < all.length) return false;
    return parts.every(({ indicator }, index) => {
      const workload = workloads[index];
      if (workload === undefined || workload.native) return true;
      const parsed = expressionsOf(indicator).map(text => parsePromql(text, 'an expression'));
      const judged = judge(indicator, parsed, all);
      return judged?.total === workload[kind].events && judged.bad === (kind === 'good' ? 0 : judged.total);
    });
  });
}

function lookbackOf(parsed: Parsed): number {
  const durations = nodesOf(parsed.root, 'NumberDurationLiteralInDurationContext');
  return durations.reduce((sum, node) => sum + (durationSeconds(sourceOf(parsed, node)) ?? 0), 0);
}

/** Of two, the one of fewer events, then of fewer series. */
function better(known: Unit | undefined, events: number, values: readonly number[]): boolean {
  if (known === undefined) return true;
  const moved = (all: readonly number[]) => all.filter(value => value !== 0).length;
  return events < known.events || (events === known.events && moved(values) < moved(known.values));
}

function expressionsOf(indicator: Indicator): readonly string[] {
  return indicator.kind === 'events' ? [indicator.events.promql, indicator.total.promql] : [indicator.promql];
}

function isCounted(indicator: Indicator, parsed: Parsed): boolean {
  if (indicator.kind === 'events') return indicator.total.of === 'counter' || indicator.events.of === 'counter';
  return nodesOf(parsed.root, 'FunctionIdentifier').some(node =>
    /^(?:rate|irate|increase)$/.test(sourceOf(parsed, node)),
  );
}

function valuesAround(indicator: Indicator, parsed: readonly Parsed[]): readonly number[] {
  const literals = parsed.flatMap(each =>
    nodesOf(each.root, 'NumberDurationLiteral').map(node => Number(sourceOf(each, node))),
  );
  const edges = indicator.kind === 'threshold' ? [indicator.value.toNumber()] : [];
  const around = [...literals, ...edges].filter(Number.isFinite).flatMap(value => [value / 2, value, value * 2]);
  // Seconds since 1970 that are long ago, or far ahead, whenever it is.
  if (parsed.some(({ text }) => /\btime\s*\(/.test(text))) return [8e9, -8e9];
  return [...new Set([1, 0, ...around])].slice(0, 8);
}

function* combinations(length: number, values: readonly number[]): Generator<readonly number[]> {
  const count = values.length ** length;
  for (let index = 0; index < Math.min(count, 65_536); index++) {
    let rest = index;
    yield Array.from({ length }, () => {
      const value = values[rest % values.length] ?? 0;
      rest = Math.floor(rest / values.length);
      return value;
    });
  }
}

function judge(
  indicator: Indicator,
  parsed: readonly Parsed[],
  samples: readonly Sample[],
): { readonly bad: number; readonly total: number } | undefined {
  const [first, second] = parsed.map(each => evaluate(each, samples));
  if (first === undefined) return undefined;
  switch (indicator.kind) {
    case 'events': {
      const total = second?.value;
      if (total === undefined) return undefined;
      const counted = first.value ?? 0;
      if (counted < 0 || counted > total) return undefined;
      return { total, bad: indicator.numerator === 'bad' ? counted : total - counted };
    }
    case 'ratio': {
      if (first.value === undefined) return undefined;
      return { total: 1, bad: indicator.of === 'failure' ? first.value : 1 - first.value };
    }
    case 'threshold': {
      if (first.value === undefined || Number.isNaN(first.value)) return undefined;
      return { total: 1, bad: compares(first.value, indicator.op, indicator.value.toNumber()) ? 0 : 1 };
    }
  }
}

const operators: Readonly<Record<Operator, (left: number, right: number) => boolean>> = {
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
};
const compares = (left: number, op: Operator, right: number): boolean => operators[op](left, right);
