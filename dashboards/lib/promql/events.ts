/** Events of counts whose series begin with their first event: there, what came before is 0 and not unknown. */
import { compared, type Exactly, type Matchers } from './matchers.ts';
import { or } from './operators.ts';
import type { Query, Readable } from './query.ts';
import { dayEnd, dayIncrease, increaseExact, latest } from './selectors.ts';
import type { Duration } from './tree.ts';

/**
 * How many events there were within a window, exactly. Where nothing was scraped for `lookback` before the window, all
 * there ever were would be counted: it is longer where series are few, and what they lead to is dear.
 */
export const eventsWithin = <Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'count', Label>,
  window: Duration,
  matchers?: Exactly<M, Label>,
  lookback: Duration = '1d',
): Query<Label, true> =>
  or(
    increaseExact(metric, window, compared(matchers), lookback),
    latest({ ...metric, additive: true as const }, compared(matchers)),
  );

/** How many events there were in each UTC day, drawn at the day's start; the current day up to now. */
export const eventsByDay = <Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'count', Label>,
  matchers?: Exactly<M, Label>,
): Query<Label, true> => or(dayIncrease(metric, compared(matchers)), dayEnd(metric, compared(matchers)));
