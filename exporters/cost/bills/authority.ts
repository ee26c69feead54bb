/**
 * One source is authoritative per billing account and billing period: what two sources bring would be counted twice.
 * `cost_sources` says which sources are configured, in which role; `authorities` who brings what.
 */
import type { Transaction } from '../../core/ledger.ts';
import { PlumblineError } from '../errors.ts';
import type { Posting } from './posting.ts';
import type { Role } from './role.ts';
import { sameAccount, subscriptionOf } from './same-account.ts';

export interface CostSource {
  readonly name: string;
  readonly role: Role;
}

const period = ['provider', 'billing_account', 'billing_period'] as const;

const ofClaim = period.map(name => `c.${name}`).join(', ');

/** SQL over `c`, a claim, and `a`, an authority. */
const sameMoney = `c.billing_period = a.billing_period AND ${sameAccount('c', 'a')}`;

/**
 * Notes that the delivery's periods are its source's. Takes them over from a source that isn't authoritative any more,
 * whose postings are taken back; throws AUTHORITY_CONFLICT where it still is. Reads `focus_origins`.
 */
export async function claim(tx: Transaction, { staged, source, now }: Posting): Promise<void> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE focus_claims AS
     SELECT DISTINCT ${period.join(', ')} FROM ${staged.periods} WHERE origin IN (SELECT origin FROM focus_origins)`,
  );
  const [held] = await tx.all(
    `SELECT told.* REPLACE (told.billing_period::VARCHAR AS billing_period)
     FROM (
       SELECT a.source, ${ofClaim} FROM focus_claims c JOIN authorities a ON ${sameMoney}
       UNION ALL
       -- An Azure subscription that is asked for by itself is part of the account that another source brings.
       SELECT a.source, ${ofClaim}
       FROM focus_claims c
       JOIN charge_keys k ON ${subscriptionOf('k')} = lower(c.billing_account)
       JOIN authorities a ON a.provider = k.provider AND a.billing_account = k.billing_account
       WHERE a.billing_period = c.billing_period AND NOT ${sameAccount('c', 'a')}
         AND EXISTS (FROM charges WHERE charges.key_id = k.key_id AND charges.billing_period = c.billing_period)
       UNION ALL
       SELECT a.source, ${ofClaim}
       FROM focus_claims c
       JOIN ${staged.keys} k ON k.provider = c.provider AND k.billing_account = c.billing_account
       JOIN authorities a ON lower(a.billing_account) = ${subscriptionOf('k')} AND a.billing_period = c.billing_period
       WHERE NOT ${sameAccount('c', 'a')}
     ) AS told
     JOIN cost_sources s ON s.source = told.source AND s.role = 'authoritative'
     WHERE told.source <> $source
     ORDER BY ALL LIMIT 1`,
    { source },
  );
  if (held)
    throw new PlumblineError('AUTHORITY_CONFLICT', {
      source,
      other: String(held.source),
      provider: String(held.provider),
      account: String(held.billing_account),
      period: String(held.billing_period).slice(0, 7),
    });
  await takeBack(tx, {
    from: `SELECT DISTINCT a.source, ${period.map(name => `a.${name}`).join(', ')}
           FROM focus_claims c JOIN authorities a ON ${sameMoney}
           WHERE a.source <> ${'$source'}`,
    parameters: { source },
    now,
  });
  await tx.run(
    `INSERT INTO authorities
     SELECT ${period.join(', ')}, $source, $now::TIMESTAMP FROM focus_claims
     WHERE NOT EXISTS (FROM authorities a WHERE ${period.map(name => `a.${name} = focus_claims.${name}`).join(' AND ')})`,
    { source, now },
  );
  await tx.run('DROP TABLE focus_claims');
}

/**
 * Brings `cost_sources` up to date. A source whose role has changed takes back what it posted in the other one; it reads
 * everything again. A source that is gone keeps what it brought until another brings the same periods.
 */
export async function configureSources(tx: Transaction, sources: readonly CostSource[], now: string): Promise<void> {
  const before = await tx.all('SELECT source, role FROM cost_sources');
  const same =
    before.length === sources.length &&
    sources.every(({ name, role }) => before.some(row => row.source === name && row.role === role));
  if (same) return;
  await tx.run('DELETE FROM cost_sources');
  await tx.run(
    `INSERT INTO cost_sources
     SELECT s.name, s.role FROM (SELECT unnest(from_json($rows, '[{"name":"VARCHAR","role":"VARCHAR"}]')) AS s)`,
    { rows: JSON.stringify(sources.map(({ name, role }) => ({ name, role }))) },
  );
  await takeBack(tx, {
    from: `SELECT a.source, ${period.map(name => `a.${name}`).join(', ')}
           FROM authorities a JOIN cost_sources s ON s.source = a.source AND s.role = 'reconciliation'`,
    parameters: {},
    now,
  });
  await tx.run(
    `INSERT INTO second_charges BY NAME
     SELECT c.source, origin, provider, billing_account, billing_period, charge_day, currency, -sum(billed) AS billed,
       -sum(effective) AS effective, any_value(occurred_at) AS occurred_at, $now::TIMESTAMP AS learned_at
     FROM second_charges c JOIN cost_sources s ON s.source = c.source AND s.role = 'authoritative'
     GROUP BY ALL HAVING sum(billed) <> 0 OR sum(effective) <> 0`,
    { now },
  );
  tx.touch('second_charges', 'cost_sources');
}

interface TakingBack {
  /** SQL: source and period. */
  readonly from: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly now: string;
}

/** Posts the negative of all that sources brought for periods; they read their files again if they are asked once more. */
async function takeBack(tx: Transaction, { from, parameters, now }: TakingBack): Promise<void> {
  await tx.run(`CREATE OR REPLACE TEMP TABLE focus_released AS ${from}`, parameters);
  if ((await tx.scalar('SELECT 1 FROM focus_released LIMIT 1')) === undefined) return;
  const sums = ['billed', 'effective', 'list', 'contracted', 'quantity'];
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE focus_taken_back AS
     SELECT c.origin, c.charge_day, c.billing_period, c.key_id, ${sums.map(name => `-sum(c.${name}) AS ${name}`).join(', ')},
       any_value(c.occurred_at) AS occurred_at
     FROM charges c
     JOIN charge_keys USING (key_id)
     JOIN deliveries d USING (origin)
     JOIN focus_released r ON r.source = d.source AND ${period.map(name => `r.${name} = ${name === 'billing_period' ? 'c' : 'charge_keys'}.${name}`).join(' AND ')}
     GROUP BY c.origin, c.charge_day, c.billing_period, c.key_id
     HAVING ${sums.map(name => `sum(c.${name}) <> 0`).join(' OR ')}`,
  );
  await tx.run('INSERT INTO charges BY NAME SELECT *, $now::TIMESTAMP AS learned_at FROM focus_taken_back', { now });
  await tx.run('INSERT INTO days_to_allocate SELECT DISTINCT charge_day FROM focus_taken_back');
  await tx.run(`DELETE FROM files WHERE source IN (SELECT source FROM focus_released)`);
  await tx.run(`UPDATE deliveries SET shape = '' WHERE source IN (SELECT source FROM focus_released)`);
  await tx.run(
    `DELETE FROM authorities a WHERE EXISTS (
       FROM focus_released r WHERE r.source = a.source AND ${period.map(name => `r.${name} = a.${name}`).join(' AND ')})`,
  );
  await tx.run('DROP TABLE focus_released; DROP TABLE focus_taken_back');
  tx.touch('charges', 'days_to_allocate', 'authorities');
}
