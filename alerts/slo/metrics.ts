/**
 * What the rules of an SLO record. These series have no history before the rules were there: the pages `slo` and
 * `slo-detail` say since when. Labels of all: `service`, `slo`, `objective`, `team`, and the SLO's own.
 */
import type { Unit } from '../../exporters/core/metric.ts';

export interface Recording<
  Name extends string = string,
  Label extends string = string,
  Additive extends boolean = boolean,
> {
  readonly name: Name;
  readonly kind: 'state';
  readonly help: string;
  readonly unit: Unit;
  readonly labels: readonly Label[];
  /** True where a sum over any label means something: of events, and of nothing that was divided. */
  readonly additive: Additive;
}

const ofSlo = ['service', 'slo', 'objective', 'team'] as const;
type OfSlo = (typeof ofSlo)[number];

function recording<const Name extends string, const Label extends string = never>(
  name: Name,
  unit: Unit,
  help: string,
  labels: readonly Label[] = [],
): Recording<Name, OfSlo | Label, false> {
  return Object.freeze({ name, kind: 'state', help, unit, labels: [...ofSlo, ...labels], additive: false });
}

const counted = <const Name extends string, const Label extends string = never>(
  name: Name,
  help: string,
  labels: readonly Label[] = [],
): Recording<Name, OfSlo | Label, true> =>
  Object.freeze({ ...recording(name, 'count', help, labels), additive: true as const });

/** Recorded every 5 minutes (every slice, where the budget is of slices), never overlapping: a sum over time counts each event once. */
export const badEvents = counted(
  'slo:bad_events:count',
  'Bad events (bad slices) of a part since the recording before.',
  ['part', 'start'],
);
export const totalEvents = counted(
  'slo:events:count',
  'Events (slices) of a part since the recording before; absent without traffic.',
  ['part', 'start'],
);
export const objective = recording('slo:objective:ratio', 'ratio', 'The part of the events that is to be good.');
export const burnRate = recording(
  'slo:burn_rate:ratio',
  'ratio',
  'How many times faster than allowed the error budget is spent, over a window (5m, 1h, …); absent without traffic.',
  ['window'],
);
export const burnRateThreshold = recording(
  'slo:burn_rate_threshold:ratio',
  'ratio',
  'Above which burn over a window an alert of a severity fires, once all windows of one `long` are above it.',
  ['severity', 'long', 'window'],
);
export const errorRatio = recording(
  'slo:error_ratio:ratio',
  'ratio',
  'Bad events over all events within the SLO’s window; absent without traffic.',
);
export const budgetRemaining = recording(
  'slo:error_budget_remaining:ratio',
  'ratio',
  'What is left of the error budget of the SLO’s window; negative once it is overspent.',
);
export const windowEvents = counted('slo:window_events:count', 'Events (slices) within the SLO’s window.');
export const windowBadEvents = counted(
  'slo:window_bad_events:count',
  'Bad events (bad slices) within the SLO’s window.',
);
export const timeToExhaustion = recording(
  'slo:time_to_exhaustion:seconds',
  'seconds',
  'Until the error budget is spent if it burns on as within the last hours; absent where it doesn’t burn.',
);
export const windowStart = recording(
  'slo:window_start:timestamp_seconds',
  'timestamp_seconds',
  'When the calendar window of the SLO began.',
);
export const sloInfo = recording('slo:info', 'info', '1 for each SLO, with what it is.', [
  'window',
  'budgeting',
  'title',
]);

export const sloRecordings = [
  badEvents,
  totalEvents,
  objective,
  burnRate,
  burnRateThreshold,
  errorRatio,
  budgetRemaining,
  windowEvents,
  windowBadEvents,
  timeToExhaustion,
  windowStart,
  sloInfo,
] as const;
