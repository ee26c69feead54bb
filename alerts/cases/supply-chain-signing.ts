/** The unit tests of the alerts on who signed what runs: what each has to do, by example. */
import { imagesBySignature, signatureVerified, signerChanges } from '../../exporters/supply-chain/metrics.ts';
import { type AlertCase, given, restarting, steady, stepping, untilStopped } from '../lib/cases.ts';
import { exampleOf } from '../lib/environments.ts';

type Cases = readonly AlertCase[];

const place = { team: 'search', environment: 'production' } as const;
const day = 24;
/** Images in an environment in which they have to be signed. */
const inside =
  (environments: readonly string[]) =>
  (status: string, values: string, service = 'indexer', team = 'search') =>
    given(imagesBySignature, { team, service, environment: exampleOf(environments), status }, values);

export function unsignedImageRunning(environments: readonly string[]): Cases {
  const images = inside(environments);
  const firing = [{ labels: { ...place, environment: exampleOf(environments) }, value: 3 }];
  return [
    {
      kind: 'fires',
      name: 'fires with how many run, of all services',
      given: [images('unsigned', steady(2, 4)), images('unsigned', steady(1, 4), 'web')],
      atHours: 2,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what nothing has looked at, and for signatures however they stand',
      given: [
        ...['unknown', 'claimed', 'verified', 'failed'].map(status => images(status, steady(9, 4))),
        images('unsigned', steady(0, 4)),
      ],
      atHours: 2,
    },
    { kind: 'quiet', name: 'stays quiet where nothing says what runs', given: [], atHours: 2 },
    {
      kind: 'quiet',
      name: 'resolves when they are signed or gone',
      given: [images('unsigned', stepping(3, 2, 0, 2)), images('verified', stepping(0, 2, 3, 2))],
      atHours: 3,
    },
    {
      kind: 'stopped',
      name: 'goes on while the exporter starts anew',
      given: [images('unsigned', restarting(3, 3, 4))],
      atHours: 4,
      firing,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [images('unsigned', untilStopped(3, 3))],
      atHours: 25,
      firing,
    },
  ];
}

export function unverifiedImageRunning(environments: readonly string[]): Cases {
  const images = inside(environments);
  const environment = exampleOf(environments);
  const firing = (status: string, value: number) => ({ labels: { ...place, environment, status }, value });
  return [
    {
      kind: 'fires',
      name: 'fires for signatures that do not hold, and for those that nobody checked where others are checked',
      given: [
        images('failed', steady(1, 4)),
        images('claimed', steady(2, 4)),
        images('claimed', steady(1, 4), 'web'),
        images('verified', steady(9, 4), 'shop', 'shop'),
      ],
      atHours: 2,
      firing: [firing('claimed', 3), firing('failed', 1)],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for claims where no signature is ever checked',
      given: [images('claimed', steady(9, 4)), images('verified', steady(0, 4)), images('unsigned', steady(1, 4))],
      atHours: 2,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what is verified, not signed or not known',
      given: ['verified', 'unsigned', 'unknown'].map(status => images(status, steady(9, 4))),
      atHours: 2,
    },
    { kind: 'quiet', name: 'stays quiet where nothing says what runs', given: [], atHours: 2 },
    {
      kind: 'quiet',
      name: 'resolves when they are verified',
      given: [images('failed', stepping(1, 2, 0, 2)), images('verified', stepping(8, 2, 9, 2))],
      atHours: 3,
    },
    {
      kind: 'stopped',
      name: 'goes on while the exporter starts anew',
      given: [images('failed', restarting(1, 3, 4))],
      atHours: 4,
      firing: [firing('failed', 1)],
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [images('claimed', untilStopped(1, 3)), images('verified', untilStopped(9, 3))],
      atHours: 25,
      firing: [firing('claimed', 1)],
    },
  ];
}

export function signerChanged(): Cases {
  const hours = 9 * day;
  const verified = (values: string) => given(signatureVerified, { ...place, service: 'indexer' }, values);
  const changes = (values: string) => given(signerChanges, place, values);
  const lately = (value: number) => `_x${8 * day * 12 - 1} ${value}x${day * 12}`;
  const firing = [{ labels: place, value: 2 }];
  return [
    {
      kind: 'fires',
      name: 'fires with the exact count of a week',
      given: [verified(steady(9, hours)), changes(stepping(3, 8 * day, 5, day))],
      atHours: 8 * day + 2,
      firing,
    },
    {
      kind: 'fires',
      name: 'fires for the first change that there ever was',
      given: [verified(steady(9, hours)), changes(lately(2))],
      atHours: 8 * day + 2,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for the changes of an imported history, in the first week of verification',
      given: [verified(lately(9)), changes(lately(40))],
      atHours: 8 * day + 2,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for that history also after the week',
      given: [verified(steady(9, hours)), changes(steady(40, hours))],
      atHours: 7 * day + 2,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a past change after days in which nothing was scraped',
      given: [verified(steady(9, 16 * day)), changes(`40x${6 * day * 12} _x${4 * day * 12} 40x${6 * day * 12}`)],
      atHours: 15 * day,
    },
    {
      kind: 'quiet',
      name: 'resolves a week after the last change',
      given: [verified(steady(9, 3 * 7 * day)), changes(stepping(3, 8 * day, 5, 9 * day))],
      atHours: 15 * day + 2,
    },
    { kind: 'quiet', name: 'stays quiet where nobody signs', given: [], atHours: 8 * day },
    {
      kind: 'stopped',
      name: 'counts nothing twice when the exporter starts anew',
      given: [verified(steady(9, hours)), changes(`3x${8 * day * 12 - 1} ${restarting(5, 3, 4)}`)],
      atHours: 8 * day + 5,
      firing,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [verified(untilStopped(9, 8 * day + 3)), changes(`3x${8 * day * 12 - 1} ${untilStopped(5, 3)}`)],
      atHours: 8 * day + 20,
      firing,
    },
  ];
}
