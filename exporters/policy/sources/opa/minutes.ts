/**
 * Counts by the minute. A row grows with what comes later of its minute, but not one that history was written with, or
 * that a first page was scraped with: what is learned after counts from then on (core/views.ts).
 */
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';

export interface MinuteTable {
  readonly table: string;
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

const owner = ['team', 'service', 'environment'] as const;

export const decisionMinutes: MinuteTable = {
  table: 'opa_decisions',
  keys: [...owner, 'path', 'outcome'],
  values: ['decisions'],
};
export const timeMinutes: MinuteTable = {
  table: 'opa_times',
  keys: [...owner, 'bucket'],
  values: ['decisions', 'nanoseconds'],
};
export const exportMinutes: MinuteTable = { table: 'opa_exports', keys: owner, values: ['requests', 'received'] };
export const numberMinutes: MinuteTable = { table: 'opa_numbers', keys: owner, values: ['requests', 'received'] };
export const dropMinutes: MinuteTable = { table: 'opa_drops', keys: [...owner, 'kind'], values: ['drops'] };

export const minuteTables: readonly MinuteTable[] = [
  decisionMinutes,
  timeMinutes,
  exportMinutes,
  numberMinutes,
  dropMinutes,
];

/** Adds the rows of a temporary table, which has the keys, the values and `minute`. */
export async function addMinutes(
  tx: Transaction,
  { table, keys, values }: MinuteTable,
  from: string,
  now: Date,
): Promise<void> {
  const mark = await tx.scalar(
    'SELECT max(moment) FROM (SELECT max(written_at) AS moment FROM watermarks UNION ALL SELECT max(first_live) FROM seams)',
  );
  const parameters = { mark: typeof mark === 'string' ? mark : '0001-01-01 00:00:00' };
  const same = `t.occurred_at = n.minute AND t.learned_at > $mark::TIMESTAMP AND ${keys.map(key => `t.${key} = n.${key}`).join(' AND ')}`;
  await tx.run(
    `UPDATE ${table} AS t SET ${values.map(value => `${value} = t.${value} + n.${value}`).join(', ')} FROM ${from} AS n WHERE ${same}`,
    parameters,
  );
  await tx.run(
    `INSERT INTO ${table} (${[...keys, ...values].join(', ')}, occurred_at, learned_at)
     SELECT ${[...keys, ...values].map(name => `n.${name}`).join(', ')}, n.minute, $now::TIMESTAMP FROM ${from} AS n
     WHERE NOT EXISTS (FROM ${table} AS t WHERE ${same})`,
    { ...parameters, now: sqlTime(now) },
  );
  tx.touch(table);
}
