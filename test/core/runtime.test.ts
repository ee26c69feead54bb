import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { openRuntime, type Runtime } from '../../exporters/core/runtime.ts';
import type { Batch, ReadSource } from '../../exporters/core/source.ts';
import { addHappenings, toyExporter } from './toy.ts';

const silent = pino({ level: 'silent' });
const now = new Date('2026-01-02T00:00:00Z');

function directory(t: TestContext) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** A source that counts upwards: each batch is one happening, its id the cursor. */
function counting(perRefresh: number, breakAt?: number): ReadSource {
  return {
    kind: 'read',
    name: 'numbers',
    everySeconds: 3600,
    batches: async function* (_, cursor) {
      const from = typeof cursor === 'number' ? cursor + 1 : 0;
      for (let id = from; id < from + perRefresh; id++) {
        const batch: Batch = {
          cursor: id,
          write: async tx => {
            await addHappenings(tx, [
              { id, team: 'red', seconds: 1, occurred: new Date(now.getTime() - 1000), learned: now },
            ]);
            if (id === breakAt) throw new Error(`number ${id} is broken`);
            return { records: 1, changed: 1, rejected: id % 2 ? { odd: 1 } : {} };
          },
        };
        yield batch;
      }
    },
  };
}

const open = (dataDir: string, source: ReadSource, name?: string): Promise<Runtime> =>
  openRuntime({ ...toyExporter([source]), ...(name ? { name } : {}) }, { dataDir, log: silent, now: () => now });
const ids = (runtime: Runtime) =>
  runtime.ledger
    .read(reader => reader.all('SELECT id FROM happenings ORDER BY id'))
    .then(rows => rows.map(row => Number(row.id)));

test('a source goes on where its last committed batch ended, over a restart', async t => {
  const dataDir = directory(t);
  const first = await open(dataDir, counting(3));
  await first.refresh();
  await first.stop();
  const second = await open(dataDir, counting(2));
  await second.refresh();
  assert.deepEqual(await ids(second), [0, 1, 2, 3, 4]);
  const [status] = second.sources();
  assert.deepEqual([status?.records, status?.rejected, status?.state], [5, { odd: 2 }, 'ok']);
  await second.stop();
});

test('a batch that fails leaves nothing of itself, keeps what went before, and is told', async t => {
  const runtime = await open(directory(t), counting(5, 3));
  const [result] = await runtime.refresh();
  assert.match(result?.error ?? '', /number 3 is broken/);
  assert.deepEqual(await ids(runtime), [0, 1, 2]);
  assert.equal(runtime.sources()[0]?.state, 'failed');
  assert.equal(runtime.sources()[0]?.lastSuccess, undefined);
  assert.equal(await runtime.ledger.read(reader => reader.scalar('SELECT count(*) FROM runs WHERE NOT ok')), '1');
  await runtime.stop();
});

test('the first scrape of a family is its seam, for good', async t => {
  const dataDir = directory(t);
  const runtime = await open(dataDir, counting(1));
  await runtime.takeSnapshot();
  await runtime.scraped();
  const seams = () => runtime.ledger.read(reader => reader.all('SELECT metric FROM seams ORDER BY metric'));
  assert.deepEqual(await seams(), [], 'a family that was not on the page was not scraped');
  await runtime.refresh();
  await runtime.takeSnapshot();
  await runtime.scraped();
  await runtime.scraped();
  assert.deepEqual(
    (await seams()).map(row => row.metric),
    ['toy_duration_seconds', 'toy_happenings_total', 'toy_open'],
  );
  await runtime.stop();
});

test('a started runtime serves what it holds, refreshes at once, and stops between two batches', async t => {
  const runtime = await open(directory(t), counting(500));
  runtime.start();
  while ((await ids(runtime)).length < 3) await new Promise(resolve => setTimeout(resolve, 5));
  await runtime.stop();
  const again = await open(path.dirname(runtime.ledger.path), counting(1));
  const kept = await ids(again);
  assert.ok(kept.length >= 3 && kept.length < 500, `${kept.length} batches were committed`);
  assert.deepEqual(
    kept,
    kept.map((_, index) => index),
  );
  await again.stop();
});
