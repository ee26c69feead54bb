/** Posts a month's cubes: the differences to what is posted already, so that a restated day keeps what it was before. */
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import { unitsText } from '../../decimal.ts';
import { cubeName } from './config.ts';
import type { MonthAnswer } from './month.ts';

/** Returns how many postings there were. */
export async function postCubes(
  tx: Transaction,
  month: Pick<MonthAnswer, 'cubes' | 'days'>,
  options: { readonly source: string; readonly now: Date },
): Promise<number> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE cubes_told (
       cube VARCHAR, charge_day VARCHAR, key1 VARCHAR, key2 VARCHAR, currency VARCHAR, billed VARCHAR, effective VARCHAR)`,
  );
  await tx.append(
    'cubes_told',
    month.cubes.flatMap(({ cube, rows }) =>
      rows.map(row => [
        cubeName(cube),
        row.day,
        row.keys[0] ?? '',
        row.keys[1] ?? '',
        row.currency,
        unitsText(row.billed),
        unitsText(row.effective),
      ]),
    ),
  );
  const added = await tx.all(
    `INSERT INTO cost_cubes BY NAME
     WITH told AS (
       SELECT cube, charge_day::DATE AS charge_day, key1, key2, unnest(['billed', 'effective']) AS cost_basis, currency,
         unnest([billed::DECIMAL(38,10), effective::DECIMAL(38,10)]) AS amount
       FROM cubes_told
     ),
     differences AS (
       SELECT cube, charge_day, key1, key2, cost_basis, currency, sum(amount) AS amount
       FROM (
         FROM told
         UNION ALL BY NAME
         SELECT cube, charge_day, key1, key2, cost_basis, currency, -amount AS amount
         FROM cost_cubes
         WHERE source = $source AND charge_day >= $start::DATE AND charge_day < $end::DATE
           AND list_contains(from_json($cubes, '["VARCHAR"]'), cube)
       )
       GROUP BY ALL
       HAVING sum(amount) <> 0
     )
     SELECT $source AS source, *, charge_day + INTERVAL 1 DAY AS occurred_at, $now::TIMESTAMP AS learned_at
     FROM differences`,
    {
      source: options.source,
      start: month.days.start,
      end: month.days.end,
      cubes: JSON.stringify(month.cubes.map(({ cube }) => cubeName(cube))),
      now: sqlTime(options.now),
    },
  );
  await tx.run('DROP TABLE temp.cubes_told');
  const count = Number(Object.values(added[0] ?? {})[0] ?? 0);
  if (count > 0) tx.touch('cost_cubes');
  return count;
}

/** Notes accounts whose name is new or another. */
export async function noteAccountNames(tx: Transaction, names: ReadonlyMap<string, string>, now: Date): Promise<void> {
  const added = await tx.all(
    `INSERT INTO sub_account_names
     SELECT 'AWS', told.account, told.name, $now::TIMESTAMP
     FROM (SELECT unnest(from_json($names, '[{"account":"VARCHAR","name":"VARCHAR"}]')) AS told)
     LEFT JOIN (
       SELECT sub_account, arg_max(name, learned_at) AS name
       FROM sub_account_names WHERE provider = 'AWS' GROUP BY sub_account
     ) AS known ON known.sub_account = told.account
     WHERE known.name IS DISTINCT FROM told.name`,
    {
      names: JSON.stringify([...names].map(([account, name]) => ({ account, name }))),
      now: sqlTime(now),
    },
  );
  if (Number(Object.values(added[0] ?? {})[0] ?? 0) > 0) tx.touch('sub_account_names');
}
