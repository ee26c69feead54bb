/** Whom the words stand for that other tools have for teams and services: the rules and the catalog say it. */
import { syncOwners } from '../catalog/owners.ts';
import { canonicalJson } from '../catalog/ownership.ts';
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import { sqlTime } from '../core/time.ts';

/** Has the owners of new words resolved. */
export async function nameExternal(tx: Transaction, now: Date): Promise<void> {
  const words = await tx.all(
    'SELECT DISTINCT team, service FROM external_metrics ANTI JOIN external_words USING (team, service) ORDER BY ALL',
  );
  if (words.length === 0) return;
  await stage(
    tx,
    'new_words',
    { team: 'VARCHAR', service: 'VARCHAR', attributes: 'VARCHAR' },
    words.map(({ team, service }) => ({
      ...{ team: String(team), service: String(service) },
      attributes: canonicalJson({
        ...(service === '' ? {} : { service: String(service) }),
        ...(team === '' ? {} : { team: String(team) }),
      }),
    })),
  );
  await tx.run(
    `INSERT INTO owner_keys
     SELECT DISTINCT (md5_number(attributes) // 2)::HUGEINT AS owner_key, attributes::JSON, $now::TIMESTAMP
     FROM new_words
     WHERE NOT EXISTS (FROM owner_keys AS k WHERE k.owner_key = (md5_number(new_words.attributes) // 2)::HUGEINT)`,
    { now: sqlTime(now) },
  );
  await tx.run(
    'INSERT INTO external_words SELECT team, service, (md5_number(attributes) // 2)::HUGEINT FROM new_words; DROP TABLE new_words',
  );
  await syncOwners(tx);
  tx.touch('external_words');
}
