/** What manifests list is read, and nothing else: whole deliveries, the newest of each billing period. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { usage } from '../vendors/cur.ts';
import { cur2Csv, exportManifest, legacyCsv, legacyManifest, legacyParquet } from '../vendors/cur-formats.ts';
import { curRefresher } from './cur-books.ts';
import { openBooks } from './focus-books.ts';

const billed =
  "SELECT sum(billed) FILTER (WHERE service_category = 'Compute' AND charge_category = 'Usage' AND charge_day = '2026-10-02')::DOUBLE";
const october = 'costs/20261001-20261101';

async function reports(t: TestContext) {
  const books = await openBooks(t);
  const refresh = curRefresher(books);
  const put = (name: string, content: string | Buffer) => books.put(`reports/${name}`, content);
  /** What the one line costs whose price the tests vary, 0.45 of discounts left out. */
  const price = async () => {
    const sum = await books.scalar(`${billed} FROM charges JOIN charge_keys USING (key_id)`);
    return sum === null || sum === undefined ? undefined : Math.round((Number(sum) + 0.45) * 100) / 100;
  };
  const states = () =>
    books.all(
      `SELECT parse_filename(path) AS file, state, reason FROM files WHERE path LIKE '%Manifest.json' ORDER BY path`,
    );
  const file = (name: string) => path.join(books.folder, 'reports', name);
  return { books, refresh, put, price, states, file };
}

const csv = (price: string, month?: string) => legacyCsv(usage({ price, ...(month && { month }) }));

test('files without their manifest wait for it', async t => {
  const { refresh, put, price } = await reports(t);
  await put(`${october}/costs-1.csv.gz`, csv('3'));
  await refresh();
  assert.equal(await price(), undefined);
  await put(`${october}/costs-Manifest.json`, legacyManifest({ keys: [`${october}/costs-1.csv.gz`] }));
  await refresh();
  assert.equal(await price(), 3);
});

test('overwritten: what is being written waits for its manifest, and takes the place of what was there', async t => {
  const { books, refresh, put, price, states } = await reports(t);
  const keys = [`reports/${october}/costs-1.csv.gz`, `reports/${october}/costs-2.csv.gz`];
  const lines = usage({ price: '3' });
  const now = Date.now();
  const write = async (name: string, content: string | Buffer, at: number) => {
    const written = new Date(now + at);
    utimesSync(await put(name, content), written, written);
  };
  await write(`${october}/costs-1.csv.gz`, legacyCsv(lines.slice(0, 8)), -900_000);
  await write(`${october}/costs-2.csv.gz`, legacyCsv(lines.slice(8)), -900_000);
  await write(`${october}/costs-Manifest.json`, legacyManifest({ keys }), -800_000);
  assert.equal((await refresh()).records, lines.length);
  assert.equal(await price(), 3);
  assert.equal((await refresh()).records, 0);
  await write(`${october}/costs-1.csv.gz`, legacyCsv(usage({ price: '5' }).slice(0, 8)), -600_000);
  assert.equal((await refresh()).records, 0);
  assert.equal(await price(), 3, 'half of it is written');
  assert.deepEqual(await states(), [
    { file: 'costs-Manifest.json', state: 'waiting', reason: 'files_newer_than_manifest' },
  ]);
  await write(`${october}/costs-2.csv.gz`, legacyCsv(usage({ price: '5', invoice: '7' }).slice(8)), -500_000);
  await write(`${october}/costs-Manifest.json`, legacyManifest({ keys, id: 'a-2' }), -400_000);
  await refresh();
  assert.equal(await price(), 5);
  assert.equal(await books.scalar('SELECT count(DISTINCT origin)::INTEGER FROM charges'), 1);
  // Whoever copied it wrote the manifest first, but an hour ago.
  await write(`${october}/costs-1.csv.gz`, legacyCsv(usage({ price: '6' }).slice(0, 8)), -390_000);
  await refresh();
  assert.equal(await price(), 5);
  await write(`${october}/costs-1.csv.gz`, legacyCsv(usage({ price: '6' }).slice(0, 8)), -3_700_000);
  await write(`${october}/costs-2.csv.gz`, legacyCsv(usage({ price: '6' }).slice(8)), -3_750_000);
  await write(`${october}/costs-Manifest.json`, legacyManifest({ keys, id: 'a-2' }), -3_800_000);
  await refresh();
  assert.equal(await price(), 6);
});

test('made new: the newest whole assembly is read, and never an older one after it', async t => {
  const { books, refresh, put, price, states, file } = await reports(t);
  const assembly = (id: string) => `${october}/${id}`;
  const deliver = async (id: string, price: string, { top = true } = {}) => {
    const keys = [`bills/${assembly(id)}/costs-1.csv.gz`];
    await put(`${assembly(id)}/costs-1.csv.gz`, csv(price));
    await put(`${assembly(id)}/costs-Manifest.json`, legacyManifest({ keys, id }));
    if (top) await put(`${october}/costs-Manifest.json`, legacyManifest({ keys, id }));
  };
  await deliver('f0-9', '1');
  await deliver('a1-2', '2');
  const first = await refresh();
  assert.deepEqual([first.records, await price()], [16, 2]);
  await deliver('c5-1', '3');
  rmSync(file(`${assembly('c5-1')}/costs-1.csv.gz`));
  await refresh();
  assert.equal(await price(), 2, 'a file is missing');
  assert.deepEqual(
    (await states()).filter(({ state }) => state === 'waiting').map(({ reason }) => reason),
    ['files_missing', 'files_missing'],
  );
  await put(`${assembly('c5-1')}/costs-1.csv.gz`, csv('3'));
  await put(
    `${assembly('c5-1')}/costs-Manifest.json`,
    legacyManifest({ keys: [`bills/${assembly('c5-1')}/costs-1.csv.gz`] }),
  );
  await put(`${october}/costs-Manifest.json`, legacyManifest({ keys: [`bills/${assembly('c5-1')}/costs-1.csv.gz`] }));
  await refresh();
  assert.equal(await price(), 3);
  await put(`${assembly('c5-1')}/costs-1.csv.gz`, csv('3').subarray(0, 200));
  await refresh();
  await refresh();
  assert.equal(await price(), 3, 'no way back from one that is broken now');
  rmSync(file(assembly('c5-1')), { recursive: true });
  rmSync(file(`${october}/costs-Manifest.json`));
  await refresh();
  assert.equal(await price(), 3, 'no way back');
  await deliver('20261103T081120Z', '4', { top: false });
  await refresh();
  assert.equal(await price(), 4);
  assert.equal(await books.scalar('SELECT count(*)::INTEGER FROM deliveries'), 1);
});

test('Data Exports: executions of a period replace one another, in both modes', async t => {
  const { books, refresh, put, price } = await reports(t);
  const period = 'BILLING_PERIOD=2026-10';
  const deliver = async (run: string, price: string, part = cur2Csv(usage({ price }))) => {
    const key = `exports/team/data/${period}/${run}team-00001.csv.gz`;
    await put(key, part);
    await put(`exports/team/metadata/${period}/${run}team-Manifest.json`, exportManifest({ keys: [`deep/${key}`] }));
  };
  await deliver('2026-10-20T10:00:00.000Z-b1/', '2');
  await deliver('2026-10-21T10:00:00.000Z-a0/', '3');
  await refresh();
  assert.equal(await price(), 3);
  await deliver('2026-10-22T10:00:00.000Z-00/', '4', cur2Csv(usage({ price: '4' })).subarray(0, 300));
  const cut = await refresh();
  assert.deepEqual([cut.rejected, await price()], [{ file_truncated_gzip: 1 }, 3]);
  await deliver('2026-10-22T10:00:00.000Z-00/', '4');
  await refresh();
  assert.equal(await price(), 4);
  assert.equal(await books.scalar('SELECT count(*)::INTEGER FROM deliveries'), 1);
  await deliver('', '5');
  await refresh();
  await deliver('', '6');
  await refresh();
  assert.equal(await price(), 6, 'overwritten from then on');
  assert.equal(await books.scalar('SELECT count(DISTINCT origin)::INTEGER FROM charges'), 1);
});

test('a broken version of a period that was never read gives way to the one before it', async t => {
  const { refresh, put, price } = await reports(t);
  for (const [id, content] of [
    ['20261101T000000Z', csv('2')],
    ['20261102T000000Z', csv('3').subarray(0, 200)],
  ] as const) {
    const key = `${october}/${id}/costs-1.csv.gz`;
    await put(key, content);
    await put(`${october}/${id}/costs-Manifest.json`, legacyManifest({ keys: [key] }));
  }
  const counts = await refresh();
  assert.deepEqual([counts.rejected, await price()], [{ file_truncated_gzip: 1 }, 2]);
});

test('a report whose format changes, or that is moved, goes on as the same delivery', async t => {
  const { books, refresh, put, price, file } = await reports(t);
  const key = `b/${october}/costs-1.csv.gz`;
  await put(`b/${october}/costs-1.csv.gz`, csv('2'));
  await put(`b/${october}/costs-Manifest.json`, legacyManifest({ keys: [key] }));
  await refresh();
  const parquet = 'b/costs/costs/year=2026/month=10/costs-00001.snappy.parquet';
  mkdirSync(path.dirname(file(parquet)), { recursive: true });
  await legacyParquet(usage({ price: '3' }), file(parquet));
  utimesSync(file(parquet), new Date('2026-11-02T00:00:00Z'), new Date('2026-11-02T00:00:00Z'));
  await put(`b/${october}/costs-Manifest.json`, legacyManifest({ keys: [parquet] }));
  await refresh();
  assert.equal(await price(), 3);
  renameSync(file('b'), file('moved'));
  await refresh();
  assert.equal(await price(), 3);
  await refresh({ path: file('moved') });
  assert.equal(await price(), 3);
  assert.equal(await books.scalar('SELECT count(DISTINCT origin)::INTEGER FROM charges'), 1);
});

test('each month has its own header, and is a delivery of its own', async t => {
  const { books, refresh, put } = await reports(t);
  for (const [month, count] of [
    ['2026-09', 1],
    ['2026-10', 16],
  ] as const) {
    const folder = `costs/${month.replace('-', '')}01-x`.replace('-x', month === '2026-09' ? '-20261001' : '-20261101');
    const keys = [`${folder}/costs-1.csv.gz`, `${folder}/costs-2.csv.gz`];
    const lines = usage({ month }).slice(0, count);
    await put(keys[0]!, legacyCsv(lines));
    // Within one delivery headers may differ too.
    await put(
      keys[1]!,
      legacyCsv(
        usage({ month })
          .slice(0, 1)
          .map(line => ({ ...line, cur: { ...line.cur, 'resourceTags/user:new': 'x' } })),
      ),
    );
    await put(`${folder}/costs-Manifest.json`, legacyManifest({ keys, month }));
  }
  const counts = await refresh();
  assert.deepEqual([counts.records, counts.rejected], [19, {}]);
  assert.deepEqual(
    await books.all(
      'SELECT billing_period::VARCHAR AS period, count(DISTINCT origin)::INTEGER AS n FROM charges GROUP BY ALL ORDER BY ALL',
    ),
    [
      { period: '2026-09-01', n: 1 },
      { period: '2026-10-01', n: 1 },
    ],
  );
});

test('two reports in one flat folder do not take files from each other', async t => {
  const { refresh, put, books } = await reports(t);
  await put('a-1.csv.gz', csv('2', '2026-09'));
  await put('b-1.csv.gz', csv('3'));
  await put('a-Manifest.json', legacyManifest({ keys: ['x/20260901-20261001/a-1.csv.gz'], month: '2026-09' }));
  await put('b-Manifest.json', legacyManifest({ keys: ['x/20261001-20261101/b-1.csv.gz'] }));
  assert.equal((await refresh()).records, 32);
  assert.deepEqual(await refresh(), { records: 0, changed: 0, rejected: {}, waiting: 0 });
  assert.equal(await books.scalar('SELECT count(DISTINCT origin)::INTEGER FROM charges'), 2);
});

test('what is no manifest yet, or lists nothing, is noted and waits', async t => {
  const { refresh, put, states } = await reports(t);
  await put(`${october}/costs-Manifest.json`, '{"reportKeys": [');
  await put(`other/20261001-20261101/none-Manifest.json`, legacyManifest({ keys: [] }));
  const counts = await refresh();
  assert.equal(counts.waiting, 2);
  assert.deepEqual(await states(), [
    { file: 'costs-Manifest.json', state: 'waiting', reason: 'no_manifest' },
    { file: 'none-Manifest.json', state: 'waiting', reason: 'files_missing' },
  ]);
});

test('a manifest that was just written waits until it has settled', async t => {
  const { refresh, put, price, states } = await reports(t);
  await put(`${october}/costs-1.csv.gz`, csv('2'));
  const manifest = await put(`${october}/costs-Manifest.json`, legacyManifest({ keys: [`${october}/costs-1.csv.gz`] }));
  utimesSync(manifest, new Date(), new Date());
  await refresh({ settle: 3600 });
  assert.equal(await price(), undefined);
  assert.deepEqual(await states(), [{ file: 'costs-Manifest.json', state: 'waiting', reason: 'being_written' }]);
  await refresh({ settle: 3600 });
  assert.equal(await price(), 2, 'two looks agree');
});
