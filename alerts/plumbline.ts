/** Alerts on Plumbline itself: an answer that has stopped arriving must not look like an answer. */
import {
  absent,
  age,
  and,
  compare,
  current,
  increaseExact,
  latest,
  maxBy,
  minBy,
  or,
  sumBy,
  up,
} from '../dashboards/lib/promql.ts';
import * as cases from './cases/plumbline.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, count, duration, label, labelOr, text } from './lib/text.ts';
import {
  remoteWritePending,
  remoteWriteSent,
  servedSeries,
  sourceLastSuccess,
  sourceRejected,
  sourceUp,
} from './self-metrics.ts';
import type { Settings } from './settings.ts';

/** The alerts of `plumbline.rules.yml`. */
export function plumblineAlerts({ alerts, job, seriesLimit }: Settings) {
  const { platform_team: platform, source_stale_hours: staleHours, series_ratio: seriesRatio } = alerts;

  const scraped = current(up, { job });
  const plumblineDown = defineAlert({
    name: 'PlumblineDown',
    severity: 'page',
    pagesFor: 'plumbline-down',
    expr: or(compare(scraped, '==', 0), absent(scraped)),
    for: '5m',
    summary: text`Plumbline is down`,
    description: text`Prometheus cannot scrape ${labelOr('instance', 'any target')} of the job ${job}, or has no such target. The last values stay for a day; nothing new arrives.`,
    team: platform,
    page: 'sources',
    cases: cases.plumblineDown(job),
  });

  const sourceFailing = defineAlert({
    name: 'SourceFailing',
    severity: 'ticket',
    expr: compare(minBy(sourceUp.labels, latest(sourceUp)), '==', 0),
    for: '1h',
    summary: text`Source ${label('source')} of ${label('exporter')} has failed for an hour`,
    description: text`The last refresh of the source ${label('source')} (${label('exporter')}) failed, and so did all for an hour. What it read before is served as it was.`,
    team: platform,
    page: 'sources',
    cases: cases.sourceFailing(),
  });

  const sourceStale = defineAlert({
    name: 'SourceStale',
    severity: 'ticket',
    expr: compare(age(maxBy(sourceLastSuccess.labels, latest(sourceLastSuccess))), '>', staleHours * 3600),
    for: '15m',
    summary: text`Source ${label('source')} of ${label('exporter')} last succeeded ${duration} ago`,
    description: text`The source ${label('source')} (${label('exporter')}) last succeeded ${duration} ago; more than ${staleHours} hours is too long, whether it fails or hangs.`,
    team: platform,
    page: 'sources',
    cases: cases.sourceStale(staleHours),
  });

  // a reason that was never met before has no value of a day ago, and all of it happened since
  const rejectedOfDay = or(increaseExact(sourceRejected, '1d'), latest(sourceRejected));
  const rejectedRecords = defineAlert({
    name: 'RejectedRecords',
    severity: 'ticket',
    expr: compare(sumBy(sourceRejected.labels, rejectedOfDay), '>', 0),
    for: '15m',
    summary: text`${count} records of ${label('source')} were rejected within a day: ${label('reason')}`,
    description: text`The source ${label('source')} (${label('exporter')}) could not read ${count} records within a day, for the reason ${label('reason')}. They are missing from every sum; plumbline check prints them.`,
    team: platform,
    page: 'sources',
    cases: cases.rejectedRecords(),
  });

  const remoteWriteStuck = defineAlert({
    name: 'RemoteWriteStuck',
    severity: 'ticket',
    expr: and(
      compare(maxBy(remoteWritePending.labels, latest(remoteWritePending)), '>', 0),
      compare(maxBy(remoteWriteSent.labels, increaseExact(remoteWriteSent, '1h')), '==', 0),
    ),
    for: '15m',
    summary: text`Remote write to ${label('target')} is stuck with ${count} samples`,
    description: text`${count} samples wait for the remote-write target ${label('target')}, which has taken none for an hour. They are kept on disk and sent once it answers.`,
    team: platform,
    page: 'sources',
    cases: cases.remoteWriteStuck(),
  });

  const seriesNearLimit = defineAlert({
    name: 'SeriesNearLimit',
    severity: 'ticket',
    expr: compare(maxBy(servedSeries.labels, latest(servedSeries)), '>', Math.ceil(seriesLimit * seriesRatio)),
    for: '1h',
    summary: text`Exporter ${label('exporter')} serves ${count} series of ${seriesLimit}`,
    description: text`The exporter ${label('exporter')} serves ${count} series, more than ${asPercentage(seriesRatio)} of series_limit (${seriesLimit}). Above the limit it keeps the last page, and doesn't start.`,
    team: platform,
    page: 'sources',
    cases: cases.seriesNearLimit(seriesLimit, seriesRatio),
  });

  return defineGroup('plumbline', [
    plumblineDown,
    sourceFailing,
    sourceStale,
    rejectedRecords,
    remoteWriteStuck,
    seriesNearLimit,
  ]);
}
