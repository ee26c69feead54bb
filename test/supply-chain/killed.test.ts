/** Killed between and within batches and started again, it is the ledger of one that never was. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { seededRandom } from '../core/random.ts';
import { openBooks } from './books.ts';

const pieces = 10;

/**
 * Runs the worker until it has ended by itself; it is killed so many milliseconds after so many pieces are told, when it
 * is at the next one or has told it, since nobody lets it go on from there.
 */
async function run(ledger: string, kill?: { readonly after: number; readonly ms: number }): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'killed-worker.ts'), ledger, '9', String(pieces)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  // it may have been killed meanwhile
  child.stdin.on('error', () => undefined);
  let told = 0;
  child.stdout.on('data', (data: Buffer) => {
    told += String(data).split('\n').length - 1;
    if (!kill || told <= kill.after) child.stdin.write('\n');
    if (told === kill?.after) void setTimeout(kill.ms).then(() => child.kill('SIGKILL'));
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === null) assert.equal(code, 0);
  return signal === null;
}

async function heldIn(file: string) {
  const books = await openBooks({ file });
  const held: string[] = [...(await books.lines('FROM finding_states ORDER BY ALL'))];
  held.push(
    ...(await books.lines('FROM running_images ORDER BY ALL')),
    ...(await books.lines('FROM scan_results ORDER BY ALL')),
  );
  await books.close();
  return held;
}

test('killed again and again, it is the ledger of one that never was', async t => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-supply-chain-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const random = seededRandom(4);
  const killed = path.join(folder, 'killed.duckdb');
  let kills = 0;
  const plan = () => ({ after: 1 + Math.floor(random() * 3), ms: Math.floor(random() * 150) });
  while (!(await run(killed, kills < 5 ? plan() : undefined))) kills += 1;
  assert.ok(kills >= 3, `killed ${kills} times`);
  const whole = path.join(folder, 'whole.duckdb');
  await run(whole);
  assert.deepEqual(await heldIn(killed), await heldIn(whole));
});
