/** Upper bounds of the histogram of how long a decision took, in seconds: OPA's own timers are of micro- to milliseconds. */
export const decisionBuckets: readonly number[] = [
  ...[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
];
