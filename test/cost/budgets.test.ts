import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { allocate } from '../../exporters/cost/allocate.ts';
import { configureCost } from '../../exporters/cost/budgets.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { budgetAmount, budgetConsumption, budgetSpent } from '../../exporters/cost/metrics.ts';
import { addKey, linesAt, openBooks, own, post } from './books.ts';

const now = new Date('2026-11-23T10:00:00Z');
const configure = (ledger: Ledger, config: unknown) => ledger.write(tx => configureCost(tx, costSchema.parse(config)));

/** Two teams in two providers: 10 a day for payments at AWS, 3 at Azure in staging, 1 for search; billed is double. */
async function spending(): Promise<Ledger> {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addKey(tx, { id: 1 });
    await addKey(tx, { id: 2, provider: 'Azure' });
    await addKey(tx, { id: 3 });
    await own(tx, { key: 1, team: 'payments', service: 'checkout' });
    await own(tx, { key: 2, team: 'payments', service: 'ledger', environment: 'staging' });
    await own(tx, { key: 3, team: 'search', service: 'index' });
    for (const day of ['2026-10-31', '2026-11-01', '2026-11-02'])
      await post(tx, [
        { key: 1, day, amount: '10', billed: '20' },
        { key: 2, day, amount: '3', billed: '6' },
        { key: 3, day, amount: '1', billed: '2' },
      ]);
    await allocate(tx, now);
  });
  return ledger;
}

test('a budget measures the complete days of the month that its selector matches', async () => {
  const ledger = await spending();
  const of = (name: string, more: object) => ({ name, amount: '100', currency: 'USD', ...more });
  await configure(ledger, {
    budgets: [
      of('all', {}),
      of('euro', { currency: 'EUR' }),
      of('payments', { team: 'payments' }),
      of('payments aws', { team: 'payments', provider: 'AWS' }),
      of('staging', { environment: 'staging', cost_basis: 'billed' }),
      of('index', { service: 'index', amount: '0.5' }),
    ],
  });
  assert.deepEqual(await linesAt(ledger, budgetSpent, '2026-11-03 00:00'), [
    'all  effective USD 28',
    'euro  effective EUR 0',
    'index  effective USD 2',
    'payments payments effective USD 26',
    'payments aws payments effective USD 20',
    'staging  billed USD 12',
  ]);
  assert.deepEqual(await linesAt(ledger, budgetConsumption, '2026-11-02 23:59'), [
    'all  effective USD 0.14',
    'euro  effective EUR 0',
    'index  effective USD 2',
    'payments payments effective USD 0.13',
    'payments aws payments effective USD 0.1',
    'staging  billed USD 0.06',
  ]);
  await ledger.close();
});

test('on the first day of a month a budget is spent by 0, not absent', async () => {
  const ledger = await spending();
  await configure(ledger, { budgets: [{ name: 'all', amount: '100', currency: 'USD' }] });
  assert.deepEqual(await linesAt(ledger, budgetSpent, '2026-11-01 12:00'), ['all  effective USD 0']);
  assert.deepEqual(await linesAt(ledger, budgetSpent, '2026-12-01 00:00'), ['all  effective USD 0']);
  assert.deepEqual(await linesAt(ledger, budgetSpent, '2026-11-30 12:00'), ['all  effective USD 28']);
  await ledger.close();
});

test('a budget holds from its first day through its last, and changes its amount with them', async () => {
  const ledger = await openBooks();
  const part = { name: 'b', currency: 'USD' };
  await configure(ledger, {
    budgets: [
      { ...part, amount: '1.50', from: '2026-10-01', to: '2026-10-31' },
      { ...part, amount: 2, from: '2026-11-01', to: '2026-11-30' },
    ],
  });
  const amounts = async (instant: string) => linesAt(ledger, budgetAmount, instant);
  assert.deepEqual(await amounts('2026-09-30 23:59'), []);
  assert.deepEqual(await amounts('2026-10-01 00:00'), ['b  effective USD 1.5']);
  assert.deepEqual(await amounts('2026-10-31 23:59'), ['b  effective USD 1.5']);
  assert.deepEqual(await amounts('2026-11-01 00:00'), ['b  effective USD 2']);
  assert.deepEqual(await amounts('2026-12-01 00:00'), []);
  await ledger.close();
});

test('two budgets of one name for two teams are two series', async () => {
  const ledger = await spending();
  await configure(ledger, {
    budgets: ['payments', 'search'].map(team => ({ name: 'team', team, amount: '10', currency: 'USD' })),
  });
  assert.deepEqual(await linesAt(ledger, budgetSpent, '2026-11-03 00:00'), [
    'team payments effective USD 26',
    'team search effective USD 2',
  ]);
  await ledger.close();
});

test('configuration replaces what the ledger has, and touches a table only where something changed', async () => {
  const ledger = await openBooks();
  const config = {
    top_services: 7,
    budgets: [{ name: 'b', team: 'web', amount: '99999999999999999.0123456789', currency: 'EUR', to: '2026-12-31' }],
    invoices: [{ provider: 'AWS', billing_account: '1', period: '2026-10', total: '-5.25', currency: 'USD' }],
  };
  const generations = () => ['budgets', 'invoices', 'cost_settings'].map(table => ledger.generation(table));
  await configure(ledger, config);
  assert.deepEqual(generations(), [1, 1, 1]);
  await configure(ledger, config);
  assert.deepEqual(generations(), [1, 1, 1]);
  await configure(ledger, { ...config, budgets: [], top_services: 8 });
  assert.deepEqual(generations(), [2, 1, 2]);
  await configure(ledger, config);
  const [budgets, invoices, settings] = await ledger.read(async reader => [
    await reader.all('FROM budgets'),
    await reader.all('FROM invoices'),
    await reader.all('FROM cost_settings ORDER BY name'),
  ]);
  assert.deepEqual(budgets, [
    {
      budget: 'b',
      team: 'web',
      service: '',
      environment: '',
      provider: '',
      amount: '99999999999999999.0123456789',
      currency: 'EUR',
      cost_basis: 'effective',
      valid_from: null,
      valid_to: '2027-01-01',
    },
  ]);
  assert.deepEqual(invoices, [
    {
      provider: 'AWS',
      billing_account: '1',
      billing_period: '2026-10-01',
      total: '-5.2500000000',
      currency: 'USD',
    },
  ]);
  assert.deepEqual(settings, [
    { name: 'estimate_pull_requests', value: '5' },
    { name: 'estimated_days', value: '3' },
    { name: 'top_cube_keys', value: '50' },
    { name: 'top_environments', value: '20' },
    { name: 'top_service_names', value: '50' },
    { name: 'top_services', value: '7' },
    { name: 'untagged_percent', value: '5' },
  ]);
  await ledger.close();
});
