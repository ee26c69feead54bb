/** CloudHealth as the runtime uses it: its months in the ledger, and what a fault leaves there. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { costSchema } from '../../../exporters/cost/config.ts';
import { roundDecimal, unitsText } from '../../../exporters/cost/decimal.ts';
import { costExporter } from '../../../exporters/cost/index.ts';
import { parseJsonKeepingNumbers } from '../../../exporters/cost/money.ts';
import { mismatches, readCube } from '../../../exporters/cost/sources/cloudhealth/cube.ts';
import { cloudHealthSource } from '../../../exporters/cost/sources/cloudhealth/index.ts';
import { averageSku } from '../../../exporters/cost/sources/cloudhealth/months.ts';
import {
  type CloudHealthWorld,
  key,
  type Report,
  type Spent,
  send,
  spending,
  startCloudHealth,
} from '../vendors/cloudhealth.ts';

const rules = { rules: [{ name: 'perspective', tag: { keys: ['cloudhealth:Teams'], gives: 'team' } }] };
const corpus = process.env.PLUMBLINE_CORPUS;

interface Options {
  readonly world?: Partial<CloudHealthWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
}

async function open(t: TestContext, { world = {}, config = {}, retries = 2 }: Options = {}) {
  const server = await startCloudHealth(t, {
    spent: spending(),
    today: '2026-11-10',
    perspectives: { '11': 'Environment', '12': 'Teams' },
    ...world,
  });
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-cloudhealth-'));
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date('2026-11-10T12:00:00Z') };
  const waits: number[] = [];
  const section = costSchema.parse({
    cloudhealth: [{ url: server.url, api_key: key, billing_account: 'payer', perspective: 'Teams', ...config }],
  });
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse(rules));
  const exporter = costExporter(section, ownership, { now: () => clock.now });
  const source = cloudHealthSource(section.cloudhealth[0]!, ownership.reads, {
    sleep: async wait => void waits.push(wait),
    retries,
  });
  const runtime = await openRuntime(
    { ...exporter, sources: [source] },
    { dataDir, log, now: () => clock.now, threads: 1 },
  );
  t.after(async () => {
    await runtime.stop();
    rmSync(dataDir, { recursive: true, force: true });
    assert.ok(!logged.some(line => line.includes(key)), 'the key was logged');
  });
  const rows = (sql: string) => runtime.ledger.read(reader => reader.all(sql));
  const sums = async (table = 'charges') =>
    Object.fromEntries(
      (
        await rows(
          `SELECT strftime(charge_day, '%Y-%m') AS month, (sum(billed) * 100)::BIGINT::VARCHAR AS cents FROM ${table} GROUP BY ALL ORDER BY ALL`,
        )
      ).map(({ month, cents }) => [month, Number(cents)]),
    );
  const refresh = async () => (await runtime.refresh())[0]!;
  return { ...server, runtime, source, rows, sums, refresh, clock, waits, logged };
}

const centsOf = (spent: readonly Spent[]) => {
  const sums: Record<string, number> = {};
  for (const { day, cents } of spent) sums[day.slice(0, 7)] = (sums[day.slice(0, 7)] ?? 0) + cents;
  return sums;
};

describe('a refresh', () => {
  test('brings twelve months to the cent, totals left out, and the groups of the perspective as teams', async t => {
    const { refresh, sums, rows, asked } = await open(t);
    const result = await refresh();
    assert.equal(result.error, undefined);
    assert.deepEqual(result.rejected, {});
    assert.deepEqual(await sums(), centsOf(spending()));
    const reports = asked.filter(({ path: of }) => of.endsWith('history'));
    assert.deepEqual(
      reports.map(({ interval, query }) => [interval, query.getAll('dimensions[]').at(-1), query.getAll('filters[]')]),
      [
        ['daily', 'Groupset-12', []],
        ['monthly', 'Groupset-12', []],
      ],
    );
    assert.deepEqual(
      await rows(
        `SELECT DISTINCT provider, billing_account, sub_account, tags::VARCHAR AS tags FROM charge_keys
         WHERE service_name = 'NAT Gateway' OR sub_account = '111122223333' AND charge_category = 'Usage' ORDER BY ALL`,
      ),
      [
        {
          provider: 'AWS',
          billing_account: 'payer',
          sub_account: '111122223333',
          tags: '{"cloudhealth:teams":"Shop"}',
        },
        { provider: 'AWS', billing_account: 'payer', sub_account: '444455556666', tags: '{}' },
      ],
    );
    assert.deepEqual(
      (await rows('SELECT team FROM allocations GROUP BY team ORDER BY team')).map(({ team }) => team),
      ['search', 'shop', 'unowned'],
    );
    assert.deepEqual(await rows("SELECT DISTINCT charge_category FROM charge_keys WHERE service_name = 'Tax'"), [
      { charge_category: 'Tax' },
    ]);
  });

  test('shares what is told of a month alone over the days that the API has forgotten', async t => {
    const { refresh, rows } = await open(t);
    await refresh();
    // The window of 31 days begins on the 11th of October.
    const days = await rows(
      `SELECT count(DISTINCT charge_day)::INTEGER AS days, min(charge_day)::VARCHAR AS first, max(charge_day)::VARCHAR AS last,
         (max(billed) - min(billed) < 0.0000000002) AS even
       FROM charges JOIN charge_keys USING (key_id)
       WHERE sku = '${averageSku}' AND charge_day >= '2026-10-01' AND sub_account = '111122223333' AND charge_category = 'Usage'`,
    );
    assert.deepEqual(days, [{ days: 10, first: '2026-10-01', last: '2026-10-10', even: true }]);
    const exact = await rows(
      `SELECT sum(billed)::DOUBLE AS billed FROM charges JOIN charge_keys USING (key_id)
       WHERE charge_day = '2026-10-20' AND sub_account = '111122223333' AND charge_category = 'Usage'`,
    );
    assert.deepEqual(exact, [{ billed: 10.2 }]);
    assert.deepEqual(
      await rows(`SELECT count(*)::INTEGER AS n FROM charges JOIN charge_keys USING (key_id)
       WHERE sku = '${averageSku}' AND charge_day >= '2026-11-01'`),
      [{ n: 0 }],
    );
  });

  test('keeps days that have left the window, and gives what a month restates to its days', async t => {
    const { refresh, sums, rows, clock, world } = await open(t);
    await refresh();
    clock.now = new Date('2026-12-05T12:00:00Z');
    world.today = '2026-12-05';
    const more = spending('2026-12-05').map(spent =>
      spent.day === '2026-10-03' && spent.service === 'NAT Gateway' ? { ...spent, cents: 1007 } : spent,
    );
    world.spent = more;
    assert.equal((await refresh()).error, undefined);
    assert.deepEqual(await sums(), centsOf(more));
    const [kept] = await rows(
      `SELECT sum(billed)::DOUBLE AS billed FROM charges JOIN charge_keys USING (key_id)
       WHERE charge_day = '2026-10-20' AND sub_account = '111122223333'`,
    );
    assert.deepEqual(kept, { billed: 10.2 });
    assert.equal((await refresh()).changed, 0, 'the same again changes nothing');
  });

  test('as a second source adds no money', async t => {
    const { refresh, sums } = await open(t, { config: { role: 'reconciliation' } });
    await refresh();
    assert.deepEqual(await sums(), {});
    assert.deepEqual(await sums('second_charges'), centsOf(spending()));
  });

  test('finds the perspective on whatever page it is, and needs none', async t => {
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [String(100 + index), `P${index}`]));
    const { refresh, asked } = await open(t, { world: { perspectives: { ...many, '999': 'Teams' }, pageSize: 3 } });
    assert.equal((await refresh()).error, undefined);
    assert.equal(asked.filter(({ path: of }) => of.endsWith('schemas')).length, 3);
    const without = await open(t, { config: { perspective: undefined } });
    assert.equal((await without.refresh()).error, undefined);
    assert.deepEqual(await without.sums(), centsOf(spending()));
    assert.equal(without.asked.length, 2);
    assert.equal((await without.source.plan?.(without.runtime))?.requests, 2);
  });
});

describe('a fault', () => {
  const faults: readonly (readonly [name: string, world: Partial<CloudHealthWorld>, error: RegExp])[] = [
    [
      'an expired key',
      { fault: (_, response) => send(response, 401, { error: `Authentication failed for ${key}` }) },
      /CLOUDHEALTH_REFUSED.*make a new key/,
    ],
    [
      'a key that may not see it',
      { fault: (_, response) => send(response, 403, { error: 'Forbidden' }) },
      /refused by CloudHealth .* with 403/,
    ],
    [
      '429 without end',
      { fault: (_, response) => send(response, 429, { error: 'Rate limit' }, { 'retry-after': '7' }) },
      /HTTP_STATUS/,
    ],
    ['503 without end', { fault: (_, response) => send(response, 503, { error: 'Unavailable' }) }, /HTTP_STATUS/],
    ['HTML', { distort: () => '<html>Sign in</html>' }, /HTTP_NOT_JSON/],
    ['a truncated body', { distort: report => JSON.stringify(report).slice(0, 900) }, /HTTP_NOT_JSON/],
    ['an error as an answer', { distort: () => ({ error: 'Invalid dimension' }) }, /it says "Invalid dimension"/],
    [
      'fewer entries than members',
      { distort: report => ({ ...report, data: (report.data as unknown[]).slice(1) }) },
      /31 entries where time has 32/,
    ],
    [
      'an axis without its total',
      { distort: report => ({ ...report, dimensions: report.dimensions.map(withoutTotal) }) },
      /is not the total/,
    ],
    ['another interval', { distort: report => ({ ...report, interval: 'hourly' }) }, /CLOUDHEALTH_DATES/],
    [
      'another year',
      { distort: report => JSON.parse(JSON.stringify(report).replaceAll('2026-', '2025-')) },
      /CLOUDHEALTH_DATES/,
    ],
    ['another currency', { sign: '€' }, /in € where USD was expected/],
    ['no data at all', { spent: [] }, /CLOUDHEALTH_EMPTY.*what is known is kept/],
    [
      'a perspective that is gone',
      { perspectives: { '11': 'Environment' } },
      /no active perspective Teams in CloudHealth, which has Environment/,
    ],
  ];
  for (const [name, world, error] of faults)
    test(`of ${name} is told with its remedy, and leaves what is known`, async t => {
      const books = await open(t);
      await books.refresh();
      const before = await books.sums();
      Object.assign(books.world, world);
      const result = await books.refresh();
      assert.match(String(result.error), error);
      assert.ok(!String(result.error).includes(key));
      assert.deepEqual(await books.sums(), before);
    });

  test('that passes is waited for as long as the API asks, and tried again', async t => {
    let left = 2;
    const { refresh, sums, waits } = await open(t, {
      world: {
        fault: (_, response) => {
          if (left-- <= 0) return false;
          return send(response, 429, { error: 'Rate limit exceeded' }, { 'retry-after': '7' });
        },
      },
    });
    assert.equal((await refresh()).error, undefined);
    assert.deepEqual(waits.slice(0, 2), [7000, 7000]);
    assert.deepEqual(await sums(), centsOf(spending()));
  });

  test('of a server that answers nothing ends with the time that is configured', async t => {
    const { refresh } = await open(t, { world: { fault: () => true }, config: { timeout: 1 }, retries: 0 });
    assert.match(String((await refresh()).error), /HTTP_TIMEOUT/);
  });

  test('of members that do not sum to their total is counted, and told by its day', async t => {
    const { refresh, rows, world } = await open(t, { config: { perspective: undefined } });
    world.distort = (report, { interval }) => (interval === 'daily' ? doubled(report) : report);
    const result = await refresh();
    assert.equal(result.error, undefined);
    assert.deepEqual(result.rejected, { total_mismatch: 1 });
    const [reject] = await rows('SELECT file, field, value FROM rejects');
    assert.match(
      JSON.stringify(reject),
      /cost history by day.*cost of 2026-11-10.*members sum to 12.47, the total says 24.94/,
    );
    world.distort = undefined;
    await refresh();
    assert.deepEqual(await rows('SELECT * FROM rejects'), []);
  });
});

const withoutTotal = (axis: Report['dimensions'][number], index: number) =>
  index === 0
    ? axis
    : Object.fromEntries(
        Object.entries(axis).map(([name, members]) => [name, members.map(m => ({ ...m, name: `x${m.name}` }))]),
      );

/** The last day's total says twice what it was. */
function doubled(report: Report): Report {
  const data = structuredClone(report.data) as number[][][][];
  const cell = data.at(-1)?.[0]?.[0];
  if (cell) cell[0] = Number(((cell[0] ?? 0) * 2).toFixed(2));
  return { ...report, data };
}

test('check says whose bill is read by which source, and which second source has nothing to be held against', async t => {
  const { runtime, refresh } = await open(t);
  await refresh();
  const notices = async () =>
    ((await runtime.exporter.check?.(runtime.ledger)) ?? []).filter(({ subject }) => subject.startsWith('source '));
  assert.deepEqual(await notices(), [], 'one source alone is the bill of all');
  await runtime.ledger.write(async tx => {
    await tx.run("INSERT INTO cost_sources VALUES ('other', 'reconciliation')");
    for (const account of ['payer', 'payor'])
      await tx.run(
        `INSERT INTO second_charges VALUES ('other', 'o', 'AWS', $account, '2026-10-01', '2026-10-05', 'USD', 1, 1,
           '2026-10-06', '2026-10-06')`,
        { account },
      );
  });
  assert.deepEqual(
    (await notices()).map(({ subject, text }) => `${subject}: ${text}`),
    [
      'source cloudhealth: is the bill of AWS account payer, 2026-08 to 2026-11 (4 billing periods)',
      'source other: is only held against the bill of AWS account payer, 2026-10',
      'source other: is only held against the bill of AWS account payor, 2026-10',
      'source other: there is no bill of AWS account payor to hold it against',
    ],
  );
});

test('the cubes of the corpus are read without their totals, and agree with them', {
  skip: !corpus && 'PLUMBLINE_CORPUS is not set',
}, () => {
  const read = (file: string, dimensions: readonly string[]) => {
    const text = readFileSync(path.join(corpus ?? '', 'cost/cloudhealth', file), 'utf8');
    const cube = readCube(parseJsonKeepingNumbers(text), dimensions, file);
    assert.deepEqual(mismatches(cube), []);
    const units = cube.cells.reduce((sum, { values }) => sum + (roundDecimal(values[0] ?? '0')?.units ?? 0n), 0n);
    return [cube.cells.length, unitsText(units)];
  };
  assert.deepEqual(read('CONSTRUCTED_cost_history_monthly_by_service.json', ['time', 'AWS-Service-Category']), [
    8,
    '210.5',
  ]);
  assert.deepEqual(
    read('CONSTRUCTED_cost_history_3d_collapse_null_arrays.json', ['time', 'AWS-Account', 'AWS-Service-Category']),
    [4, '110'],
  );
});

test('zero is data and null is none, at whatever depth the null stands', () => {
  const member = (name: string) => ({ name, label: name });
  const cube = readCube(
    {
      interval: 'monthly',
      dimensions: [
        { time: ['total', '2026-09', '2026-10'].map(member) },
        { 'AWS-Account': ['total', 'a', 'b'].map(member) },
      ],
      measures: [{ name: 'cost', label: 'Cost ($)' }],
      data: [[['0'], ['0'], [null]], null, [['0.0'], ['0.0'], [null]]],
    },
    ['time', 'AWS-Account'],
    'a test',
  );
  assert.deepEqual(
    cube.cells.map(({ members, values }) => [members.time?.name, members['AWS-Account']?.name, ...values]),
    [['2026-10', 'a', '0.0']],
  );
  assert.deepEqual(cube.totals, [['0'], undefined, ['0.0']]);
});

test('a number keeps all its digits, and one that is none is refused', () => {
  const report = (value: unknown) => ({
    interval: 'daily',
    dimensions: [{ time: [{ name: 'total' }, { name: '2026-10-01' }] }],
    measures: [{ name: 'cost' }],
    data: [null, [value]],
  });
  assert.deepEqual(readCube(report('12345678901234567.0123456789'), ['time'], 'x').cells[0]?.values, [
    '12345678901234567.0123456789',
  ]);
  assert.throws(() => readCube(report('n/a'), ['time'], 'x'), /"n\/a" is no number/);
  assert.throws(() => readCube(report({}), ['time'], 'x'), /CLOUDHEALTH_ANSWER|no number/);
});
