/** Burn rates, and what is left of the budget. */
import { budgetOf, type Decimal, decimal, written } from '../decimal.ts';
import { durationText } from '../durations.ts';
import * as metrics from '../metrics.ts';
import type { BurnWindow, Slo } from '../model.ts';
import type { Budgeted, CountedPart, Windowed } from './budgeted.ts';
import { namedPart, type RecordingRule, record, series } from './rule.ts';

/** Windows that are shorter read what was not recorded: recordings of 5 minutes are too coarse for them. */
const recorded = 3600;

/** Burn in the window: how many times faster than allowed each part spends, by weight. Absent without traffic. */
export function burnRule(slo: Slo, { parts }: Budgeted, seconds: number): RecordingRule {
  const over = (name: string) => `sum_over_time(${name}[${durationText(seconds)}])`;
  const ratio = (part: CountedPart) =>
    seconds < recorded && part.recentRatio ? part.recentRatio(seconds) : recordedRatio(slo, part, over);
  return record(metrics.burnRate.name, burnOf(parts, ratio), slo, { window: durationText(seconds) });
}

/** Bad and all events are summed, then divided once: each event weighs the same. */
export function recordedRatio(slo: Slo, { name }: CountedPart, over: (series: string) => string): string {
  const of = (metric: string) => `sum(${over(series(metric, slo, { part: name }))})`;
  return `${of(metrics.badEvents.name)} / ${of(metrics.totalEvents.name)}`;
}

/** Several parts are told apart by their name, for else `or` keeps one; one without traffic burns nothing. */
export function burnOf(parts: Budgeted['parts'], ratio: (part: CountedPart) => string): string {
  return weighted(parts, part => `(${ratio(part)}) / ${written(budgetOf(part.target))}`);
}

function weighted(parts: Budgeted['parts'], of: (part: CountedPart) => string): string {
  const terms = parts.map(part => (part.weight.equals(1) ? of(part) : `${written(part.weight)} * (${of(part)})`));
  if (terms.length === 1) return terms[0] ?? '';
  const named = terms.map((term, index) => namedPart(term, parts[index]?.name ?? ''));
  return `sum(${named.join(' or ')})`;
}

/** What became of the SLO's own window, in the group of the events. */
export function budgetRules(
  slo: Slo,
  { parts }: Budgeted,
  windowed: Windowed,
  recent: number,
): readonly RecordingRule[] {
  const all = (metric: string) => `sum(${windowed.sum(series(metric, slo))})`;
  const bad = series(metrics.windowBadEvents.name, slo);
  const total = series(metrics.windowEvents.name, slo);
  const remaining = series(metrics.budgetRemaining.name, slo);
  const left =
    parts.length === 1
      ? `1 - (sum(${bad}) / sum(${total})) / ${written(budgetOf(parts[0].target))}`
      : `1 - ${burnOf(parts, part => recordedRatio(slo, part, windowed.sum))}`;
  // what the parts miss adds up, as OpenSLO has it of composites of such slices
  const missing =
    parts.length > 1 && slo.budgeting.kind === 'ratio_timeslices'
      ? `clamp_max(${weighted(parts, part => recordedRatio(slo, part, windowed.sum))}, 1)`
      : undefined;
  const burning = `sum(last_over_time(${series(metrics.burnRate.name, slo, { window: durationText(recent) })}[10m])) > 0`;
  return [
    record(metrics.windowEvents.name, all(metrics.totalEvents.name), slo),
    record(metrics.windowBadEvents.name, all(metrics.badEvents.name), slo),
    record(metrics.errorRatio.name, missing ?? `sum(${bad}) / sum(${total})`, slo),
    record(metrics.budgetRemaining.name, left, slo),
    record(metrics.timeToExhaustion.name, `clamp_min(sum(${remaining}), 0) * ${windowed.seconds} / (${burning})`, slo),
  ];
}

export function staticRules(slo: Slo, windowed: Windowed): readonly RecordingRule[] {
  const strictest = slo.parts.reduce((most, { target }) => (target.greaterThan(most) ? target : most), decimal(0));
  const info = { window: windowed.name, budgeting: slo.budgeting.kind, title: slo.displayName };
  return [
    record(metrics.objective.name, `vector(${written(strictest)})`, slo),
    record(metrics.sloInfo.name, 'vector(1)', slo, info),
  ];
}

/** What burn is compared with, for pages: each window of a pair, and the one window of a condition. */
export function thresholdRules(slo: Slo, windows: readonly BurnWindow[]): readonly RecordingRule[] {
  const byLabels = new Map<string, RecordingRule>();
  const add = (severity: string, long: number, window: number, burnRate: Decimal) => {
    const labels = { severity, long: durationText(long), window: durationText(window) };
    const rule = record(metrics.burnRateThreshold.name, `vector(${written(burnRate)})`, slo, labels);
    // two conditions of one window and severity: the first is shown
    const key = Object.values(labels).join(' ');
    if (!byLabels.has(key)) byLabels.set(key, rule);
  };
  for (const { severity, long, short, burnRate } of windows)
    for (const window of [long, short]) add(severity, long, window, burnRate);
  for (const { severity, lookback, burnRate } of slo.alerting.conditions) add(severity, lookback, lookback, burnRate);
  return [...byLabels.values()];
}
