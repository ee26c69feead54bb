/** Whose a thing is on its day: words of its own and its repository, by the rules and the catalog. */
import { ownerText } from '../catalog/keys.ts';
import { syncOwners } from '../catalog/owners.ts';
import { unassigned, unowned } from '../catalog/ownership.ts';
import type { OwnerAttributes } from '../catalog/rules.ts';
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import { sqlTime, utcDay } from '../core/time.ts';

export interface Asked {
  readonly attributes: OwnerAttributes;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface DoraOwner {
  readonly team: string;
  /** Undefined where neither a rule nor the catalog knows one. */
  readonly service: string | undefined;
}

/** The owners, in the order asked; keys that the ledger does not have yet are added and resolved. */
export async function ownersOf(tx: Transaction, asked: readonly Asked[], now: Date): Promise<readonly DoraOwner[]> {
  const days = asked.map(({ attributes, at }) => ({ attributes: ownerText(attributes), day: utcDay(new Date(at)) }));
  const distinct = new Map(days.map(one => [`${one.day} ${one.attributes}`, one]));
  if (distinct.size === 0) return [];
  await stage(tx, 'asked_owners', { attributes: 'VARCHAR', day: 'DATE' }, [...distinct.values()]);
  await tx.run(
    `INSERT INTO owner_keys
     SELECT DISTINCT (md5_number(attributes) // 2)::HUGEINT AS owner_key, attributes::JSON, $now::TIMESTAMP
     FROM (SELECT DISTINCT attributes FROM asked_owners) AS asked
     WHERE NOT EXISTS (FROM owner_keys AS k WHERE k.owner_key = (md5_number(asked.attributes) // 2)::HUGEINT)`,
    { now: sqlTime(now) },
  );
  await syncOwners(tx);
  const rows = await tx.all(`
    SELECT attributes, day::VARCHAR AS day, team, service
    FROM asked_owners AS asked
    JOIN owners ON owner_key = (md5_number(attributes) // 2)::HUGEINT AND valid_from <= day AND day < valid_to`);
  const owners = new Map(
    rows.map(({ attributes, day, team, service }) => [
      `${String(day)} ${String(attributes)}`,
      { team: String(team), service: service === unassigned ? undefined : String(service) },
    ]),
  );
  return days.map(({ attributes, day }) => owners.get(`${day} ${attributes}`) ?? { team: unowned, service: undefined });
}
