import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DayCursor, daySteps } from '../../exporters/cost/day-window.ts';

const window = { now: new Date('2026-11-23T10:00:00Z'), againDays: 3, historyDays: 8, stepDays: 2 };
const told = (cursor: DayCursor, more: Partial<typeof window> = {}) =>
  daySteps(cursor, { ...window, ...more }).map(
    ({ days, isHistory, after }) =>
      `${isHistory ? 'past ' : ''}${days.map(day => day.slice(8)).join()} -> ${after.oldest?.slice(8) ?? ''}..${after.newest?.slice(8) ?? ''}`,
  );

test('a first refresh reads the last complete days, newest first, then the past', () => {
  assert.deepEqual(told({}), [
    '22,21 -> ..',
    '20 -> 20..22',
    'past 19,18 -> 18..22',
    'past 17,16 -> 16..22',
    'past 15 -> 15..22',
  ]);
});

test('the next one reads the same few days again, and goes on in the past', () => {
  assert.deepEqual(told({ newest: '2026-11-21', oldest: '2026-11-18' }), [
    '22,21 -> 18..21',
    '20 -> 18..22',
    'past 17,16 -> 16..22',
    'past 15 -> 15..22',
  ]);
  assert.deepEqual(told({ newest: '2026-11-22', oldest: '2026-11-15' }), ['22,21 -> 15..22', '20 -> 15..22']);
  assert.deepEqual(told({ newest: '2026-11-22', oldest: '2026-11-19', exhausted: true }), [
    '22,21 -> 19..22',
    '20 -> 19..22',
  ]);
});

test('after a long stop the days between are read too, no further back than the history', () => {
  assert.deepEqual(told({ newest: '2026-11-17', oldest: '2026-11-01' }), [
    '22,21 -> 01..17',
    '20,19 -> 01..17',
    '18 -> 01..22',
  ]);
  assert.deepEqual(told({ newest: '2026-09-17', oldest: '2026-09-01' }, { stepDays: 30 }), [
    '22,21,20,19,18,17,16,15 -> 01..22',
  ]);
});

test('where something else is asked for, all days are read anew, also those that were given up', () => {
  const cursor = { newest: '2026-11-22', oldest: '2026-11-20', exhausted: true, shape: 'a' };
  const steps = daySteps(cursor, { ...window, shape: 'b', stepDays: 10 });
  assert.deepEqual(
    steps.map(({ after }) => after),
    [
      { newest: '2026-11-22', oldest: '2026-11-20', shape: 'b' },
      { newest: '2026-11-22', oldest: '2026-11-15', shape: 'b' },
    ],
  );
  assert.equal(daySteps(cursor, { ...window, shape: 'a', stepDays: 10 }).length, 1);
});
