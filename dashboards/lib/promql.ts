/**
 * PromQL as immutable values on metric definitions: a name, a label, a kind or a sum that isn't right doesn't compile.
 * `promqlText(query)` prints it.
 */
export { averageBy, countBy, maxBy, minBy, sum, sumBy, topk } from './promql/aggregates.ts';
export { eventsByDay, eventsWithin } from './promql/events.ts';
export {
  absent,
  absolute,
  age,
  calendar,
  clampMax,
  clampMin,
  quantile,
  scalar,
  sortDescending,
  until,
  vector,
} from './promql/functions.ts';
export {
  compared,
  type Exactly,
  type LabelValue,
  type Match,
  type Matchers,
  matching,
  not,
  notMatching,
  oneOf,
  toMatchers,
  type Variable,
} from './promql/matchers.ts';
export {
  and,
  andOn,
  compare,
  dividedBy,
  joinOn,
  labelledBy,
  minus,
  or,
  plus,
  times,
  unless,
  unlessOn,
} from './promql/operators.ts';
export {
  activeSince,
  alerts,
  promqlText,
  type Query,
  type Readable,
  type Scalar,
  seriesOf,
  up,
  withoutComparisons,
} from './promql/query.ts';
export { largestDays } from './promql/ranking.ts';
export {
  bucketRate,
  current,
  dayBars,
  dayIncrease,
  daysSum,
  earlier,
  firstSeen,
  increaseExact,
  latest,
  latestWithin,
  rangeSum,
  rate,
  recordedByDay,
  recordedSum,
  twin,
  twinTimestamp,
} from './promql/selectors.ts';
export type { ComparisonOperator, Duration } from './promql/tree.ts';
