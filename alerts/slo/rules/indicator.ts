/** Bad and all events of an indicator within a window, as expressions without labels. */
import { written } from '../decimal.ts';
import { durationText } from '../durations.ts';
import type { Events, Indicator, Operator, PromqlSource } from '../model.ts';
import { type Parsed, parsePromql } from '../promql/parse.ts';
import { filled } from '../promql/rewrite.ts';
import { exactEvents, recentEvents, totalled } from './counters.ts';

/** An indicator whose expressions are read. */
export type ParsedIndicator =
  | {
      readonly kind: 'events';
      readonly numerator: 'bad' | 'good';
      readonly events: ParsedEvents;
      readonly total: ParsedEvents;
    }
  | { readonly kind: 'ratio'; readonly parsed: Parsed; readonly of: 'success' | 'failure' }
  | {
      readonly kind: 'threshold';
      readonly parsed: Parsed;
      readonly op: Operator;
      readonly value: string;
      readonly every: number;
    };

export interface ParsedEvents {
  readonly parsed: Parsed;
  readonly of: Events['of'];
}

/** `refuse` makes an error of what is wrong with which expression. */
export function parseIndicator(
  indicator: Indicator,
  parse: (source: PromqlSource, what: string) => Parsed = parsePromql,
): ParsedIndicator {
  if (indicator.kind === 'ratio') return { ...indicator, parsed: parse(indicator.promql, 'the ratio') };
  if (indicator.kind === 'threshold')
    return {
      ...indicator,
      parsed: parse(indicator.promql, 'the threshold’s expression'),
      value: written(indicator.value),
    };
  const events = (given: Events, what: string): ParsedEvents => ({ of: given.of, parsed: parse(given.promql, what) });
  return {
    kind: 'events',
    numerator: indicator.numerator,
    events: events(indicator.events, `the ${indicator.numerator} events’ expression`),
    total: events(indicator.total, 'the total’s expression'),
  };
}

export const parsedOf = (indicator: ParsedIndicator): readonly Parsed[] =>
  indicator.kind === 'events' ? [indicator.events.parsed, indicator.total.parsed] : [indicator.parsed];

export interface Look {
  readonly seconds: number;
  /** Exactly, for recordings that never overlap; or as counters tell it now. */
  readonly exact: boolean;
  readonly scrapeInterval: number;
  /** Of counters that are told more rarely than scraped. */
  readonly sampledEvery?: number | undefined;
}

/**
 * All events, absent where there were none; and bad ones, given a series of all: 0 where there were events and none bad.
 * Never NaN: nothing is divided here.
 */
export interface Counted {
  readonly total: string;
  readonly bad: (total: string) => string;
}

export function counted(indicator: ParsedIndicator, look: Look): Counted {
  switch (indicator.kind) {
    case 'events':
      return countedEvents(indicator, look);
    case 'ratio':
      return countedRatio(indicator, look);
    case 'threshold':
      return countedThreshold(indicator, look);
  }
}

function countedEvents({ numerator, events, total }: ParsedIndicator & { kind: 'events' }, look: Look): Counted {
  const some = eventsWithin(events, look);
  return {
    total: `(${eventsWithin(total, look)}) > 0`,
    bad: all =>
      numerator === 'bad' ? `((${some}) > 0) or 0 * ${all}` : `clamp_min(${all} - ((${some}) or 0 * ${all}), 0)`,
  };
}

/** Samples of a ratio weigh the same; one that is NaN, for there was no traffic, is none. */
function countedRatio({ parsed, of }: ParsedIndicator & { kind: 'ratio' }, look: Look): Counted {
  const ratio = `clamp_max((${filled(parsed, look.seconds)}) >= 0, 1)`;
  const samples = (over: string) => `sum(${over}((${ratio})${range(look)}))`;
  const sum = samples('sum_over_time');
  return {
    total: `${samples('count_over_time')} > 0`,
    bad: all => (of === 'failure' ? sum : `clamp_min(${all} - ${sum}, 0)`),
  };
}

const inverse = { lt: '>=', lte: '>', gt: '<=', gte: '<' } as const;
export const symbols = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

/** Samples, neither good nor bad where they are NaN. */
function countedThreshold({ parsed, op, value, every }: ParsedIndicator & { kind: 'threshold' }, look: Look): Counted {
  const expr = filled(parsed, look.seconds);
  const samples = (symbol: string) => `sum(count_over_time(((${expr}) ${symbol} ${value})${range(look, every)}))`;
  const [good, bad] = [samples(symbols[op]), samples(inverse[op])];
  return {
    total: `((${good} or vector(0)) + (${bad} or vector(0))) > 0`,
    bad: all => `${bad} or 0 * ${all}`,
  };
}

const range = ({ seconds, scrapeInterval }: Look, every = scrapeInterval): string =>
  `[${durationText(seconds)}:${durationText(Math.min(every, seconds))}]`;

function eventsWithin({ parsed, of }: ParsedEvents, look: Look): string {
  if (of === 'gauge') return `sum(sum_over_time((${totalled(parsed, filled(parsed, look.seconds))})${range(look)}))`;
  return look.exact ? exactEvents(parsed, look, look.seconds) : recentEvents(parsed, look.seconds);
}
