import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createHistoryFile } from '../../exporters/cli/ledger/openmetrics-file.ts';

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'plumbline-history-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a pipe gets the history and stays a pipe', async t => {
  const at = folder(t);
  const pipe = path.join(at, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const read = readFile(pipe, 'utf8');
  const history = await createHistoryFile(pipe);
  await history.finish();
  assert.ok(lstatSync(pipe).isFIFO());
  assert.equal(await read, '# EOF\n');
  assert.deepEqual(readdirSync(at), ['pipe']);
});

test('a link stays one, and the file that it leads to gets the history', async t => {
  const at = folder(t);
  mkdirSync(path.join(at, 'other'));
  const file = path.join(at, 'other', 'history.om');
  writeFileSync(file, 'before');
  symlinkSync(file, path.join(at, 'link'));
  const history = await createHistoryFile(path.join(at, 'link'));
  assert.deepEqual(readdirSync(path.join(at, 'other')), ['history.om', 'history.om.partial']);
  assert.equal(readFileSync(file, 'utf8'), 'before');
  await history.finish();
  assert.ok(lstatSync(path.join(at, 'link')).isSymbolicLink());
  assert.equal(readFileSync(file, 'utf8'), '# EOF\n');
  assert.deepEqual(readdirSync(path.join(at, 'other')), ['history.om']);
});

test('a folder is refused before the work', async t => {
  await assert.rejects(createHistoryFile(folder(t)), { code: 'FILE_UNWRITABLE', message: /EISDIR/ });
});
