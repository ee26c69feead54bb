import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../exporters/config.ts';
import { writeDemo } from '../../exporters/demo/index.ts';

const vendors = { url: 'http://127.0.0.1:9' };

async function filesOf(mornings: readonly Date[]): Promise<ReadonlyMap<string, string>> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-demo-'));
  try {
    for (const now of mornings) await loadConfig(writeDemo({ dir, now, vendors }).configFile, { env: {} });
    const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    return new Map(
      names.map(entry => {
        const file = path.join(entry.parentPath, entry.name);
        return [path.relative(dir, file), readFileSync(file, 'utf8')];
      }),
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const morning = new Date('2026-11-24T07:00:00Z');
const earlier = new Date('2026-11-20T07:00:00Z');

test('the same morning has the same files, whatever mornings came before it', async () => {
  const [once, again] = [await filesOf([morning]), await filesOf([earlier, morning])];
  assert.ok(once.size > 60);
  assert.deepEqual([...again.keys()].sort(), [...once.keys()].sort());
  for (const [name, text] of once) assert.equal(again.get(name), text, name);
});

test('days that have settled are the same on a later morning', async () => {
  const settled = (text: string) =>
    text
      .split('\n')
      .filter(line => /T00:00:00.000Z/.test(line) && !line.includes('n/a') && chargeDay(line) < '2026-11-18');
  const chargeDay = (line: string) => /\d{4}-\d\d-\d\dT/g[Symbol.match](line)?.[2]?.slice(0, 10) ?? '';
  const [before, after] = [await filesOf([earlier]), await filesOf([morning])];
  for (const name of ['bills/aws-2026-11.csv', 'bills/google-cloud-2026-11.csv']) {
    const lines = settled(before.get(name) ?? '');
    assert.ok(lines.length > 100, name);
    assert.deepEqual(settled(after.get(name) ?? ''), lines, name);
  }
});

test('on the first day of a month and of a year there is a demo too', async () => {
  for (const day of ['2027-01-01T05:00:00Z', '2026-03-01T00:00:00Z', '2028-02-29T23:59:59Z'])
    assert.ok((await filesOf([new Date(day)])).size > 60, day);
});
