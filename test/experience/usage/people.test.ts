/** Counts of people: by whole weeks, equal to an independent count, and none that tells of one person. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as m from '../../../exporters/experience/usage/metrics.ts';
import { openUsage, peopleOf, used, usedBy } from './books.ts';

// 2026-03-02 is a Monday.
const teams = { red: 12, blue: 9, tiny: 2 };

test('a week is told a day after its end, by team where nobody can be worked out', async () => {
  const books = await openUsage({ ownership: peopleOf(teams) });
  await books.tell(
    {
      events: [
        ...usedBy('red', 8, '2026-03-03'),
        ...usedBy('blue', 6, '2026-03-04'),
        used(undefined, '2026-03-05T09:00:00Z'),
      ],
    },
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

const week = (books: Awaited<ReturnType<typeof openUsage>>, at = '2026-03-10T01:00:00Z') => ({
  users: () => books.lines(m.activeUsers, at),
  teams: () => books.lines(m.teamActiveUsers, at),
  features: () => books.lines(m.featureActiveUsers, at),
});

test('a team of which everybody used it is not told, nor what would tell it by subtraction', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 12, blue: 6, green: 8 }) });
  await books.tell(
    {
      events: [
        ...usedBy('red', 8, '2026-03-03'),
        ...usedBy('blue', 6, '2026-03-04'),
        ...usedBy('green', 7, '2026-03-04'),
      ],
    },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  assert.deepEqual(await week(books).users(), ['7d = 21']);
  // Blue is all of blue; 21 - 8 - 7 would say so. With green beside it 13 of 14 are left, and it is not known who.
  assert.deepEqual(await week(books).teams(), ['red 7d = 8']);
  await books.close();
});

test('a few people of a small team are hidden with the next team, and people of no team count as a team', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 12, blue: 20, tiny: 2 }) });
  const guests = Array.from({ length: 7 }, (_, index) => used(`guest-${index}`, '2026-03-06T10:00:00Z'));
  await books.tell(
    {
      events: [
        ...usedBy('red', 8, '2026-03-03'),
        ...usedBy('blue', 9, '2026-03-04'),
        ...usedBy('tiny', 1, '2026-03-05'),
        ...guests,
      ],
    },
    '2026-03-07T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  assert.deepEqual(await week(books).users(), ['7d = 25']);
  assert.deepEqual(await week(books).teams(), ['blue 7d = 9', 'red 7d = 8']);
  await books.close();
});

test('a feature that all people of the only team that has it used is not told, and below k nothing is', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 6, blue: 9 }) });
  const docs = { plugin: 'techdocs' };
  await books.tell(
    {
      events: [
        ...usedBy('red', 6, '2026-03-03', docs),
        ...usedBy('red', 4, '2026-03-03'),
        ...usedBy('blue', 5, '2026-03-04', { plugin: 'else' }),
      ],
    },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  assert.deepEqual(await week(books).users(), ['7d = 11']);
  assert.deepEqual(await week(books).features(), []);
  assert.deepEqual(await books.lines(m.featureActiveTeams, '2026-03-10T01:00:00Z'), [
    'catalog 7d = 1',
    'docs 7d = 1',
    'new-service 7d = 0',
    'unused 7d = 0',
  ]);
  await books.close();
});

test('adoption counts teams that have people; a small team is in it and not beside it', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 6, blue: 9, tiny: 2, solo: 1, empty: 0 }) });
  await books.tell(
    { events: [...usedBy('red', 2, '2026-03-03'), ...usedBy('tiny', 1, '2026-03-04')] },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  assert.deepEqual(await books.lines(m.activeTeams, '2026-03-10T01:00:00Z'), ['7d = 2']);
  assert.deepEqual(await books.lines(m.adoption, '2026-03-10T01:00:00Z'), ['7d = 0.5']);
  // Tiny and solo are three people: red is hidden with them.
  assert.deepEqual(
    (await books.lines(m.teamFeatureUsed, '2026-03-10T01:00:00Z')).filter(line => line.includes('catalog')),
    ['blue catalog 7d = 0'],
  );
  await books.close();
});

test('where all hidden teams used it and one is a single person, how many did is not told', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 6, blue: 9, tiny: 4, solo: 1 }) });
  await books.tell(
    { events: [...usedBy('tiny', 1, '2026-03-03'), ...usedBy('solo', 1, '2026-03-04')] },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  assert.deepEqual(await books.lines(m.activeTeams, '2026-03-10T01:00:00Z'), []);
  assert.deepEqual(await books.lines(m.adoption, '2026-03-10T01:00:00Z'), []);
  assert.deepEqual(
    (await books.lines(m.teamFeatureUsed, '2026-03-10T01:00:00Z')).filter(line => line.includes('catalog')),
    ['blue catalog 7d = 0', 'red catalog 7d = 0'],
  );
  await books.close();
});

test('who comes late is told when so many come, and one alone never; what is configured anew changes nothing of it', async () => {
  const ownership = peopleOf({ red: 20, blue: 20 });
  const books = await openUsage({ ownership });
  const at = '2026-03-11T12:00:00Z';
  await books.tell(
    { events: [...usedBy('red', 8, '2026-03-03'), ...usedBy('blue', 9, '2026-03-03')] },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  const before = await week(books, at).teams();
  assert.deepEqual(before, ['blue 7d = 9', 'red 7d = 8']);
  await books.tell({ events: [used('p9-red', '2026-03-04T10:00:00Z')] }, '2026-03-10T10:00:00Z');
  await books.derive('2026-03-11T10:00:00Z');
  assert.deepEqual(await week(books, at).teams(), before);
  assert.deepEqual(await week(books, at).users(), ['7d = 17']);
  const renamed = await openUsage({
    ...{ ownership, ledger: books.ledger, now: '2026-03-11T10:30:00Z' },
    features: [{ feature: 'entities', plugins: ['catalog'] }],
  });
  assert.deepEqual(await week(renamed, at).teams(), before);
  assert.deepEqual(await week(renamed, at).features(), ['entities 7d = 17']);
  // Nine of red now, the one who was alone among them.
  await renamed.tell({ events: usedBy('red', 14, '2026-03-05') }, '2026-03-11T11:00:00Z');
  assert.deepEqual(await week(renamed, at).teams(), ['blue 7d = 9', 'red 7d = 14']);
  assert.deepEqual(await week(renamed, at).features(), ['entities 7d = 23']);
  // What was told before is told of before.
  assert.deepEqual(await week(books, '2026-03-10T12:00:00Z').teams(), before);
  await books.close();
});

test('of those of the week before how many came again, and who is new once four weeks are known', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 40 }) });
  await books.tell({ events: [used('p1-red', '2026-02-02T10:00:00Z')] }, '2026-02-04T10:00:00Z');
  await books.tell({ events: usedBy('red', 10, '2026-02-25') }, '2026-02-25T12:00:00Z');
  await books.tell({ events: usedBy('red', 25, '2026-03-03').slice(4) }, '2026-03-03T12:00:00Z');
  await books.derive('2026-03-10T00:10:00Z');
  const at = '2026-03-10T01:00:00Z';
  assert.deepEqual(
    (await books.lines(m.retention, at)).filter(line => line.startsWith('7d')),
    ['7d = 0.6'],
  );
  assert.deepEqual(
    (await books.lines(m.newUsers, at)).filter(line => line.startsWith('7d')),
    ['7d = 15'],
  );
  await books.close();
});

test('a number that no week follows goes away, and one without any use is not published', async () => {
  const books = await openUsage({ ownership: peopleOf(teams) });
  await books.tell({ events: usedBy('red', 8, '2026-03-03') }, '2026-03-03T12:00:00Z');
  await books.derive('2026-03-30T00:10:00Z');
  const weekly = (lines: readonly string[]) => lines.filter(line => line.startsWith('7d'));
  assert.deepEqual(weekly(await week(books, '2026-03-23T23:00:00Z').users()), ['7d = 8']);
  assert.deepEqual(weekly(await week(books, '2026-03-24T01:00:00Z').users()), []);
  await books.close();
});

test('what was published stays when the days behind it are deleted, and no counter falls', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 12, blue: 9 }), retentionDays: 60 });
  await books.tell(
    { events: [...usedBy('red', 8, '2026-03-03'), ...usedBy('blue', 6, '2026-03-04')] },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  const events = await books.lines(m.usageEvents, '2026-03-10T01:00:00Z');
  assert.deepEqual(events, ['navigate catalog = 14']);
  await books.prune('2026-04-20T00:00:00Z');
  assert.deepEqual(await books.rows('SELECT is_folded, sum(n)::INTEGER AS n FROM usage_counts GROUP BY ALL'), [
    { is_folded: true, n: 14 },
  ]);
  await books.prune('2026-08-01T00:00:00Z');
  assert.deepEqual(await books.rows('SELECT count(*)::INTEGER AS n FROM usage_days'), [{ n: 0 }]);
  assert.deepEqual(await week(books).users(), ['7d = 14']);
  assert.deepEqual(await books.lines(m.usageEvents, '2026-08-01T00:00:00Z'), events);
  await books.close();
});

test('another k hides more from then on, and says what was told before as it was', async () => {
  const ownership = peopleOf({ red: 12, blue: 20 });
  const books = await openUsage({ ownership });
  await books.tell(
    { events: [...usedBy('red', 6, '2026-03-03'), ...usedBy('blue', 9, '2026-03-04')] },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  const stricter = await openUsage({ ownership, ledger: books.ledger, k: 8, now: '2026-03-11T00:00:00Z' });
  assert.deepEqual(await week(stricter, '2026-03-10T12:00:00Z').teams(), ['blue 7d = 9', 'red 7d = 6']);
  // Fifteen less nine are six: red is below k, and blue would tell it.
  assert.deepEqual(await week(stricter, '2026-03-11T12:00:00Z').teams(), []);
  assert.deepEqual(await week(stricter, '2026-03-11T12:00:00Z').users(), ['7d = 15']);
  await books.close();
});

test('a reorganisation changes nothing that was published; who moved is counted once, where they were last', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 12, blue: 9 }) });
  await books.tell(
    { events: [...usedBy('red', 8, '2026-03-03'), ...usedBy('blue', 6, '2026-03-04')] },
    '2026-03-05T10:00:00Z',
  );
  await books.derive('2026-03-10T00:10:00Z');
  const before = await week(books).teams();
  const documents = peopleOf({ green: 1, blue: 9 });
  const after = await openUsage({ ownership: documents, ledger: books.ledger, now: '2026-03-11T00:00:00Z' });
  // Of red nobody is in the catalog since Wednesday.
  await after.tell(
    { events: [...usedBy('red', 8, '2026-03-10'), ...usedBy('red', 8, '2026-03-12')] },
    '2026-03-12T12:00:00Z',
  );
  await after.derive('2026-03-17T00:10:00Z');
  assert.deepEqual(await week(after).teams(), before);
  const lines = await week(after, '2026-03-17T01:00:00Z').teams();
  assert.deepEqual(
    lines.filter(line => line.includes('7d')),
    ['unowned 7d = 8'],
  );
  await books.close();
});
