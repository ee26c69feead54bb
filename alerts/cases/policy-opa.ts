/** The unit tests of the alerts on Open Policy Agents: what each has to do, by example. */
import {
  opaBundleActivation,
  opaBundleRequest,
  opaCompleteness,
  opaDropped,
  opaInstances,
  opaLastSeen,
  opaRequests,
} from '../../exporters/policy/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const service = { team: 'search', service: 'indexer', environment: 'production' } as const;
const bundle = { ...service, bundle: 'authz' } as const;
const ofState = (state: string, values: string) => given(opaInstances, { ...service, state }, values);

export function opaDecisionsMissing(least: number, enough: number): Cases {
  const share = plainly(least - 0.2);
  const complete = (values: string) => given(opaCompleteness, service, values);
  /** So many more in each hour, a twelfth with each sample. */
  const requests = (anHour: number, hours: number) =>
    given(opaRequests, service, `0+${Math.ceil(anHour / 12)}x${hours * 12}`);
  const firing = [{ labels: service, value: share }];
  return [
    {
      kind: 'fires',
      name: 'fires when too few of an hour have come',
      given: [complete(steady(share, 4)), requests(enough * 2, 4)],
      atHours: 3,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet over too few decisions',
      given: [complete(steady(share, 4)), requests(enough / 4, 4)],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'stays quiet while all come',
      given: [complete(steady(1, 4)), requests(enough * 2, 4)],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'resolves when they come again',
      given: [complete(stepping(share, 3, 1, 3)), requests(enough * 2, 6)],
      atHours: 5,
    },
    {
      kind: 'quiet',
      name: 'resolves an hour after nothing is asked any more, though the share is still to be read',
      given: [
        complete(untilStopped(share, 3)),
        given(opaRequests, service, `0+${Math.ceil(enough / 6)}x${3 * 12} ${Math.ceil(enough / 6) * 36}x${3 * 12}`),
      ],
      atHours: 5,
    },
    {
      kind: 'stopped',
      name: 'ends an hour after the exporter stopped, as nobody knows of more decisions',
      given: [
        complete(untilStopped(share, 3)),
        given(opaRequests, service, `0+${Math.ceil(enough / 6)}x${3 * 12 - 1} stale`),
      ],
      atHours: 5,
    },
  ];
}

export function opaDecisionsDropped(): Cases {
  const dropped = { ...service, kind: 'rate_limit' } as const;
  const firing = [{ labels: dropped, value: 40 }];
  return [
    {
      kind: 'fires',
      name: 'fires with the exact count of a day, also of the first there ever were',
      given: [given(opaDropped, dropped, '_x299 40x30')],
      atHours: 26,
      firing,
    },
    {
      kind: 'quiet',
      name: 'resolves a day after the last',
      given: [given(opaDropped, dropped, stepping(0, 1, 40, 27))],
      atHours: 27,
    },
    {
      kind: 'quiet',
      name: 'stays quiet after a weekend in which nothing was scraped',
      given: [given(opaDropped, dropped, `40x${30 * 12} _x${60 * 12} 40x${4 * 12}`)],
      atHours: 92,
    },
    {
      kind: 'stopped',
      name: 'holds while the exporter has stopped',
      given: [given(opaDropped, dropped, `_x299 40x10 stale`)],
      atHours: 36,
      firing,
    },
  ];
}

export function opaUnhealthy(): Cases {
  const firing = (state: string, value: number) => ({ labels: { ...service, state }, value });
  return [
    {
      kind: 'fires',
      name: 'fires for agents that are failing or not ready',
      given: [ofState('failing', steady(2, 2)), ofState('not_ready', steady(1, 2)), ofState('ok', steady(5, 2))],
      atHours: 1,
      firing: [firing('failing', 2), firing('not_ready', 1)],
    },
    {
      kind: 'fires',
      name: 'fires for a service whose agents are all silent',
      given: [ofState('silent', steady(3, 2)), ofState('ok', stepping(3, 0.5, 0, 2))],
      atHours: 1.5,
      firing: [firing('silent', 3)],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a silence that is over, though it is still to be read',
      given: [ofState('silent', untilStopped(1, 0.5)), ofState('ok', steady(2, 2))],
      atHours: 1,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for agents that are well, or tell no status',
      given: [ofState('ok', steady(5, 2)), ofState('no_status', steady(1, 2))],
      atHours: 1,
    },
    {
      kind: 'quiet',
      name: 'resolves when they are well again',
      given: [ofState('failing', stepping(2, 1, 0, 1)), ofState('ok', stepping(3, 1, 5, 1))],
      atHours: 1.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [ofState('failing', untilStopped(2, 1))],
      atHours: 20,
      firing: [firing('failing', 2)],
    },
  ];
}

export function opaBundleFailing(hours: number): Cases {
  const late = hours + 2;
  /** Heard of with every sample, in seconds. */
  const seen = (until: number) => given(opaLastSeen, service, `0+300x${until * 12}`);
  return [
    {
      kind: 'fires',
      name: 'fires when an agent is heard of and its bundle is not',
      given: [given(opaBundleRequest, bundle, steady(0, late + 1)), seen(late + 1)],
      atHours: late,
      firing: [{ labels: bundle, value: late * 3600 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for an agent that is gone with its bundle',
      given: [given(opaBundleRequest, bundle, steady(0, late + 1)), given(opaLastSeen, service, steady(60, late + 1))],
      atHours: late,
    },
    {
      kind: 'quiet',
      name: 'resolves when it gets its bundle',
      given: [given(opaBundleRequest, bundle, stepping(0, late, late * 3600, 2)), seen(late + 2)],
      atHours: late + 1,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped, and does not grow',
      given: [
        given(opaBundleRequest, bundle, untilStopped(0, late)),
        given(opaLastSeen, service, `0+300x${late * 12 - 1} stale`),
      ],
      atHours: late + 12,
      firing: [{ labels: bundle, value: late * 3600 - 300 }],
    },
  ];
}

export function opaBundleOld(days: number): Cases {
  /** So long before the first sample; the tests' time begins at 0. */
  const before = -(days * 86_400);
  const activated = (values: string) => given(opaBundleActivation, bundle, values);
  const ok = ofState('ok', steady(2, 6));
  return [
    {
      kind: 'fires',
      name: 'fires for a bundle that is too old',
      given: [activated(steady(before, 6)), ok],
      atHours: 3,
      firing: [{ labels: bundle, value: 3 * 3600 - before }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for one that is younger',
      given: [activated(steady(before + 86_400, 6)), ok],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where no agent runs it any more',
      given: [
        activated(untilStopped(before, 2)),
        ofState('ok', stepping(2, 2, 0, 4)),
        ofState('silent', stepping(0, 2, 2, 4)),
      ],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'resolves with a new revision',
      given: [activated(stepping(before, 3, 3 * 3600, 3)), ok],
      atHours: 4,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [activated(untilStopped(before, 4)), ofState('ok', untilStopped(2, 4))],
      atHours: 20,
      firing: [{ labels: bundle, value: 20 * 3600 - before }],
    },
  ];
}
