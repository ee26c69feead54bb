/** Keeps the owner of every key in the ledger, in spans of days, in step with the versions of ownership. */
import { readFileSync } from 'node:fs';
import { type Breather, breather } from '../core/breathe.ts';
import type { Transaction } from '../core/ledger.ts';
import { canonicalJson, type Owner } from './ownership.ts';
import type { OwnerAttributes } from './rules.ts';
import { cutAt, endOfDays, mergeSpans, type Span, versionSpans } from './timeline.ts';
import { ownershipOfVersion, versionsOf } from './versions.ts';

const setSql = readFileSync(new URL('./owners.sql', import.meta.url), 'utf8');

type StagedRow = readonly (string | number | boolean | null)[];

interface PendingKey {
  readonly key: string;
  readonly attributes: OwnerAttributes;
  /** The number of its owner in each of the last stretches of time. */
  readonly owners: number[];
}

/**
 * Resolves the keys that have no owner yet, and, after a new version, all keys from its first day on. Spans of a key
 * are without gaps, equal neighbours are one. Returns how many keys' spans changed.
 */
export async function syncOwners(tx: Transaction): Promise<{ keys: number }> {
  const versions = await versionsOf(tx);
  const newest = versions.at(-1);
  if (!newest) return { keys: 0 };
  const done = Number((await tx.scalar('SELECT max(version) FROM owners_resolved')) ?? 0);
  const breathe = breather();
  const unresolved = await pendingKeys(tx, false, breathe);
  const behind = newest.version > done && done > 0 ? await pendingKeys(tx, true, breathe) : [];
  // A version holds from its day to the end, so what lies before the first day of the new ones stays as it is.
  const [changedFrom = endOfDays] = versions.flatMap(v => (v.version > done ? v.validFrom : [])).sort();

  const owners = new Map<string, { readonly number: number; readonly owner: Owner }>();
  const stretches: Span[] = [];
  for (const span of versionSpans(versions)) {
    const keys = span.from >= changedFrom ? [...unresolved, ...behind] : unresolved;
    if (keys.length === 0) continue;
    const ownership = await ownershipOfVersion(tx, span.version);
    for (const stretch of cutAt(span, ownership.boundaries)) {
      stretches.push(stretch);
      for (const pending of keys) {
        pending.owners.push(numberOf(owners, ownership.resolve(pending.attributes, stretch.from)));
        if (breathe.due()) await breathe.now();
      }
    }
  }
  const resolved = { stretches, owners: [...owners.values()].map(({ owner }) => owner), unresolved, behind };
  const keys = unresolved.length + behind.length === 0 ? 0 : await store(tx, resolved, breathe);
  if (newest.version !== done) {
    await tx.run('DELETE FROM owners_resolved');
    await tx.run('INSERT INTO owners_resolved VALUES ($version::INTEGER)', { version: newest.version });
  }
  if (keys > 0) tx.touch('owners');
  return { keys };
}

async function pendingKeys(tx: Transaction, known: boolean, breathe: Breather): Promise<PendingKey[]> {
  const pending: PendingKey[] = [];
  const sql = `SELECT owner_key::VARCHAR, any_value(attributes)::VARCHAR FROM owner_keys k
    WHERE ${known ? '' : 'NOT'} EXISTS (FROM owners o WHERE o.owner_key = k.owner_key) GROUP BY owner_key`;
  for await (const rows of tx.stream(sql)) {
    for (const [key, attributes] of rows)
      pending.push({ key: String(key), attributes: JSON.parse(String(attributes)) as OwnerAttributes, owners: [] });
    if (breathe.due()) await breathe.now();
  }
  return pending;
}

// Few owners stand for many keys; a number compares faster than its parts.
function numberOf(owners: Map<string, { number: number; owner: Owner }>, owner: Owner): number {
  const { rules } = owner;
  const text = [
    owner.team,
    owner.service,
    owner.environment,
    owner.split,
    rules.team,
    rules.service,
    rules.environment,
    rules.split,
  ].join('\u0000');
  const known = owners.get(text);
  if (known) return known.number;
  owners.set(text, { number: owners.size, owner });
  return owners.size - 1;
}

interface Resolved {
  readonly stretches: readonly Span[];
  readonly owners: readonly Owner[];
  readonly unresolved: readonly PendingKey[];
  readonly behind: readonly PendingKey[];
}

async function store(tx: Transaction, { stretches, owners, unresolved, behind }: Resolved, breathe: Breather) {
  // Few sequences of owners stand for many keys too.
  const lists = new Map<string, number>();
  const spanRows: StagedRow[] = [];
  const keyRows: StagedRow[] = [];
  const stage = async (pendings: readonly PendingKey[], keeps: boolean) => {
    for (const { key, owners: numbers } of pendings) {
      const text = numbers.join();
      const list = lists.get(text) ?? lists.size;
      if (list === lists.size) {
        lists.set(text, list);
        const since = stretches.length - numbers.length;
        const spans = numbers.map((value, index) => ({ ...stretches[since + index]!, value }));
        for (const { from, to, value } of mergeSpans(spans, (a, b) => a === b))
          spanRows.push([list, from, to, ...columnsOf(owners[value]!)]);
      }
      keyRows.push([key, list, keeps]);
      if (breathe.due()) await breathe.now();
    }
  };
  await stage(unresolved, false);
  await stage(behind, true);
  await tx.run(`CREATE OR REPLACE TEMP TABLE resolved_keys (owner_key VARCHAR, list INTEGER, keeps BOOLEAN);
    CREATE OR REPLACE TEMP TABLE resolved_spans (list INTEGER, valid_from VARCHAR, valid_to VARCHAR, team VARCHAR,
      service VARCHAR, environment VARCHAR, split VARCHAR, rules VARCHAR)`);
  await insertInSlices(tx, 'resolved_keys', keyRows);
  await insertInSlices(tx, 'resolved_spans', spanRows);
  await tx.run(setSql);
  const keys = Number(await tx.scalar('SELECT count(DISTINCT owner_key) FROM new_owners'));
  await tx.run(`INSERT INTO owners
    SELECT n.*, greatest(k.learned_at, (SELECT max(learned_at) FROM ownership_versions))
    FROM new_owners n
    JOIN (SELECT owner_key, min(learned_at) AS learned_at FROM owner_keys GROUP BY owner_key) k USING (owner_key);
    DROP TABLE resolved_keys; DROP TABLE resolved_spans; DROP TABLE wanted_owners; DROP TABLE new_owners`);
  return keys;
}

const columnsOf = ({ team, service, environment, split, rules }: Owner): StagedRow => [
  team,
  service,
  environment,
  split ?? null,
  canonicalJson(rules),
];

// As JSON: an appender makes native objects for each value, and to dispose of 300,000 of them holds up the event loop
// for half a second.
async function insertInSlices(tx: Transaction, table: 'resolved_keys' | 'resolved_spans', rows: readonly StagedRow[]) {
  const columns = rows[0]?.map((_, index) => `r[${index + 1}]`).join();
  for (let start = 0; start < rows.length; start += 2048)
    await tx.run(
      `INSERT INTO ${table} SELECT ${columns} FROM (SELECT unnest(from_json($rows::JSON, '[["VARCHAR"]]')) AS r)`,
      { rows: JSON.stringify(rows.slice(start, start + 2048)) },
    );
}
