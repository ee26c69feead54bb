/**
 * Budgets of slices of time: each counts the same, however many events it had, and one without traffic doesn't count.
 *
 * Timeslices: a slice is bad where less than its target of its events is good; of a composite, where it is for any part,
 * which makes one part of all with the strictest target. RatioTimeslices: each slice is bad by its own ratio.
 */
import { refuser } from '../check.ts';
import { budgetOf, type Decimal, decimal, written } from '../decimal.ts';
import { durationText } from '../durations.ts';
import * as metrics from '../metrics.ts';
import type { Budgeting, Part } from '../model.ts';
import { longestWindow } from '../windows.ts';
import type { Budgeted, Context, CountedPart } from './budgeted.ts';
import { counted, type ParsedIndicator } from './indicator.ts';
import { indicatorAt } from './occurrences.ts';
import { namedPart, record } from './rule.ts';

const shortest = 60;
const longest = 86_400;

export function slices(context: Context): Budgeted {
  const { budgeting } = context.slo;
  if (budgeting.kind === 'occurrences') throw new TypeError('a budget of events has no slices');
  checkSlices(context, budgeting.seconds);
  return budgeting.kind === 'timeslices' ? goodOrBad(context, budgeting) : byRatio(context, budgeting.seconds);
}

function checkSlices({ slo, server }: Context, seconds: number): void {
  const refuse = refuser(slo);
  const slice = durationText(seconds);
  if (seconds < shortest || seconds > longest) refuse(`its slices of ${slice} are not between 1m and 1d long`);
  if (seconds < 2 * server.scrapeInterval)
    refuse(`its slices of ${slice} don’t hold two scrapes of ${durationText(server.scrapeInterval)}`);
  if (2 * seconds > longestWindow(slo.window)) refuse(`its window doesn’t hold two slices of ${slice}`);
  for (const { indicator } of slo.parts)
    if (indicator.kind === 'threshold' && indicator.every > seconds)
      refuse(`its slices of ${slice} are shorter than what is looked at every ${durationText(indicator.every)}`);
}

interface Slice {
  readonly part: Part;
  /** 1, absent without traffic. */
  readonly total: string;
  readonly ratio: string;
}

const slicesOf = (context: Context, seconds: number): readonly Slice[] =>
  context.slo.parts.map((part, index) => sliceOf(context, part, indicatorAt(context.indicators, index), seconds));

function sliceOf({ slo, server }: Context, part: Part, indicator: ParsedIndicator, seconds: number): Slice {
  const { total, bad } = counted(indicator, {
    ...{ seconds, exact: true, scrapeInterval: server.scrapeInterval, sampledEvery: slo.sampledEvery },
  });
  return { part, total: `(${total}) > bool 0`, ratio: `(${bad(`(${total})`)}) / (${total})` };
}

function byRatio(context: Context, seconds: number): Budgeted {
  const { slo } = context;
  const all = slicesOf(context, seconds);
  const [first, ...others] = slo.parts.map(countedPart);
  if (first === undefined) throw new TypeError('an SLO has no part');
  return {
    resolution: seconds,
    rules: all.flatMap(({ part: { name }, total, ratio }) => [
      record(metrics.totalEvents.name, total, slo, { part: name }),
      record(metrics.badEvents.name, ratio, slo, { part: name }),
    ]),
    parts: [first, ...others],
  };
}

function goodOrBad(context: Context, { seconds, target }: Budgeting & { readonly kind: 'timeslices' }): Budgeted {
  const { slo } = context;
  const { parts } = slo;
  const all = slicesOf(context, seconds);
  const bad = all.map(({ part, ratio }) => `(${ratio}) > bool ${written(most(part, target))}`);
  const strictest = parts.reduce((high, part) => (part.target.greaterThan(high) ? part.target : high), decimal(0));
  return {
    resolution: seconds,
    rules: [
      record(
        metrics.totalEvents.name,
        ofAny(
          parts,
          all.map(({ total }) => total),
        ),
        slo,
      ),
      record(metrics.badEvents.name, ofAny(parts, bad), slo),
    ],
    parts: [{ name: '', target: strictest, weight: decimal(1), recentRatio: undefined }],
  };
}

/** Sums of ratios and gauges are not exact, as numbers of events are: without this, a slice of exactly its target may be bad. */
const tolerance = decimal('0.000000001');

/** What part of a slice may be bad. */
function most({ indicator, sliceTarget }: Part, target: Decimal): Decimal {
  const budget = budgetOf(sliceTarget ?? target);
  const ofGauges = indicator.kind === 'events' && [indicator.events, indicator.total].some(({ of }) => of === 'gauge');
  return indicator.kind === 'ratio' || ofGauges ? budget.plus(tolerance) : budget;
}

/** 1 where it is 1 for any part; absent where it is for all. */
function ofAny(parts: readonly Part[], expressions: readonly string[]): string {
  if (expressions.length === 1) return expressions[0] ?? '';
  const named = expressions.map((expr, index) => namedPart(expr, parts[index]?.name ?? ''));
  return `max(${named.join(' or ')})`;
}

const countedPart = ({ name, target, weight }: Part): CountedPart => ({ name, target, weight, recentRatio: undefined });
