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
