/** Where the rules of an imported SLO differ from those that its first generator makes; DIFFERENCES.md is made of it. */

export interface Difference {
  readonly what: string;
  readonly there: string;
  readonly here: string;
  readonly why: string;
  /** Whether the alerts of budget burn can fire at another evaluation because of it. */
  readonly alerts: 'same step' | 'may differ';
}

export const slothDifferences: readonly Difference[] = [
  {
    what: 'budget of the period',
    there: 'the mean of the 5 m error ratios, each of one weight',
    here: 'bad events over all events of the window',
    why: 'an error at night, in little traffic, costs as much of a budget of events as one by day; a mean of ratios makes it cost more',
    alerts: 'same step',
  },
  {
    what: 'no traffic',
    there: 'one 5 m window without traffic is NaN, and so is the budget of the whole period (slok/sloth#531)',
    here: 'absent, with an alert of its own; the budget goes on',
    why: 'nothing is known where nothing arrives; it is neither met nor missed',
    alerts: 'same step',
  },
  {
    what: 'no errors yet',
    there: 'no series of errors, so no ratio, no burn and no budget (slok/sloth#171)',
    here: 'zero errors are 0',
    why: 'a budget that is whole is to be seen',
    alerts: 'same step',
  },
  {
    what: 'windows of an hour and more',
    there: 'rate over the raw counters, at each evaluation',
    here: 'the sum of the 5 m recordings',
    why: 'exact, and cheap on 30 d and 90 d; both are the same at each recording. Between two, Sloth’s may be up to 5 minutes ahead where its rules are evaluated more often',
    alerts: 'same step',
  },
  {
    what: 'first error of a new label set',
    there: 'rate doesn’t see the first sample of a series, so a first error in a new one is lost',
    here: 'counted, where its target was scraped before it',
    why: 'rare errors come as new series',
    alerts: 'may differ',
  },
  {
    what: 'an edge within 5 minutes',
    there: 'rate extrapolates to the ends of its window, from the samples within it',
    here: 'the last sample before the window is its start, so each event is counted once',
    why: 'events are whole; a ratio is the same by both while traffic is even',
    alerts: 'may differ',
  },
  {
    what: 'events from samples of gauges (`sum_over_time(…[{{.window}}:])`)',
    there: 'a subquery at the default interval of evaluation, over the window',
    here: 'a sample every 5 minutes',
    why: 'cheap over 30 d; the same where a state lasts 5 minutes',
    alerts: 'may differ',
  },
  {
    what: 'an error ratio that is no division of sums (`raw`)',
    there: 'the query, over each window',
    here: 'its value every 5 minutes, each of one weight',
    why: 'events of a ratio can’t be counted; the page says so',
    alerts: 'may differ',
  },
  {
    what: 'thresholds',
    there: 'binary floats: `14.4 * 0.0009999999999999432`',
    here: 'exact decimals: 0.0144',
    why: 'a ratio that is the threshold itself is not above it',
    alerts: 'same step',
  },
  {
    what: 'names and severities',
    there: 'one name for page and ticket, severities by label',
    here: 'SloBudgetBurnFast pages, SloBudgetBurnSlow is a ticket; each has its runbook',
    why: 'a page silences the ticket of the same SLO, and routes are by severity and team',
    alerts: 'same step',
  },
  {
    what: 'alerts of OpenSLO v1alpha',
    there: 'none',
    here: 'none; they come by writing it as OpenSLO v1',
    why: 'what is imported does what it did',
    alerts: 'same step',
  },
];

export const pyrraDifferences: readonly Difference[] = [
  {
    what: 'how long it has burnt (`for`)',
    there: 'half of the short window: 2 m, 15 m, 1 h, 3 h for 28 d',
    here: 'none: the short window is the proof that it burns now',
    why: 'the workbook has none; a page waits no longer than its windows do',
    alerts: 'may differ',
  },
  {
    what: 'burn rates and windows',
    there: '14, 7, 2 and 1, windows scaled from 28 d and rounded to the minute',
    here: 'the same, row by row',
    why: 'its documented table',
    alerts: 'same step',
  },
  {
    what: 'windows that are not of whole 5 minutes',
    there: 'each to the minute, such as 26 m',
    here: 'under an hour the same, over the raw counters; longer ones take the recordings that end within them',
    why: 'events are recorded every 5 minutes',
    alerts: 'may differ',
  },
  {
    what: '`grouping`',
    there: 'a budget, and an alert, for each value of the labels',
    here: 'one budget over all of them, named as lost',
    why: 'an SLO is one objective that someone has agreed to; write one for each that is to have its own',
    alerts: 'may differ',
  },
  {
    what: 'the absence alert',
    there: 'SLOMetricAbsent, when the series is gone for as long as the fastest page takes',
    here: 'SloNoTraffic, when no event has come for an hour',
    why: 'a counter that stands still is no traffic either',
    alerts: 'same step',
  },
  {
    what: '`bool_gauge`',
    there: 'every scrape is an event',
    here: 'a sample every 5 minutes is one',
    why: 'the ratio is the same where a state lasts 5 minutes',
    alerts: 'may differ',
  },
  {
    what: '`performanceOverAccuracy`',
    there: 'off: `increase` over the whole window; on: a subquery of 5 m, which loses what is between',
    here: 'always 5 m recordings, which lose nothing',
    why: 'they don’t overlap and leave no gap',
    alerts: 'same step',
  },
  {
    what: 'labels of the indicator’s matchers',
    there: '`job="api"` of the total becomes a label of the alerts',
    here: 'the SLO’s own labels alone',
    why: 'they would stand for the SLO though they are of its series',
    alerts: 'same step',
  },
];

const cell = (text: string) => text.replaceAll('|', '\\|');

export function differencesPage(): string {
  const table = (there: string, rows: readonly Difference[]) =>
    [
      `| what | ${there} | here | why | burn alerts |`,
      '| --- | --- | --- | --- | --- |',
      ...rows.map(row => `| ${[row.what, row.there, row.here, row.why, row.alerts].map(cell).join(' | ')} |`),
    ].join('\n');
  return `<!-- Generated from differences.ts; "npm run generate" writes it. -->
# What differs from Sloth and Pyrra

An imported SLO means what it meant; its rules are made otherwise. "Same step" says that the alerts of budget burn fire at
the same evaluation; tests prove it with promtool on Sloth's own rules. "May differ" says when they need not.

## Sloth

${table('Sloth', slothDifferences)}

## Pyrra

${table('Pyrra', pyrraDifferences)}
`;
}
