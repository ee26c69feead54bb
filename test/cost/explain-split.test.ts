import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger, Transaction } from '../../exporters/core/ledger.ts';
import { allocate } from '../../exporters/cost/allocate.ts';
import { explainResource } from '../../exporters/cost/explain.ts';
import { addKey, addSplit, openBooks, own, post, postUsage } from './books.ts';

const now = new Date('2026-11-23T10:00:00Z');

/** A node that cost 100 on the 20th and 21st, split so; web and data spend 30 and 10 themselves. */
async function told(split: (tx: Transaction) => Promise<void>): Promise<string[]> {
  const ledger: Ledger = await openBooks();
  await ledger.write(async tx => {
    await split(tx);
    await addKey(tx, { id: 9, resource: 'node-1' });
    await own(tx, { key: 9, team: 'platform', service: 'unassigned', split: 'cluster' });
    for (const [key, team, amount] of [
      [1, 'web', '30'],
      [2, 'data', '10'],
    ] as const) {
      await addKey(tx, { id: key });
      await own(tx, { key, team });
      await post(tx, [{ key, day: '2026-11-21', amount }]);
    }
    await post(tx, [
      { key: 9, day: '2026-11-20', amount: '40' },
      { key: 9, day: '2026-11-21', amount: '100' },
      { key: 9, day: '2026-11-23', amount: '7' },
    ]);
    await allocate(tx, now);
  });
  const text = (await explainResource(ledger, 'node-1', now)) ?? '';
  await ledger.close();
  return text.split('\n').filter(line => /split|%|nobody/.test(line));
}

test('a split by usage is told with the day and the weights of it', async () => {
  const lines = await told(async tx => {
    await addSplit(tx, 'cluster', 'usage', {}, { name: 'prod', carryDays: 7 });
    await postUsage(tx, [
      { usage: 'prod', day: '2026-11-19', team: 'web', service: 'shop', environment: 'production', quantity: '6' },
      { usage: 'prod', day: '2026-11-19', team: 'data', quantity: '3' },
      { usage: 'prod', day: '2026-11-19', team: '', service: 'idle', quantity: '1' },
      { usage: 'prod', day: '2026-11-19', team: 'gone', quantity: '-1' },
      { usage: 'prod', day: '2026-11-22', team: 'late', quantity: '1' },
    ]);
  });
  assert.deepEqual(lines, [
    '  split "cluster" on 2026-11-21: 100 USD effective, in proportion to usage prod of 2026-11-19',
    '    web, service shop, environment production: 60 %, 60',
    '    data: 30 %, 30',
    '    platform, service idle: 10 %, 10',
  ]);
});

test('usage that is too old gives way to own spend, and that is said', async () => {
  const lines = await told(async tx => {
    await addSplit(tx, 'cluster', 'usage', { web: undefined, data: undefined }, { name: 'prod', carryDays: 1 });
    await postUsage(tx, [{ usage: 'prod', day: '2026-11-19', team: 'web', quantity: '6' }]);
  });
  assert.deepEqual(lines, [
    '  split "cluster" on 2026-11-21: 100 USD effective, in proportion to own spend, as usage prod tells nothing of that day, nor of 1 days before',
    '    web: 75 %, 75',
    '    data: 25 %, 25',
  ]);
});

test('the other methods are told by name, and what nobody shares', async () => {
  assert.deepEqual(await told(tx => addSplit(tx, 'cluster', 'fixed', { a: 3, b: 1 })), [
    '  split "cluster" on 2026-11-21: 100 USD effective, by fixed weights',
    '    a: 75 %, 75',
    '    b: 25 %, 25',
  ]);
  assert.match((await told(tx => addSplit(tx, 'cluster', 'even', { a: 1 })))[0] ?? '', /in equal parts$/);
  assert.match((await told(tx => addSplit(tx, 'cluster', 'proportional')))[0] ?? '', /in proportion to own spend$/);
  assert.deepEqual(await told(async () => undefined), [
    '  split "cluster" on 2026-11-21: 100 USD effective, which no configuration of that day knows',
    '    nobody shares it; it stays with platform',
  ]);
});
