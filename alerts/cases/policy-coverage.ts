/** The unit tests of the alerts on what is looked at: what each has to do, by example. */
import { engineLastReport, scopes, unlistedViolations } from '../../exporters/policy/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const engine = { engine: 'gatekeeper' } as const;
const owner = { team: 'search', ...engine } as const;

export function policyEngineSilent(hours: number): Cases {
  const late = plainly(hours + 2);
  const of = (status: string, values: string, of: { readonly engine: string } = engine) =>
    given(scopes, { team: 'search', ...of, status }, values);
  return [
    {
      kind: 'fires',
      name: 'fires for the engine that has reported nothing for too long, once nothing it found is known any more',
      given: [
        given(engineLastReport, engine, steady(0, hours + 3)),
        of('fresh', stepping(2, hours - 1, 0, 4)),
        of('stale', stepping(0, hours - 1, 2, 4)),
        given(engineLastReport, { engine: 'kyverno' }, stepping(0, hours, hours * 3600, 3)),
      ],
      atHours: late,
      firing: [{ labels: engine, value: late * 3600 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for an engine that looks more rarely, while one of its scopes is known',
      given: [
        given(engineLastReport, engine, steady(0, hours + 3)),
        of('partial', steady(1, hours + 3)),
        of('stale', steady(1, hours + 3)),
      ],
      atHours: late,
    },
    {
      kind: 'quiet',
      name: 'resolves with a report',
      given: [
        given(engineLastReport, engine, stepping(0, hours + 1, (hours + 1) * 3600, 4)),
        of('stale', stepping(1, hours + 1, 0, 4)),
      ],
      atHours: plainly(hours + 3),
    },
    {
      kind: 'stopped',
      name: 'goes on counting for a day after the exporter stopped',
      given: [
        given(engineLastReport, engine, untilStopped(0, hours - 1)),
        of('stale', untilStopped(1, hours - 1)),
        of('fresh', untilStopped(9, hours - 1), { engine: 'kyverno' }),
      ],
      atHours: late,
      firing: [{ labels: engine, value: late * 3600 }],
    },
  ];
}

export function scopesSilent(): Cases {
  const of = (status: string, values: string) => given(scopes, { ...owner, status }, values);
  const firing = [{ labels: owner, value: 2 }];
  return [
    { kind: 'fires', name: 'fires for scopes that are silent', given: [of('stale', steady(2, 4))], atHours: 2, firing },
    {
      kind: 'quiet',
      name: 'stays quiet for scopes that are looked at',
      given: [of('fresh', steady(9, 4)), of('stale', steady(0, 4))],
      atHours: 2,
    },
    {
      kind: 'quiet',
      name: 'resolves when they are looked at again',
      given: [of('stale', stepping(2, 2, 0, 2)), of('fresh', stepping(0, 2, 2, 2))],
      atHours: 3,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of('stale', untilStopped(2, 3))],
      atHours: 25,
      firing,
    },
  ];
}

export function auditIncomplete(): Cases {
  const of = (status: string, values: string) => given(scopes, { ...owner, status }, values);
  const firing = (status: string, value: number) => ({ labels: { ...owner, status }, value });
  return [
    {
      kind: 'fires',
      name: 'fires for audits that were not finished, and for those that failed',
      given: [of('partial', steady(2, 5)), of('failed', steady(1, 5)), of('fresh', steady(9, 5))],
      atHours: 3,
      firing: [firing('failed', 1), firing('partial', 2)],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for one that the next audit makes good',
      given: [of('partial', stepping(1, 1, 0, 4))],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'resolves with a whole audit',
      given: [of('partial', stepping(1, 4, 0, 4))],
      atHours: 5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of('partial', untilStopped(1, 4))],
      atHours: 26,
      firing: [firing('partial', 1)],
    },
  ];
}

export function violationsUnlisted(): Cases {
  const of = (policy: string, values: string) =>
    given(unlistedViolations, { ...engine, policy, requirement: 'trusted_images' }, values);
  const firing = [{ labels: engine, value: 42 }];
  return [
    {
      kind: 'fires',
      name: 'fires with how many no list has',
      given: [of('allowed-repos', steady(40, 5)), of('no-latest', steady(2, 5))],
      atHours: 3,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet while lists are whole',
      given: [of('allowed-repos', steady(0, 5))],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'resolves when the list is whole again',
      given: [of('allowed-repos', stepping(42, 4, 0, 2))],
      atHours: 5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of('allowed-repos', untilStopped(42, 4))],
      atHours: 26,
      firing,
    },
  ];
}
