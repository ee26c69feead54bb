import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { PlumblineError } from '../../../exporters/core/errors.ts';
import { roundDecimal, unitsText } from '../../../exporters/cost/decimal.ts';
import { parseJsonKeepingNumbers } from '../../../exporters/cost/money.ts';
import { readBudgets } from '../../../exporters/cost/sources/azure-cost/budgets.ts';
import { azureCostSchema, billingAccountOf, groupingOf } from '../../../exporters/cost/sources/azure-cost/config.ts';
import { readForecast } from '../../../exporters/cost/sources/azure-cost/forecast.ts';
import { type MonthReading, readMonth } from '../../../exporters/cost/sources/azure-cost/month.ts';
import { monthsToRead } from '../../../exporters/cost/sources/azure-cost/months.ts';
import { recordsOf } from '../../../exporters/cost/sources/azure-cost/records.ts';
import { armClient } from '../../../exporters/vendors/azure/arm.ts';
import { type Asked, type AzureServer, type AzureWorld, faults, startAzure, subscription } from '../vendors/azure.ts';
import { azureBill, sumOf } from '../vendors/azure-bill.ts';

const scope = `subscriptions/${subscription}`;
const bill = azureBill('2026-09-01', '2026-11-10');

async function start(t: TestContext, world: Partial<AzureWorld> = {}, reading: Partial<MonthReading> = {}) {
  const azure = await startAzure(t, { rows: bill, pageSize: 37, ...world });
  const arm = armClient({
    credentials: azure.credentials,
    sleep: async () => undefined,
    environment: {},
    timeoutMs: 300,
  });
  const all: MonthReading = {
    arm,
    scope,
    grouping: groupingOf({ scope, grouping: undefined }),
    currency: undefined,
    today: '2026-11-10',
    ...reading,
  };
  return { azure, arm, read: (month: string) => readMonth(all, month) };
}

const total = (
  charges: readonly { readonly billed: string; readonly effective: string }[],
  of: 'billed' | 'effective',
) => charges.reduce((sum, charge) => sum + roundDecimal(charge[of])!.units, 0n);

const codeOf = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PlumblineError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, pattern);
  return true;
};

const bodies = (azure: AzureServer) =>
  azure.asked.filter(({ what, page }) => what === 'query' && page === 1).map(({ body }) => JSON.parse(body));

describe('a month', () => {
  test('is read to the last digit: actual cost as billed, amortized as effective, over all pages', async t => {
    const { azure, read } = await start(t);
    const charges = await read('2026-10');
    assert.equal(total(charges, 'billed'), sumOf(bill, 'ActualCost', '2026-10'));
    assert.equal(total(charges, 'effective'), sumOf(bill, 'AmortizedCost', '2026-10'));
    assert.notEqual(total(charges, 'billed'), total(charges, 'effective'));
    const find = (chargeType: string) => charges.filter(charge => charge.chargeType === chargeType).slice(0, 1);
    assert.deepEqual(find('Purchase'), [
      {
        day: '2026-10-01',
        chargeType: 'Purchase',
        groups: ['Virtual Machines', ''],
        currency: 'EUR',
        billed: '60',
        effective: '0',
      },
    ]);
    assert.deepEqual(
      find('UnusedReservation').map(({ billed, effective }) => [billed, effective]),
      [['0', '0.3225806452']],
    );
    assert.ok(
      azure.asked.some(({ page }) => page > 5),
      'it took several pages',
    );
  });

  test('is asked for as a whole calendar month, a charge type at a time, never by more than two groupings', async t => {
    const { azure, read } = await start(t);
    await read('2026-09');
    for (const body of bodies(azure)) {
      assert.deepEqual(body.timePeriod, { from: '2026-09-01T00:00:00+00:00', to: '2026-09-30T23:59:59+00:00' });
      assert.ok(body.dataset.grouping.length <= 2);
    }
    const types = bodies(azure).map(
      ({ type, dataset }) => `${type} ${dataset.filter?.dimensions.values[0] ?? dataset.granularity}`,
    );
    assert.deepEqual(types.sort(), [
      ...['None', 'Purchase', 'Refund', 'Tax', 'Usage'].map(word => `ActualCost ${word}`),
      ...['None', 'Refund', 'Tax', 'UnusedReservation', 'Usage'].map(word => `AmortizedCost ${word}`),
    ]);
  });

  test('that is running is asked for up to today, never beyond', async t => {
    const { azure, read } = await start(t);
    const charges = await read('2026-11');
    assert.equal(total(charges, 'billed'), sumOf(bill, 'ActualCost', '2026-11'));
    for (const { timePeriod } of bodies(azure)) assert.equal(timePeriod.to, '2026-11-10T23:59:59+00:00');
  });

  test('without any data is empty', async t => {
    const { read } = await start(t);
    assert.deepEqual(await read('2026-01'), []);
  });

  test('may be grouped by a tag, whose key and value come in two columns', async t => {
    const grouping = azureCostSchema.parse({ scope, grouping: ['tag:team', 'servicename'] }).grouping!;
    const { read } = await start(t, {}, { grouping });
    const charges = await read('2026-10');
    assert.deepEqual(new Set(charges.map(({ groups }) => groups[0])), new Set(['shop', 'search', 'data', '']));
    const records = recordsOf(charges, { scope, billingAccount: 'b', grouping });
    assert.deepEqual(records.find(({ tags }) => tags !== undefined)?.tags, {
      team: String(charges.find(({ groups }) => groups[0])?.groups[0]),
    });
    assert.ok(records.some(({ tags }) => tags === undefined));
  });
});

describe('an answer that is not what was asked for', () => {
  /** Changes the text of the pages that a condition chooses. */
  const altered = (
    azure: AzureServer,
    applies: (asked: Asked) => boolean,
    change: (rows: unknown[][], columns: { name: string }[]) => unknown[][],
  ) => {
    const original = azure.world.fault;
    azure.world.fault = asked =>
      !applies(asked)
        ? original(asked)
        : (request, response) => {
            // Asked again, without the fault, of the same server.
            azure.world.fault = original;
            void fetch(`${azure.url}${request.url}`, {
              method: 'POST',
              headers: { authorization: String(request.headers.authorization) },
              body: asked.body,
            })
              .then(answer => answer.json())
              .then(body => {
                const { properties } = body as { properties: { rows: unknown[][]; columns: { name: string }[] } };
                properties.rows = change(properties.rows, properties.columns);
                response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
                altered(azure, applies, change);
              });
          };
  };
  const isDaily = ({ what, body }: Asked) => what === 'query' && body.includes('"Daily"');
  const dateAt = (columns: { name: string }[]) => columns.findIndex(({ name }) => name === 'UsageDate');

  test('a period that was moved to another year is refused', async t => {
    const { azure, read } = await start(t);
    altered(azure, isDaily, (rows, columns) =>
      rows.map(row => row.with(dateAt(columns), Number(row[dateAt(columns)]) - 10_000)),
    );
    await assert.rejects(
      read('2026-10'),
      codeOf('AZURE_DATES', /got 2025-10-\d\d from Azure where 2026-10-01 to 2026-10-31 was asked/),
    );
  });

  test('only the last day, or a cut period, is refused by what Azure says of the whole', async t => {
    const { azure, read } = await start(t, { pageSize: 10_000 });
    altered(azure, isDaily, (rows, columns) => rows.filter(row => row[dateAt(columns)] === 20261031));
    await assert.rejects(
      read('2026-10'),
      codeOf('AZURE_TOTALS', /rows of 2026-10 \(\w+, ActualCost\) sum to .* EUR and Azure says/),
    );
  });

  test('a missing page is refused', async t => {
    const { azure, read } = await start(t);
    altered(
      azure,
      asked => isDaily(asked) && asked.page === 3,
      () => [],
    );
    await assert.rejects(read('2026-10'), codeOf('AZURE_TOTALS', /a page or days are missing/));
  });

  test('a page size that changes on the way, so that rows come twice or not at all, is refused', async t => {
    const { azure, read } = await start(t);
    azure.world.fault = ({ what, page }) => {
      if (what === 'query') azure.world.pageSize = page === 2 ? 20 : 37;
      return undefined;
    };
    await assert.rejects(read('2026-10'), codeOf('AZURE_TOTALS', /sum to/));
  });

  test('a currency that changes between two pages, between two metrics, or from what is configured, is refused', async t => {
    const inDollars = (rows: unknown[][]) => rows.map(row => row.with(-1, 'USD'));
    const first = await start(t);
    altered(first.azure, asked => isDaily(asked) && asked.page === 2, inDollars);
    await assert.rejects(first.read('2026-10'), codeOf('AZURE_TOTALS', /EUR|USD/));

    const second = await start(t);
    altered(second.azure, ({ what, body }) => what === 'query' && body.includes('AmortizedCost'), inDollars);
    await assert.rejects(second.read('2026-10'), codeOf('AZURE_CURRENCY', /got USD from Azure where EUR was expected/));

    const third = await start(t, {}, { currency: 'CHF' });
    await assert.rejects(
      third.read('2026-10'),
      codeOf('AZURE_CURRENCY', /got EUR from Azure where CHF was expected, for 2026-10/),
    );
  });

  test('columns in another order are read by name; a missing one is named', async t => {
    const { azure, read } = await start(t);
    const expected = total(await read('2026-10'), 'billed');
    azure.world.fault = asked => {
      if (asked.what !== 'query') return undefined;
      return (request, response) => {
        const fault = azure.world.fault;
        azure.world.fault = () => undefined;
        void fetch(`${azure.url}${request.url}`, {
          method: 'POST',
          headers: { authorization: String(request.headers.authorization) },
          body: asked.body,
        })
          .then(answer => answer.json())
          .then(body => {
            const { properties } = body as { properties: { rows: unknown[][]; columns: unknown[] } };
            properties.rows = properties.rows.map(row => row.toReversed());
            properties.columns = properties.columns.toReversed();
            response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
            azure.world.fault = fault;
          });
      };
    };
    assert.ok(expected - total(await read('2026-10'), 'billed') === 0n);

    const bare = {
      properties: {
        nextLink: null,
        columns: [
          { name: 'Cost', type: 'Number' },
          { name: 'ChargeType', type: 'String' },
        ],
        rows: [[1, 'Usage']],
      },
    };
    azure.world.fault = ({ what }) => (what === 'query' ? faults.status(200, {}, JSON.stringify(bare)) : undefined);
    await assert.rejects(read('2026-10'), codeOf('AZURE_ANSWER', /the column Currency is missing/));
  });

  for (const [what, fault, code] of [
    ['HTML', faults.html, 'HTTP_NOT_JSON'],
    ['a cut document', faults.cutJson, 'HTTP_NOT_JSON'],
    ['another document', faults.status(200, {}, '{"value":[]}'), 'AZURE_ANSWER'],
    [
      'a row that is too short',
      faults.status(200, {}, '{"properties":{"columns":[{"name":"Cost"},{"name":"Currency"}],"rows":[[1]]}}'),
      'AZURE_ANSWER',
    ],
    [
      'no number',
      faults.status(
        200,
        {},
        '{"properties":{"columns":[{"name":"Cost"},{"name":"ChargeType"},{"name":"Currency"}],"rows":[["n/a","Usage","EUR"]]}}',
      ),
      'AZURE_ANSWER',
    ],
  ] as const)
    test(`${what} is refused by name`, async t => {
      const { azure, read } = await start(t);
      azure.world.fault = ({ what: kind }) => (kind === 'query' ? fault : undefined);
      await assert.rejects(read('2026-10'), codeOf(code, /./));
    });
});

describe('months to read', () => {
  const schedule = (now: string, historyMonths = 3) => ({ now: new Date(now), historyMonths, minimumMs: 4 * 3600_000 });

  test('are all of the history at first, the newest first', () => {
    assert.deepEqual(monthsToRead({}, schedule('2026-01-20T10:00:00Z')), ['2026-01', '2025-12', '2025-11', '2025-10']);
    assert.equal(monthsToRead({}, schedule('2026-01-20T10:00:00Z', 13)).length, 14);
  });

  test('are those that a stopped refresh left', () => {
    const readAt = { '2026-01': '2026-01-20T09:00:00Z', '2025-12': '2026-01-20T09:01:00Z' };
    assert.deepEqual(monthsToRead(readAt, schedule('2026-01-20T10:00:00Z')), ['2025-11', '2025-10']);
  });

  test('are the running one, and the last until it was read after it had closed', () => {
    const all = (time: string) =>
      Object.fromEntries(['2026-01', '2025-12', '2025-11', '2025-10'].map(month => [month, time]));
    assert.deepEqual(monthsToRead(all('2026-01-03T10:00:00Z'), schedule('2026-01-04T10:00:00Z')), [
      '2026-01',
      '2025-12',
    ]);
    assert.deepEqual(
      monthsToRead(all('2026-01-05T23:00:00Z'), schedule('2026-01-06T23:00:00Z')),
      ['2026-01', '2025-12'],
      'once more after the fifth day',
    );
    assert.deepEqual(monthsToRead(all('2026-01-06T01:00:00Z'), schedule('2026-01-07T10:00:00Z')), ['2026-01']);
  });

  test('are none sooner than four hours after the last time', () => {
    const readAt = { '2026-01': '2026-01-20T09:00:00Z' };
    assert.deepEqual(monthsToRead(readAt, schedule('2026-01-20T12:59:00Z', 1)), ['2025-12']);
    assert.deepEqual(monthsToRead(readAt, schedule('2026-01-20T13:00:00Z', 1)), ['2026-01', '2025-12']);
  });
});

describe('records', () => {
  test('say in FOCUS words what the groupings and the scope know', async t => {
    const config = azureCostSchema.parse({ scope: `/${scope}/`, grouping: ['ServiceName', 'ResourceGroupName'] });
    const { read } = await start(t);
    const charges = await read('2026-10');
    const shop = charges.find(
      ({ groups, chargeType }) => chargeType === 'Usage' && groups.join() === 'Storage,rg-shop',
    );
    const records = recordsOf(charges, {
      scope: config.scope,
      billingAccount: billingAccountOf(config),
      grouping: groupingOf(config),
    });
    assert.deepEqual(records[charges.indexOf(shop!)], {
      BilledCost: shop?.billed,
      EffectiveCost: shop?.effective,
      BillingCurrency: 'EUR',
      ChargePeriodStart: `${shop?.day}T00:00:00Z`,
      BillingPeriodStart: '2026-10-01T00:00:00Z',
      ProviderName: 'Microsoft',
      InvoiceIssuerName: 'Microsoft',
      BillingAccountId: subscription,
      SubAccountId: subscription,
      RegionId: undefined,
      ServiceName: 'Storage',
      ChargeCategory: 'Usage',
      CommitmentDiscountId: undefined,
      CommitmentDiscountStatus: undefined,
      ResourceId: `/subscriptions/${subscription}/resourceGroups/rg-shop`,
    });
    const categories = new Map(
      records.map(record => [`${record.ChargeCategory} ${record.CommitmentDiscountStatus}`, true]),
    );
    assert.deepEqual([...categories.keys()].sort(), [
      'Adjustment undefined',
      'Purchase undefined',
      'Tax undefined',
      'Usage Unused',
      'Usage undefined',
    ]);
    assert.ok(records.some(({ ResourceId }) => ResourceId === `/subscriptions/${subscription}/resourceGroups/rg-shop`));
  });

  test('know the billing account and the subscription of a billing account', () => {
    const config = azureCostSchema.parse({ scope: 'providers/Microsoft.Billing/billingAccounts/88/billingProfiles/x' });
    assert.equal(billingAccountOf(config), '88');
    const charge = {
      day: '2026-10-02',
      chargeType: 'Usage',
      groups: ['Storage', 'sub-1'],
      currency: 'EUR',
      billed: '1',
      effective: '1',
    };
    const [record] = recordsOf([charge], { scope: config.scope, billingAccount: '88', grouping: groupingOf(config) });
    assert.deepEqual([record?.SubAccountId, record?.ServiceName, record?.ResourceId], ['sub-1', 'Storage', undefined]);
  });
});

describe('the forecast', () => {
  const forecast = [
    { day: '2026-11-01', cost: '10.1', status: 'Actual', currency: 'EUR' },
    { day: '2026-11-02', cost: '0.25', status: 'Actual', currency: 'EUR' },
    { day: '2026-11-30', cost: '2.5E-02', status: 'Forecast', currency: 'EUR' },
    { day: '2026-11-30', cost: '1', status: 'Forecast', currency: 'EUR' },
    { day: '2026-12-01', cost: '99', status: 'Forecast', currency: 'EUR' },
  ];
  const none: string[] = [];

  test('is what was spent and what is expected of the whole month, over all pages', async t => {
    const { arm } = await start(t, { forecast, pageSize: 2 });
    assert.deepEqual(await readForecast(arm, scope, '2026-11', reason => none.push(reason)), [
      { month: '2026-11-01', currency: 'EUR', intervalLevel: 0, mean: '11.375' },
    ]);
  });

  test('is none where Azure has too little history, and an error where it is refused', async t => {
    const { azure, arm } = await start(t, { forecast });
    const reasons: string[] = [];
    azure.world.fault = ({ what }) =>
      what === 'forecast'
        ? faults.status(424, {}, '{"error":{"code":"FailedDependency","message":"Insufficient data"}}')
        : undefined;
    assert.deepEqual(await readForecast(arm, scope, '2026-11', reason => reasons.push(reason)), []);
    assert.match(reasons.join(), /Insufficient data/);
    azure.world.fault = ({ what }) => (what === 'forecast' ? faults.status(403) : undefined);
    await assert.rejects(
      readForecast(arm, scope, '2026-11', () => undefined),
      codeOf('AZURE_FORBIDDEN', /./),
    );
  });

  test('of a month that was not asked for, or of an unknown status, is refused', async t => {
    const { azure, arm } = await start(t);
    const answer = (row: string) =>
      faults.status(
        200,
        {},
        `{"properties":{"columns":[{"name":"Cost"},{"name":"UsageDate"},{"name":"CostStatus"},{"name":"Currency"}],"rows":[${row}]}}`,
      );
    azure.world.fault = ({ what }) => (what === 'forecast' ? answer('[1,20251130,"Forecast","EUR"]') : undefined);
    await assert.rejects(
      readForecast(arm, scope, '2026-11', () => undefined),
      codeOf('AZURE_DATES', /2025-11-30/),
    );
    azure.world.fault = ({ what }) => (what === 'forecast' ? answer('[1,20261130,"Guess","EUR"]') : undefined);
    await assert.rejects(
      readForecast(arm, scope, '2026-11', () => undefined),
      codeOf('AZURE_ANSWER', /"Guess" is no CostStatus/),
    );
  });
});

describe('budgets', () => {
  const budget = (name: string, more: Readonly<Record<string, unknown>> = {}, id = '') =>
    JSON.stringify({
      id: `${scope}${id}/providers/Microsoft.Consumption/budgets/${name}`,
      name,
      properties: {
        category: 'Cost',
        amount: 600.65,
        timeGrain: 'Monthly',
        timePeriod: { startDate: '2026-02-01T00:00:00Z', endDate: '2027-01-31T00:00:00Z' },
        filter: {},
        currentSpend: { amount: 120.89, unit: 'EUR' },
        // As in an example of Microsoft's own: a text among the objects.
        notifications: { Actual_GreaterThan_80_Percent: { enabled: true }, thresholdType: 'Actual' },
        ...more,
      },
    });

  test('are read over pages: amounts to the last digit, the period that is running, stray notifications and filters left alone', async t => {
    const { arm } = await start(t, {
      pageSize: 2,
      budgets: [
        budget('all', { forecastSpend: { amount: 700.1, unit: 'EUR' } }).replace('600.65', '600.6500000000001'),
        budget('quarter', {
          timeGrain: 'Quarterly',
          filter: { and: [{ tags: { name: 'team', operator: 'In', values: ['a'] } }] },
        }),
        budget(
          'year',
          { timeGrain: 'Annually', currentSpend: null, forecastSpend: undefined },
          '/resourceGroups/rg-shop',
        ),
        budget('over', { timePeriod: { startDate: '2025-01-01T00:00:00Z', endDate: '2025-12-31T00:00:00Z' } }),
        budget('usage', { category: 'Usage' }),
      ],
    });
    const { budgets, unreadable } = await readBudgets(arm, scope, '2026-11-10');
    assert.deepEqual(unreadable, []);
    assert.deepEqual(
      budgets,
      [
        {
          budget: 'all',
          periodStart: '2026-11-01',
          periodEnd: '2026-11-30',
          amount: '600.6500000000',
          actual: '120.89',
          forecast: '700.1',
          currency: 'EUR',
        },
        {
          budget: 'quarter',
          periodStart: '2026-11-01',
          periodEnd: '2027-01-31',
          amount: '600.65',
          actual: '120.89',
          forecast: undefined,
          currency: 'EUR',
        },
        {
          budget: 'rg-shop/year',
          periodStart: '2026-02-01',
          periodEnd: '2027-01-31',
          amount: '600.65',
          actual: undefined,
          forecast: undefined,
          currency: undefined,
        },
      ].map(expected => ({ ...expected, amount: unitsText(roundDecimal(expected.amount)!.units) })),
    );
  });

  test('that cannot be read leave the others alone, and are named', async t => {
    const { arm } = await start(t, { budgets: [budget('good'), budget('bad', { amount: 'plenty' }), '"Actual"'] });
    const { budgets, unreadable } = await readBudgets(arm, scope, '2026-11-10');
    assert.deepEqual(
      budgets.map(({ budget: name }) => name),
      ['good'],
    );
    assert.deepEqual(
      unreadable.map(({ budget: name }) => name),
      ['bad', 'number 3'],
    );
    assert.match(unreadable[0]!.reason, /expected a number.*amount/);
  });

  test('answered by a page of another kind are refused', async t => {
    const { azure, arm } = await start(t);
    azure.world.fault = ({ what }) => (what === 'budgets' ? faults.html : undefined);
    await assert.rejects(readBudgets(arm, scope, '2026-11-10'), codeOf('HTTP_NOT_JSON', /HTML/));
    azure.world.fault = ({ what }) => (what === 'budgets' ? faults.status(200, {}, '{"budgets":[]}') : undefined);
    await assert.rejects(readBudgets(arm, scope, '2026-11-10'), codeOf('AZURE_ANSWER', /no list of budgets/));
  });
});

describe('decimal text', () => {
  test('is kept by JSON parsing where a double would lose digits', () => {
    assert.deepEqual(parseJsonKeepingNumbers('{"a":[19.545363672276512345,1E-12],"b":"1","c":null,"d":true}'), {
      a: ['19.545363672276512345', '1E-12'],
      b: '1',
      c: null,
      d: true,
    });
    assert.throws(() => parseJsonKeepingNumbers('{"a":'), SyntaxError);
  });
});

test('the configuration refuses scopes, groupings and intervals that Azure has no answer to', () => {
  const wrong = (config: unknown) =>
    azureCostSchema
      .safeParse(config)
      .error?.issues.map(({ message }) => message)
      .join('; ');
  assert.match(wrong({ scope: 'my-subscription' })!, /expected a scope such as/);
  assert.match(wrong({ scope, grouping: ['ServiceName', 'SubscriptionId', 'ResourceId'] })!, /expected two at most/);
  assert.match(wrong({ scope, grouping: ['ChargeType'] })!, /expected tag:NAME or one of ServiceName/);
  assert.match(wrong({ scope, grouping: ['tag:a', 'tag:b'] })!, /expected one tag at most/);
  assert.match(wrong({ scope, every: 600 })!, /14400/);
  assert.equal(wrong({ scope }), undefined);
});
