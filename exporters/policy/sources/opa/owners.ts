/** Whose words are, on their day: the temporary table opa_owners(spoken, day, team, service, environment). */
import { syncOwners } from '../../../catalog/owners.ts';
import { unassigned, unowned } from '../../../catalog/ownership.ts';
import type { Transaction } from '../../../core/ledger.ts';
import { stage } from '../../../core/stage.ts';
import { sqlTime } from '../../../core/time.ts';

export interface AskedOwner {
  /** Finds it in opa_owners. */
  readonly spoken: string;
  /** A UTC day. */
  readonly day: string;
  /** Attributes as one text (catalog/keys.ts). */
  readonly text: string;
}

/** So many different owners' words are kept: whoever posts chooses them. What comes with others after is unowned. */
const mostOwners = 20_000;

export async function resolveOwners(tx: Transaction, asked: readonly AskedOwner[], now: Date): Promise<void> {
  await stage(
    tx,
    'opa_asked',
    { spoken: 'VARCHAR', day: 'DATE', text: 'VARCHAR' },
    asked.map(({ spoken, day, text }) => ({ spoken, day, text })),
  );
  const known = Number(await tx.scalar('SELECT count(*) FROM opa_owner_keys'));
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE opa_new_owners AS
     SELECT (md5_number(text) // 2)::HUGEINT AS owner_key, text::JSON AS attributes, $now::TIMESTAMP AS learned_at
     FROM (SELECT DISTINCT text FROM opa_asked) AS asked
     WHERE NOT EXISTS (FROM owner_keys AS k WHERE k.owner_key = (md5_number(asked.text) // 2)::HUGEINT)
     ORDER BY text LIMIT $room::BIGINT`,
    { now: sqlTime(now), room: String(Math.max(0, mostOwners - known)) },
  );
  await tx.run('INSERT INTO opa_owner_keys SELECT owner_key FROM opa_new_owners');
  await tx.run('INSERT INTO owner_keys FROM opa_new_owners');
  await tx.run('DROP TABLE opa_new_owners');
  await syncOwners(tx);
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE opa_owners AS
     SELECT spoken, day, coalesce(o.team, $unowned) AS team, coalesce(o.service, $unassigned) AS service,
       coalesce(o.environment, $unassigned) AS environment
     FROM opa_asked LEFT JOIN owners AS o
       ON o.owner_key = (md5_number(text) // 2)::HUGEINT AND o.valid_from <= day AND day < o.valid_to`,
    { unowned, unassigned },
  );
  await tx.run('DROP TABLE opa_asked');
}
