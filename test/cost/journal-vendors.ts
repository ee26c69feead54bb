/** A random life of what providers say: cubes that are restated, budgets, forecasts and anomalies in versions. */
import type { Ledger } from '../../exporters/core/ledger.ts';
import { seededRandom } from '../core/random.ts';

const day = (days: number) => new Date(Date.parse('2026-08-20T00:00:00Z') + days * 86_400_000).toISOString();
const date = (days: number) => day(days).slice(0, 10);
const time = (days: number) => day(days).replace('T', ' ').slice(0, 19);

/** From 2026-08-20 on, for so many days. */
export async function randomVendorJournal(ledger: Ledger, seed: number, days: number): Promise<void> {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const amount = () => ((random() - 0.2) * 10 ** upTo(6)).toFixed(10);
  const scope = () => ({
    source: ['ce', 'azure'][upTo(2)]!,
    provider: ['AWS', 'Microsoft'][upTo(2)]!,
    account: `a-${upTo(2)}`,
  });
  const many = (count: number, row: () => Readonly<Record<string, string | null>>) =>
    Array.from({ length: count }, row);
  const insert = async (table: string, rows: readonly Readonly<Record<string, string | null>>[], select: string) => {
    const columns = Object.keys(rows[0] ?? {}).map(name => `"${name}":"VARCHAR"`);
    await ledger.write(tx =>
      tx.run(
        `INSERT INTO ${table} SELECT ${select}
         FROM (SELECT unnest(from_json($rows, '[{${columns.join()}}]'), recursive := true))`,
        { rows: JSON.stringify(rows) },
      ),
    );
  };
  await insert(
    'cost_cubes',
    many(600, () => {
      const on = upTo(days);
      return {
        cube: ['SERVICE', 'TAG:team,SERVICE'][upTo(2)]!,
        on: date(on),
        key1: `k-${upTo(6)}`,
        key2: ['', 's-1', 's-2'][upTo(3)]!,
        basis: ['billed', 'effective'][upTo(2)]!,
        currency: ['USD', 'EUR'][upTo(2)]!,
        amount: amount(),
        occurred: time(on + 1),
        learned: time(on + 1 + random() * (random() < 0.7 ? 1 : 30)),
      };
    }),
    `'ce', cube, "on"::DATE, key1, key2, basis, currency, amount::DECIMAL(38,10), occurred::TIMESTAMP, learned::TIMESTAMP`,
  );
  await insert(
    'vendor_budgets',
    many(120, () => {
      const from = upTo(days);
      return {
        ...scope(),
        budget: `b-${upTo(3)}`,
        from: date(from),
        to: date(from + 40),
        amount: upTo(8) === 0 ? null : amount(),
        actual: upTo(3) === 0 ? null : amount(),
        forecast: upTo(3) === 0 ? null : amount(),
        learned: time(from + random() * 30),
      };
    }),
    `source, provider, account, budget, "from"::DATE, "to"::DATE, amount::DECIMAL(38,10), actual::DECIMAL(38,10),
     forecast::DECIMAL(38,10), 'USD', learned::TIMESTAMP`,
  );
  await insert(
    'vendor_forecasts',
    many(80, () => {
      const on = upTo(days);
      return {
        ...scope(),
        month: `${date(on).slice(0, 7)}-01`,
        mean: amount(),
        lower: upTo(4) === 0 ? null : amount(),
        learned: time(on),
      };
    }),
    `source, provider, account, month::DATE, mean::DECIMAL(38,10), lower::DECIMAL(38,10), mean::DECIMAL(38,10) + 5, 80, 'USD',
     learned::TIMESTAMP + INTERVAL (row_number() OVER ()) SECOND`,
  );
  await insert(
    'vendor_anomalies',
    many(120, () => {
      const on = upTo(days);
      const anomaly = upTo(10) === 0 ? '' : `x-${upTo(9)}`;
      return {
        ...scope(),
        anomaly,
        service: `s-${upTo(3)}`,
        started: anomaly === '' ? null : date(on),
        ended: upTo(4) === 0 ? null : date(on + upTo(9)),
        impact: anomaly === '' || upTo(6) === 0 ? null : amount(),
        learned: time(on + random() * 3),
      };
    }),
    `source, provider, account, anomaly, service, started::DATE, ended::DATE, impact::DECIMAL(38,10), 'USD',
     learned::TIMESTAMP + INTERVAL (row_number() OVER ()) SECOND`,
  );
  await insert(
    'sub_account_names',
    many(20, () => ({ account: `a-${upTo(4)}`, name: `name ${upTo(9)}`, learned: time(random() * days) })),
    `'AWS', account, name, learned::TIMESTAMP + INTERVAL (row_number() OVER ()) SECOND`,
  );
}
