import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { PlumblineError } from '../../../exporters/core/errors.ts';
import { clashingExports } from '../../../exporters/cost/sources/azure-exports/config.ts';
import { admit } from '../../../exporters/cost/sources/azure-exports/runs.ts';

function folderOf(t: TestContext) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'plumbline-runs-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  /** A run of parts, each of the given text, with the manifest that Azure writes last. */
  const run = (
    folder: string,
    parts: readonly string[],
    options: { type?: string; bytes?: number; blobs?: readonly string[] } = {},
  ) => {
    const names = parts.map((_, index) => `part_${index}_0001.csv`);
    for (const [index, text] of parts.entries()) write(`${folder}/${names[index]}`, text);
    const blobs = (options.blobs ?? names).map((name, index) => ({
      blobName: `exports/daily/${folder}/${name}`,
      byteCount: options.bytes ?? Buffer.byteLength(parts[index] ?? ''),
      dataRowCount: 1,
    }));
    const exportConfig = { exportName: 'daily', type: options.type ?? 'ActualCost', dataVersion: '2021-10-01' };
    write(
      `${folder}/manifest.json`,
      `\uFEFF${JSON.stringify({ manifestVersion: '2024-04-01', blobCount: blobs.length, exportConfig, blobs })}`,
    );
  };
  const admitted = async (cost: 'actual' | 'amortized' = 'actual') => {
    const { files, left } = await admit(root, { cost, delivery: 'runs' });
    return {
      files: [...files].map(file => path.relative(root, file)).sort(),
      left: left.map(({ folder, reason }) => `${path.relative(root, folder)}: ${reason}`).sort(),
    };
  };
  return { root, write, run, admitted };
}

const first = 'daily/20261101-20261130/202611020410/1c0a7bd3-0000-4000-8000-000000000001';
const second = 'daily/20261101-20261130/202611030410/1c0a7bd3-0000-4000-8000-000000000002';

test('a run is read when its manifest is there and each part has its size', async t => {
  const { write, run, admitted } = folderOf(t);
  run(first, ['a\n', 'bb\n']);
  write(`${second}/part_0_0001.csv`, 'a');
  const both = [`${first}/part_0_0001.csv`, `${first}/part_1_0001.csv`];
  assert.deepEqual(await admitted(), { files: both, left: [`${second}: it has no manifest yet`] });
  run(second, ['a\n'], { bytes: 99 });
  assert.deepEqual(await admitted(), { files: both, left: [`${second}: part_0_0001.csv has 2 of 99 bytes`] });
  run(second, ['a\n'], { blobs: ['part_0_0001.csv', 'part_1_0001.csv'] });
  assert.deepEqual((await admitted()).left, [`${second}: part_1_0001.csv is missing`]);
  write(`${second}/manifest.json`, '{"blobs":[{"blobName":');
  assert.deepEqual((await admitted()).left, [`${second}: its manifest is not readable`]);
  run(second, ['a\n']);
  assert.deepEqual(await admitted(), { files: [...both, `${second}/part_0_0001.csv`].sort(), left: [] });
});

test('a part that the manifest does not name is of a report that was overwritten', async t => {
  const { write, run, admitted } = folderOf(t);
  run(first, ['a\n']);
  write(`${first}/part_7_0001.csv`, 'old\n');
  assert.deepEqual((await admitted()).files, [`${first}/part_0_0001.csv`]);
});

test('exports of other costs and of other things are left aside', async t => {
  const { run, admitted } = folderOf(t);
  run(first, ['a\n']);
  run('amortized/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000003', ['a\n'], { type: 'AmortizedCost' });
  run('prices/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000004', ['a\n'], { type: 'PriceSheet' });
  assert.deepEqual((await admitted()).files, [`${first}/part_0_0001.csv`]);
  assert.deepEqual((await admitted('amortized')).files, [
    'amortized/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000003/part_0_0001.csv',
  ]);
});

test('an export that writes no manifests is read without; several whole files of a month are an error that says what to do', async t => {
  const { write, admitted } = folderOf(t);
  const name = (digit: number) => `daily/20261101-20261130/daily_1c0a7bd3-0000-4000-8000-00000000000${digit}.csv`;
  write(name(1), 'a\n');
  assert.deepEqual(await admitted(), { files: [name(1)], left: [] });
  write(name(2), 'a\n');
  await assert.rejects(admitted(), (error: unknown) => {
    assert.ok(error instanceof PlumblineError);
    assert.equal(error.code, 'AZURE_EXPORT_FILES');
    assert.match(`${error.message}; ${error.remedy}`, /20261101-20261130 holds 2 files .*delivery: snapshots/);
    return true;
  });
});

test('days that two periods of one export share are read once, from the whole month', async t => {
  const { run, admitted } = folderOf(t);
  run('daily/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000001', ['a\n']);
  run('daily/20261001-20261231/1c0a7bd3-0000-4000-8000-000000000002', ['a\n']);
  run('daily/20260901-20260915/1c0a7bd3-0000-4000-8000-000000000003', ['a\n']);
  run('other/20261101-20261115/1c0a7bd3-0000-4000-8000-000000000004', ['a\n']);
  const { files, left } = await admitted();
  assert.deepEqual(
    files.map(file => file.split('/').slice(0, 2).join('/')),
    ['daily/20260901-20260915', 'daily/20261101-20261130', 'other/20261101-20261115'],
  );
  assert.deepEqual(left, ['daily/20261001-20261231: its days are in 20261101-20261130 too']);
});

test('an amortized export beside an actual one can only be for reconciliation', () => {
  const one = (
    cost: 'actual' | 'amortized',
    role: 'authoritative' | 'reconciliation' = 'authoritative',
    billing_account?: string,
  ) => ({ cost, role, billing_account });
  assert.deepEqual(clashingExports([one('actual'), one('amortized')]), [1]);
  assert.deepEqual(clashingExports([one('actual'), one('amortized', 'reconciliation'), one('actual')]), []);
  assert.deepEqual(clashingExports([one('actual', 'authoritative', '1'), one('amortized', 'authoritative', '2')]), []);
  assert.deepEqual(clashingExports([one('amortized', 'authoritative', '1'), one('actual', 'authoritative', '1')]), [1]);
});
