/** The commands find and gate: the same answer from the ledger and from the server that holds it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { probe } from '../../exporters/cli/local.ts';
import { exitOf, type Workplace, workplace } from './command.ts';
import { ledgerIn, shopConfig } from './gate-ledger.ts';

const log4j = 'pkg:maven/org.apache.logging.log4j/log4j-core';

const asked: readonly (readonly string[])[] = [
  ['find', log4j, '--format', 'json'],
  ['find', log4j, '--range', '<1'],
  ['find', log4j, '--range', 'vers:npm/<1'],
  ['gate', '--image', 'ghcr.io/acme/shop:1.0'],
  ['gate', '--image', 'ghcr.io/acme/other:1'],
];

async function answers({ run }: Workplace) {
  const all = [];
  for (const words of asked) {
    const { code, stdout, stderr } = await run(...words);
    // Who was asked, and how long it took, is said beside the answer.
    const said = stderr.split('\n').filter(line => /^plumbline:/.test(line));
    all.push({ words: words.join(' '), code, stdout, said });
  }
  return all;
}

async function serving(t: TestContext, { begin, folder }: Workplace) {
  const child = begin('serve');
  t.after(async () => {
    child.kill('SIGTERM');
    await exitOf(child);
  });
  const file = path.join(folder, 'data', 'server-address');
  for (let tries = 0; tries < 600; tries += 1) {
    if (existsSync(file) && (await probe(readFileSync(file, 'utf8'))).healthy) return;
    await sleep(100);
  }
  assert.fail('it does not serve');
}

test('find and gate say through a running server what they say of the ledger', async t => {
  const place = workplace(t);
  place.write('plumbline.yaml', `data_dir: data\n${shopConfig}`);
  await ledgerIn(place.folder);
  const local = await answers(place);
  assert.deepEqual(
    local.map(({ code }) => code),
    [0, 1, 2, 1, 2],
  );
  await serving(t, place);
  assert.deepEqual(await answers(place), local);
  const { stderr } = await place.run('find', log4j);
  assert.match(stderr, /the ledger is open in process \d+; asking its server at http:/);
});
