/** The source as the runtime uses it: its months, budgets and forecast in the ledger, and what a fault leaves there. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import type { PullSource } from '../../../exporters/core/source.ts';
import { costSchema } from '../../../exporters/cost/config.ts';
import { unitsText } from '../../../exporters/cost/decimal.ts';
import { costExporter } from '../../../exporters/cost/index.ts';
import { azureCostSource } from '../../../exporters/cost/sources/azure-cost/index.ts';
import { type Asked, type AzureWorld, faults, startAzure, subscription } from '../vendors/azure.ts';
import { azureBill, sumOf } from '../vendors/azure-bill.ts';

const scope = `/subscriptions/${subscription}`;
const bill = azureBill('2026-09-01', '2026-11-10');
const rules = { rules: [{ name: 'groups', resource: '*/resourceGroups/rg-shop', team: 'shop' }] };

async function open(
  t: TestContext,
  world: Partial<AzureWorld> = {},
  config: Readonly<Record<string, unknown>> = {},
  client: { readonly retries?: number } = {},
) {
  const azure = await startAzure(t, { rows: bill, pageSize: 200, ...world });
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-azure-cost-'));
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date('2026-11-10T12:00:00Z') };
  const start = async (own: unknown = rules) => {
    const section = costSchema.parse({
      azure_cost: [{ scope, credentials: azure.credentials, history_months: 2, ...config }],
    });
    const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse(own));
    const exporter = costExporter(section, ownership, { now: () => clock.now });
    const reads = {
      tags: ['team'],
      attributes: JSON.stringify(own) === JSON.stringify(rules) ? ['resource'] : ['sub_account'],
    };
    // As configured, but for the waiting.
    const source = azureCostSource(section.azure_cost[0]!, reads, {
      sleep: async () => undefined,
      environment: {},
      ...client,
    });
    const quick = { ...exporter, sources: [source] };
    return { source, runtime: await openRuntime(quick, { dataDir, log, now: () => clock.now, threads: 1 }) };
  };
  const { source, runtime } = await start();
  t.after(async () => {
    await runtime.stop();
    rmSync(dataDir, { recursive: true, force: true });
    for (const secret of azure.secrets)
      assert.ok(!logged.some(line => line.includes(secret)), `"${secret}" was logged`);
  });
  const rows = (sql: string) => runtime.ledger.read(reader => reader.all(sql));
  const sums = async () => {
    const found = await rows(`SELECT strftime(charge_day, '%Y-%m') AS month, currency, sum(billed)::VARCHAR AS billed,
      sum(effective)::VARCHAR AS effective FROM charges JOIN charge_keys USING (key_id) GROUP BY ALL
      HAVING sum(billed) <> 0 OR sum(effective) <> 0 ORDER BY ALL`);
    return found.map(row => [row.month, row.currency, short(row.billed), short(row.effective)]);
  };
  const refresh = async () => {
    const [result] = await runtime.refresh();
    return result!;
  };
  const later = (hours: number) => {
    clock.now = new Date(clock.now.getTime() + hours * 3600_000);
  };
  return { azure, runtime, source: source as PullSource, refresh, rows, sums, later, logged, clock };
}

/** Decimal text without zeros at its end. */
const short = (text: unknown) => String(text).replace(/\.?0+$/, '');
const expected = (rows: typeof bill, months: readonly string[], currency = 'EUR') =>
  months.map(month => [
    month,
    currency,
    unitsText(sumOf(rows, 'ActualCost', month)),
    unitsText(sumOf(rows, 'AmortizedCost', month)),
  ]);
const all = ['2026-09', '2026-10', '2026-11'];
const isQuery = (month: string) => (asked: Asked) => asked.what === 'query' && asked.body.includes(`"from":"${month}`);
const askedMonths = (asked: readonly Asked[]) =>
  asked
    .filter(({ what, body }) => what === 'query' && body.includes('"None"') && body.includes('ActualCost'))
    .map(({ body }) => String(JSON.parse(body).timePeriod.from).slice(0, 7));

describe('a refresh', () => {
  test('brings all of the history, the newest month first, to the last digit', async t => {
    const { azure, refresh, sums, rows } = await open(t);
    const result = await refresh();
    assert.equal(result.error, undefined);
    assert.deepEqual(await sums(), expected(bill, all));
    assert.deepEqual(askedMonths(azure.asked), ['2026-11', '2026-10', '2026-09']);
    assert.deepEqual(await rows(`SELECT DISTINCT provider, billing_account, sub_account FROM charge_keys`), [
      { provider: 'Microsoft', billing_account: subscription, sub_account: subscription },
    ]);
    const owned = await rows(`SELECT team, sum(billed) > 0 AS billed FROM allocations GROUP BY team ORDER BY team`);
    assert.deepEqual(
      owned.map(({ team, billed }) => [team, billed]),
      [
        ['shop', true],
        ['unowned', true],
      ],
      'a resource group is owned by a rule on resources',
    );
  });

  test('later asks for the running month and the last until it has closed, and posts what has changed alone', async t => {
    const { azure, refresh, sums, later, rows, clock } = await open(t);
    await refresh();
    const before = azure.asked.length;
    later(1);
    assert.equal((await refresh()).error, undefined);
    assert.equal(azure.asked.length, before, 'nothing sooner than four hours');

    later(24);
    const changed = bill.map(row =>
      row.day === '2026-11-03' && row.chargeType === 'Usage' && row.ActualCost !== '0'
        ? { ...row, ActualCost: '1', AmortizedCost: '1' }
        : row,
    );
    azure.world.rows = changed;
    const result = await refresh();
    assert.deepEqual(askedMonths(azure.asked.slice(before)), ['2026-11']);
    assert.deepEqual(await sums(), expected(changed, all));
    assert.ok(result.changed > 0);
    const [restated] = await rows(
      `SELECT count(DISTINCT charge_day) AS days, min(charge_day)::VARCHAR AS day FROM restatements`,
    );
    assert.deepEqual([Number(restated?.days), restated?.day], [1, '2026-11-03']);

    clock.now = new Date('2026-12-03T12:00:00Z');
    const asked = azure.asked.length;
    await refresh();
    assert.deepEqual(askedMonths(azure.asked.slice(asked)), ['2026-12', '2026-11']);
  });

  test('that was stopped goes on where it was', async t => {
    const { azure, refresh, sums } = await open(t);
    azure.world.fault = asked => (isQuery('2026-10')(asked) ? faults.status(403) : undefined);
    assert.match((await refresh()).error ?? '', /AZURE_FORBIDDEN/);
    assert.deepEqual(await sums(), expected(bill, ['2026-11']));
    azure.world.fault = () => undefined;
    const before = azure.asked.length;
    assert.equal((await refresh()).error, undefined);
    assert.deepEqual(askedMonths(azure.asked.slice(before)), ['2026-10', '2026-09']);
    assert.deepEqual(await sums(), expected(bill, all));
  });

  test('is planned: its requests and time, before it begins', async t => {
    const { azure, source, runtime, refresh } = await open(t);
    const plan = () => source.plan!({ ledger: runtime.ledger, now: runtime.now });
    const { requests, text } = await plan();
    assert.equal(requests, 3 * 6 + 2);
    assert.match(
      text,
      /about 20 requests for 3 months, budgets and forecast, some 5 minutes, then about 8 every 24 hours/,
    );
    await refresh();
    assert.ok(Math.abs(azure.asked.filter(({ what, page }) => what !== 'token' && page === 1).length - requests) <= 10);
    assert.equal((await plan()).requests, 0);
  });

  test('says of tags what Azure says: nothing where it was not asked for one', async t => {
    const tagging = `SELECT tagging, sum(effective) > 0 AS money FROM charges JOIN charge_keys USING (key_id)
      WHERE charge_category = 'Usage' GROUP BY ALL ORDER BY ALL`;
    const untold = await open(t, {}, { history_months: 1 });
    await untold.refresh();
    assert.deepEqual(await untold.rows(tagging), [{ tagging: 'untaggable', money: true }]);
    const told = await open(t, {}, { history_months: 1, grouping: ['tag:team', 'ServiceName'] });
    assert.equal((await told.refresh()).error, undefined);
    assert.deepEqual(await told.rows(tagging), [
      { tagging: 'tagged', money: true },
      { tagging: 'untagged', money: true },
    ]);
    assert.deepEqual(await told.sums(), expected(bill, ['2026-10', '2026-11']));
  });

  test('for reconciliation adds no money', async t => {
    const { refresh, sums, rows } = await open(t, {}, { role: 'reconciliation' });
    assert.equal((await refresh()).error, undefined);
    assert.deepEqual(await sums(), []);
    const [second] = await rows(
      `SELECT sum(billed)::VARCHAR AS billed FROM second_charges WHERE strftime(charge_day, '%Y-%m') = '2026-10'`,
    );
    assert.equal(short(second?.billed), unitsText(sumOf(bill, 'ActualCost', '2026-10')));
  });
});

describe('a fault leaves the last good data', () => {
  const now = '2026-11';
  const html = faults.html;
  const cases: readonly (readonly [name: string, world: (world: AzureWorld) => void, error: RegExp])[] = [
    [
      'an expired secret',
      world => {
        world.fault = ({ what }) =>
          what === 'token'
            ? faults.status(401, {}, '{"error":"invalid_client","error_description":"AADSTS7000222: expired"}')
            : undefined;
      },
      /AADSTS7000222: expired \(AZURE_TOKEN_REFUSED\); check the tenant, the client and whether its secret/,
    ],
    [
      '401',
      world => {
        world.fault = asked => (isQuery(now)(asked) ? faults.status(401) : undefined);
      },
      /AZURE_UNAUTHORIZED/,
    ],
    [
      '403',
      world => {
        world.fault = asked => (isQuery(now)(asked) ? faults.status(403) : undefined);
      },
      /AZURE_FORBIDDEN\); give it the role "Reader" on the scope, for costs "Cost Management Reader"/,
    ],
    [
      '429 without end',
      world => {
        world.fault = asked =>
          isQuery(now)(asked)
            ? faults.status(429, { 'x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after': '30' })
            : undefined;
      },
      /answered 429/,
    ],
    [
      '500',
      world => {
        world.fault = asked => (isQuery(now)(asked) ? faults.status(500) : undefined);
      },
      /answered 500/,
    ],
    [
      'HTML',
      world => {
        world.fault = asked => (isQuery(now)(asked) ? html : undefined);
      },
      /HTML instead of JSON/,
    ],
    [
      'a cut document',
      world => {
        world.fault = asked => (isQuery(now)(asked) ? faults.cutJson : undefined);
      },
      /no whole JSON document/,
    ],
    [
      'a cut connection',
      world => {
        world.fault = asked => (isQuery(now)(asked) ? faults.cutBody : undefined);
      },
      /HTTP_FAILED/,
    ],
    [
      'a changed page size',
      world => {
        world.fault = ({ what, page }) => {
          if (what === 'query') world.pageSize = page === 1 ? 40 : 50;
          return undefined;
        };
      },
      /AZURE_TOTALS/,
    ],
    [
      'another currency',
      world => {
        world.rows = world.rows.map(row => ({ ...row, currency: 'USD' }));
      },
      /got USD from Azure where EUR was expected, for 2026-11 .*AZURE_CURRENCY\); .*correct currency in the configuration/,
    ],
    [
      'no data any more',
      world => {
        world.rows = [];
      },
      /no data from Azure for 2026-11 of .*, of which [\d.]+ EUR is known \(AZURE_EMPTY\)/,
    ],
  ];
  for (const [name, make, error] of cases)
    test(name, async t => {
      const { azure, refresh, sums, later, rows } = await open(t, {}, { history_months: 1 });
      assert.equal((await refresh()).error, undefined);
      const good = await sums();
      const postings = await rows('SELECT count(*) AS n FROM charges');
      later(24);
      // What is already known has changed meanwhile, so that a half-read month would show.
      azure.world.rows = bill.map(row =>
        row.day === '2026-11-02' ? { ...row, currency: 'EUR', ActualCost: '5' } : row,
      );
      make(azure.world);
      assert.match((await refresh()).error ?? 'none', error);
      assert.deepEqual(await sums(), good);
      assert.deepEqual(await rows('SELECT count(*) AS n FROM charges'), postings);
      azure.world.fault = () => undefined;
      azure.world.pageSize = 200;
      azure.world.rows = bill;
      assert.equal((await refresh()).error, undefined);
      assert.deepEqual(await sums(), good);
    });

  test('a time-out', async t => {
    const { azure, refresh, sums } = await open(t, {}, { history_months: 1, timeout: 1 }, { retries: 0 });
    azure.world.fault = asked => (isQuery('2026-10')(asked) ? faults.silence : undefined);
    assert.match((await refresh()).error ?? '', /did not answer within 1 s \(HTTP_TIMEOUT\)/);
    assert.deepEqual(await sums(), expected(bill, ['2026-11']));
  });

  test('of one month that cannot be trusted, and the others are read all the same', async t => {
    const { azure, refresh, sums } = await open(t);
    azure.world.fault = asked => {
      azure.world.pageSize =
        asked.what === 'query' && asked.body.includes('"from":"2026-10') && asked.page === 2 ? 20 : 40;
      return undefined;
    };
    assert.match(
      (await refresh()).error ?? '',
      /rows of 2026-10 .*AZURE_TOTALS\); nothing of this month was changed; the next refresh reads it again/,
    );
    assert.deepEqual(await sums(), expected(bill, ['2026-09', '2026-11']));
  });

  test('a currency that is named in the configuration is taken', async t => {
    const { azure, refresh, sums, later } = await open(t, {}, { history_months: 1, currency: 'EUR' });
    await refresh();
    const good = await sums();
    later(24);
    azure.world.rows = bill.map(row => ({ ...row, currency: 'USD' }));
    assert.match((await refresh()).error ?? '', /USD from Azure where EUR/);
    assert.deepEqual(await sums(), good);
  });
});

describe("Azure's own budgets and forecast", () => {
  const budget = (amount: number, name = 'team') =>
    JSON.stringify({
      id: `${scope}/providers/Microsoft.Consumption/budgets/${name}`,
      name,
      properties: {
        category: 'Cost',
        amount,
        timeGrain: 'Monthly',
        timePeriod: { startDate: '2026-01-01T00:00:00Z', endDate: '2027-01-01T00:00:00Z' },
        currentSpend: { amount: 12.5, unit: 'EUR' },
        notifications: { thresholdType: 'Actual' },
      },
    });
  const forecast = [
    { day: '2026-11-09', cost: '100.5', status: 'Actual', currency: 'EUR' },
    { day: '2026-11-30', cost: '20', status: 'Forecast', currency: 'EUR' },
  ];
  const budgets =
    'SELECT budget, period_start::VARCHAR AS starts, period_end::VARCHAR AS ends, amount::VARCHAR AS amount, actual::VARCHAR AS actual, forecast, currency FROM vendor_budgets ORDER BY learned_at, budget';

  test('are kept as versions: a row when something has changed, one without an amount when it is gone', async t => {
    const { azure, refresh, rows, later } = await open(t, { budgets: [budget(600.65)], forecast });
    assert.equal((await refresh()).error, undefined);
    const first = {
      budget: 'team',
      starts: '2026-11-01',
      ends: '2026-11-30',
      amount: '600.6500000000',
      actual: '12.5000000000',
      forecast: null,
      currency: 'EUR',
    };
    assert.deepEqual(await rows(budgets), [first]);
    later(24);
    await refresh();
    assert.deepEqual(await rows(budgets), [first], 'nothing has changed');
    later(24);
    azure.world.budgets = [budget(700)];
    await refresh();
    later(24);
    azure.world.budgets = [];
    await refresh();
    assert.deepEqual(await rows(budgets), [
      first,
      { ...first, amount: '700.0000000000' },
      { ...first, amount: null, actual: null },
    ]);
    assert.deepEqual(
      await rows(
        'SELECT month::VARCHAR AS month, mean::VARCHAR AS mean, lower, currency, billing_account FROM vendor_forecasts',
      ),
      [{ month: '2026-11-01', mean: '120.5000000000', lower: null, currency: 'EUR', billing_account: subscription }],
    );
  });

  test('that cannot be read take nothing from the months, and the error says so', async t => {
    const { azure, refresh, sums, rows } = await open(t, { budgets: [budget(1), '{"name":"broken"}'], forecast });
    azure.world.fault = ({ what }) => (what === 'forecast' ? faults.status(403) : undefined);
    const result = await refresh();
    assert.match(result.error ?? '', /may not read .*forecast.*AZURE_FORBIDDEN/);
    assert.deepEqual(result.rejected, { bad_budget: 1 });
    assert.deepEqual(await sums(), expected(bill, all));
    assert.equal((await rows(budgets)).length, 1);
  });
});
