import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeEstimates } from '../fixtures/cost/make-estimates.ts';
import { requireTool } from '../tools/tools.ts';
import { goldenInfracostPage, goldenReview, withReviewed } from './infracost.ts';

const golden = (file: string) => readFileSync(path.join(import.meta.dirname, file), 'utf8');

test('the fixture estimates are what is generated', () => {
  const folder = path.join(import.meta.dirname, '../fixtures/cost/infracost');
  const written = readdirSync(folder).map(file => [file, JSON.parse(readFileSync(path.join(folder, file), 'utf8'))]);
  const made = Object.entries(makeEstimates()).map(([file, text]) => [file, JSON.parse(text)]);
  assert.deepEqual(Object.fromEntries(written), Object.fromEntries(made));
});

test('estimates of made-up pull requests give the golden page, and the month its golden review', async () => {
  assert.equal(await goldenInfracostPage('text'), golden('cost-infracost.prom'));
  assert.equal(await goldenReview(), golden('review.md'));
});

test('promtool finds nothing to say about the page', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const input = golden('cost-infracost.prom');
  const { status, stdout, stderr } = spawnSync(promtool.path, ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});

test('a repository is explained: its owner, and whose its projects are', async () => {
  await withReviewed(async ({ exporter, ledger }) => {
    const explain = async (id: string) => (await exporter.explain?.(ledger, 'repository', id)) ?? '';
    assert.match(await explain('acme/checkout'), /service: checkout-api \(by rule "checkout", since the beginning\)/);
    assert.match(
      await explain('acme/checkout'),
      /estimates of infra\/staging, the newest of 2026-10-05: the repository's owner/,
    );
    assert.match(
      await explain('acme/infrastructure'),
      /estimates of payments, .*: payments, payments-api \(cost\.estimates\)/,
    );
    assert.equal(await explain('acme/unknown'), '');
    assert.deepEqual(
      (await exporter.check?.(ledger))?.filter(({ subject }) => subject.startsWith('estimates')),
      [{ subject: 'estimates of acme/gone', text: 'no estimate has the project *' }],
    );
  });
});
