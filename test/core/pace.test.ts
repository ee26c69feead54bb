import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeTurn } from '../../exporters/core/pace.ts';

test('no more than so many turns fall in any span of time, and each key has its own', async () => {
  let clock = 0;
  const waits: number[] = [];
  const turn = (key: string) =>
    takeTurn({
      ...{ key, most: 3, windowMs: 1_000, now: () => clock },
      // Nobody waits here: as if all had asked at once.
      sleep: async wait => void waits.push(wait),
    });
  for (let index = 0; index < 8; index += 1) await turn('one');
  assert.deepEqual(waits, [1_000, 1_000, 1_000, 2_000, 2_000]);
  await turn('other');
  assert.equal(waits.length, 5);
  clock = 2_999;
  await turn('one');
  assert.deepEqual(waits.slice(5), []);
  await turn('one');
  assert.deepEqual(waits.slice(5), [1]);
});

test('who waits is let go when it is aborted', async () => {
  const controller = new AbortController();
  const turn = () => takeTurn({ key: 'aborted', most: 1, windowMs: 60_000, signal: controller.signal });
  await turn();
  const waiting = turn();
  controller.abort(new Error('stopped'));
  await assert.rejects(waiting);
});
