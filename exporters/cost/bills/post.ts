/**
 * Posts a delivery: the difference between what it says now and the sum of what its origin posted before. An unchanged
 * re-read posts nothing, a vanished key gets its negative.
 */
import type { Transaction } from '../../core/ledger.ts';
import { claim } from './authority.ts';
import { noteInvoices } from './periods.ts';
import type { Posting } from './posting.ts';
import { literal } from './scan.ts';
import { postSecond } from './second.ts';
import type { Staged } from './stage.ts';

const amounts = ['billed', 'effective', 'list', 'contracted', 'quantity'] as const;
const money = amounts.filter(name => name !== 'quantity');

/**
 * Writes keys, postings, restatements, invoices and the days to allocate; money that only reconciles goes apart, by day
 * alone. Returns how many postings were made. Throws AUTHORITY_CONFLICT where another source brings the same money.
 */
export async function post(tx: Transaction, posting: Posting): Promise<number> {
  const { source } = posting;
  const staged = posting.origin === undefined ? posting.staged : withOrigin(posting.staged, posting.origin);
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE focus_origins AS
     SELECT origin FROM (SELECT DISTINCT origin FROM ${staged.lines} UNION SELECT $origin::VARCHAR WHERE $origin::VARCHAR IS NOT NULL)
     WHERE $origin::VARCHAR IS NOT NULL
       OR origin NOT IN (SELECT origin FROM deliveries WHERE source = $source AND mtime_ms > $mtime::BIGINT)`,
    { origin: posting.origin ?? null, source, mtime: String(posting.mtimeMs) },
  );
  const own = { ...posting, staged };
  const moved = posting.role === 'reconciliation' ? await postSecond(tx, own) : await postCharges(tx, own);
  await tx.run(`DELETE FROM deliveries WHERE source = $source AND origin IN (SELECT origin FROM focus_origins)`, {
    source,
  });
  await tx.run(
    `INSERT INTO deliveries SELECT $source, origin, $path, $mtime::BIGINT, $shape, $now::TIMESTAMP FROM focus_origins`,
    { source, path: posting.path, mtime: String(posting.mtimeMs), shape: posting.shape, now: posting.now },
  );
  await tx.run('DROP TABLE focus_origins');
  return moved;
}

async function postCharges(tx: Transaction, posting: Posting): Promise<number> {
  const { now, staged } = posting;
  await claim(tx, posting);
  await tx.run(
    `INSERT INTO owner_keys SELECT owner_key::HUGEINT, any_value(attributes)::JSON, $now::TIMESTAMP FROM ${staged.keys} s
     WHERE NOT EXISTS (FROM owner_keys o WHERE o.owner_key = s.owner_key::HUGEINT) GROUP BY owner_key`,
    { now },
  );
  await tx.run(
    `INSERT INTO charge_keys BY NAME
     SELECT * EXCLUDE (key, attributes) REPLACE (key_id::HUGEINT AS key_id, owner_key::HUGEINT AS owner_key, tags::JSON AS tags)
     FROM ${staged.keys} s WHERE NOT EXISTS (FROM charge_keys k WHERE k.key_id = s.key_id::HUGEINT)`,
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE focus_known AS
     SELECT origin, charge_day, billing_period, key_id, ${amounts.map(name => `sum(${name}) AS ${name}`).join(', ')}
     FROM charges WHERE origin IN (SELECT origin FROM focus_origins) GROUP BY ALL`,
  );
  const lines = `(SELECT line.* EXCLUDE (key), key_id
                  FROM ${staged.lines} AS line
                  JOIN (SELECT key, key_id::HUGEINT AS key_id FROM ${staged.keys}) USING (key)
                  WHERE line.origin IN (SELECT origin FROM focus_origins)) s`;
  const isNew = (await tx.scalar('SELECT 1 FROM focus_known LIMIT 1')) === undefined;
  // A key that is new is posted even where all its amounts are 0, so that its day is known to have been billed.
  // A delivery that is new moves by all it says; joining it with nothing took a tenth of the whole read.
  await tx.run(
    isNew
      ? `CREATE OR REPLACE TEMP TABLE focus_moved AS
         SELECT origin, charge_day, billing_period, key_id,
           ${amounts.map(name => `coalesce(${name}, 0) AS ${name}`).join(', ')}
         FROM ${lines}`
      : `CREATE OR REPLACE TEMP TABLE focus_moved AS
     SELECT origin, charge_day, billing_period, key_id,
       ${amounts.map(name => `coalesce(s.${name}, 0) - coalesce(k.${name}, 0) AS ${name}`).join(', ')}
     FROM ${lines}
     FULL JOIN focus_known k USING (origin, charge_day, billing_period, key_id)
     WHERE k.billed IS NULL OR ${amounts.map(name => `coalesce(s.${name}, 0) <> k.${name}`).join(' OR ')}`,
  );
  await tx.run(
    `INSERT INTO charges BY NAME
     SELECT *, (charge_day + 1)::TIMESTAMP AS occurred_at, $now::TIMESTAMP AS learned_at FROM focus_moved`,
    { now },
  );
  await tx.run('INSERT INTO days_to_allocate SELECT DISTINCT charge_day FROM focus_moved');
  await restate(tx, posting);
  await noteInvoices(tx, { periods: staged.periods, now });
  const moved = Number(await tx.scalar('SELECT count(*) FROM focus_moved'));
  if (moved > 0) tx.touch('charges', 'charge_keys', 'owner_keys', 'days_to_allocate');
  await tx.run('DROP TABLE focus_known; DROP TABLE focus_moved;');
  return moved;
}

/** A renamed file was staged under its new name and posts to its old origin. */
const withOrigin = (staged: Staged, origin: string): Staged => ({
  ...staged,
  lines: `(SELECT * REPLACE (${literal(origin)} AS origin) FROM ${staged.lines})`,
  periods: `(SELECT * REPLACE (${literal(origin)} AS origin) FROM ${staged.periods})`,
});

/** Money that moved on days which the same provider, account and period of this delivery already had. */
async function restate(tx: Transaction, { sameGrain, now }: Posting): Promise<void> {
  const unruled = sameGrain ? 'c.*' : 'c.* EXCLUDE (key_id, owner_key, tagging, tags, resource_id, commitment_id)';
  const side = (direction: 'up' | 'down') =>
    `SELECT provider, currency, '${direction}', charge_day,
       ${money.map(name => `sum(greatest(${direction === 'up' ? name : `-${name}`}, 0)) AS ${name}`).join(', ')},
       $now::TIMESTAMP, $now::TIMESTAMP
     FROM restated GROUP BY provider, currency, charge_day
     HAVING ${money.map(name => `sum(greatest(${direction === 'up' ? name : `-${name}`}, 0)) > 0`).join(' OR ')}`;
  if (!(await tx.scalar('SELECT 1 FROM focus_known LIMIT 1'))) return;
  await tx.run(
    `INSERT INTO restatements
     WITH had AS (
       SELECT DISTINCT k.origin, k.billing_period, k.charge_day, c.provider, c.billing_account
       FROM focus_known k JOIN charge_keys c USING (key_id)),
     restated AS (
       SELECT m.origin, m.billing_period, m.charge_day, ${unruled}, ${money.map(name => `sum(m.${name}) AS ${name}`).join(', ')}
       FROM focus_moved m JOIN charge_keys c USING (key_id)
       JOIN had h ON h.origin = m.origin AND h.billing_period = m.billing_period AND h.charge_day = m.charge_day
         AND h.provider = c.provider AND h.billing_account = c.billing_account
       GROUP BY ALL)
     ${side('up')} UNION ALL ${side('down')}`,
    { now },
  );
  tx.touch('restatements');
}
