/** Budgets, forecast and anomalies as AWS tells them, and the families that show them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configureCost } from '../../../exporters/cost/budgets.ts';
import { costSchema } from '../../../exporters/cost/config.ts';
import * as cost from '../../../exporters/cost/metrics.ts';
import { explorerBooks, payer } from './explorer-books.ts';

const usd = (Amount: string) => ({ Amount, Unit: 'USD' });
const forever = { Start: 1477958399.0, End: 3706473600.0 };
const epoch = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000;

const monthly = {
  BudgetName: 'everything',
  BudgetType: 'COST',
  TimeUnit: 'MONTHLY',
  TimePeriod: forever,
  BudgetLimit: usd('100'),
  CalculatedSpend: {
    ActualSpend: usd('604.4560000000000172803993336856365203857421875'),
    ForecastedSpend: usd('2641.54800000000022919266484677791595458984375'),
  },
};

const head = `cost-explorer AWS ${payer}`;

test('budgets of cost tell amount, actual and forecast of their period; what AWS does not say has no sample', async t => {
  const budgets = [
    monthly,
    { ...monthly, BudgetName: 'new', CalculatedSpend: undefined },
    { ...monthly, BudgetName: 'no forecast', CalculatedSpend: { ActualSpend: usd('5') } },
    {
      ...monthly,
      BudgetName: 'planned',
      BudgetLimit: undefined,
      PlannedBudgetLimits: {
        [epoch('2026-10-01')]: usd('10'),
        [epoch('2026-11-01')]: usd('20'),
        [epoch('2026-12-01')]: usd('30'),
      },
    },
    { ...monthly, BudgetName: 'quarter', TimeUnit: 'QUARTERLY', BudgetLimit: usd('300') },
    { ...monthly, BudgetName: 'usage', BudgetType: 'USAGE', BudgetLimit: { Amount: '7', Unit: 'GB' } },
    {
      ...monthly,
      BudgetName: 'reservations',
      BudgetType: 'RI_UTILIZATION',
      BudgetLimit: { Amount: '100', Unit: 'PERCENTAGE' },
    },
    { ...monthly, BudgetName: 'over', TimePeriod: { Start: 1, End: epoch('2026-11-20') } },
    { ...monthly, BudgetName: 'later', TimePeriod: { Start: epoch('2026-12-01'), End: 3706473600.0 } },
    { ...monthly, BudgetName: 'nonsense', BudgetLimit: usd('a lot') },
  ];
  const books = await explorerBooks(t, { account: { budgets, pageSize: 3 } });
  const result = await books.refresh();
  assert.equal(result.error, undefined);
  assert.deepEqual(result.rejected, { bad_budget: 1 });
  assert.match(books.logged(), /"budgets":\["usage","reservations","over","later"\]/);
  assert.deepEqual(await books.lines(cost.vendorBudgetAmount), [
    `${head} everything  USD 100`,
    `${head} new  USD 100`,
    `${head} no forecast  USD 100`,
    `${head} planned  USD 20`,
    `${head} quarter  USD 300`,
  ]);
  assert.deepEqual(await books.lines(cost.vendorBudgetActual), [
    `${head} everything  USD 604.456`,
    `${head} no forecast  USD 5`,
    `${head} planned  USD 604.456`,
    `${head} quarter  USD 604.456`,
  ]);
  assert.deepEqual(await books.lines(cost.vendorBudgetForecast), [
    `${head} everything  USD 2641.548`,
    `${head} planned  USD 2641.548`,
    `${head} quarter  USD 2641.548`,
  ]);
  assert.deepEqual(
    await books.rows(`SELECT period_start::VARCHAR, period_end::VARCHAR FROM vendor_budgets WHERE budget = 'quarter'`),
    ['2026-10-01 2026-12-31'],
  );
});

test('a budget keeps what was said of it when, is told of once, and is gone when AWS has it no more', async t => {
  const books = await explorerBooks(t, { account: { budgets: [monthly] } });
  await books.refresh();
  await books.refresh();
  const versions = 'SELECT count(*) FROM vendor_budgets';
  assert.deepEqual(await books.rows(versions), ['1'], 'what has not changed is no version');
  books.clock.now = new Date('2026-11-23T18:00:00Z');
  books.aws.account.budgets = [{ ...monthly, BudgetLimit: usd('150') }];
  await books.refresh();
  assert.deepEqual(await books.lines(cost.vendorBudgetAmount, '2026-11-23 12:00'), [`${head} everything  USD 100`]);
  assert.deepEqual(await books.lines(cost.vendorBudgetAmount), [`${head} everything  USD 150`]);
  books.clock.now = new Date('2026-11-24T06:00:00Z');
  books.aws.account.today = '2026-11-24';
  books.aws.account.budgets = [];
  await books.refresh();
  await books.refresh();
  for (const metric of [cost.vendorBudgetAmount, cost.vendorBudgetActual, cost.vendorBudgetForecast])
    assert.deepEqual(await books.lines(metric), []);
  assert.deepEqual(await books.rows(versions), ['3']);
});

test("a budget is the team's that the configuration names for its source and name", async t => {
  const books = await explorerBooks(t, { account: { budgets: [monthly, { ...monthly, BudgetName: 'search' }] } });
  await books.refresh();
  const section = costSchema.parse({
    budget_teams: [
      { source: 'cost-explorer', budget: 'search', team: 'search' },
      { source: 'another', budget: 'everything', team: 'web' },
    ],
  });
  await books.ledger.write(tx => configureCost(tx, section));
  assert.deepEqual(await books.lines(cost.vendorBudgetAmount), [
    `${head} everything  USD 100`,
    `${head} search search USD 100`,
  ]);
  assert.deepEqual(await books.lines(cost.vendorBudgetActual), [
    `${head} everything  USD 604.456`,
    `${head} search search USD 604.456`,
  ]);
});

test('budgets that could not be read stay, and the rest is read', async t => {
  const books = await explorerBooks(t, { account: { budgets: [monthly], anomalies: [] } });
  await books.refresh();
  const trouble = {
    kind: 'exception',
    type: 'AccessDeniedException',
    message: 'not authorized to perform: budgets:ViewBudget',
  } as const;
  books.aws.account.troubles.push({ operation: 'DescribeBudgets', trouble });
  assert.match((await books.refresh()).error ?? '', /refused budgets:ViewBudget.*AWS_DENIED/);
  assert.deepEqual(await books.lines(cost.vendorBudgetAmount), [`${head} everything  USD 100`]);
  assert.deepEqual(await books.lines(cost.vendorActiveAnomalies), [`${head} 0`]);
});

const forecast = {
  Total: usd('1234.5'),
  ForecastResultsByTime: [
    {
      TimePeriod: { Start: '2026-11-01', End: '2026-12-01' },
      MeanValue: '1234.5',
      PredictionIntervalLowerBound: '1100.123456789012345',
      PredictionIntervalUpperBound: '1400',
    },
  ],
};

test('the forecast of the running month has its mean and its interval, and ends with the month', async t => {
  const books = await explorerBooks(t, { account: { forecast } });
  assert.equal((await books.refresh()).error, undefined);
  const asked = books.aws.requests.find(({ operation }) => operation === 'GetCostForecast')?.input;
  assert.deepEqual(asked?.TimePeriod, { Start: '2026-11-23', End: '2026-12-01' });
  assert.equal(asked?.PredictionIntervalLevel, 80);
  assert.deepEqual(await books.lines(cost.vendorForecast), [
    `${head} lower USD 1100.123456789`,
    `${head} mean USD 1234.5`,
    `${head} upper USD 1400`,
  ]);
  assert.deepEqual(await books.lines(cost.vendorForecast, '2026-12-01 00:00'), []);
});

test('too little history to forecast is no failure; a forecast of another month is', async t => {
  const books = await explorerBooks(t);
  assert.equal((await books.refresh()).error, undefined);
  assert.deepEqual(await books.lines(cost.vendorForecast), []);
  const [month] = forecast.ForecastResultsByTime;
  books.aws.account.forecast = {
    ...forecast,
    ForecastResultsByTime: [{ ...month, TimePeriod: { Start: '2026-12-01', End: '2027-01-01' } }],
  };
  assert.match((await books.refresh()).error ?? '', /does not tell the mean of 2026-11/);
  assert.deepEqual(await books.lines(cost.vendorForecast), []);
});

const anomaly = {
  AnomalyId: 'a-1',
  AnomalyScore: { MaxScore: 0.9, CurrentScore: 0.5 },
  Impact: { MaxImpact: 100.25, TotalImpact: 252.33 },
  MonitorArn: 'arn:aws:ce::100000000001:anomalymonitor/1',
  AnomalyStartDate: '2026-11-20T00:00:00Z',
  AnomalyEndDate: '2026-11-22T00:00:00Z',
  DimensionValue: 'Amazon EC2',
  RootCauses: [{ Service: 'Amazon Elastic Compute Cloud - Compute', Region: 'eu-west-1' }],
};

test('anomalies that go on are counted with their impact by service; what people marked as none is not', async t => {
  const anomalies = [
    anomaly,
    { ...anomaly, AnomalyId: 'a-2', Impact: { MaxImpact: 0.1 }, AnomalyEndDate: undefined },
    { ...anomaly, AnomalyId: 'a-3', AnomalyEndDate: '2026-11-10', AnomalyStartDate: '2026-11-09' },
    { ...anomaly, AnomalyId: 'a-4', Feedback: 'NO' },
    { ...anomaly, AnomalyId: 'a-5', RootCauses: [], DimensionValue: 'Amazon S3' },
    { ...anomaly, AnomalyId: '' },
  ];
  const books = await explorerBooks(t, { account: { anomalies, pageSize: 2 } });
  const result = await books.refresh();
  assert.equal(result.error, undefined);
  assert.deepEqual(result.rejected, { bad_anomaly: 1 });
  assert.deepEqual(await books.lines(cost.vendorActiveAnomalies), [`${head} 3`]);
  assert.deepEqual(await books.lines(cost.vendorAnomalyImpact), [
    `${head} Amazon Elastic Compute Cloud - Compute USD 252.43`,
    `${head} Amazon S3 USD 252.33`,
  ]);
  // A person says that it is none: it goes away.
  books.aws.account.anomalies = anomalies.map(each => (each.AnomalyId === 'a-5' ? { ...each, Feedback: 'NO' } : each));
  books.clock.now = new Date('2026-11-23T18:00:00Z');
  await books.refresh();
  assert.deepEqual(await books.lines(cost.vendorActiveAnomalies), [`${head} 2`]);
  assert.deepEqual(await books.lines(cost.vendorActiveAnomalies, '2026-11-23 12:00'), [`${head} 3`]);
  assert.deepEqual(
    await books.lines(cost.vendorActiveAnomalies, '2026-11-26 00:00'),
    [`${head} 1`],
    'the one without an end',
  );
});
