/** A ledger of the supply chain that is told of by hand. */

import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { syncOwners } from '../../exporters/catalog/owners.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { recordVersion } from '../../exporters/catalog/versions.ts';
import { type Ledger, openLedger, type Row } from '../../exporters/core/ledger.ts';
import { settleOwners } from '../../exporters/findings/store.ts';
import type { Artifact, Found, Heard, RunningImage, RunningList, Scan } from '../../exporters/supply-chain/document.ts';
import { settleExceptions, storeHeard } from '../../exporters/supply-chain/store.ts';

export interface Books {
  readonly ledger: Ledger;
  /** Hears at an instant of our clock, in one transaction; the rows that are new. */
  readonly hear: (heard: Heard | readonly Heard[], now: string, staleSeconds?: number) => Promise<number>;
  readonly settle: (now: string) => Promise<void>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  /** The values of each row with spaces between them. */
  readonly lines: (sql: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const room = (name: string) => new URL(`../../exporters/${name}/tables.sql`, import.meta.url);

export const teams = buildOwnership(
  buildCatalog([]),
  ownershipSchema.parse({
    rules: [
      { name: 'shop', image: 'ghcr.io/acme/shop*', team: 'shop' },
      { name: 'pay', image: 'ghcr.io/acme/pay*', team: 'pay' },
      { name: 'repositories', repository: 'acme/*', team: 'shop' },
    ],
  }),
);

export async function openBooks({ file = ':memory:' }: { readonly file?: string } = {}): Promise<Books> {
  const ledger = await openLedger({
    path: file,
    tables: ['catalog', 'findings', 'supply-chain', 'supply-chain/derive'].map(room),
    threads: 1,
  });
  await ledger.write(async tx => {
    await recordVersion(tx, teams, { now: new Date('2026-01-01T00:00:00Z') });
    await syncOwners(tx);
  });
  const rows = (sql: string) => ledger.read(reader => reader.all(sql));
  return {
    ledger,
    hear: (heard, now, staleSeconds) =>
      ledger.write(async tx => {
        const options = { now: new Date(now), ...(staleSeconds === undefined ? {} : { staleSeconds }) };
        const added = await storeHeard(tx, 'test', Array.isArray(heard) ? heard : [heard as Heard], options);
        await syncOwners(tx);
        await settleOwners(tx);
        return added;
      }),
    settle: now =>
      ledger.write(async tx => {
        await settleExceptions(tx, new Date(now));
      }),
    rows,
    lines: async sql => (await rows(sql)).map(row => Object.values(row).join(' ')),
    close: () => ledger.close(),
  };
}

/** An hour of 10 February, in UTC. */
export const hour = (hours: number): string =>
  new Date(Date.UTC(2026, 1, 10) + Math.round(hours * 3_600_000)).toISOString();

/** `shop@1:2.0`: the image ghcr.io/acme/shop with the digest `sha256:1` and the tag 2.0. */
export function image(text: string): Artifact {
  const [, name = '', digest, tag] = /^([^@:]+)(?:@([^:]+))?(?::(.+))?$/.exec(text) ?? [];
  return {
    ...{ kind: 'image', name: `ghcr.io/acme/${name}`, digests: digest === undefined ? [] : [`sha256:${digest}`] },
    ...(tag === undefined ? {} : { tag }),
  };
}

export const repository = (name: string): Artifact => ({ kind: 'repository', name, digests: [] });

/** `CVE-1 openssl [1.0]`, of high severity and without a fix; the rest as it is given. */
export function found(text: string, more: Partial<Found> = {}): Found {
  const [id = '', name = '', version = '1.0'] = text.split(' ');
  return {
    ...{ class: 'vulnerability', id, package: `pkg:deb/debian/${name}`, version, severity: 'high' },
    ...{ originalSeverity: 'HIGH', fix: 'not_fixed' },
    ...more,
  };
}

/** A complete scan by trivy at an hour of 10 February, whose digest is its content. */
export function scan(
  of: string | Artifact,
  hours: number,
  finds: readonly (string | Found)[],
  more: Partial<Scan> = {},
): Scan {
  const artifact = typeof of === 'string' ? image(of) : of;
  const told = {
    ...{ artifact, scanner: 'trivy', scannedAt: hour(hours), classes: ['vulnerability'] as const },
    ...{ completeness: 'complete' as const, owner: ownerOf(artifact) },
    found: finds.map(one => (typeof one === 'string' ? found(one) : one)),
    ...more,
  };
  return { ...told, digest: more.digest ?? JSON.stringify(told) };
}

const ownerOf = ({ kind, name }: Artifact, more: object = {}) =>
  JSON.stringify({ ...(kind === 'image' ? { image: name } : { repository: name }), ...more });

/** `shop@1[:2.0] [workload]`, one replica. */
export function runs(text: string, more: Partial<RunningImage> = {}): RunningImage {
  const [of = '', workload = of.replace(/[@:].*/, '')] = text.split(' ');
  const artifact = image(of);
  return { artifact, workload, container: 'app', replicas: 1, owner: ownerOf(artifact), ...more };
}

/** All that runs in a place at an hour of 10 February. */
export const running = (
  hours: number,
  images: readonly (string | RunningImage)[],
  { place = 'eu/shop', lists = 'all' }: { readonly place?: string; readonly lists?: RunningList['lists'] } = {},
): RunningList => ({
  ...{ place, at: hour(hours), lists, images: images.map(one => (typeof one === 'string' ? runs(one) : one)) },
});

/** The states of findings as they are by now: `vulnerability scope state [reason]`. */
export const states = (books: Books) =>
  books.lines(`
    SELECT s.policy, replace(scope, 'ghcr.io/acme/', '') AS scope, state || CASE reason WHEN '' THEN '' ELSE ' ' || reason END
    FROM finding_states AS s
    QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY s.occurred_at DESC, s.learned_at DESC) = 1
    ORDER BY ALL`);

/** `vulnerability event reason hour`, of one place or all. */
export const events = (books: Books, scope = '%') =>
  books.lines(`
    SELECT policy, event, reason, date_diff('minute', TIMESTAMP '2026-02-10', occurred_at) / 60 FROM finding_events
    WHERE scope LIKE '${scope}' ORDER BY occurred_at, policy, event`);
