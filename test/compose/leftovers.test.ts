import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { endLeftover, noteServer } from '../../compose/leftovers.ts';

function scratch(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'plumbline-leftover-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const script = 'setInterval(() => undefined, 1000)';
const command = (mark: string) => [process.execPath, '-e', script, mark] as const;

/** A server whose starter was killed; ended with the test. */
async function orphan(t: TestContext, mark: string): Promise<{ readonly pid: number; readonly parent: number }> {
  const starter = `
    const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify(command(mark).slice(1))}, { detached: true, stdio: 'ignore' });
    child.once('spawn', () => { require('node:fs').writeSync(1, String(child.pid)); process.kill(process.pid, 'SIGKILL'); });`;
  const { pid: parent, stdout } = spawnSync(process.execPath, ['-e', starter], { encoding: 'utf8' });
  const pid = Number(stdout);
  t.after(() => isRunning(pid) && process.kill(pid, 'SIGKILL'));
  await sleep(100);
  return { pid, parent };
}

function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

test('a server of a start that was killed is ended by the next', async t => {
  const folder = scratch(t);
  const { pid, parent } = await orphan(t, folder);
  noteServer(folder, 'alertmanager', { pid, parent, command: command(folder) });
  assert.ok(isRunning(pid));
  assert.equal(await endLeftover(folder, 'alertmanager'), pid);
  assert.ok(!isRunning(pid));
  assert.equal(await endLeftover(folder, 'alertmanager'), undefined);
});

test('a process that only has its number, and a server whose starter goes on, are left alone', async t => {
  const folder = scratch(t);
  const { pid, parent } = await orphan(t, folder);
  noteServer(folder, 'prometheus', { pid, parent, command: ['prometheus', `--storage.tsdb.path=${folder}`] });
  assert.equal(await endLeftover(folder, 'prometheus'), undefined);
  assert.ok(isRunning(pid));

  const [program, ...args] = command(`${folder}-own`);
  const own = spawn(program, args, { stdio: 'ignore' });
  t.after(() => own.kill('SIGKILL'));
  await new Promise(resolve => own.once('spawn', resolve));
  noteServer(folder, 'grafana', { pid: own.pid ?? 0, parent: process.pid, command: [program, ...args] });
  assert.equal(await endLeftover(folder, 'grafana'), undefined);
  assert.ok(isRunning(own.pid ?? 0));
});
