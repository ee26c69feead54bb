import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { costSchema } from '../../exporters/cost/config.ts';
import { decimalText, moneySchema } from '../../exporters/cost/money.ts';

const budget = { name: 'b', amount: '10', currency: 'EUR' };
const invoice = { provider: 'AWS', billing_account: '1', period: '2026-10', total: 5, currency: 'USD' };
const problems = (value: unknown) =>
  costSchema.safeParse(value).error?.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`) ?? [];

test('an empty section has defaults for all', () => {
  assert.deepEqual(costSchema.parse({}), {
    focus: [],
    aws_cur: [],
    azure_cost: [],
    azure_exports: [],
    cost_explorer: [],
    kubernetes: [],
    usage: [],
    unit_costs: [],
    cloudhealth: [],
    infracost: [],
    estimates: [],
    estimate_pull_requests: 5,
    top_services: 100,
    top_environments: 20,
    top_service_names: 50,
    top_cube_keys: 50,
    budgets: [],
    invoices: [],
    reconcile_budgets: [],
    budget_teams: [],
    estimated_days: 3,
    unallocated_ratio_alert: 0.1,
    untagged_percent: 5,
    stale_hours: 48,
  });
});

test('a budget is per effective cost, a bill is looked at every five minutes, unless told otherwise', () => {
  const config = costSchema.parse({ focus: [{ path: 'bills/*.csv' }], budgets: [budget] });
  assert.deepEqual(config.focus, [
    { path: 'bills/*.csv', name: 'focus', role: 'authoritative', every: 300, settle: 60 },
  ]);
  assert.equal(config.budgets[0]?.cost_basis, 'effective');
});

test('money keeps every digit, written as text or as a number', () => {
  for (const [written, kept] of [
    ['1000.00', '1000.00'],
    [' 12345678901234567.0123456789 ', '12345678901234567.0123456789'],
    ['-0.5', '-0.5'],
    [1000, '1000'],
    [0.1, '0.1'],
    [1234.56, '1234.56'],
    [1e-7, '0.0000001'],
    [2.5e-10, undefined],
    [1e15, '1000000000000000'],
    [1.5e16, '15000000000000000'],
    [-3.25, '-3.25'],
    [0, '0'],
    [0.1 + 0.2, undefined],
    [1e18, undefined],
    [Number.NaN, undefined],
    ['1,000', undefined],
    ['1e3', undefined],
    ['', undefined],
    ['0.00000000001', undefined],
    [true, undefined],
  ] as const)
    assert.equal(moneySchema.safeParse(written).data, kept, String(written));
});

test('a number becomes the decimal text that was written', () => {
  for (const text of ['0.0000000001', '123456789.123456', '99999999999999', '-7', '0.30000000000001', '10'])
    assert.equal(decimalText(Number(text)), text);
});

test('mistakes name the key and what was expected', () => {
  assert.match(problems({ top_service: 5 })[0] ?? '', /top_service/);
  assert.match(
    problems({ budgets: [{ ...budget, amount: 0 }] })[0] ?? '',
    /^budgets\.0\.amount: expected an amount above 0/,
  );
  assert.match(problems({ budgets: [{ ...budget, amount: 12345678.123456789 }] })[0] ?? '', /in quotes/);
  assert.match(
    problems({ budgets: [{ ...budget, from: '2026-10-02', to: '2026-10-01' }] })[0] ?? '',
    /^budgets\.0\.to:/,
  );
  assert.match(problems({ budgets: [{ ...budget, from: '2026-02-30' }] })[0] ?? '', /expected a day/);
  assert.match(problems({ invoices: [{ ...invoice, period: '2026-13' }] })[0] ?? '', /expected a month/);
  assert.match(problems({ invoices: [{ ...invoice, period: '2026-10-01' }] })[0] ?? '', /expected a month/);
});

test('a budget name may come again for other days, teams or currencies, and not for the same', () => {
  const october = { ...budget, from: '2026-10-01', to: '2026-10-31' };
  assert.deepEqual(problems({ budgets: [october, { ...budget, from: '2026-11-01' }] }), []);
  assert.deepEqual(problems({ budgets: [budget, { ...budget, team: 'web' }, { ...budget, currency: 'USD' }] }), []);
  assert.match(problems({ budgets: [october, { ...budget, from: '2026-10-31' }] })[0] ?? '', /^budgets\.1\.name:/);
  assert.match(problems({ budgets: [budget, budget] })[0] ?? '', /^budgets\.1\.name:/);
});

test('several bills have a name each', () => {
  assert.match(problems({ focus: [{ path: 'a' }, { path: 'b' }] })[0] ?? '', /^focus\.1\.name:/);
  assert.deepEqual(problems({ focus: [{ path: 'a' }, { path: 'b', name: 'azure' }] }), []);
});

test('an account has one invoice a period and currency', () => {
  assert.deepEqual(problems({ invoices: [invoice, { ...invoice, period: '2026-11' }] }), []);
  assert.match(problems({ invoices: [invoice, { ...invoice, total: 6 }] })[0] ?? '', /^invoices\.1\.period:/);
});

test("a budget of a provider is one team's", () => {
  const search = { source: 'cost-explorer', budget: 'search', team: 'search' };
  assert.deepEqual(problems({ budget_teams: [search, { ...search, source: 'azure-cost' }] }), []);
  assert.match(problems({ budget_teams: [search, { ...search, team: 'web' }] })[0] ?? '', /^budget_teams\.1\.budget:/);
});

test('every key of the section has a description for editors', () => {
  const missing: string[] = [];
  const walk = (schema: z.core.JSONSchema.BaseSchema, path: string) => {
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      if (typeof value === 'boolean') continue;
      if (value.description === undefined) missing.push(`${path}${key}`);
      walk(value, `${path}${key}.`);
      if (typeof value.items === 'object' && !Array.isArray(value.items)) walk(value.items, `${path}${key}.`);
    }
  };
  const json = z.toJSONSchema(costSchema, { io: 'input', unrepresentable: 'any' });
  walk(json, '');
  assert.deepEqual(missing, []);
  assert.ok(Object.keys(json.properties ?? {}).length >= 8);
});

test('two authoritative sources of one account are refused, a second one to reconcile is not', () => {
  const two = (role: string) => ({
    cost_explorer: [
      { billing_account: '100000000001', name: 'one' },
      { billing_account: '100000000001', name: 'two', role },
    ],
  });
  assert.deepEqual(problems(two('authoritative')), [
    'cost_explorer.1.role: expected reconciliation: another source is authoritative for the same billing_account',
  ]);
  assert.deepEqual(problems(two('reconciliation')), []);
});

test('two authoritative sources that name one billing account are refused, whatever sections they stand in', () => {
  const cloudhealth = { api_key: 'k', billing_account: '1234' };
  const azure = { scope: '/subscriptions/1', billing_account: '1234', credentials: { client_secret: 's' } };
  const second = { ...cloudhealth, name: 'second' };
  assert.deepEqual(problems({ cloudhealth: [cloudhealth, second] }), [
    'cloudhealth.1.role: expected reconciliation: cloudhealth is authoritative for the same billing_account',
  ]);
  assert.deepEqual(problems({ cloudhealth: [cloudhealth], azure_cost: [azure] }), [
    'cloudhealth.0.role: expected reconciliation: azure-cost is authoritative for the same billing_account',
  ]);
  assert.deepEqual(problems({ cloudhealth: [cloudhealth, { ...second, role: 'reconciliation' }] }), []);
  assert.deepEqual(problems({ cloudhealth: [cloudhealth, { ...second, billing_account: '5678' }] }), []);
});

test('a time filter and a key that is missing are refused before CloudHealth is asked', () => {
  assert.match(
    problems({ cloudhealth: [{ api_key: 'k', billing_account: '1', filters: ['time:select:-1'] }] }).join(),
    /cloudhealth.0.filters: expected no filter on time/,
  );
  assert.deepEqual(problems({ cloudhealth: [{ billing_account: '1' }] }), [
    'cloudhealth.0.api_key: expected api_key or api_key_file',
  ]);
});
