import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import type { Exporter } from '../../exporters/core/exporter.ts';
import { writeHistory } from '../../exporters/core/history.ts';
import { type Ledger, openLedger } from '../../exporters/core/ledger.ts';
import { defineMetric } from '../../exporters/core/metric.ts';
import { coreRetention, prune, pruneDaily, type Retention } from '../../exporters/core/retention.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { recordSnapshot } from '../../exporters/core/self-metrics.ts';
import { createSnapshotter } from '../../exporters/core/snapshot.ts';
import { readStatuses } from '../../exporters/core/status.ts';
import { sqlTime } from '../../exporters/core/time.ts';
import { seeded, toyExporter } from './toy.ts';

const silent = pino({ level: 'silent' });
const day = (n: number, hours = 0) => new Date(Date.UTC(2026, 0, 1 + n, hours));

function folder(t: TestContext): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'plumbline-retention-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const run = (ledger: Ledger, sql: string) => ledger.write(tx => tx.run(sql));
const list = async (ledger: Ledger, sql: string) =>
  (await ledger.read(reader => reader.all(sql))).map(row => Object.values(row).map(String).join(' '));

/** Sales, kept for ten days; what is older stays by day and team. */
function shop(t: TestContext, retention: readonly Retention[]): Exporter {
  const tables = path.join(folder(t), 'tables.sql');
  const columns = 'team VARCHAR, n BIGINT, occurred_at TIMESTAMP, learned_at TIMESTAMP';
  writeFileSync(
    tables,
    `CREATE TABLE IF NOT EXISTS sales (id BIGINT, team VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP);
     CREATE TABLE IF NOT EXISTS sales_by_day (${columns});`,
  );
  const sold = defineMetric({
    ...{ name: 'shop_sales_total', kind: 'count', help: 'Sales.', unit: 'count', labels: ['team'], additive: true },
    ...{ maxSeries: 10, reads: ['sales', 'sales_by_day'] },
    sql: `
      WITH every AS (
        SELECT team, 1 AS n, effective_at FROM sales_known
        UNION ALL SELECT team, n, effective_at FROM sales_by_day_known
      ), steps AS (
        SELECT i.ts, e.team, sum(e.n) AS n FROM every e ASOF JOIN instants i ON e.effective_at <= i.ts GROUP BY ALL
      )
      SELECT i.ts, s.team, sum(n) OVER (PARTITION BY s.team ORDER BY i.ts) AS value
      FROM instants i CROSS JOIN (SELECT DISTINCT team FROM steps) s LEFT JOIN steps USING (ts, team)`,
  });
  const tables_ = [pathToFileURL(tables)];
  return { name: 'shop', tables: tables_, sources: [], metrics: [sold], facts: ['sales', 'sales_by_day'], retention };
}

const byDay: Retention = {
  table: 'sales',
  by: 'learned_at',
  days: 10,
  fold: {
    into: 'sales_by_day',
    sql: `INSERT INTO sales_by_day
          SELECT team, count(*), date_trunc('day', occurred_at) + INTERVAL 1 DAY, max(learned_at)
          FROM pruned GROUP BY team, date_trunc('day', occurred_at), date_trunc('day', learned_at)`,
  },
};

async function history(exporter: Exporter, ledger: Ledger, until: Date): Promise<Record<string, number | undefined>> {
  const values: Record<string, number | undefined> = {};
  const window = { from: day(0), to: until, stepSeconds: 86_400, target: 'any', rewrite: true, now: () => until };
  await writeHistory(
    exporter,
    ledger,
    { ...window, scrapeLabels: { job: 'j', instance: 'i' } },
    {
      write: async (_, series) => {
        for await (const { labels, times, values: found } of series)
          times.forEach((ms, index) => {
            values[`${labels[0]?.[1]} ${new Date(ms).toISOString()}`] = found[index];
          });
      },
    },
  );
  return values;
}

test('counters are the same with pruning as without, at every scrape and in history, and never fall', async t => {
  for (const seed of [1, 2]) {
    const random = seeded(seed);
    const whole = shop(t, []);
    const pruning = shop(t, [byDay]);
    const ledgers = await Promise.all(
      [whole, pruning].map(exporter => openLedger({ path: ':memory:', tables: exporter.tables })),
    );
    const [all, kept] = ledgers as [Ledger, Ledger];
    const snapshotters = [whole, pruning].map((exporter, index) =>
      createSnapshotter({ exporter, ledger: ledgers[index]!, pageDays: 0, seriesLimit: 100 }),
    );
    let before = 0;
    for (let n = 0; n < 40; n++) {
      const sales = Array.from({ length: Math.floor(random() * 8) }, (_, index) => {
        // Learned up to 20 days late, so that what is pruned and what is learned overlap.
        const occurred = new Date(day(n, 12).getTime() - Math.floor(random() ** 3 * 20 * 864e5));
        return `(${n * 100 + index}, '${random() < 0.5 ? 'red' : 'blue'}', '${sqlTime(occurred)}', '${sqlTime(day(n, 12))}')`;
      });
      for (const ledger of ledgers)
        await ledger.write(async tx => {
          if (sales.length > 0) await tx.run(`INSERT INTO sales VALUES ${sales.join(', ')}`);
          tx.touch('sales');
        });
      const pages = await Promise.all(snapshotters.map(each => each.take(day(n, 18))));
      await pruneDaily({ exporter: pruning, ledger: kept, log: silent, now: () => day(n, 19) });
      pages.push(await snapshotters[1]!.take(day(n, 20)));
      const texts = pages.map(({ snapshot, errors }) => {
        assert.deepEqual(errors, []);
        return snapshot.families.map(family => family.text.toString()).join('');
      });
      assert.deepEqual([texts[1], texts[2]], [texts[0], texts[0]], `seed ${seed}, day ${n}`);
      const total = [...(texts[0] ?? '').matchAll(/ (\d+)$/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
      assert.ok(total >= before);
      before = total;
    }
    const old = `FROM sales WHERE learned_at < '${sqlTime(day(29))}'`;
    assert.deepEqual(await list(kept, `SELECT count(*) ${old}`), ['0']);
    assert.notDeepEqual(await list(all, `SELECT count(*) ${old}`), ['0']);
    assert.deepEqual(await history(pruning, kept, day(40)), await history(whole, all, day(40)));
    for (const ledger of ledgers) await ledger.close();
  }
});

test('a ledger is pruned once a UTC day, over a restart too, and brings in step what is derived', async t => {
  let derived = 0;
  const derive = async () => {
    derived += 1;
  };
  const exporter = { ...shop(t, [byDay]), derive };
  const options = { path: path.join(folder(t), 'shop.duckdb'), tables: exporter.tables };
  let ledger = await openLedger(options);
  const sell = () => run(ledger, `INSERT INTO sales VALUES (1, 'red', '2026-01-01', '2026-01-01')`);
  const at = (now: Date) => pruneDaily({ exporter, ledger, log: silent, now: () => now });
  await sell();
  await at(day(30, 1));
  assert.deepEqual([await list(ledger, 'FROM sales'), derived], [[], 1]);
  await sell();
  await ledger.close();
  ledger = await openLedger(options);
  await at(day(30, 23));
  assert.equal((await list(ledger, 'FROM sales')).length, 1, 'the day is done');
  await at(day(31, 0));
  assert.deepEqual([await list(ledger, 'FROM sales'), derived], [[], 2]);
  assert.deepEqual(await list(ledger, 'SELECT sum(n) FROM sales_by_day'), ['2']);
  await at(day(32));
  assert.equal(derived, 2, 'nothing went');
  await ledger.close();
});

test('what fails leaves all as it was, and is tried again', async t => {
  const exporter = shop(t, []);
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: line => void lines.push(line) });
  await run(ledger, `INSERT INTO sales VALUES (1, 'red', '2026-01-01', '2026-01-01')`);
  const noSuchColumn: Retention = { table: 'sales', by: 'sold_at', days: 10 };
  const brokenFold: Retention = { ...byDay, fold: { into: 'sales_by_day', sql: 'SELECT no_such_column FROM pruned' } };
  for (const retention of [[byDay, noSuchColumn], [brokenFold]])
    await pruneDaily({ exporter: { retention }, ledger, log, now: () => day(30) });
  assert.deepEqual(
    lines.map(line => (JSON.parse(line) as { msg: string }).msg),
    ['could not prune the ledger', 'could not prune the ledger'],
  );
  assert.deepEqual(await list(ledger, 'SELECT id FROM sales UNION ALL SELECT n FROM sales_by_day'), ['1']);
  await pruneDaily({ exporter: { retention: [byDay] }, ledger, log, now: () => day(30) });
  assert.deepEqual(await list(ledger, 'SELECT id FROM sales UNION ALL SELECT n + 10 FROM sales_by_day'), ['11']);
  await ledger.close();
});

test('a fold may put fewer rows back into the table that it prunes', async t => {
  const exporter = shop(t, []);
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  await run(ledger, `INSERT INTO sales SELECT range, 'red', '2026-01-01', '2026-01-01' FROM range(5)`);
  const compact: Retention = {
    ...{ table: 'sales', by: 'learned_at', days: 1 },
    fold: {
      into: 'sales',
      sql: 'INSERT INTO sales SELECT max(id), team, occurred_at, learned_at FROM pruned GROUP BY ALL',
    },
  };
  assert.deepEqual(await ledger.write(tx => prune(tx, [compact], day(9))), { sales: 5 });
  assert.deepEqual(await list(ledger, 'SELECT id FROM sales'), ['4']);
  assert.equal(ledger.generation('sales'), 1);
  await ledger.close();
});

test('every table of core states its retention', async () => {
  const sql = readFileSync(new URL('../../exporters/core/tables.sql', import.meta.url), 'utf8');
  const tables = [...sql.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map(match => match[1]);
  assert.deepEqual(
    coreRetention([])
      .map(({ table }) => table)
      .sort(),
    tables.sort(),
  );
});

test("core's tables keep what still tells something, and the counters of what went", async t => {
  const dataDir = folder(t);
  const file = path.join(dataDir, 'there.csv');
  writeFileSync(file, 'x');
  const source = { kind: 'read', name: 's', everySeconds: 60, batches: async function* () {} } as const;
  const exporter = toyExporter([source]);
  const ledger = await openLedger({ path: path.join(dataDir, 'toy.duckdb'), tables: exporter.tables });
  await ledger.write(async tx => {
    for (const [at, ok] of [
      ['2024-01-01', true],
      ['2024-01-02', true],
      ['2024-01-03', false],
      ['2024-01-04', false],
      ['2025-12-01', false],
    ] as const)
      await tx.run(`INSERT INTO runs VALUES ('s', '${at}', '${at}', ${ok}, 1, 1, 1, NULL)`);
    await tx.run(`INSERT INTO source_totals VALUES ('s', 'records', '', 7), ('s', 'rejected', 'bad_date', 3)`);
    await tx.run(
      `INSERT INTO rejects VALUES ('s', $file, 1, 'bad_date', NULL, NULL, '2024-01-01'),
      ('s', '/gone.csv', 1, 'bad_date', NULL, NULL, '2024-01-01'), ('s', '', 1, 'bad_date', NULL, NULL, '2024-01-01'),
      ('s', '', 2, 'bad_date', NULL, NULL, '2025-12-01')`,
      { file },
    );
    await tx.run(
      `INSERT INTO files VALUES ('s', $file, 1, 1, '', 'loaded', '', 1, '2024-01-01'),
      ('s', '/gone.csv', 1, 1, '', 'loaded', '', 1, '2024-01-01'), ('s', '/new.csv', 1, 1, '', 'loaded', '', 1, '2025-12-01')`,
      { file },
    );
    await tx.run(`INSERT INTO published (metric, labels, day, revision, value, published_at) VALUES
      ('m', '{}', '2024-01-01', 0, 1, '2024-01-02'), ('m', '{}', '2024-01-01', 1, 2, '2024-01-03'),
      ('m', '{}', '2024-01-02', 0, 3, '2024-01-03'), ('m', '{}', '2025-12-01', 0, 3, '2025-12-02'), ('m', '{}', '2025-12-01', 1, 4, '2025-12-03')`);
  });
  const before = await readStatuses(ledger, exporter);
  await ledger.close();
  const runtime = await openRuntime(exporter, { dataDir, log: silent, now: () => new Date('2026-01-01T00:00:00Z') });
  const of = (sql: string) => list(runtime.ledger, sql);
  assert.deepEqual(await of('SELECT started_at::DATE FROM runs ORDER BY 1'), ['2024-01-02', '2025-12-01']);
  // The rejects of a file whose own row goes on the same day go on the next.
  assert.deepEqual(await of('SELECT file, line FROM rejects ORDER BY ALL'), [' 2', `/gone.csv 1`, `${file} 1`]);
  assert.deepEqual(await of('SELECT path FROM files ORDER BY 1'), ['/new.csv', file].sort());
  assert.deepEqual(await of('SELECT day, revision, value FROM published ORDER BY ALL'), [
    ...['2024-01-01 1 2', '2024-01-02 0 3', '2025-12-01 0 3', '2025-12-01 1 4'],
  ]);
  assert.deepEqual(await readStatuses(runtime.ledger, exporter), before);
  assert.deepEqual([before.get('s')?.records, before.get('s')?.rejected], [7, { bad_date: 3 }]);
  await runtime.stop();
});

test("the size of the ledger's file is told with every page", async t => {
  const dataDir = folder(t);
  const ledger = await openLedger({ path: path.join(dataDir, 'toy.duckdb'), tables: toyExporter().tables });
  const sizes: number[] = [];
  const self = {
    set: (metric: { name: string }, _: unknown, value: number) =>
      void (metric.name === 'plumbline_ledger_bytes' && sizes.push(value)),
  };
  const page = { snapshot: { commit: 1, takenAt: day(0), families: [] }, problems: 0 };
  for (const rows of [0, 100_000]) {
    await run(
      ledger,
      `INSERT INTO happenings SELECT range, 'red', hash(range) % 1000000, '2026-01-01', '2026-01-01' FROM range(${rows})`,
    );
    recordSnapshot(self as unknown as Parameters<typeof recordSnapshot>[0], 'toy', {
      ...page,
      ledgerBytes: ledger.size(),
    });
  }
  assert.ok(sizes[0]! > 0 && sizes[1]! > sizes[0]! + 100_000, String(sizes));
  await ledger.close();
});
