/** Real answers of AWS, through a real HTTP exchange; they are read where they lie and are no part of the project. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import * as cost from '../../../exporters/cost/metrics.ts';
import { amountOf, units } from '../books.ts';
import { explorerBooks, payer } from './explorer-books.ts';

const folder = path.join(
  process.env.PLUMBLINE_CORPUS ?? path.join(import.meta.dirname, '../../../../shared/data'),
  'cost/aws',
);

function sample(t: TestContext, file: string): unknown {
  const full = path.join(folder, file);
  if (existsSync(full)) return JSON.parse(readFileSync(full, 'utf8'));
  t.skip(`${file} is not in PLUMBLINE_CORPUS`);
  return undefined;
}

interface Group {
  readonly Keys: readonly string[];
  readonly Metrics: Readonly<Record<string, { readonly Amount: string; readonly Unit: string }>>;
}
interface Sample {
  readonly ResultsByTime: readonly { readonly Groups: readonly Group[] }[];
}

/** The groups of a real answer stand in the first day's place; Amortized where the sample has only Unblended. */
const inFirstDay = (groups: readonly Group[]) => (answer: Record<string, unknown>) => ({
  ...answer,
  ResultsByTime: (answer.ResultsByTime as object[]).map((day, index) =>
    index > 0
      ? day
      : {
          ...day,
          Groups: groups.map(group => ({
            ...group,
            Metrics: { AmortizedCost: group.Metrics.UnblendedCost, ...group.Metrics },
          })),
        },
  ),
});

const config = { role: 'reconciliation', history_months: 0, budgets: false, forecast: false, anomalies: false };

test('six real months by service are read to the last digit', async t => {
  const real = sample(t, 'cloudscape_ce_GetCostAndUsage_by_SERVICE.json') as Sample | undefined;
  if (!real) return;
  for (const { Groups } of real.ResultsByTime) {
    const books = await explorerBooks(t, { config: { ...config, cubes: [['SERVICE']] } });
    const trouble = { kind: 'change', change: inFirstDay(Groups) } as const;
    books.aws.account.troubles.push({ operation: 'GetCostAndUsage', trouble });
    assert.equal((await books.refresh()).error, undefined);
    const total = Groups.reduce((sum, group) => sum + units(group.Metrics.UnblendedCost?.Amount), 0n);
    assert.deepEqual(
      (await books.rows("SELECT sum(amount)::VARCHAR FROM cost_cubes WHERE cost_basis = 'billed'")).map(units),
      [total],
      amountOf(total),
    );
    const shown = Groups.filter(group => units(group.Metrics.UnblendedCost?.Amount) !== 0n).length;
    assert.deepEqual(await books.rows("SELECT count(*) FROM cost_cubes WHERE cost_basis = 'billed'"), [String(shown)]);
  }
});

test('a real answer by service and tag: what has no tag has no value', async t => {
  const real = sample(t, 'awscli_ce_get-cost-and-usage.json') as Sample | undefined;
  if (!real) return;
  const books = await explorerBooks(t, { config: { ...config, cubes: [['SERVICE', 'TAG:Environment']] } });
  const trouble = { kind: 'change', change: inFirstDay(real.ResultsByTime[0]?.Groups ?? []) } as const;
  books.aws.account.troubles.push({ operation: 'GetCostAndUsage', trouble });
  assert.equal((await books.refresh()).error, undefined);
  const rows = await books.rows("SELECT key1, key2, amount FROM cost_cubes WHERE cost_basis = 'billed' ORDER BY ALL");
  assert.deepEqual(rows, [
    'Amazon Simple Storage Service  40.3543773134',
    'Amazon Simple Storage Service Dev 0.2682364644',
  ]);
});

test('a real budget with amounts of forty digits, for ever', async t => {
  const real = sample(t, 'awscli_budgets_describe-budgets.json') as { Budgets: Record<string, unknown>[] } | undefined;
  if (!real) return;
  const books = await explorerBooks(t, { account: { budgets: real.Budgets }, config: { ...config, budgets: true } });
  assert.equal((await books.refresh()).error, undefined);
  const of = `cost-explorer AWS ${payer} Example Budget  USD`;
  assert.deepEqual(await books.lines(cost.vendorBudgetAmount), [`${of} 100`]);
  assert.deepEqual(await books.lines(cost.vendorBudgetActual), [`${of} 604.456`]);
  assert.deepEqual(await books.lines(cost.vendorBudgetForecast), [`${of} 2641.548`]);
});

interface Shape {
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, unknown>>;
}
interface Model {
  readonly metadata: { readonly jsonVersion: string; readonly targetPrefix: string };
  readonly shapes: Readonly<Record<string, Shape>>;
}

test('what is asked has the members that the API model has, and lacks none that it requires', async t => {
  const explorer = sample(t, 'botocore_ce_service-2.json') as Model | undefined;
  const budgets = sample(t, 'botocore_budgets_service-2.json') as Model | undefined;
  if (!explorer || !budgets) return;
  assert.deepEqual([explorer.metadata.targetPrefix, explorer.metadata.jsonVersion], ['AWSInsightsIndexService', '1.1']);
  const line = { account: '100000000002', service: 'Amazon S3', unblended: '1' };
  const books = await explorerBooks(t, {
    account: {
      lines: ['2026-11-01', '2026-11-02'].flatMap(day => [
        { ...line, day },
        { ...line, day, recordType: 'Tax' },
      ]),
      anomalies: [{ AnomalyId: 'a' }, { AnomalyId: 'b' }],
      budgets: [{ BudgetName: 'a' }, { BudgetName: 'b' }],
      pageSize: 1,
    },
  });
  await books.refresh();
  const asked = new Set<string>();
  for (const { operation, input } of books.aws.requests) {
    const shape: Shape | undefined = (operation === 'DescribeBudgets' ? budgets : explorer).shapes[
      `${operation}Request`
    ];
    assert.deepEqual(
      Object.keys(input).filter(name => !(name in (shape?.members ?? {}))),
      [],
      operation,
    );
    assert.deepEqual(
      (shape?.required ?? []).filter(name => !(name in input)),
      [],
      operation,
    );
    asked.add(operation);
  }
  assert.deepEqual([...asked].sort(), ['DescribeBudgets', 'GetAnomalies', 'GetCostAndUsage', 'GetCostForecast']);
});
