import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

test('a standard output that takes nothing more is told in one sentence', {
  skip: existsSync('/dev/full') ? false : 'this system has no /dev/full',
}, () => {
  const cli = path.join(import.meta.dirname, '..', '..', 'exporters', 'cli.ts');
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [cli, '--help'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  assert.deepEqual([status, stderr], [1, 'plumbline: could not write to standard output: ENOSPC\n']);
});
