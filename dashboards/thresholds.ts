/** From which value on a number asks for a look, the same on every page. */

/** Of a budget's amount; the alerts speak at the same shares. */
export const budgetShares = [
  { from: 0.8, is: 'warning' },
  { from: 1, is: 'bad' },
] as const;

/** Of the cost that could carry a tag. */
export const untaggedShares = [{ from: 0.2, is: 'warning' }] as const;

/** Against the days before. */
export const growth = [{ from: 0.1, is: 'warning' }] as const;
