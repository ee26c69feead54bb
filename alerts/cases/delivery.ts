/** The unit tests of the alerts on delivery: what each has to do, by example. */
import {
  changeDeployments,
  changeFailBaselineRatio,
  changeFailRatio,
  deploymentInterval,
  deploymentRanges,
  lastDeployment,
  oldestUnrecoveredFailure,
  unrecoveredDeployments,
} from '../../exporters/dora/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const search = { team: 'search' } as const;
const month = { ...search, window: '30d' } as const;
const service = { team: 'search', service: 'indexer', environment: 'production' } as const;
const day = 86_400;

export function changeFailRateRising(rise: number, enough: number): Cases {
  const above = plainly(0.1 + rise + 0.05);
  const value = plainly(rise + 0.05);
  const usual = given(changeFailBaselineRatio.team, search, steady(0.1, 9));
  const deployed = (count: number) => given(changeDeployments, { ...service, window: '30d' }, steady(count, 9));
  const failed = (ratio: number) => given(changeFailRatio.team, month, steady(ratio, 9));
  return [
    {
      kind: 'fires',
      name: 'fires after six hours above its own usual rate',
      given: [failed(above), usual, deployed(enough)],
      atHours: 7,
      firing: [{ labels: search, value }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet over too few deployments',
      given: [failed(above), usual, deployed(enough - 1)],
      atHours: 7,
    },
    {
      kind: 'quiet',
      name: 'stays quiet at a rate that is high and usual',
      given: [failed(above), given(changeFailBaselineRatio.team, search, steady(above, 9)), deployed(enough * 2)],
      atHours: 7,
    },
    {
      kind: 'quiet',
      name: 'stays quiet without a past to compare with',
      given: [failed(above), deployed(enough)],
      atHours: 7,
    },
    {
      kind: 'quiet',
      name: 'resolves when an incident is linked to another deployment',
      given: [given(changeFailRatio.team, month, stepping(above, 7, 0.1, 2)), usual, deployed(enough)],
      atHours: 8,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [
        given(changeFailRatio.team, month, untilStopped(above, 8)),
        given(changeFailBaselineRatio.team, search, untilStopped(0.1, 8)),
        given(changeDeployments, { ...service, window: '30d' }, untilStopped(enough, 8)),
      ],
      atHours: 30,
      firing: [{ labels: search, value }],
    },
  ];
}

export function recoveryRunningLong(hours: number): Cases {
  const since = (values: string) => given(oldestUnrecoveredFailure, service, values);
  const open = (values: string) => given(unrecoveredDeployments, service, values);
  return [
    {
      kind: 'fires',
      name: 'fires when nothing has remedied it for too long',
      given: [since(steady(0, hours + 3)), open(steady(1, hours + 3))],
      atHours: hours + 2,
      firing: [{ labels: service, value: (hours + 2) * 3600 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet while there is time',
      given: [since(steady(0, hours)), open(steady(1, hours))],
      atHours: hours - 1,
    },
    {
      kind: 'quiet',
      name: 'resolves once it is remedied, though when it was is still to be read',
      given: [since(untilStopped(0, hours + 2)), open(stepping(1, hours + 2, 0, 2))],
      atHours: hours + 3,
    },
    {
      kind: 'stopped',
      name: 'goes on counting for a day after the exporter stopped',
      given: [since(untilStopped(0, hours)), open(untilStopped(1, hours))],
      atHours: hours + 12,
      firing: [{ labels: service, value: (hours + 12) * 3600 }],
    },
  ];
}

export function deploymentsStopped(pause: number, pauseDays: number): Cases {
  const usual = plainly((pauseDays * day) / (pause + 1));
  const interval = { ...service, percentile: 'p90' } as const;
  const hours = (pauseDays + 1) * 24;
  return [
    {
      kind: 'fires',
      name: 'fires when the pause is far longer than usual',
      given: [
        given(deploymentInterval, interval, steady(usual, hours + 3)),
        given(lastDeployment, service, steady(0, hours + 3)),
      ],
      atHours: hours + 2,
      firing: [{ labels: service, value: ((hours + 2) * 3600) / usual }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a service that is deployed rarely',
      given: [
        given(deploymentInterval, interval, steady(pauseDays * day, hours + 3)),
        given(lastDeployment, service, steady(0, hours + 3)),
      ],
      atHours: hours + 2,
    },
    {
      kind: 'quiet',
      name: 'stays quiet over a long weekend of a service that is deployed hourly',
      given: [given(deploymentInterval, interval, steady(3600, 97)), given(lastDeployment, service, steady(0, 97))],
      atHours: 96,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [
        given(deploymentInterval, interval, untilStopped(usual, hours)),
        given(lastDeployment, service, untilStopped(0, hours)),
      ],
      atHours: hours + 12,
      firing: [{ labels: service, value: ((hours + 12) * 3600) / usual }],
    },
  ];
}

export function leadTimesUnknown(limit: number): Cases {
  const of = (basis: string, count: number, stopped = false, more: { readonly team?: string } = {}) =>
    given(
      deploymentRanges,
      { ...service, basis, window: '30d', ...more },
      stopped ? untilStopped(count, 8) : steady(count, 9),
    );
  const above = Math.ceil(limit * 10) + 1;
  return [
    {
      kind: 'fires',
      name: 'fires when too many deployments name no commit that is known',
      given: [of('no_sha', above), of('range', 10 - above)],
      atHours: 7,
      firing: [{ labels: search, value: above / 10 }],
    },
    {
      kind: 'fires',
      name: 'tells each of two teams',
      given: [of('no_sha', 10), of('no_sha', 10, false, { team: 'ads' })],
      atHours: 7,
      firing: [
        { labels: { ...search, team: 'ads' }, value: 1 },
        { labels: search, value: 1 },
      ],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for first deployments and long pauses',
      given: [of('first', 5), of('capped', 5), of('range', 1)],
      atHours: 7,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of('unknown_commit', above, true), of('range', 10 - above, true)],
      atHours: 30,
      firing: [{ labels: search, value: above / 10 }],
    },
  ];
}
