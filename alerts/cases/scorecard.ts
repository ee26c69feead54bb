/** The unit tests of the alerts on the golden path: what each has to do, by example. */
import { checkExemptions, requiredLost, shadowChanges, teamConformance } from '../../exporters/scorecard/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const day = 24;
const team = { team: 'checkout' } as const;

export function requiredCheckLost(): Cases {
  const labels = { ...team, service: 'cart', check: 'sla' } as const;
  const of = (values: string) => given(requiredLost, labels, values);
  const firing = [{ labels, value: 1 }];
  return [
    { kind: 'fires', name: 'fires where a service lost it', given: [of(steady(1, day))], atHours: 3, firing },
    {
      kind: 'quiet',
      name: 'resolves when it passes again, as what is gone is served as 0',
      given: [of(stepping(1, 5, 0, day))],
      atHours: 6,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of(untilStopped(1, 4))],
      atHours: 20,
      firing,
    },
  ];
}

export function conformanceFalling(fall: number): Cases {
  const of = (before: number, after: number, hours = 3 * day) =>
    given(teamConformance, team, stepping(before, 28 * day, after, hours));
  const atHours = 28 * day + 12;
  return [
    {
      kind: 'fires',
      name: 'fires where fewer of its checks pass than four weeks ago',
      given: [of(0.9, 0.9 - 2 * fall)],
      atHours,
      firing: [{ labels: team, value: plainly(0.9 - (0.9 - 2 * fall)) }],
    },
    { kind: 'quiet', name: 'stays quiet where little changed', given: [of(0.9, 0.9 - fall / 2)], atHours },
    { kind: 'quiet', name: 'stays quiet where more pass', given: [of(0.5, 0.9)], atHours },
    {
      kind: 'quiet',
      name: 'has nothing to compare with before four weeks are over',
      given: [given(teamConformance, team, stepping(0.9, 5 * day, 0.1, 5 * day))],
      atHours: 7 * day,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(teamConformance, team, `${stepping(0.9, 28 * day, 0.9 - 2 * fall, 9)} stale`)],
      atHours: 28 * day + 20,
      firing: [{ labels: team, value: plainly(0.9 - (0.9 - 2 * fall)) }],
    },
  ];
}

export function shadowGrowing(appeared: number): Cases {
  const of = (direction: 'appeared' | 'gone', values: string) =>
    given(shadowChanges, { kind: 'repository', direction, window: '7d' }, values);
  const firing = [{ labels: { kind: 'repository' }, value: appeared }];
  return [
    {
      kind: 'fires',
      name: 'fires where more appeared than went',
      given: [of('appeared', steady(appeared + 2, day)), of('gone', steady(2, day))],
      atHours: 10,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where as many are explained',
      given: [of('appeared', steady(appeared + 2, day)), of('gone', steady(appeared + 2, day))],
      atHours: 10,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of('appeared', untilStopped(appeared, 9)), of('gone', untilStopped(0, 9))],
      atHours: 20,
      firing,
    },
  ];
}

export function checkExemptionExpiring(): Cases {
  const labels = { ...team, check: 'signature' } as const;
  const of = (status: string, values: string) => given(checkExemptions, { ...labels, status }, values);
  const firing = [{ labels, value: 2 }];
  return [
    {
      kind: 'fires',
      name: 'fires where some end soon',
      given: [of('expiring', steady(2, day)), of('active', steady(5, day))],
      atHours: 3,
      firing,
    },
    { kind: 'quiet', name: 'stays quiet while all last', given: [of('active', steady(5, day))], atHours: 3 },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of('expiring', untilStopped(2, 4))],
      atHours: 20,
      firing,
    },
  ];
}
