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
  times,
  up,
  vector,
} from '../dashboards/lib/promql.ts';
import {
  otlpFailed,
  remoteWritePending,
  remoteWriteSamples,
  snapshotProblems,
  snapshotSeries,
  sourceLastSuccess,
  sourceRejected,
  sourceUp,
} from '../exporters/core/metrics.ts';
import * as cases from './cases/plumbline.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, count, duration, label, labelOr, text } from './lib/text.ts';
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
    value: text`not scraped`,
    team: platform,
    page: 'sources',
    cases: cases.plumblineDown(job),
  });

  // kube-prometheus has a Watchdog, which would hide that this one is missing
  const watchdog = defineAlert({
    name: 'PlumblineWatchdog',
    severity: 'none',
    expr: compare(vector(1), '==', 1),
    summary: text`Alerts still come through`,
    description: text`This alert always fires. Once it stops coming, Prometheus evaluates no rules, or Alertmanager sends nothing: nobody is told of anything else either.`,
    value: text`always fires`,
    team: platform,
    page: 'sources',
    cases: cases.watchdog(),
  });

  const sourceFailing = defineAlert({
    name: 'SourceFailing',
    severity: 'ticket',
    expr: compare(minBy(sourceUp.labels, latest(sourceUp)), '==', 0),
    for: '1h',
    summary: text`Source ${label('source')} of ${label('exporter')} has failed for an hour`,
    description: text`The last refresh of the source ${label('source')} (${label('exporter')}) failed, and so did all for an hour. What it read before is served as it was.`,
    value: text`failing`,
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
    value: text`${duration} since the last success`,
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
    value: text`${count} records within a day`,
    team: platform,
    page: 'sources',
    cases: cases.rejectedRecords(),
  });

  const pending = maxBy(remoteWritePending.labels, latest(remoteWritePending));
  // a target that has never taken anything has no counter yet, and has taken 0
  const taken = or(maxBy(remoteWriteSamples.labels, increaseExact(remoteWriteSamples, '15m')), times(pending, 0));
  const remoteWriteStuck = defineAlert({
    name: 'RemoteWriteStuck',
    severity: 'ticket',
    expr: and(compare(pending, '>', 0), compare(taken, '==', 0)),
    for: '45m',
    summary: text`Remote write of ${label('exporter')} to ${label('target')} is stuck with ${count} samples`,
    description: text`${count} samples of the exporter ${label('exporter')} wait for the remote-write target ${label('target')}, which has taken none for an hour. They are kept on disk and sent once it answers.`,
    value: text`${count} samples`,
    team: platform,
    page: 'sources',
    cases: cases.remoteWriteStuck(),
  });

  const otlpPushFailing = defineAlert({
    name: 'OtlpPushFailing',
    severity: 'ticket',
    expr: compare(sumBy(otlpFailed.labels, increaseExact(otlpFailed, '1h')), '>', 0),
    // Longer than what one failed push is seen for.
    for: '75m',
    summary: text`${count} points pushed by OTLP to ${label('target')} were not taken within an hour: ${label('reason')}`,
    description: text`The OTLP endpoint ${label('target')} did not take ${count} points within an hour, for the reason ${label('reason')}, and it was so in the hour before. Each push has all series as they are then; what was not taken of the time between is not sent again.`,
    value: text`${count} points within an hour`,
    team: platform,
    page: 'sources',
    cases: cases.otlpPushFailing(),
  });

  const seriesNearLimit = defineAlert({
    name: 'SeriesNearLimit',
    severity: 'ticket',
    expr: compare(sumBy(['exporter'], latest(snapshotSeries)), '>', Math.ceil(seriesLimit * seriesRatio)),
    for: '1h',
    summary: text`Exporter ${label('exporter')} serves ${count} series of ${seriesLimit}`,
    description: text`The exporter ${label('exporter')} serves ${count} series, more than ${asPercentage(seriesRatio)} of series_limit (${seriesLimit}). Above the limit it keeps the last page, and doesn't start.`,
    value: text`${count} series`,
    budget: text`${seriesLimit} series`,
    team: platform,
    page: 'sources',
    cases: cases.seriesNearLimit(seriesLimit, seriesRatio),
  });

  const snapshotIncomplete = defineAlert({
    name: 'SnapshotIncomplete',
    severity: 'ticket',
    expr: compare(maxBy(snapshotProblems.labels, latest(snapshotProblems)), '>', 0),
    for: '30m',
    summary: text`${count} metric families of ${label('exporter')} show old values`,
    description: text`${count} metric families of the exporter ${label('exporter')} could not be evaluated for half an hour. Their last good values stay on the page and look current.`,
    value: text`${count} metric families`,
    team: platform,
    page: 'sources',
    cases: cases.snapshotIncomplete(),
  });

  return defineGroup(
    'plumbline',
    [
      plumblineDown,
      watchdog,
      sourceFailing,
      sourceStale,
      rejectedRecords,
      remoteWriteStuck,
      otlpPushFailing,
      seriesNearLimit,
      snapshotIncomplete,
    ],
    { live: true },
  );
}
