/** Which images are to be looked at: those that run, or those that are named, unless they were looked at lately. */
import type { Reader, Transaction } from '../../../core/ledger.ts';
import { stage } from '../../../core/stage.ts';
import { sqlTime } from '../../../core/time.ts';
import type { OciClient } from '../../../vendors/oci/client.ts';
import { imageOf } from '../../subject.ts';
import { isRefusal } from './faults.ts';
import type { Wanted } from './look.ts';

export interface Known extends Wanted {
  /** Never asked for yet. */
  readonly isNew: boolean;
  /** When it was asked for first: what lies there and doesn't say its time is not made anew every day. */
  readonly firstAt: Date;
}

/** What runs of the registry, by the newest that is known of each place, workload and container. */
export async function running(reader: Reader, host: string): Promise<readonly Wanted[]> {
  const rows = await reader.all(
    `SELECT name, digest, any_value(tag) AS tag FROM (
       SELECT * FROM running_images
       QUALIFY row_number() OVER (
         PARTITION BY place, workload, container, artifact ORDER BY occurred_at DESC, learned_at DESC) = 1)
     WHERE replicas > 0 AND starts_with(name, $host || '/') AND regexp_matches(digest, '^sha(256|512):[0-9a-f]+$')
     GROUP BY name, digest ORDER BY name, digest`,
    { host },
  );
  return rows.map(({ name, digest, tag }) =>
    wantedOf(host, String(name), String(digest), tag ? String(tag) : undefined),
  );
}

/**
 * References that the configuration names; a tag is what it stands for now. One that is not there, or may not be read, is
 * left out; throws where none may be.
 */
export async function named(
  client: OciClient,
  host: string,
  references: readonly string[],
): Promise<readonly Wanted[]> {
  let refusal: unknown;
  const found = await Promise.all(
    references.map(async reference => {
      const image = imageOf(reference.startsWith(`${host}/`) ? reference : `${host}/${reference}`);
      if (image === undefined) return undefined;
      const { name, tag, digest } = image;
      try {
        const own = digest ?? (await client.manifest(name.slice(host.length + 1), tag ?? 'latest'))?.digest;
        return own === undefined ? undefined : wantedOf(host, name, own, tag);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusal ??= error;
        return undefined;
      }
    }),
  );
  const wanted = found.flatMap(each => each ?? []);
  if (wanted.length === 0 && refusal !== undefined) throw refusal;
  return wanted;
}

const wantedOf = (host: string, name: string, digest: string, tag: string | undefined): Wanted => ({
  ...{ name, repository: name.slice(host.length + 1), digest },
  ...(tag === undefined ? {} : { tag }),
});

export interface Ages {
  readonly at: Date;
  readonly refreshHours: number;
}

/** What could not be looked at is asked again after an hour. */
const unknownHours = 1;

/** Those that have waited longest come first. */
export async function due(
  reader: Reader,
  source: string,
  wanted: readonly Wanted[],
  { at, refreshHours }: Ages,
): Promise<readonly Known[]> {
  const rows = await reader.all(
    `SELECT name, digest, outcome, epoch_ms(looked_at) AS looked, epoch_ms(first_at) AS first FROM registry_looks WHERE source = $source`,
    { source },
  );
  const looks = new Map(
    rows.map(row => [
      `${row.name}@${row.digest}`,
      { outcome: row.outcome, at: Number(row.looked), first: Number(row.first) },
    ]),
  );
  const lookOf = ({ name, digest }: Wanted) => looks.get(`${name}@${digest}`);
  return wanted
    .filter(each => {
      const look = lookOf(each);
      const hours = look?.outcome === 'unknown' ? Math.min(unknownHours, refreshHours) : refreshHours;
      return look === undefined || at.getTime() - look.at >= hours * 3_600_000;
    })
    .map(each => ({ ...each, isNew: lookOf(each) === undefined, firstAt: new Date(lookOf(each)?.first ?? at) }))
    .sort((a, b) => (lookOf(a)?.at ?? 0) - (lookOf(b)?.at ?? 0));
}

export async function noteLooks(
  tx: Transaction,
  source: string,
  looks: readonly { readonly name: string; readonly digest: string; readonly outcome: string }[],
  at: Date,
): Promise<void> {
  if (looks.length === 0) return;
  await stage(
    tx,
    'registry_looked',
    { name: 'VARCHAR', digest: 'VARCHAR', outcome: 'VARCHAR' },
    looks.map(({ name, digest, outcome }) => ({ name, digest, outcome })),
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE registry_noted AS
     SELECT r.*, coalesce(l.first_at, $at::TIMESTAMP) AS first_at
     FROM registry_looked AS r
     LEFT JOIN registry_looks AS l ON l.source = $source AND l.name = r.name AND l.digest = r.digest`,
    { source, at: sqlTime(at) },
  );
  await tx.run(
    `DELETE FROM registry_looks AS l WHERE source = $source
       AND EXISTS (SELECT 1 FROM registry_looked AS r WHERE r.name = l.name AND r.digest = l.digest)`,
    { source },
  );
  await tx.run(
    `INSERT INTO registry_looks SELECT $source, name, digest, outcome, first_at, $at::TIMESTAMP FROM registry_noted`,
    { source, at: sqlTime(at) },
  );
  tx.touch('registry_looks');
}

/** What is no longer wanted is forgotten, so that it is looked at anew when it runs again. */
export async function forgetOthers(tx: Transaction, source: string, wanted: readonly Wanted[]): Promise<void> {
  await stage(
    tx,
    'registry_wanted',
    { name: 'VARCHAR', digest: 'VARCHAR' },
    wanted.map(({ name, digest }) => ({ name, digest })),
  );
  await tx.run(
    `DELETE FROM registry_looks AS l WHERE source = $source
       AND NOT EXISTS (SELECT 1 FROM registry_wanted AS w WHERE w.name = l.name AND w.digest = l.digest)`,
    { source },
  );
}
