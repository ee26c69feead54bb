/** From which value on a number asks for a look, the same on every page. */

/** Of a budget's amount; the alerts speak at the same shares. */
export const budgetShares = [
  { from: 0.8, is: 'warning' },
  { from: 1, is: 'bad' },
] as const;

/** Of a budget's amount per day; above 1, usage alone spends more than the amount. */
export const burnRates = [
  { from: 1, is: 'warning' },
  { from: 1.2, is: 'bad' },
] as const;

/** Between a bill and what else tells of the same money. */
export const gaps = [
  { from: 0.001, is: 'warning' },
  { from: 0.01, is: 'bad' },
] as const;

/** Of what was paid for and nobody used. */
export const idleShares = [{ from: 0.3, is: 'warning' }] as const;

/** Robust standard deviations from what was expected; the alert looks at money as well. */
export const anomalyScores = [{ from: 4, is: 'warning' }] as const;

/** Between a forecast or an estimate and what came. */
export const forecastErrors = [
  { from: 0.1, is: 'warning' },
  { from: 0.25, is: 'bad' },
] as const;

/** Of the cost that could carry a tag. */
export const untaggedShares = [{ from: 0.2, is: 'warning' }] as const;

/** Against the days before. */
export const growth = [{ from: 0.1, is: 'warning' }] as const;

/** Failed deployments that nothing has remedied. */
export const unrecovered = [{ from: 1, is: 'bad' }] as const;

/** What waits for someone, however few there are. */
export const anyToActOn = [{ from: 1, is: 'warning' }] as const;

/** Open violations of one requirement. */
export const violationCounts = [
  { from: 1, is: 'warning' },
  { from: 20, is: 'bad' },
] as const;

/** Passes over what was evaluated. */
export const compliance = [
  { from: 0.8, is: 'warning' },
  { from: 0.95, is: 'good' },
] as const;

/** Services that something looks at. */
export const uncovered = [
  { from: 0.8, is: 'warning' },
  { from: 0.95, is: 'good' },
] as const;

/** The same in a table, where what is below all thresholds is neutral. */
export const coveredShares = [{ from: 0, is: 'bad' }, ...uncovered] as const;

/** Seconds without a report. */
export const silence = [
  { from: 86_400, is: 'warning' },
  { from: 7 * 86_400, is: 'bad' },
] as const;

/** Exceptions that are over and are applied all the same. */
export const expired = [{ from: 1, is: 'bad' }] as const;

/** Decisions that have come, of those that were made; the alert speaks at the same share. */
export const completeness = [
  { from: 0, is: 'bad' },
  { from: 0.98, is: 'warning' },
  { from: 0.999, is: 'good' },
] as const;

/** Dimensions of SPACE that a survey tells of: its authors hold that fewer than three mislead. */
export const spaceBreadth = [
  { from: 0, is: 'warning' },
  { from: 3, is: 'good' },
] as const;

/** Seconds that feedback has waited for an answer. */
export const waiting = [
  { from: 7 * 86_400, is: 'warning' },
  { from: 30 * 86_400, is: 'bad' },
] as const;

/** Seconds since an agent asked for its bundle with success. */
export const lateBundles = [{ from: 3_600, is: 'bad' }] as const;

/** Of what must not be there at all. */
export const noneAllowed = [{ from: 1, is: 'bad' }] as const;

/** Seconds until something has to be done. */
export const soonDue = [
  { from: 0, is: 'bad' },
  { from: 2 * 86_400, is: 'warning' },
  { from: 7 * 86_400, is: 'neutral' },
] as const;

/** What is left of an error budget; the alerts speak once 75 % is spent, and once all is. */
export const budgetLeft = [
  { from: 0, is: 'warning' },
  { from: 0.25, is: 'good' },
] as const;

/** The same in a table, where what is below all thresholds is neutral. */
export const budgetsLeft = [{ from: -1e6, is: 'bad' }, ...budgetLeft] as const;

/** Of an error budget over an SLO's window: above 1 it doesn't last. */
export const errorBurn = [{ from: 1, is: 'warning' }] as const;

/** Seconds until an error budget is spent. */
export const soonSpent = [
  { from: 0, is: 'bad' },
  { from: 3 * 86_400, is: 'warning' },
  { from: 30 * 86_400, is: 'neutral' },
] as const;

/** Of conformance, against 30 days before; the alert speaks at the same fall. */
export const conformanceMoves = [
  { from: -1, is: 'bad' },
  { from: -0.1, is: 'neutral' },
] as const;

/** Of what should become fewer, against 30 days before. */
export const moreThanBefore = [{ from: 1, is: 'warning' }] as const;
