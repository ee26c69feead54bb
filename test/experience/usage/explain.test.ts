/** What check and explain say of use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openUsage, peopleOf, used, usedBy } from './books.ts';

test('check tells of features that nothing belongs to, of small teams, of people of none and of what waits', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 12, tiny: 2 }) });
  assert.deepEqual(await books.exporter.check?.(books.ledger), []);
  const guests = Array.from({ length: 9 }, (_, index) => used(`guest-${index}`, '2026-03-04T10:00:00Z'));
  await books.tell({ events: [...usedBy('red', 6, '2026-03-03'), ...guests] }, '2026-03-05T10:00:00Z');
  await books.derive('2026-03-10T00:10:00Z');
  await books.tell({ events: [used('p8-red', '2026-03-04T10:00:00Z')] }, '2026-03-10T10:00:00Z');
  const notices = (await books.exporter.check?.(books.ledger)) ?? [];
  assert.deepEqual(
    notices.map(({ subject, text }) => `${subject}: ${text}`),
    [
      'feature docs: nothing that was used belongs to it',
      'feature new-service: nothing that was used belongs to it; subjects are matched when events come, and not kept',
      'feature unused: nothing that was used belongs to it',
      'teams: 1 of 2 have fewer than 5 people in the catalog, so that nothing is told of them by themselves',
      'people: most of those who used the portal are of no team; the catalog needs their User entities, with memberOf',
      'use in the week before 2026-03-09: what came later is of too few people to be published anew, and waits for more',
    ],
  );
  assert.deepEqual([notices[0]?.word, notices[0]?.known], ['techdocs', ['catalog']]);
  await books.close();
});

test('explain tells what a feature is and what was published of it, or why nothing', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 12, blue: 6 }) });
  const docs = { plugin: 'techdocs', action: 'view' as const, route: 'techdocs:reader-page' };
  await books.tell(
    { events: [...usedBy('red', 6, '2026-03-03'), ...usedBy('red', 2, '2026-03-03', docs)] },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  const explain = (kind: string, id: string) => books.exporter.explain?.(books.ledger, kind, id);
  assert.equal(
    await explain('feature', 'catalog'),
    'feature catalog is\n  navigate in catalog\nthe week before 2026-03-09, published once; people: 6; teams: 1',
  );
  assert.equal(
    await explain('feature', 'docs'),
    'feature docs is\n  view in techdocs techdocs:reader-page\nthe week before 2026-03-09, published once; people: not told: fewer than 5, or all of the teams that used it; teams: 1',
  );
  assert.match(
    (await explain('feature', 'unused')) ?? '',
    /nothing that was used belongs to it\nthe week .*: not used by anybody/,
  );
  assert.equal(await explain('feature', 'undeclared'), undefined);
  assert.equal(await explain('policy', 'catalog'), undefined);
  await books.close();
});
