import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { eventually } from '../e2e/lib/eventually.ts';
import { workplace } from './command.ts';

const config = `server: { port: 0 }
catalog: { files: [catalog/*.yaml] }
ownership:
  rules:
    - { name: resources, resource: "arn:checkout*", service: checkout }
cost:
  focus: [{ path: bill.csv, settle: 0 }]
`;

test('a month is reviewed as Markdown, for all teams or one, into files or not', async t => {
  const { run, write, folder } = workplace(t);
  write('plumbline.yaml', config);
  const all = await run('review', '--month', '2026-05');
  assert.equal(all.code, 0, all.stderr);
  assert.match(all.stdout, /^# FinOps review 2026-05: all teams\n/);
  assert.match(all.stdout, /\| \*\*Total\*\* \| 0\.00 USD \| 100\.00 USD \| \+100\.00 USD \| new \|/);
  assert.match(all.stdout, /# FinOps review 2026-05: payments\n/);
  const one = await run('review', '--month', '2026-05', '--team', 'payments', '--no-refresh');
  assert.match(one.stdout, /^# FinOps review 2026-05: payments\n/);
  assert.match(one.stdout, /\| checkout \| 0\.00 USD \| 30\.00 USD \|/);
  const filed = await run('review', '--month', '2026-05', '--out', 'reviews');
  assert.equal(filed.stdout, '3 reviews of 2026-05 written to reviews\n');
  assert.deepEqual(readdirSync(path.join(folder, 'reviews')).sort(), [
    ...['2026-05-payments.md', '2026-05-unowned.md', '2026-05.md'],
  ]);
  assert.equal(undated(readFileSync(path.join(folder, 'reviews/2026-05-payments.md'), 'utf8')), undated(one.stdout));
});

/** Two commands may run in two minutes. */
function undated(review: string): string {
  assert.match(review, asKnown);
  return review.replace(asKnown, '');
}
const asKnown = /^As known on \d{4}-\d\d-\d\d \d\d:\d\d UTC\./m;

test('a month that is not over, no month, and a team that nobody knows are refused', async t => {
  const { run, write } = workplace(t);
  write('plumbline.yaml', config);
  const future = await run('review', '--month', '2999-01');
  assert.deepEqual([future.code, future.stdout], [2, '']);
  assert.match(future.stderr, /2999-01 is not over yet/);
  assert.equal((await run('review', '--month', '2026-13')).code, 2);
  const unknown = await run('review', '--month', '2026-05', '--team', 'nobody');
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /nothing is known for the team nobody of 2026-05/);
});

test('while a server holds the ledger, it is asked', async t => {
  const { run, write, begin, folder } = workplace(t);
  write('plumbline.yaml', config);
  begin('serve');
  await eventually(() => assert.ok(existsSync(path.join(folder, '.plumbline/server-address'))), 120_000);
  const asked = await run('review', '--month', '2026-05', '--team', 'payments');
  assert.equal(asked.code, 0, asked.stderr);
  assert.match(asked.stderr, /the ledger is open in process \d+; asking its server/);
  assert.match(asked.stdout, /\| checkout \| 0\.00 USD \| 30\.00 USD \|/);
});
