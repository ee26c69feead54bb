/** A budget of events: each counts once, whenever it was. */
import { badEvents, totalEvents } from '../metrics.ts';
import type { Part } from '../model.ts';
import type { Budgeted, Context, CountedPart } from './budgeted.ts';
import { recordedEvery } from './counters.ts';
import { counted, type ParsedIndicator } from './indicator.ts';
import { type RecordingRule, record, series } from './rule.ts';

export function occurrences(context: Context): Budgeted {
  const { slo, indicators } = context;
  const resolution = Math.max(recordedEvery, ...indicators.map(looksEvery));
  const rules = slo.parts.flatMap((part, index) =>
    partRules(context, part, indicatorAt(indicators, index), resolution),
  );
  const [first, ...others] = slo.parts.map((part, index) => countedPart(context, part, indicatorAt(indicators, index)));
  if (first === undefined) throw new TypeError('an SLO has no part');
  return { resolution, rules, parts: [first, ...others] };
}

/** What is looked at more rarely than recorded is recorded more rarely. */
const looksEvery = (indicator: ParsedIndicator): number => (indicator.kind === 'threshold' ? indicator.every : 0);

export function indicatorAt(indicators: readonly ParsedIndicator[], index: number): ParsedIndicator {
  const found = indicators[index];
  if (found === undefined) throw new TypeError(`the part ${index} has no indicator`);
  return found;
}

function partRules(
  { slo, server }: Context,
  { name }: Part,
  indicator: ParsedIndicator,
  seconds: number,
): readonly RecordingRule[] {
  const { total, bad } = counted(indicator, {
    ...{ seconds, exact: true, scrapeInterval: server.scrapeInterval, sampledEvery: slo.sampledEvery },
  });
  const recorded = `sum(${series(totalEvents.name, slo, { part: name })})`;
  return [
    record(totalEvents.name, total, slo, { part: name }),
    record(badEvents.name, bad(recorded), slo, { part: name }),
  ];
}

function countedPart({ server }: Context, { name, target, weight }: Part, indicator: ParsedIndicator): CountedPart {
  const ratio = (seconds: number) => recentRatio(indicator, seconds, server.scrapeInterval);
  return { name, target, weight, recentRatio: looksEvery(indicator) > recordedEvery ? undefined : ratio };
}

/** Bad over all events; absent without traffic. */
export function recentRatio(indicator: ParsedIndicator, seconds: number, scrapeInterval: number): string {
  const { total, bad } = counted(indicator, { seconds, exact: false, scrapeInterval });
  return `(${bad(`(${total})`)}) / (${total})`;
}
