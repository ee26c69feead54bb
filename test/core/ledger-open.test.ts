import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openLedger } from '../../exporters/core/ledger.ts';

test('a ledger that cannot be opened is an error that names it and what to do', async t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-ledger-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'file');
  writeFileSync(file, 'no ledger');
  mkdirSync(path.join(folder, 'directory'));
  await assert.rejects(openLedger({ path: path.join(file, 'cost.duckdb') }), {
    code: 'LEDGER_FOLDER_FAILED',
    message: `could not make the folder ${file} for a ledger: EEXIST`,
  });
  await assert.rejects(openLedger({ path: file }), {
    code: 'LEDGER_UNREADABLE',
    message: /file: .*not a valid DuckDB/,
  });
  await assert.rejects(openLedger({ path: path.join(folder, 'directory') }), { code: 'LEDGER_UNREADABLE' });
});
