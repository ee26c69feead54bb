/**
 * The one way of a roadmap into the ledger. Each version of an item is a row; one that differs in nothing from the version
 * before it is none. What was told of the past stays as it was told first.
 */
import { readFileSync } from 'node:fs';
import { ownerText } from '../../catalog/keys.ts';
import type { Reader, Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { sqlTime } from '../../core/time.ts';
import { instantOf, ledgerTime, optionalTime } from '../../findings/staged-values.ts';
import { PlumblineError } from '../errors.ts';
import { versionsOf } from './past.ts';
import type { RoadmapItem, RoadmapTold } from './told.ts';

const read = (file: string) => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8');
const storeSql = read('store');
const eventsSql = read('events');
const adoptSql = read('adopt');

export interface StoreOptions {
  readonly now: Date;
  /** The moment that what is told speaks of, where it is not now. */
  readonly at?: Date;
  /** Whose roadmap it is, as the configuration names it. */
  readonly team: string;
}

const columns = {
  position: 'INTEGER',
  ...{ source: 'VARCHAR', item: 'VARCHAR', key: 'VARCHAR', url: 'VARCHAR', status: 'VARCHAR', area: 'VARCHAR' },
  ...{ owner: 'VARCHAR', is_feedback: 'BOOLEAN', is_office_hours: 'BOOLEAN', is_deleted: 'BOOLEAN' },
  ...{ created_at: 'TIMESTAMP', started_at: 'TIMESTAMP', ended_at: 'TIMESTAMP', answered_at: 'TIMESTAMP' },
  ...{ due_on: 'DATE', cycle_from: 'DATE', cycle_until: 'DATE', changed_at: 'TIMESTAMP' },
} as const;

/** Stores what a source has read; returns how many versions are new. Errors: ROADMAP_EMPTY. */
export async function storeRoadmap(
  tx: Transaction,
  source: string,
  told: RoadmapTold,
  options: StoreOptions,
): Promise<number> {
  const { now, team, at = now } = options;
  const owner = ownerText({ team });
  await begin(tx, owner, now, at);
  const rows = versionsOf(told.items).map((item, position) => rowOf(item, { source, owner, position, at }));
  await stage(tx, 'told_items_staged', columns, rows);
  await tx.run(`CREATE OR REPLACE TEMP TABLE told_items AS
    SELECT * EXCLUDE owner, (md5_number(owner) // 2)::HUGEINT AS owner_key FROM told_items_staged`);
  await adopt(tx, source);
  await tx.run(storeSql);
  const added = Number(await tx.scalar('SELECT count(*) FROM item_versions'));
  if (added > 0) {
    await tx.run('CREATE OR REPLACE TEMP TABLE changed_items AS SELECT DISTINCT source, item FROM item_versions');
    await tx.run(eventsSql);
    tx.touch('roadmap_items', 'roadmap_events');
  }
  if (!told.isWhole) return added;
  const listed = new Set(told.items.map(({ id }) => id));
  return added + (await storeWhole(tx, source, listed, options));
}

/**
 * Notes that these are all items of a source that there are, by their ids: others are deleted, or out of what is asked
 * for. From the first time on the source has snapshots. Returns how many are gone. Errors: ROADMAP_EMPTY where there is
 * nothing at all though items are known, which is rather a lost permission than a deleted roadmap.
 */
export async function storeWhole(
  tx: Transaction,
  source: string,
  listed: ReadonlySet<string>,
  { now, team, at = now }: StoreOptions,
): Promise<number> {
  const owner = ownerText({ team });
  await begin(tx, owner, now, at);
  const missing = (await knownItems(tx, source)).filter(({ item }) => !listed.has(item));
  if (listed.size === 0 && missing.length > 0)
    throw new PlumblineError('ROADMAP_EMPTY', { source, count: missing.length });
  const gone = await storeGone(
    tx,
    source,
    missing.map(({ item }) => item),
    { now, at },
  );
  const isKnown = await tx.scalar('SELECT EXISTS (FROM roadmap_snapshots WHERE source = $source)', { source });
  if (isKnown !== true) {
    await tx.run(
      `INSERT INTO roadmap_snapshots
       VALUES ($source, (md5_number($owner) // 2)::HUGEINT, $at::TIMESTAMP, $now::TIMESTAMP, $at::TIMESTAMP)`,
      { source, owner, now: sqlTime(now), at: sqlTime(at) },
    );
    tx.touch('roadmap_snapshots');
  }
  return gone;
}

/** Items that are deleted, or out of what is asked for; those that are so already stay. Returns how many are. */
async function storeGone(
  tx: Transaction,
  source: string,
  items: readonly string[],
  { now, at }: { readonly now: Date; readonly at: Date },
): Promise<number> {
  if (items.length === 0) return 0;
  const rows = await tx.all(
    `INSERT INTO roadmap_items
     SELECT * REPLACE (
       (SELECT max(version) FROM roadmap_items) + row_number() OVER (ORDER BY item) AS version,
       true AS is_deleted, greatest(occurred_at, $at::TIMESTAMP) AS occurred_at, $now::TIMESTAMP AS learned_at,
       $at::TIMESTAMP AS told_at
     )
     FROM (
       FROM roadmap_items
       WHERE source = $source AND list_contains(from_json($items::JSON, '["VARCHAR"]'), item)
       QUALIFY row_number() OVER (PARTITION BY item ORDER BY version DESC) = 1
     )
     WHERE NOT is_deleted
     RETURNING item`,
    { source, items: JSON.stringify(items), now: sqlTime(now), at: sqlTime(at) },
  );
  if (rows.length > 0) tx.touch('roadmap_items');
  return rows.length;
}

export interface KnownItem {
  readonly item: string;
  readonly key: string;
  readonly status: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly learnedAt: Date;
}

/** Items of a source that aren't deleted, as they are known last. */
export async function knownItems(reader: Reader, source: string): Promise<readonly KnownItem[]> {
  const rows = await reader.all(
    `SELECT item, key, status, epoch_ms(created_at) AS created, epoch_ms(changed_at) AS changed,
        epoch_ms(learned_at) AS learned
     FROM roadmap_items JOIN roadmap_seen USING (source, item) WHERE source = $source
     QUALIFY row_number() OVER (PARTITION BY item ORDER BY version DESC) = 1 AND NOT is_deleted
     ORDER BY item`,
    { source },
  );
  return rows.map(({ item, key, status, created, changed, learned }) => ({
    ...{ item: String(item), key: String(key), status: String(status), createdAt: new Date(Number(created)) },
    ...{ changedAt: new Date(Number(changed)), learnedAt: new Date(Number(learned)) },
  }));
}

/** Makes items that exports told of those of the API that tells of them now. */
async function adopt(tx: Transaction, source: string): Promise<void> {
  const may = await tx.scalar(
    'SELECT EXISTS (FROM roadmap_exports JOIN roadmap_trackers AS t USING (tracker) WHERE t.source = $source)',
    { source },
  );
  if (may !== true) return;
  await tx.run('SET VARIABLE told_source = $source::VARCHAR', { source });
  await tx.run(adoptSql);
  if ((await tx.scalar('SELECT EXISTS (FROM adopted)')) === true)
    tx.touch('roadmap_items', 'roadmap_events', 'roadmap_snapshots');
}

async function begin(tx: Transaction, owner: string, now: Date, at: Date): Promise<void> {
  await tx.run('SET VARIABLE told_now = $now::TIMESTAMP', { now: sqlTime(now) });
  await tx.run('SET VARIABLE told_at = $at::TIMESTAMP', { at: sqlTime(at) });
  await tx.run(
    `INSERT INTO owner_keys
     SELECT (md5_number($owner) // 2)::HUGEINT, $owner::JSON, $now::TIMESTAMP
     WHERE NOT EXISTS (FROM owner_keys WHERE owner_key = (md5_number($owner) // 2)::HUGEINT)`,
    { owner, now: sqlTime(now) },
  );
}

interface Place {
  readonly source: string;
  readonly owner: string;
  readonly position: number;
  readonly at: Date;
}

/** NULL for what is no day of the calendar. */
function day(text: string | undefined): string | null {
  const found = (text ?? '').slice(0, 10);
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(found) ? Date.parse(found) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(found) ? found : null;
}

/** What the area is called in a label: one line, not too long. */
const areaOf = (text: string) => [...text.replace(/\s+/g, ' ').trim()].slice(0, 64).join('').trim();

function rowOf(item: RoadmapItem, { source, owner, position, at }: Place) {
  const { id, key, url = '', status, isFeedback, isOfficeHours = false, isDeleted = false, cycle } = item;
  return {
    ...{ position, source, item: id, key, url, status, area: areaOf(item.area), owner },
    ...{ is_feedback: isFeedback, is_office_hours: isOfficeHours, is_deleted: isDeleted },
    ...{ created_at: ledgerTime(instantOf(item.createdAt, at)), started_at: optionalTime(item.startedAt) },
    ...{ ended_at: optionalTime(item.endedAt), answered_at: optionalTime(item.answeredAt) },
    ...{ due_on: day(item.dueOn), cycle_from: day(cycle?.from), cycle_until: day(cycle?.until) },
    changed_at: ledgerTime(instantOf(item.changedAt, at)),
  };
}
