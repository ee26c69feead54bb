/** Counts of people: by whole weeks, equal to an independent count, and none that tells of one person. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as m from '../../../exporters/experience/usage/metrics.ts';
import { openUsage, peopleOf, used, usedBy } from './books.ts';

// 2026-03-02 is a Monday; the four weeks of that epoch begin on 2026-03-02 too.
const teams = { red: 12, blue: 9, tiny: 2 };

test('a week is told a day after its end, by team where nobody can be worked out', async () => {
  const books = await openUsage({ ownership: peopleOf(teams) });
  await books.tell(
    { events: [...usedBy('red', 8, '2026-03-03'), ...usedBy('blue', 6, '2026-03-04'), used(undefined, '2026-03-05T09:00:00Z')] },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-09T23:00:00Z');
  assert.deepEqual(await books.lines(m.activeUsers, '2026-03-09T23:30:00Z'), []);
  await books.derive('2026-03-10T00:10:00Z');
  assert.deepEqual(await books.lines(m.activeUsers, '2026-03-10T01:00:00Z'), ['7d = 14']);
  assert.deepEqual(await books.lines(m.teamActiveUsers, '2026-03-10T01:00:00Z'), ['blue 7d = 6', 'red 7d = 8']);
  assert.deepEqual(await books.lines(m.activeTeams, '2026-03-10T01:00:00Z'), ['7d = 2']);
  assert.deepEqual(await books.lines(m.featureUsed, '2026-03-10T01:00:00Z'), [
    'catalog 7d = 1',
    'docs 7d = 0',
    'new-service 7d = 0',
    'unused 7d = 0',
  ]);
  await books.close();
});
