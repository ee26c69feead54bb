/** An exporter that is killed and started again continues its counters exactly. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Metric } from '../../exporters/core/metric.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { evaluate } from '../core/as-of.ts';
import { seededRandom } from '../core/random.ts';
import { openBooks } from './books.ts';
import { lifeConfig, lifeStart } from './life.ts';

const pieces = 12;
const metrics: readonly Metric[] = doraMetrics;

/** Runs the worker until it has ended by itself; it is killed once so many of its pieces are told. */
async function run(ledger: string, killAfter: number | undefined): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'killed-worker.ts'), ledger, '7', String(pieces)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let told = 0;
  child.stdout.on('data', (data: Buffer) => {
    told += String(data).split('\n').length - 1;
    if (killAfter !== undefined && told >= killAfter) child.kill('SIGKILL');
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === null) assert.equal(code, 0);
  return signal === null;
}

async function pageOf(file: string): Promise<unknown> {
  const books = await openBooks({
    path: file,
    dora: lifeConfig,
    ownership: ownershipOf({ sales: { shop: 'acme/shop' } }),
  });
  const at = new Date(lifeStart + (pieces * 6 + 1) * 86_400_000);
  const page: unknown[] = [];
  for (const metric of metrics)
    page.push([metric.name, await evaluate(books.ledger, books.exporter, metric, { instants: [at] })]);
  await books.close();
  return page;
}

test('killed again and again, the page is the one of an exporter that never was', async t => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-killed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const random = seededRandom(4);
  const killed = path.join(folder, 'killed.duckdb');
  let kills = 0;
  while (!(await run(killed, kills < 6 ? 1 + Math.floor(random() * 2) : undefined))) kills += 1;
  assert.ok(kills >= 4, `killed ${kills} times`);
  const whole = path.join(folder, 'whole.duckdb');
  await run(whole, undefined);
  assert.deepEqual(await pageOf(killed), await pageOf(whole));
});
