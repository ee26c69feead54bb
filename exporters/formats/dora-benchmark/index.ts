/** What DORA has published to hold delivery against: bands by the year of the report, Quick Check scores and benchmarks. */
export * from './bands.ts';
export * from './benchmarks.ts';
export * from './quick-check.ts';
