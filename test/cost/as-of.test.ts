/** The families of cost are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger, Reader, Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { costMetrics } from '../../exporters/cost/metrics.ts';
import { seededRandom } from '../core/random.ts';
import { facts, openBooks, rowsOf } from './books.ts';
import { randomInstants, randomJournal } from './journal.ts';

const metrics: readonly Metric[] = costMetrics;
/** Tables whose rows are versions, known from when they were learned. */
const versions = ['vendor_budgets', 'vendor_forecasts', 'vendor_anomalies', 'sub_account_names'];
type Values = ReadonlyMap<string, readonly Row[]>;

/** All families at the instants; `effective` says from when a fact counts. */
const evaluate = (ledger: Ledger, instants: readonly string[], effective = 'occurred_at'): Promise<Values> =>
  ledger.read(async reader => {
    await knownAt(reader, instants, effective);
    const values = new Map<string, Row[]>();
    for (const metric of metrics) values.set(metric.name, await rowsOf(reader, metric.sql));
    return values;
  });

async function knownAt(reader: Reader, instants: readonly string[], effective = 'occurred_at'): Promise<void> {
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE instants AS SELECT unnest(from_json($instants, '["TIMESTAMP"]')) AS ts`,
    { instants: JSON.stringify(instants) },
  );
  for (const table of facts)
    await reader.run(
      `CREATE OR REPLACE TEMP VIEW ${table}_known AS SELECT *, ${effective} AS effective_at FROM ${table}`,
    );
}

const at = (values: Values, metric: Metric, instant: string) =>
  values.get(metric.name)!.filter(row => String(row.ts).startsWith(instant));

/** A row that is 0 and was never more is the same as no row. */
const withoutZeros = (rows: readonly Row[]) => rows.filter(row => Number(row.value) !== 0);

test('many instants give what each gives alone', async () => {
  const ledger = await openBooks();
  await randomJournal(ledger, 1);
  const instants = randomInstants(seededRandom(2), 30);
  const together = await evaluate(ledger, instants);
  let compared = 0;
  for (const instant of instants) {
    const alone = await evaluate(ledger, [instant]);
    for (const metric of metrics) {
      assert.deepEqual(at(together, metric, instant), at(alone, metric, instant), `${metric.name} at ${instant}`);
      compared += at(alone, metric, instant).length;
    }
  }
  for (const metric of metrics) assert.ok(together.get(metric.name)!.length > 20, `${metric.name} has few values`);
  assert.ok(compared > 10_000, `only ${compared} values were compared`);
  await ledger.close();
});

test('history by what was learned is what was served from the ledger of the time', async () => {
  const ledger = await openBooks();
  await randomJournal(ledger, 3);
  const instants = randomInstants(seededRandom(4), 30);
  const history = await evaluate(ledger, instants, 'greatest(occurred_at, learned_at)');
  // From the last instant back, the ledger forgets what was learned later.
  for (const instant of instants.toReversed()) {
    await ledger.write(async tx => {
      for (const table of [...facts, 'billing_periods', ...versions])
        await tx.run(`DELETE FROM ${table} WHERE learned_at > $instant::TIMESTAMP`, { instant });
    });
    const served = await evaluate(ledger, [instant]);
    for (const metric of metrics)
      assert.deepEqual(
        withoutZeros(at(history, metric, instant)),
        withoutZeros(at(served, metric, instant)),
        `${metric.name} at ${instant}`,
      );
  }
  await ledger.close();
});

test('top N and other sum to the bill in every family, and the families agree', async () => {
  const ledger = await openBooks();
  await randomJournal(ledger, 7);
  for (const instant of randomInstants(seededRandom(8), 8)) {
    const sums = await ledger.read(async reader => {
      await knownAt(reader, [instant]);
      const sum = async (sql: string, where = 'true') =>
        reader.all(
          `SELECT cost_basis, currency, sum(value) AS value FROM (${sql}) WHERE ${where}
           GROUP BY ALL HAVING sum(value) <> 0 ORDER BY ALL`,
        );
      const bill = (where: string) =>
        sum(
          `SELECT charge_day AS day, currency, unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis,
             unnest([billed, effective, list, contracted]) AS value
           FROM allocations WHERE charge_day < '${instant.slice(0, 10)}'`,
          where,
        );
      const family = (name: string) => metrics.find(metric => metric.name === name)!.sql;
      const thisMonth = `date_trunc('month', day) = date_trunc('month', TIMESTAMP '${instant}')`;
      const lastMonth = `date_trunc('month', day) = date_trunc('month', TIMESTAMP '${instant}') - INTERVAL 1 MONTH`;
      const isOther = "(service = 'other' OR environment = 'other')";
      return {
        bill: await bill('true'),
        daily: await sum(family('finops_cost_daily')),
        dailyService: await sum(family('finops_service_cost_daily')),
        billThisMonth: await bill(thisMonth),
        monthToDate: await sum(family('finops_month_to_date_cost')),
        billLastMonth: await bill(lastMonth),
        previousMonth: await sum(family('finops_previous_month_cost')),
        otherThisMonth: await sum(family('finops_month_to_date_cost'), isOther),
        otherDaily: await sum(family('finops_cost_daily'), `${isOther} AND ${thisMonth}`),
        folded: await sum(family('finops_folded_cost'), "family = 'finops_cost_daily'"),
        otherNames: await sum(
          family('finops_service_cost_daily'),
          `service_name = 'other' AND service_category = 'other' AND ${thisMonth}`,
        ),
        foldedNames: await sum(family('finops_folded_cost'), "family = 'finops_service_cost_daily'"),
      };
    });
    assert.ok(sums.bill.length === 8);
    assert.deepEqual(sums.daily, sums.bill, instant);
    assert.deepEqual(sums.dailyService, sums.bill, instant);
    assert.deepEqual(sums.monthToDate, sums.billThisMonth, instant);
    assert.deepEqual(sums.previousMonth, sums.billLastMonth, instant);
    assert.deepEqual(sums.otherThisMonth, sums.folded, instant);
    assert.deepEqual(sums.otherDaily, sums.folded, instant);
    assert.deepEqual(sums.otherNames, sums.foldedNames, instant);
  }
  await ledger.close();
});
