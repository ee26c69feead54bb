/** The unit tests of the alerts on Plumbline itself. */
import { up } from '../../dashboards/lib/promql.ts';
import {
  otlpFailed,
  remoteWritePending,
  remoteWriteSamples,
  snapshotProblems,
  snapshotSeries,
  sourceLastSuccess,
  sourceRejected,
  sourceUp,
} from '../../exporters/core/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const source = { exporter: 'cost', source: 'focus' } as const;
const rejected = { ...source, reason: 'bad_number' } as const;
const target = { exporter: 'cost', target: 'prometheus' } as const;
const refused = { target: 'otlp', reason: 'unreachable' } as const;
const exporter = { exporter: 'cost' } as const;
const family = { ...exporter, family: 'finops_cost_daily_latest' } as const;
const smallFamily = { ...exporter, family: 'finops_recent_charge_day_finality' } as const;

export function plumblineDown(job: string): Cases {
  const scraped = { job, instance: 'plumbline' } as const;
  return [
    {
      kind: 'fires',
      name: 'fires when the scrape fails',
      given: [given(up, scraped, steady(0, 1))],
      atHours: 0.5,
      firing: [{ labels: scraped, value: 0 }],
    },
    {
      kind: 'fires',
      name: 'fires when there is no such target',
      given: [given(up, { ...scraped, job: 'another' }, steady(1, 1))],
      atHours: 0.5,
      firing: [{ labels: { job }, value: 1 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet while the scrape succeeds',
      given: [given(up, scraped, steady(1, 1))],
      atHours: 0.5,
    },
    {
      kind: 'stopped',
      name: 'fires when the target was taken out of Prometheus',
      given: [given(up, scraped, untilStopped(1, 1))],
      atHours: 1.25,
      firing: [{ labels: { job }, value: 1 }],
    },
  ];
}

export function watchdog(): Cases {
  const firing = [{ labels: {}, value: 1 }];
  return [
    { kind: 'fires', name: 'fires always', given: [], atHours: 0.25, firing },
    { kind: 'stopped', name: 'fires without Plumbline', given: [], atHours: 48, firing },
  ];
}

export function sourceFailing(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires for the source that failed for an hour',
      given: [given(sourceUp, source, steady(0, 2)), given(sourceUp, { ...source, source: 'other' }, steady(1, 2))],
      atHours: 1.5,
      firing: [{ labels: source, value: 0 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a failure that the next refresh mends',
      given: [given(sourceUp, source, stepping(0, 0.5, 1, 2))],
      atHours: 2,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(sourceUp, source, untilStopped(0, 2))],
      atHours: 25,
      firing: [{ labels: source, value: 0 }],
    },
  ];
}

export function sourceStale(hours: number): Cases {
  const late = plainly(hours + 2);
  return [
    {
      kind: 'fires',
      name: 'fires when the last success is too old',
      given: [given(sourceLastSuccess, source, steady(0, hours + 3))],
      atHours: late,
      firing: [{ labels: source, value: late * 3600 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet after a success',
      given: [given(sourceLastSuccess, source, stepping(0, hours - 1, (hours - 1) * 3600, 4))],
      atHours: late,
    },
    {
      kind: 'stopped',
      name: 'goes on counting for a day after the exporter stopped',
      given: [given(sourceLastSuccess, source, untilStopped(0, hours - 1))],
      atHours: late,
      firing: [{ labels: source, value: late * 3600 }],
    },
  ];
}

export function rejectedRecords(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires with the exact count of a day',
      given: [given(sourceRejected, rejected, stepping(100, 25, 117, 2))],
      atHours: 26,
      firing: [{ labels: rejected, value: 17 }],
    },
    {
      kind: 'fires',
      name: 'fires for a reason that was never seen before',
      given: [given(sourceRejected, rejected, '_x299 3x30')],
      atHours: 26,
      firing: [{ labels: rejected, value: 3 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what was rejected more than a day ago',
      given: [given(sourceRejected, rejected, steady(117, 27))],
      atHours: 26,
    },
    {
      kind: 'stopped',
      name: 'holds after the exporter stopped, while the day lasts',
      given: [given(sourceRejected, rejected, '100x299 117x11 stale')],
      atHours: 30,
      firing: [{ labels: rejected, value: 17 }],
    },
  ];
}

export function remoteWriteStuck(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires when samples wait and none was taken for an hour',
      given: [given(remoteWritePending, target, steady(500, 4)), given(remoteWriteSamples, target, steady(9000, 4))],
      atHours: 3,
      firing: [{ labels: target, value: 500 }],
    },
    {
      kind: 'fires',
      name: 'fires for a target that has never taken anything',
      given: [given(remoteWritePending, target, steady(500, 4))],
      atHours: 1,
      firing: [{ labels: target, value: 500 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet while the first history is on its way',
      given: [given(remoteWritePending, target, steady(500, 4)), given(remoteWriteSamples, target, '0+100x48')],
      atHours: 1,
    },
    {
      kind: 'quiet',
      name: 'stays quiet while samples wait and others are taken',
      given: [given(remoteWritePending, target, steady(500, 4)), given(remoteWriteSamples, target, '0+100x48')],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'stays quiet when nothing waits',
      given: [given(remoteWritePending, target, steady(0, 4)), given(remoteWriteSamples, target, steady(9000, 4))],
      atHours: 3,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [
        given(remoteWritePending, target, untilStopped(500, 4)),
        given(remoteWriteSamples, target, untilStopped(9000, 4)),
      ],
      atHours: 25,
      firing: [{ labels: target, value: 500 }],
    },
  ];
}

export function otlpPushFailing(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires when pushes are not taken for an hour',
      given: [
        given(otlpFailed, refused, '0+500x48'),
        given(otlpFailed, { ...refused, reason: 'too_old' }, steady(30, 4)),
      ],
      atHours: 3,
      firing: [{ labels: refused, value: 6000 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a failure that the next pushes make good',
      given: [given(otlpFailed, refused, stepping(0, 1, 500, 3))],
      atHours: 2,
    },
    {
      kind: 'quiet',
      name: 'stays quiet after a restart, which counts from 0',
      given: [given(otlpFailed, refused, stepping(5000, 1, 0, 3))],
      atHours: 2,
    },
    {
      kind: 'stopped',
      name: 'holds for an hour after the exporter stopped, while something of it is known',
      given: [given(otlpFailed, refused, '0+500x24 stale')],
      atHours: 2.5,
      firing: [{ labels: refused, value: 3000 }],
    },
  ];
}

export function seriesNearLimit(limit: number, ratio: number): Cases {
  const many = Math.ceil(limit * ratio) + 1;
  return [
    {
      kind: 'fires',
      name: 'fires near the limit',
      given: [given(snapshotSeries, family, steady(many - 3, 2)), given(snapshotSeries, smallFamily, steady(3, 2))],
      atHours: 1.5,
      firing: [{ labels: exporter, value: many }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet well below',
      given: [given(snapshotSeries, family, steady(Math.floor(limit / 2), 2))],
      atHours: 1.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(snapshotSeries, family, untilStopped(many, 2))],
      atHours: 25,
      firing: [{ labels: exporter, value: many }],
    },
  ];
}

export function snapshotIncomplete(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires when families could not be evaluated for half an hour',
      given: [given(snapshotProblems, exporter, steady(2, 2))],
      atHours: 1,
      firing: [{ labels: exporter, value: 2 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a failure that the next evaluation mends',
      given: [given(snapshotProblems, exporter, stepping(1, 0.25, 0, 2))],
      atHours: 1,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(snapshotProblems, exporter, untilStopped(1, 2))],
      atHours: 25,
      firing: [{ labels: exporter, value: 1 }],
    },
  ];
}
