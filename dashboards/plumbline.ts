import {
  httpRequestDuration,
  ledgerBytes,
  remoteWriteFailed,
  remoteWritePending,
  remoteWriteSpoolBytes,
  snapshotProblems,
  snapshotSeries,
  snapshotTimestamp,
  sourceLastSuccess,
  sourceRecords,
  sourceRefreshDuration,
  sourceRejected,
  sourceUp,
} from '../exporters/core/metrics.ts';
import { deploymentMarks } from './events.ts';
import { dashboard, row } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { linksToRunbooks, linksToSources, ownPage, runbooks } from './lib/links.ts';
import { lines, ranking, stat, table } from './lib/panels.ts';
import {
  age,
  bucketRate,
  countBy,
  current,
  maxBy,
  minBy,
  minus,
  or,
  quantile,
  rate,
  sum,
  sumBy,
  times,
} from './lib/promql.ts';
import { someValues } from './lib/variables.ts';
import { origin } from './origin.ts';

const exporter = someValues(sourceUp, 'exporter', { title: 'Exporter' });
const chosen = { exporter };
const anyFault = [{ from: 1, is: 'bad' }] as const;
const bySource = ['exporter', 'source'] as const;
const upOrDown = { 0: { text: 'failed', is: 'bad' }, 1: { text: 'up', is: 'good' } } as const;
const noTarget = 'no remote-write target configured';

const answer = row(
  'Does everything arrive?',
  stat({
    title: 'Sources failing',
    description:
      'How many sources failed at their last refresh? What they told before stays on the pages and grows old.',
    query: minus(countBy([], current(sourceUp, chosen)), sum(current(sourceUp, chosen))),
    thresholds: anyFault,
    otherwise: 'good',
    more: linksToSources,
  }),
  stat({
    title: 'Longest wait',
    description:
      'How old is the oldest answer that is still shown? Time since the last good refresh of the source that waits longest.',
    query: maxBy([], age(current(sourceLastSuccess, chosen))),
    thresholds: [{ from: 86_400, is: 'warning' }],
    otherwise: 'good',
  }),
  stat({
    title: 'Stale families',
    description:
      'How many metric families keep old values because their query failed? The landing page and the log have the error.',
    query: sum(current(snapshotProblems, chosen)),
    thresholds: anyFault,
    otherwise: 'good',
    more: linksToSources,
  }),
  stat({
    title: 'Age of the page',
    description: 'How long ago was the oldest exporter page brought up to date?',
    query: maxBy([], age(current(snapshotTimestamp, chosen))),
    thresholds: [{ from: 900, is: 'warning' }],
    otherwise: 'good',
  }),
  stat({
    title: 'Series',
    description: 'How many series does a scrape hold? Start refuses above series_limit.',
    query: sum(current(snapshotSeries, chosen)),
  }),
  origin(4),
);

const sources = row(
  'Which source waits, and since when?',
  table({
    title: 'Sources',
    description:
      'Which source is in trouble, and since when? Records and rejections are counted since the ledger was begun. A click leads to the error of each.',
    columns: [
      { label: 'exporter', title: 'Exporter' },
      { label: 'source', title: 'Source', links: linksToSources },
    ],
    values: [
      { title: 'Last success', query: maxBy(bySource, age(current(sourceLastSuccess, chosen))) },
      { title: 'State', query: minBy(bySource, current(sourceUp, chosen)), texts: upOrDown },
      { title: 'Refresh took', query: maxBy(bySource, current(sourceRefreshDuration, chosen)) },
      { title: 'Records', query: sumBy(bySource, current(sourceRecords, chosen)) },
      {
        title: 'Rejected',
        // counted from its first, and a column without a value would be missing
        query: or(
          sumBy(bySource, current(sourceRejected, chosen)),
          times(sumBy(bySource, current(sourceRecords, chosen)), 0),
        ),
        thresholds: [{ from: 1, is: 'warning' }],
      },
    ],
    width: 24,
    height: 13,
  }),
  lines({
    title: 'Time since the last success',
    description: 'Which source stopped arriving, and when? A saw tooth is a source that is refreshed on schedule.',
    queries: [{ query: maxBy(bySource, age(current(sourceLastSuccess, chosen))), name: '{{exporter}}: {{source}}' }],
  }),
  ranking({
    title: 'Rejected records by reason',
    description: 'What could not be read, and why? "plumbline check" lists each with its file and row.',
    query: sumBy(['source', 'reason'], current(sourceRejected, chosen)),
    name: '{{source}}: {{reason}}',
    whenEmpty: 'nothing was rejected',
    width: 12,
  }),
);

const load = row(
  'Does it grow, and is it fast?',
  lines({
    title: 'Series by exporter',
    description: 'Is the number of series growing, and where?',
    queries: [{ query: sumBy(['exporter'], current(snapshotSeries, chosen)), name: '{{exporter}}' }],
  }),
  ranking({
    title: 'Series by family',
    description: 'Which families hold the most series?',
    query: sumBy(['family'], current(snapshotSeries, chosen)),
    name: '{{family}}',
    width: 12,
  }),
  lines({
    title: 'Ledger size',
    description: 'How fast do the ledgers grow on disk, write-ahead log included?',
    queries: [{ query: sumBy(['exporter'], current(ledgerBytes, chosen)), name: '{{exporter}}' }],
  }),
  lines({
    title: 'Time to answer, 95th percentile',
    description: 'Do scrapes stay fast? Sending is included, so a slow reader shows as well.',
    queries: [
      {
        query: quantile(0.95, sumBy(['route', 'le'], bucketRate(httpRequestDuration, '$__rate_interval'))),
        name: '{{route}}',
      },
    ],
  }),
);

const remoteWrite = row(
  'Does the past reach Prometheus (remote write)?',
  lines({
    title: 'Samples waiting',
    description: 'Does the target keep up? Samples wait in the spool while it cannot be reached, and are sent later.',
    queries: [
      { query: sumBy(['exporter', 'target'], current(remoteWritePending, chosen)), name: '{{target}} ({{exporter}})' },
    ],
    whenEmpty: noTarget,
    width: 8,
  }),
  lines({
    title: 'Spool on disk',
    description: 'How full is the spool? It is bounded, so a target that is away for long shows here first.',
    queries: [
      {
        query: sumBy(['exporter', 'target'], current(remoteWriteSpoolBytes, chosen)),
        name: '{{target}} ({{exporter}})',
      },
    ],
    whenEmpty: noTarget,
    width: 8,
  }),
  lines({
    title: 'Samples refused for good',
    description: 'What does the target refuse, and why? "too old" asks for a wider out-of-order window.',
    queries: [
      {
        query: sumBy(['target', 'reason'], rate(remoteWriteFailed, '$__rate_interval', chosen)),
        name: '{{target}}: {{reason}}',
      },
    ],
    unit: 'per_second',
    whenEmpty: 'nothing was refused',
    width: 8,
  }),
);

/** The program's own health. */
export const plumblineDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-health',
    title: 'Plumbline itself',
    description: 'Whether every source arrives, what was rejected, and what the program weighs.',
    tags: ['health'],
    variables: [exporter, ownPage, runbooks],
    // who comes here has an alert in hand: the source it names stands right below, before how the rest moves
    rows: [answer, sources, load, remoteWrite],
    links: [linksToRunbooks()],
    annotations: deploymentMarks({}, { shown: 'none' }),
    from: 'now-24h',
  });
