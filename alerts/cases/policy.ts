/** The unit tests of the alerts on what is violated and excepted: what each has to do, by example. */
import {
  engineLastReport,
  exceptions,
  services,
  violations,
  violationsByAge,
  violationsOpened,
  violationsReopened,
} from '../../exporters/policy/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const search = { team: 'search' } as const;
const day = 24;
const found = {
  ...{ ...search, service: 'indexer', environment: 'production', engine: 'kyverno', severity: 'high' },
  ...{ requirement: 'non_root_containers', enforcement: 'enforce', state: 'open' },
} as const;
const event = {
  ...{ ...search, engine: 'kyverno', requirement: 'non_root_containers', severity: 'high', enforcement: 'enforce' },
} as const;
const hours = 9 * day;

export function newEnforcedViolations(): Cases {
  const known = given(engineLastReport, { engine: 'kyverno' }, steady(0, hours));
  const open = (values: string, enforcement = 'enforce', age = '0-7d') =>
    given(violationsByAge, { ...search, severity: 'high', enforcement, age }, values);
  const firing = [{ labels: search, value: 2 }];
  return [
    {
      kind: 'fires',
      name: 'fires with the exact count, of what was opened for the first time and of what came back',
      given: [
        known,
        given(violationsOpened, event, stepping(3, 8 * day, 4, day)),
        given(violationsReopened, { ...event, severity: 'low' }, `_x${8 * day * 12 - 1} 1x${day * 12}`),
        open(steady(5, hours)),
      ],
      atHours: 8 * day + 2,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what was opened in another mode',
      given: [
        known,
        given(violationsOpened, { ...event, enforcement: 'warn' }, stepping(3, 8 * day, 5, day)),
        open(steady(5, hours), 'warn'),
      ],
      atHours: 8 * day + 2,
    },
    {
      kind: 'quiet',
      name: "stays quiet for what an engine's first reports find",
      given: [
        given(engineLastReport, { engine: 'kyverno' }, `_x${8 * day * 12 - 1} 0x${day * 12}`),
        given(violationsOpened, event, `_x${8 * day * 12 - 1} 40x${day * 12}`),
        open(`_x${8 * day * 12 - 1} 40x${day * 12}`),
      ],
      atHours: 8 * day + 2,
    },
    {
      kind: 'quiet',
      name: 'resolves when all are resolved, though older ones are open',
      given: [
        known,
        given(violationsOpened, event, stepping(3, 8 * day, 5, day)),
        open(stepping(2, 8 * day + 4, 0, day)),
        open(steady(5, hours), 'enforce', '90-365d'),
      ],
      atHours: 8 * day + 6,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what was opened before the week',
      given: [
        known,
        given(violationsOpened, event, stepping(3, 4, 5, hours)),
        open(steady(5, hours), 'enforce', '7-30d'),
      ],
      atHours: 8 * day,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [
        given(engineLastReport, { engine: 'kyverno' }, untilStopped(0, 8 * day)),
        given(violationsOpened, event, `3x${7 * day * 12} 5x${day * 12 - 2} stale`),
        open(untilStopped(5, 8 * day)),
      ],
      atHours: 8 * day + 20,
      firing,
    },
  ];
}

export function violationsGrowing(rise: number, enough: number): Cases {
  const before = Math.floor(enough / (2 * rise));
  const grown = before + enough;
  const weeks = (count: number) => count * 7 * day;
  const warned = { ...found, enforcement: 'warn' } as const;
  const known = given(engineLastReport, { engine: 'kyverno' }, steady(0, weeks(7)));
  const open = (values: string, engine = 'kyverno') => given(violations, { ...warned, engine }, values);
  const covered = (values: string) => given(services, { ...search, coverage: 'covered' }, values);
  const firing = [{ labels: search, value: enough }];
  const suddenly = `_x${weeks(5) * 12 - 1} ${enough}x${weeks(1) * 12}`;
  return [
    {
      kind: 'fires',
      name: 'fires when there are many more than a week ago, and that is unusual',
      given: [known, open(stepping(before, weeks(5), grown, weeks(1)))],
      atHours: weeks(5) + 8,
      firing,
    },
    {
      kind: 'fires',
      name: 'fires for a team that had none and was looked at',
      given: [known, covered(steady(4, weeks(7))), open(suddenly)],
      atHours: weeks(5) + 8,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a team that nobody looked at before',
      given: [known, covered(`_x${weeks(5) * 12 - 1} 4x${weeks(1) * 12}`), open(suddenly)],
      atHours: weeks(5) + 8,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where nothing is known of the time a week ago',
      given: [
        known,
        covered(`4x${weeks(3) * 12} _x${weeks(2) * 12} 4x${weeks(1) * 12}`),
        open(`${before}x${weeks(3) * 12} _x${weeks(2) * 12} ${grown}x${weeks(1) * 12}`),
      ],
      atHours: weeks(5) + 8,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what a new engine finds',
      given: [
        known,
        given(engineLastReport, { engine: 'checkov' }, `_x${weeks(5) * 12 - 1} 0x${weeks(1) * 12}`),
        open(steady(before, weeks(7))),
        open(suddenly, 'checkov'),
      ],
      atHours: weeks(5) + 8,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a few more of few',
      given: [known, open(stepping(1, weeks(5), enough, weeks(1)))],
      atHours: weeks(5) + 8,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a small part of many',
      given: [known, open(stepping(before * 10, weeks(5), before * 10 + enough, weeks(1)))],
      atHours: weeks(5) + 8,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a growth that is usual',
      given: [known, open(`0+${plainly(enough / (7 * day * 12))}x${weeks(6) * 12}`)],
      atHours: weeks(5) + 8,
    },
    {
      kind: 'quiet',
      name: 'stays quiet without a past to compare with',
      given: [known, open(stepping(before, weeks(2), grown, weeks(1)))],
      atHours: weeks(2) + 8,
    },
    {
      kind: 'quiet',
      name: 'stays quiet when what was unknown is known again',
      given: [
        known,
        open(stepping(before, weeks(5), grown, weeks(1))),
        given(violations, { ...warned, state: 'unknown' }, stepping(enough, weeks(5), 0, weeks(1))),
      ],
      atHours: weeks(5) + 8,
    },
    {
      kind: 'quiet',
      name: 'resolves when they are resolved',
      given: [known, open(`${before}x${weeks(5) * 12} ${grown}x${day * 12} ${before}x${weeks(1) * 12}`)],
      atHours: weeks(5) + 26,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [known, open(`${before}x${weeks(5) * 12} ${grown}x${day * 12} stale`)],
      atHours: weeks(5) + day + 12,
      firing,
    },
  ];
}

/** Of the alerts on exceptions of a status, which differ in that alone. */
export function excepted(status: 'expiring' | 'expired' | 'expired_applied'): Cases {
  const owner = { ...search, engine: 'kyverno' } as const;
  const of = (values: string, told: string = status, approved = 'yes') =>
    given(exceptions, { ...owner, requirement: 'trusted_images', status: told, approved }, values);
  const firing = [{ labels: owner, value: 3 }];
  return [
    {
      kind: 'fires',
      name: 'fires with how many there are, whoever answers for them',
      given: [of(steady(2, 4)), of(steady(1, 4), status, 'no')],
      atHours: 2,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for exceptions that are in force or have no end',
      given: [of(steady(2, 4), 'active'), of(steady(5, 4), 'permanent'), of(steady(0, 4))],
      atHours: 2,
    },
    {
      kind: 'quiet',
      name: 'resolves when they are renewed or removed',
      given: [of(stepping(3, 2, 0, 2))],
      atHours: 3,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of(untilStopped(3, 3))],
      atHours: 25,
      firing,
    },
  ];
}
