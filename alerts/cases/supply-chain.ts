/** The unit tests of the alerts on how bad it is: what each has to do, by example. */
import {
  exceptions,
  exploitedFindings,
  gateImages,
  gateNewlyBlocked,
  slaFindings,
  watchImages,
} from '../../exporters/supply-chain/metrics.ts';
import { type AlertCase, given, restarting, steady, stepping, untilStopped } from '../lib/cases.ts';
import { exampleOf, isOf } from '../lib/environments.ts';

type Cases = readonly AlertCase[];

const search = { team: 'search' } as const;
const day = 24;
/** What may be named otherwise than production. */
const others = ['staging', 'unassigned', 'nonproduction', 'preprod-eu', 'development'] as const;
const outside = (productions: readonly string[]) => others.filter(name => !isOf(productions, name));

export function knownExploitedInProduction(productions: readonly string[]): Cases {
  const named = exampleOf(productions);
  const each = [...new Set(productions.map(pattern => exampleOf([pattern]).toUpperCase()))];
  const production = { ...search, environment: named } as const;
  const of = (values: string, state = 'open', environment = named, ransomware = 'no') =>
    given(exploitedFindings, { ...search, environment, severity: 'high', state, ransomware }, values);
  const firing = [{ labels: production, value: 3 }];
  return [
    {
      kind: 'fires',
      name: 'fires with all that is exposed in production, also what is not scanned any more',
      given: [of(steady(1, 4)), of(steady(1, 4), 'open', named, 'yes'), of(steady(1, 4), 'unknown')],
      atHours: 2,
      firing,
    },
    {
      kind: 'fires',
      name: 'fires for all that is production, whatever its case, for each environment',
      given: each.map((environment, index) => of(steady(index + 1, 4), 'open', environment)),
      atHours: 2,
      firing: each.map((environment, index) => ({ labels: { ...search, environment }, value: index + 1 })),
    },
    {
      kind: 'quiet',
      name: 'stays quiet elsewhere, where nobody says which environment it is, and where there is none',
      given: [...outside(productions).map(environment => of(steady(5, 4), 'open', environment)), of(steady(0, 4))],
      atHours: 2,
    },
    {
      kind: 'quiet',
      name: 'resolves at once when it is fixed, excepted or gone',
      given: [of(stepping(3, 2, 0, 2))],
      atHours: 3,
    },
    { kind: 'quiet', name: 'stays quiet where nothing was scanned', given: [], atHours: 2 },
    {
      kind: 'stopped',
      name: 'goes on while the exporter starts anew',
      given: [of(restarting(3, 3, 4))],
      atHours: 4,
      firing,
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

/** Of a team's findings by how they stand to their limit. */
function findings(
  values: string,
  of: { readonly status: string; readonly severity: string } & Readonly<Partial<Record<Changed, string>>>,
) {
  const { exploited = 'no', state = 'open', environment = 'anywhere', service = 'indexer' } = of;
  const { status, severity, class: kind = 'vulnerability' } = of;
  return given(
    slaFindings,
    { ...search, service, environment, class: kind, severity, exploited, state, status },
    values,
  );
}
type Changed = 'exploited' | 'state' | 'environment' | 'class' | 'service';

/** Of the alerts on limits, which differ in the status and the severities that they are about. */
function limited(
  productions: readonly string[],
  about: { readonly status: string; readonly severity: string },
  quiet: readonly { readonly status: string; readonly severity: string }[],
): Cases {
  const firing = [{ labels: search, value: 6 }];
  const [elsewhere] = outside(productions);
  const exploited = elsewhere === undefined ? {} : { exploited: 'yes', environment: elsewhere };
  return [
    {
      kind: 'fires',
      name: 'fires with all of a team: of its services, its secrets, what is not scanned any more, and what is exploited elsewhere',
      given: [
        findings(steady(2, 5), about),
        findings(steady(1, 5), { ...about, service: 'web' }),
        findings(steady(1, 5), { ...about, class: 'secret', environment: 'unassigned' }),
        findings(steady(1, 5), { ...about, state: 'unknown' }),
        findings(steady(1, 5), { ...about, ...exploited, service: 'batch' }),
      ],
      atHours: 3,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what stands otherwise, and for what pages already',
      given: [
        ...quiet.map(other => findings(steady(5, 5), other)),
        findings(steady(5, 5), { ...about, exploited: 'yes', environment: exampleOf(productions) }),
        findings(steady(0, 5), about),
      ],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'resolves when they are fixed, excepted or gone',
      given: [findings(stepping(6, 3, 0, 2), about)],
      atHours: 4,
    },
    { kind: 'quiet', name: 'stays quiet where nothing was scanned', given: [], atHours: 3 },
    {
      kind: 'stopped',
      name: 'goes on while the exporter starts anew',
      given: [findings(restarting(6, 3, 4), about)],
      atHours: 4,
      firing,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [findings(untilStopped(6, 3), about)],
      atHours: 25,
      firing,
    },
  ];
}

export const criticalPastLimit = (productions: readonly string[]): Cases =>
  limited(productions, { status: 'breached', severity: 'critical' }, [
    ...['due', 'within', 'waiting', 'none'].map(status => ({ status, severity: 'critical' })),
    { status: 'breached', severity: 'high' },
  ]);

export const findingsPastLimit = (productions: readonly string[]): Cases =>
  limited(productions, { status: 'breached', severity: 'high' }, [
    ...['due', 'within', 'waiting', 'none'].map(status => ({ status, severity: 'high' })),
    { status: 'breached', severity: 'critical' },
  ]);

export const findingsDue = (productions: readonly string[]): Cases =>
  limited(
    productions,
    { status: 'due', severity: 'critical' },
    ['breached', 'within', 'waiting', 'none'].map(status => ({ status, severity: 'critical' })),
  );

export function gateNewlyBlocking(): Cases {
  const place = { ...search, environment: 'production' } as const;
  const hours = 9 * day;
  const judged = (values: string, verdict = 'pass') => given(gateImages, { ...place, verdict }, values);
  const newly = (values: string, rule = 'critical-with-fix') => given(gateNewlyBlocked, { ...place, rule }, values);
  const lately = (value: number) => `_x${8 * day * 12 - 1} ${value}x${day * 12}`;
  const firing = [{ labels: { ...place, rule: 'critical-with-fix' }, value: 2 }];
  return [
    {
      kind: 'fires',
      name: 'fires with how many, by the rule that blocks them',
      given: [judged(steady(9, hours)), newly(lately(2)), newly(lately(1), 'unsigned')],
      atHours: 8 * day + 3,
      firing: [...firing, { labels: { ...place, rule: 'unsigned' }, value: 1 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet in the first week of a gate, which judges before all is known',
      given: [judged(steady(9, 5 * day)), newly(steady(2, 5 * day))],
      atHours: 4 * day,
    },
    {
      kind: 'quiet',
      name: 'stays quiet in that week also where history was imported, in which the gate could not tell',
      given: [judged(steady(9, hours), 'unknown'), judged(lately(9)), newly(lately(2))],
      atHours: 8 * day + 3,
    },
    {
      kind: 'quiet',
      name: 'resolves when they pass again, or run no longer',
      given: [judged(steady(9, hours)), newly(`_x${8 * day * 12 - 1} 2x${4 * 12 - 1} 0x${day * 12}`)],
      atHours: 8 * day + 6,
    },
    { kind: 'quiet', name: 'stays quiet where no gate judges', given: [], atHours: 8 * day },
    {
      kind: 'stopped',
      name: 'goes on while the exporter starts anew, and is no more of them',
      given: [judged(steady(9, hours)), newly(`_x${8 * day * 12 - 1} ${restarting(2, 3, 4)}`)],
      atHours: 8 * day + 5,
      firing,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [judged(untilStopped(9, 8 * day + 3)), newly(`_x${8 * day * 12 - 1} ${untilStopped(2, 3)}`)],
      atHours: 8 * day + 20,
      firing,
    },
  ];
}

export function watchedPackageRunning(): Cases {
  const of = (values: string, watch = 'log4shell', environment = 'production') =>
    given(watchImages, { ...search, watch, environment }, values);
  const firing = [{ labels: { ...search, watch: 'log4shell', environment: 'production' }, value: 3 }];
  return [
    {
      kind: 'fires',
      name: 'fires with how many images, for each entry and environment',
      given: [of(steady(3, 4)), of(steady(1, 4), 'xz-backdoor', 'staging')],
      atHours: 2,
      firing: [...firing, { labels: { ...search, watch: 'xz-backdoor', environment: 'staging' }, value: 1 }],
    },
    { kind: 'quiet', name: 'stays quiet where no image has it', given: [of(steady(0, 4))], atHours: 2 },
    { kind: 'quiet', name: 'stays quiet where nothing is watched', given: [], atHours: 2 },
    { kind: 'quiet', name: 'resolves when none has it any more', given: [of(stepping(3, 2, 0, 2))], atHours: 3 },
    {
      kind: 'stopped',
      name: 'goes on while the exporter starts anew',
      given: [of(restarting(3, 3, 4))],
      atHours: 4,
      firing,
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

/** Of the alerts on exceptions of a status, which differ in that alone. */
export function excepted(status: 'expiring' | 'expired' | 'expired_applied'): Cases {
  const owner = { ...search, class: 'vulnerability' } as const;
  const of = (values: string, told: string = status, approved = 'yes') =>
    given(exceptions, { ...owner, status: told, approved }, values);
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
