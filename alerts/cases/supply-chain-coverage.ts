/** The unit tests of the alerts on what is looked at: what each has to do, by example. */
import {
  imagesByBase,
  imagesBySbom,
  imagesByScan,
  places,
  scannerLastScan,
  scans,
} from '../../exporters/supply-chain/metrics.ts';
import {
  type AlertCase,
  given,
  type InputSeries,
  plainly,
  restarting,
  steady,
  stepping,
  untilStopped,
} from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const search = { team: 'search' } as const;
const owner = { ...search, service: 'indexer', environment: 'production' } as const;

export function scannerSilent(hours: number): Cases {
  const scanner = { scanner: 'trivy' } as const;
  const late = plainly(hours + 26);
  const last = (values: string, of: { readonly scanner: string } = scanner) => given(scannerLastScan, of, values);
  const of = (status: string, values: string, of: { readonly scanner: string } = scanner) =>
    given(scans, { ...search, ...of, status }, values);
  /** A series of a status ends where no image has it any more. */
  const staleFrom = [of('fresh', untilStopped(2, hours)), of('stale', `_x${hours * 12} 2x${30 * 12}`)];
  const firing = [{ labels: scanner, value: late * 3600 }];
  return [
    {
      kind: 'fires',
      name: 'fires for the scanner that has scanned nothing for too long, once nothing it found is known any more',
      given: [
        last(steady(0, hours + 30)),
        ...staleFrom,
        last(stepping(0, hours, hours * 3600, 30), { scanner: 'grype' }),
        of('fresh', steady(2, hours + 30), { scanner: 'grype' }),
      ],
      atHours: late,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a scanner that looks more rarely, while one of its images is known',
      given: [last(steady(0, hours + 30)), of('partial', steady(1, hours + 30)), of('stale', steady(1, hours + 30))],
      atHours: late,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for one that looked at nothing that runs, and for one whose scans fail',
      given: [
        last(steady(0, hours + 30)),
        last(steady(0, hours + 30), { scanner: 'grype' }),
        of('failed', steady(1, hours + 30), { scanner: 'grype' }),
      ],
      atHours: late,
    },
    {
      kind: 'quiet',
      name: 'resolves with a scan',
      given: [last(stepping(0, hours + 26, (hours + 26) * 3600, 4)), ...staleFrom],
      atHours: plainly(hours + 28),
    },
    {
      kind: 'stopped',
      name: 'goes on while the exporter starts anew',
      given: [last(restarting(0, hours + 25, 4)), ...staleFrom],
      atHours: late,
      firing,
    },
    {
      kind: 'stopped',
      name: 'goes on counting for a day after the exporter stopped',
      given: [last(untilStopped(0, hours + 4)), of('stale', untilStopped(2, hours + 4))],
      atHours: plainly(hours + 26),
      firing,
    },
  ];
}

/** Of the alerts that count a team's images, or places, by one status. */
function counted(options: {
  readonly of: (status: string, values: string) => InputSeries;
  readonly status: string;
  readonly others: readonly string[];
  /** How long it has to hold. */
  readonly hours: number;
  /** What else has to be there. */
  readonly beside?: readonly InputSeries[];
  readonly labels?: Readonly<Record<string, string>>;
}): Cases {
  const { of, status, others, hours, beside = [], labels = search } = options;
  const held = hours + 1;
  const firing = [{ labels, value: 3 }];
  return [
    {
      kind: 'fires',
      name: 'fires with how many',
      given: [of(status, steady(3, held + 2)), ...beside],
      atHours: held,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for others',
      given: [...others.map(other => of(other, steady(9, held + 2))), of(status, steady(0, held + 2))],
      atHours: held,
    },
    { kind: 'quiet', name: 'stays quiet where nothing says what runs', given: [], atHours: held },
    {
      kind: 'quiet',
      name: 'stays quiet for what has not lasted',
      given: [of(status, steady(3, held + 2)), ...beside],
      atHours: plainly(hours * 0.75),
    },
    {
      kind: 'quiet',
      name: 'resolves when it is over',
      given: [of(status, stepping(3, held, 0, 2)), ...beside],
      atHours: held + 1,
    },
    {
      kind: 'stopped',
      name: 'goes on while the exporter starts anew',
      given: [of(status, restarting(3, held, 3)), ...beside],
      atHours: held + 1,
      firing,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of(status, untilStopped(3, held)), ...beside],
      atHours: held + 20,
      firing,
    },
  ];
}

const byScan = (status: string, values: string) => given(imagesByScan, { ...owner, status }, values);
const bySbom = (status: string, values: string) => given(imagesBySbom, { ...owner, status }, values);

export const scansFailing = (): Cases =>
  counted({ of: byScan, status: 'failed', others: ['fresh', 'partial', 'stale', 'never'], hours: 2 });

export function imagesUnscanned(hours: number): Cases {
  const someone = given(imagesByScan, { ...owner, team: 'shop', status: 'fresh' }, steady(1, hours + 30));
  const of = (status: string) => ({ of: byScan, status, hours, labels: { ...search, status } });
  return [
    ...counted({ ...of('never'), others: ['fresh', 'partial', 'failed'], beside: [someone] }),
    ...counted({ ...of('stale'), others: ['fresh', 'partial', 'failed'] }).map(each => ({
      ...each,
      name: `${each.name}: once scanned`,
    })),
    {
      kind: 'quiet',
      name: 'stays quiet where nobody sends scans',
      given: [byScan('never', steady(9, hours + 4))],
      atHours: hours + 2,
    },
  ];
}

export function sbomMissing(hours: number): Cases {
  const someone = given(imagesBySbom, { ...owner, team: 'shop', status: 'complete' }, steady(1, hours + 30));
  return [
    ...counted({
      ...{ of: bySbom, status: 'missing', hours, beside: [someone] },
      others: ['complete', 'incomplete', 'stale'],
    }),
    {
      kind: 'quiet',
      name: 'stays quiet where nobody sends bills of materials',
      given: [bySbom('missing', steady(9, hours + 4))],
      atHours: hours + 2,
    },
  ];
}

export const sbomStale = (): Cases =>
  counted({ of: bySbom, status: 'stale', others: ['complete', 'incomplete', 'missing'], hours: 1 });

export const placesSilent = (): Cases =>
  counted({
    of: (status, values) => given(places, { ...search, status }, values),
    ...{ status: 'stale', others: ['fresh'], hours: 1 },
  });

export const baseEndOfLife = (): Cases =>
  counted({
    of: (status, values) => given(imagesByBase, { ...owner, status }, values),
    ...{ status: 'end_of_life', others: ['supported', 'unknown'], hours: 1 },
  });
