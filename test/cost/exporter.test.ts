/** The exporter as the runtime uses it: prepared at start, derived after each batch, explained on request. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { budgetSpent, dailyCost, residual } from '../../exporters/cost/metrics.ts';
import { linesAt } from './books.ts';

const noon = '2026-11-05 12:00';
const now = () => new Date('2026-11-05T12:00:00Z');
const log = pino({ level: 'silent' });

const header =
  'BillingAccountId,BillingPeriodStart,BillingPeriodEnd,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceCategory,ServiceName,SubAccountId,ResourceId,Tags';
const line = (day: number, cost: string, account: string, resource: string, tags: object) =>
  [
    'b-1',
    '2026-11-01T00:00:00Z',
    '2026-12-01T00:00:00Z',
    cost,
    cost,
    cost,
    cost,
    'USD',
    'Usage',
    `2026-11-0${day}T00:00:00Z`,
    `2026-11-0${day + 1}T00:00:00Z`,
    'AWS',
    'Compute',
    'Virtual machines',
    account,
    resource,
    `"${JSON.stringify(tags).replaceAll('"', '""')}"`,
  ].join();

const rules = {
  rules: [
    { name: 'tags', tag: { keys: ['team'], gives: 'team' } },
    { name: 'service tags', tag: { keys: ['app'], gives: 'service' } },
    { name: 'network', account: { 'net-1': { split: 'network' } } },
    { name: 'batch', resource: 'vm-batch-*', team: 'data' },
  ],
  splits: [{ name: 'network', method: 'fixed', shares: { payments: 2, search: 1 } }],
};

async function billed(t: TestContext) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-cost-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const bill = path.join(folder, 'bill.csv');
  await writeFile(
    bill,
    `${[
      header,
      line(1, '10', 'acc', 'vm-1', { team: 'payments', app: 'checkout' }),
      line(2, '20', 'acc', 'vm-1', { team: 'payments', app: 'checkout' }),
      line(2, '100', 'net-1', 'nat-1', {}),
      line(2, '5', 'acc', 'vm-batch-7', {}),
      line(3, '1.5', 'acc', 'vm-2', {}),
    ].join('\n')}\n`,
  );
  const run = (ownership: unknown, reassignFrom?: string) => {
    const exporter = costExporter(
      costSchema.parse({
        focus: [{ path: bill, settle: 0 }],
        budgets: [{ name: 'payments', team: 'payments', amount: '100', currency: 'USD' }],
      }),
      buildOwnership(buildCatalog([]), ownershipSchema.parse(ownership)),
      { now, ...(reassignFrom === undefined ? {} : { reassignFrom }) },
    );
    return openRuntime(exporter, { dataDir: path.join(folder, 'data'), log, now, threads: 1 });
  };
  return { run };
}

const effective = (lines: readonly string[]) =>
  lines.filter(text => text.includes(' effective ')).map(text => text.replace(' Usage effective USD', ''));

test('a bill is read, owned, split and told', async t => {
  const { run } = await billed(t);
  const runtime = await run(rules);
  t.after(runtime.stop);
  const [result] = await runtime.refresh();
  assert.deepEqual([result?.records, result?.error], [5, undefined]);
  assert.deepEqual(effective(await linesAt(runtime.ledger, dailyCost, noon)), [
    '2026-11-01 payments checkout unassigned 10',
    '2026-11-02 data unassigned unassigned 5',
    '2026-11-02 payments checkout unassigned 20',
    '2026-11-02 payments network unassigned 66.6666666667',
    '2026-11-02 search network unassigned 33.3333333333',
    '2026-11-03 unowned unassigned unassigned 1.5',
  ]);
  assert.deepEqual(await linesAt(runtime.ledger, budgetSpent, noon), ['payments payments effective USD 96.6666666667']);
  const parts = await linesAt(runtime.ledger, residual, noon);
  assert.deepEqual(
    parts.map(text => text.split(' ').at(-1)),
    ['0', '0', '0', '0'],
  );
});

test('a changed rule moves cost at the next start, from the day it is told to, though no bill changed', async t => {
  const { run } = await billed(t);
  const before = await run(rules);
  await before.refresh();
  await before.stop();
  const after = await run(
    { ...rules, rules: [{ name: 'all', resource: 'vm-1', team: 'platform' }, ...rules.rules] },
    '2026-11-02',
  );
  t.after(after.stop);
  const lines = effective(await linesAt(after.ledger, dailyCost, noon)).filter(text => text.includes('checkout'));
  assert.deepEqual(lines, ['2026-11-01 payments checkout unassigned 10', '2026-11-02 platform checkout unassigned 20']);
  const again = Number(await after.ledger.read(reader => reader.scalar('SELECT count(*) FROM days_to_allocate')));
  assert.equal(again, 0);
});

test('a resource is explained: its owner, the rule, since when, and its cost of 30 days', async t => {
  const { run } = await billed(t);
  const runtime = await run(rules);
  t.after(runtime.stop);
  await runtime.refresh();
  const explain = (kind: string, id: string) => runtime.exporter.explain?.(runtime.ledger, kind, id);
  const text = (await explain('resource', 'vm-batch-7')) ?? '';
  assert.match(text, /team: data \(by rule "batch", since the beginning\)/);
  assert.match(text, /cost of the last 30 complete days: 5 USD effective, 5 billed/);
  assert.equal(await explain('resource', 'no such thing'), undefined);
  assert.equal(await explain('image', 'vm-batch-7'), undefined);
});
