/** Ownership has a time: each catalog, with its rules and splits, is a version that holds from a day on. */

import type { Reader, Transaction } from '../core/ledger.ts';
import { sqlTime, utcDay } from '../core/time.ts';
import { PlumblineError } from './errors.ts';
import { canonicalJson, type Ownership, ownershipFromDocument } from './ownership.ts';
import type { Split } from './splits.ts';
import { firstDay, mergeSpans, type VersionStart, versionSpans } from './timeline.ts';

export interface RecordOptions {
  readonly now: Date;
  /** A day (UTC) from which on the past is restated on purpose. */
  readonly reassignFrom?: string;
}

export interface RecordedVersion {
  readonly changed: boolean;
  /** The first day whose owners may differ; all days where it is absent. */
  readonly from?: string;
}

export interface Version extends VersionStart {
  readonly digest: string;
}

/**
 * Keeps the ownership as a new version where it differs from the newest. The first holds for all the past; a later one
 * from today (UTC), or from `reassignFrom`. Errors: OWNERSHIP_DATE_INVALID.
 */
export async function recordVersion(
  tx: Transaction,
  ownership: Ownership,
  { now, reassignFrom }: RecordOptions,
): Promise<RecordedVersion> {
  if (reassignFrom !== undefined && !isDay(reassignFrom))
    throw new PlumblineError('OWNERSHIP_DATE_INVALID', { date: reassignFrom });
  const versions = await versionsOf(tx);
  const newest = versions.at(-1);
  const since = reassignFrom ?? utcDay(now);
  const stale =
    reassignFrom === undefined
      ? newest?.digest !== ownership.digest
      : versionSpans(versions).some(({ to, version }) => to > since && version.digest !== ownership.digest);
  if (newest && !stale) return { changed: false };
  const from = newest ? since : firstDay;
  await tx.run(
    `INSERT INTO ownership_versions
     VALUES ($version::INTEGER, $from::DATE, $digest, $document::JSON, $now::TIMESTAMP)`,
    {
      version: (newest?.version ?? 0) + 1,
      from,
      digest: ownership.digest,
      document: canonicalJson(ownership.document),
      now: sqlTime(now),
    },
  );
  await writeSplits(tx);
  tx.touch('ownership_versions');
  return from === firstDay ? { changed: true } : { changed: true, from };
}

/** All versions in the order they were recorded. */
export async function versionsOf(reader: Reader): Promise<Version[]> {
  const rows = await reader.all(
    'SELECT version, valid_from::VARCHAR AS valid_from, digest FROM ownership_versions ORDER BY version',
  );
  return rows.map(row => ({
    version: Number(row.version),
    validFrom: String(row.valid_from),
    digest: String(row.digest),
  }));
}

const built = new Map<string, Ownership>();
const builtAtMost = 8;

/** The ownership of a version, built from its document; the last few are remembered. */
export async function ownershipOfVersion(reader: Reader, { version, digest }: Version): Promise<Ownership> {
  let ownership = built.get(digest);
  if (!ownership) {
    const document = await reader.scalar(
      'SELECT document::VARCHAR FROM ownership_versions WHERE version = $version::INTEGER',
      { version },
    );
    ownership = ownershipFromDocument(String(document), version);
  }
  built.delete(digest);
  built.set(digest, ownership);
  for (const oldest of built.keys()) if (built.size > builtAtMost) built.delete(oldest);
  return ownership;
}

/**
 * What the rules of any version read: what a source must keep, so that days of the past can be resolved by the
 * version of their time.
 */
export async function readsOfAllVersions(reader: Reader, ownership: Ownership): Promise<Ownership['reads']> {
  const tags = new Set(ownership.reads.tags);
  const attributes = new Set(ownership.reads.attributes);
  for (const { version } of versionSpans(await versionsOf(reader))) {
    const { reads } = await ownershipOfVersion(reader, version);
    for (const tag of reads.tags) tags.add(tag);
    for (const attribute of reads.attributes) attributes.add(attribute);
  }
  return { tags: [...tags].sort(), attributes: [...attributes].sort() };
}

async function writeSplits(tx: Transaction): Promise<void> {
  const spans: { from: string; to: string; splits: readonly Split[] }[] = [];
  for (const { from, to, version } of versionSpans(await versionsOf(tx)))
    spans.push({ from, to, splits: (await ownershipOfVersion(tx, version)).splits });
  const names = new Set(spans.flatMap(({ splits }) => splits.map(split => split.name)));
  const rows = [...names].flatMap(name => {
    const values = spans.map(({ from, to, splits }) => ({
      from,
      to,
      value: splits.find(split => split.name === name),
    }));
    return mergeSpans(values, (a, b) => canonicalJson(a ?? null) === canonicalJson(b ?? null)).flatMap(
      ({ from, to, value }) =>
        sharesOf(value).map(share => ({
          ...{ name, from, to, method: value?.method, usage: value?.usage?.name, carry: value?.usage?.carryDays },
          ...share,
        })),
    );
  });
  await tx.run('DELETE FROM splits');
  await tx.run(
    `INSERT INTO splits (split, valid_from, valid_to, method, team, weight, usage, carry_days)
     SELECT s.name, s."from"::DATE, s."to"::DATE, s.method, s.team, s.weight, s.usage, s.carry
     FROM (SELECT unnest(from_json($rows::JSON,
       '[{"name":"VARCHAR","from":"VARCHAR","to":"VARCHAR","method":"VARCHAR","team":"VARCHAR","weight":"BIGINT",
          "usage":"VARCHAR","carry":"INTEGER"}]')) AS s)`,
    { rows: JSON.stringify(rows) },
  );
  tx.touch('splits');
}

/** A split by usage is one though nobody shares where there is no usage. */
const sharesOf = (split: Split | undefined): Split['shares'] =>
  split?.usage !== undefined && split.shares.length === 0 ? [{ team: '' }] : (split?.shares ?? []);

const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
