/** The review of the fixture bill: its sums are those of the families and of the ledger. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../exporters/core/metric.ts';
import type { Runtime } from '../../exporters/core/runtime.ts';
import { withView } from '../../exporters/core/views.ts';
import { budgetSpent, costChange, previousMonth } from '../../exporters/cost/metrics.ts';
import { budgets as budgetSection } from '../../exporters/cost/review/budgets.ts';
import { money, shareOf, signed, unitsOf } from '../../exporters/cost/review/markdown.ts';
import { readReview } from '../../exporters/cost/review/read.ts';
import { idle } from '../../exporters/cost/review/sections.ts';
import { table } from '../../exporters/formats/markdown.ts';
import { withReviewed } from '../golden/infracost.ts';

const end = '2026-11-01T00:00:00Z';

/** Sums of a family's values by the given labels at an instant. */
const sums = ({ ledger, exporter }: Runtime, metric: Metric, at: string, by: string, where = 'true') =>
  ledger.read(reader =>
    withView(reader, exporter.facts, metric, { instants: [new Date(at)] }, sql =>
      reader.all(
        `SELECT concat_ws(' ', ${by}) AS name, sum(value)::VARCHAR AS value FROM (${sql}) WHERE ${where}
         GROUP BY ALL HAVING sum(value) <> 0 ORDER BY ALL`,
      ),
    ),
  );

function added(rows: readonly Record<string, unknown>[], value: string, by: readonly string[]) {
  const totals = new Map<string, bigint>();
  for (const row of rows) {
    const name = by.map(column => String(row[column])).join(' ');
    totals.set(name, (totals.get(name) ?? 0n) + unitsOf(String(row[value])));
  }
  return Object.fromEntries([...totals].filter(([, amount]) => amount !== 0n).sort());
}

test('spend, its change and what explains it are the sums of the families, to the last digit', async () => {
  await withReviewed(async runtime => {
    const { ledger, exporter, now } = runtime;
    const facts = await readReview(ledger, { month: '2026-10', now: now(), facts: exporter.facts });
    const month = await sums(runtime, previousMonth, end, 'team, currency', "cost_basis = 'effective'");
    assert.ok(month.length > 10);
    assert.deepEqual(added(facts.spend, 'cost', ['team', 'currency']), added(month, 'value', ['name']));
    const before = await sums(
      runtime,
      previousMonth,
      '2026-10-15T00:00:00Z',
      'team, currency',
      "cost_basis = 'effective'",
    );
    assert.deepEqual(added(facts.spend, 'cost_before', ['team', 'currency']), added(before, 'value', ['name']));
    const changes = await sums(runtime, costChange, end, 'team, currency, reason', "period = 'month'");
    assert.deepEqual(added(facts.changes, 'value', ['team', 'currency', 'reason']), added(changes, 'value', ['name']));
    const moved = facts.spend.map(row => ({
      owner: `${String(row.team)} ${String(row.currency)}`,
      change: String(unitsOf(String(row.cost)) - unitsOf(String(row.cost_before))),
    }));
    const parts = added(facts.changes, 'value', ['team', 'currency']);
    for (const [name, part] of Object.entries(parts)) {
      const change = moved.filter(({ owner }) => owner === name).reduce((total, row) => total + BigInt(row.change), 0n);
      assert.equal(part, change, name);
    }
  });
});

test('a budget is told with all days of its month, as the ledger has them', async () => {
  await withReviewed(async runtime => {
    const { ledger, exporter, now } = runtime;
    const { budgets } = await readReview(ledger, { month: '2026-10', now: now(), facts: exporter.facts });
    const billed = await ledger.read(reader =>
      reader.scalar(
        `SELECT sum(effective)::VARCHAR FROM allocations WHERE currency = 'USD'
           AND charge_day BETWEEN '2026-10-01' AND '2026-10-31'`,
      ),
    );
    const everything = budgets.find(({ budget }) => budget === 'everything');
    assert.equal(unitsOf(String(everything?.spent)), unitsOf(String(billed)));
    const shown = await sums(runtime, budgetSpent, '2026-10-31T23:59:59Z', 'budget');
    assert.notEqual(String(shown.find(({ name }) => name === 'everything')?.value), String(billed), 'a day is running');
  });
});

test("a team's budgets with AWS and Azure stand beside its own, as last told of the month", async () => {
  await withReviewed(async ({ ledger, exporter, now }) => {
    const read = () => readReview(ledger, { month: '2026-10', now: now(), facts: exporter.facts });
    assert.equal(budgetSection({ facts: await read(), team: 'search' }), '## Budget\n\nNo budget names search.');
    const row = (budget: string, from: string, to: string, amount: string, actual: string, learned: string) =>
      `('ce', 'AWS', '1', '${budget}', '${from}', '${to}', ${amount}, ${actual}, NULL, 'USD', '${learned}')`;
    await ledger.write(async tx => {
      await tx.run(`INSERT INTO vendor_budgets VALUES
        ${row('search-all', '2026-10-01', '2026-10-31', '1000', '700', '2026-10-30 06:00')},
        ${row('search-all', '2026-10-01', '2026-10-31', '1000', '750', '2026-11-03 06:00')},
        ${row('search-all', '2026-11-01', '2026-11-30', '1000', '5', '2026-11-03 07:00')},
        ${row('year', '2026-01-01', '2026-12-31', '9000', '6000', '2026-10-31 06:00')},
        ${row('year', '2026-01-01', '2026-12-31', '9000', '6100', '2026-11-03 06:00')},
        ${row('untold', '2026-10-01', '2026-10-31', '10', 'NULL', '2026-10-30 06:00')},
        ${row('gone', '2026-10-01', '2026-10-31', 'NULL', 'NULL', '2026-10-30 06:00')}`);
      await tx.run("INSERT INTO vendor_budget_teams VALUES ('ce', 'search-all', 'search'), ('ce', 'gone', 'search')");
    });
    const facts = await read();
    const ofSearch = budgetSection({ facts, team: 'search' });
    const lines = (section: string) => section.split('\n').filter(line => line.startsWith('| AWS'));
    assert.deepEqual(lines(ofSearch), [
      '| AWS: search-all | 2026-10-01 to 2026-10-31 | 1,000.00 USD | 750.00 USD | 75.0 % |',
    ]);
    assert.ok(!ofSearch.includes('No budget'));
    assert.deepEqual(lines(budgetSection({ facts, team: undefined })), [
      '| AWS: search-all | 2026-10-01 to 2026-10-31 | search | 1,000.00 USD | 750.00 USD | 75.0 % |',
      '| AWS: untold | 2026-10-01 to 2026-10-31 |  | 10.00 USD | not told |  |',
      '| AWS: year | 2026-01-01 to 2026-12-31 |  | 9,000.00 USD | 6,000.00 USD | 66.7 % |',
    ]);
    assert.match(budgetSection({ facts, team: 'checkout' }), /\| checkout \| effective \|/);
    assert.ok(!budgetSection({ facts, team: 'checkout' }).includes('provider'));
  });
});

test('idle is told of clusters too: what nobody requests, and what of its requests a team does not use', async () => {
  await withReviewed(async ({ ledger, exporter, now }) => {
    const read = () => readReview(ledger, { month: '2026-10', now: now(), facts: exporter.facts });
    const without = idle({ facts: await read(), team: undefined });
    assert.ok(!without.includes('Cluster'));
    await ledger.write(tx =>
      tx.run(`INSERT INTO kubernetes_costs
        SELECT 'prod', day::DATE, 'USD', kind, team, 'web', 'production', cost, 0, requested, used, day::DATE + 1, day::DATE + 1
        FROM (VALUES
          ('2026-09-30', 'idle', '', 40, 0, 0), ('2026-10-01', 'idle', '', 30, 0, 0), ('2026-10-31', 'idle', '', -2.5, 0, 0),
          ('2026-10-01', 'workload', 'search', 120, 100, 25), ('2026-10-02', 'workload', 'checkout', 60, 50, 50),
          ('2026-11-01', 'workload', 'search', 999, 999, 0), ('2026-11-01', 'idle', '', 999, 0, 0)
        ) AS rows (day, kind, team, cost, requested, used)`),
    );
    const facts = await read();
    assert.ok(idle({ facts, team: undefined }).startsWith(without));
    assert.match(
      idle({ facts, team: undefined }),
      /\| prod \| 40\.00 USD \| 27\.50 USD \| 150\.00 USD \| 75\.00 USD \| 50\.0 % \|/,
    );
    assert.match(idle({ facts, team: 'search' }), /\| prod \| 100\.00 USD \| 75\.00 USD \| 75\.0 % \|/);
    assert.match(idle({ facts, team: 'checkout' }), /\| prod \| 50\.00 USD \| 0\.00 USD \| 0\.0 % \|/);
    assert.ok(!idle({ facts, team: 'mobile' }).includes('Cluster'));
  });
});

test('a team that nobody knows has no review, and one team has its own alone', async () => {
  await withReviewed(async ({ exporter, ledger }) => {
    const review = async (team: string) => (await exporter.review?.(ledger, { month: '2026-10', team })) ?? [];
    assert.deepEqual(await review('nobody'), []);
    const [part, ...others] = await review('payments');
    assert.deepEqual([part?.team, others], ['payments', []]);
    assert.match(part?.text ?? '', /^# FinOps review 2026-10: payments\n/);
    assert.doesNotMatch(part?.text ?? '', /checkout/);
    assert.deepEqual(await exporter.review?.(ledger, { month: '2020-01' }), []);
  });
});

test('money is rounded to cents, halves away from zero, with thousands set apart', () => {
  const shown = (amount: string) => money(unitsOf(amount), 'EUR');
  assert.deepEqual(['0', '0.005', '-0.005', '1234567.894999', '-1000', '0.0000000001', '999.995'].map(shown), [
    ...['0.00 EUR', '0.01 EUR', '-0.01 EUR', '1,234,567.89 EUR', '-1,000.00 EUR', 'less than 0.01 EUR'],
    '1,000.00 EUR',
  ]);
  assert.equal(signed(unitsOf('2'), 'USD'), '+2.00 USD');
  assert.deepEqual(
    [shareOf(5n, 10n), shareOf(-5n, 10n), shareOf(5n, 0n), shareOf(0n, 0n)],
    [...['+50.0 %', '-50.0 %', 'new', '0 %']],
  );
});

test('what a table is told cannot break it', () => {
  assert.equal(table(['A', 'B'], [['a|b', 'c\nd']]), '| A | B |\n| :-- | --: |\n| a\\|b | c d |');
});
