/** Allocation reaches all of a bill: every category of it, the unused part of commitments included, has an owner. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { residual } from '../../exporters/cost/metrics.ts';
import { linesAt, postUsage } from './books.ts';
import { costRun } from './sources/run.ts';

const bill = path.resolve(import.meta.dirname, '../fixtures/cost/focus-bill.csv');
const now = '2026-11-01T06:00:00Z';

const ownership = {
  aliases: { checkout: [], payments: [], search: [], data: [], mobile: [], identity: [], platform: [], ml: [] },
  rules: [
    { name: 'unused commitments', charge_category: 'UnusedCommitment', split: 'commitments' },
    { name: 'team tags', charge_category: 'Usage', tag: { keys: ['team', 'owner'], gives: 'team' } },
    { name: 'the rest', provider: '*', split: 'shared' },
  ],
  splits: [
    { name: 'commitments', method: 'usage', usage: 'nodes', carry_days: 3 },
    { name: 'shared', method: 'proportional' },
  ],
};

test('every category of the fixture bill is borne by teams, and the residual is 0', async t => {
  const usage = [{ name: 'nodes', path: '/no/such/file.csv' }];
  const run = await costRun(t, { focus: [{ path: bill, settle: 0 }], usage }, ownership);
  await run.ledger.write(tx =>
    postUsage(tx, [
      { usage: 'nodes', day: '2026-10-05', team: 'search', service: 'index', quantity: '3' },
      { usage: 'nodes', day: '2026-10-05', team: 'ml', quantity: '1' },
    ]),
  );
  const [read] = await run.refresh(now);
  assert.equal(read?.error, undefined);
  const sums = await run.ledger.read(reader =>
    reader.all(
      `WITH billed AS (
         SELECT CASE WHEN commitment_status = 'Unused' THEN 'UnusedCommitment' ELSE charge_category END AS category,
           currency, sum(effective) AS effective, sum(billed) AS billed
         FROM charges JOIN charge_keys USING (key_id) GROUP BY ALL),
       borne AS (
         SELECT charge_category AS category, currency, sum(effective) AS effective, sum(billed) AS billed,
           bool_or(team = 'unowned') AS unowned
         FROM allocations GROUP BY ALL)
       SELECT category, currency, borne.effective = billed.effective AND borne.billed = billed.billed AS whole, unowned
       FROM billed LEFT JOIN borne USING (category, currency) ORDER BY ALL`,
    ),
  );
  const whole = { whole: true, unowned: false };
  assert.deepEqual(sums, [
    { category: 'Adjustment', currency: 'USD', ...whole },
    { category: 'Credit', currency: 'USD', ...whole },
    { category: 'Purchase', currency: 'EUR', ...whole },
    { category: 'Purchase', currency: 'USD', ...whole },
    { category: 'Tax', currency: 'USD', ...whole },
    { category: 'UnusedCommitment', currency: 'USD', ...whole },
    { category: 'Usage', currency: 'EUR', ...whole },
    { category: 'Usage', currency: 'USD', ...whole },
  ]);
  const left = (await linesAt(run.ledger, residual, '2026-11-01 06:00')).filter(line => !line.endsWith(' 0'));
  assert.deepEqual(left, []);
});

test('the unused part of commitments goes by usage where there is some, else by own spend', async t => {
  const usage = [{ name: 'nodes', path: '/no/such/file.csv' }];
  const run = await costRun(t, { focus: [{ path: bill, settle: 0 }], usage }, ownership);
  await run.ledger.write(tx =>
    postUsage(tx, [{ usage: 'nodes', day: '2026-10-05', team: 'search', service: 'index', quantity: '3' }]),
  );
  await run.refresh(now);
  const days = await run.ledger.read(reader =>
    reader.all(
      `SELECT charge_day::VARCHAR AS day, count(DISTINCT team)::INTEGER AS teams,
         bool_or(team = 'search' AND service = 'index') AS search
       FROM allocations WHERE charge_category = 'UnusedCommitment' GROUP BY ALL ORDER BY ALL`,
    ),
  );
  assert.ok(
    days.some(row => row.search === true && row.teams === 1),
    JSON.stringify(days),
  );
  assert.ok(
    days.some(row => row.search === false && Number(row.teams) > 1),
    JSON.stringify(days),
  );
});
