/** Versions of items: what differs is a row, what is told of the past again is none, what is gone stays as it was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  itemsDone,
  itemsOpened,
  officeHoursTotal,
  roadmapItems,
} from '../../../exporters/experience/roadmap/metrics.ts';
import { item, openBooks } from './books.ts';

const versions = `SELECT item || ' ' || status || CASE WHEN is_deleted THEN ' deleted' ELSE '' END || ' '
  || strftime(occurred_at, '%m-%d') || ' ' || coalesce(strftime(started_at, '%m-%d'), '-') || ' '
  || coalesce(strftime(ended_at, '%m-%d'), '-') AS line FROM roadmap_items ORDER BY version`;

test('the past of an item that is told first is what its own times say', async t => {
  const books = await openBooks();
  t.after(books.close);
  await books.tell(
    {
      items: [
        item('1', 'done', '2026-02-09T00:00:00Z', {
          startedAt: '2026-01-20T00:00:00Z',
          endedAt: '2026-02-01T00:00:00Z',
        }),
        item('2', 'backlog', '2026-02-03T00:00:00Z'),
      ],
    },
    '2026-02-10T00:00:00Z',
  );
  assert.deepEqual(
    (await books.rows(versions)).map(({ line }) => line),
    ['1 todo 01-01 - -', '1 in_progress 01-20 01-20 -', '1 done 02-01 01-20 02-01', '2 backlog 01-01 - -'],
  );
  assert.deepEqual(await books.lines(roadmapItems, '2026-01-25T00:00:00Z'), [
    'platform none backlog = 1',
    'platform none in_progress = 1',
  ]);
});

test('the same told again is no version; the past is not told anew with the words of today', async t => {
  const books = await openBooks();
  t.after(books.close);
  const first = item('1', 'todo', '2026-01-05T00:00:00Z', { area: 'ci' });
  assert.equal(await books.tell({ items: [first] }, '2026-01-06T00:00:00Z'), 1);
  assert.equal(await books.tell({ items: [first] }, '2026-01-07T00:00:00Z'), 0);
  assert.equal(
    await books.tell({ items: [{ ...first, changedAt: '2026-01-07T00:00:00Z' }] }, '2026-01-08T00:00:00Z'),
    0,
  );
  const now = { ...first, area: 'portal' };
  assert.equal(
    await books.tell(
      {
        items: [
          { ...now, changedAt: '2026-01-01T00:00:00Z' },
          { ...now, changedAt: '2026-01-09T00:00:00Z', status: 'in_progress' },
          { ...now, changedAt: '2026-01-10T00:00:00Z', status: 'todo' },
        ],
      },
      '2026-01-11T00:00:00Z',
    ),
    2,
  );
  assert.deepEqual(
    await books.rows('SELECT area, status, occurred_at::DATE AS at FROM roadmap_items ORDER BY version'),
    [
      { area: 'ci', status: 'todo', at: '2026-01-01' },
      { area: 'portal', status: 'in_progress', at: '2026-01-09' },
      { area: 'portal', status: 'todo', at: '2026-01-10' },
    ],
  );
});

test('what changes without a date of its own changed when we learned of it; what an index had before is no news', async t => {
  const books = await openBooks();
  t.after(books.close);
  const first = item('1', 'todo', '2026-01-05T00:00:00Z', {
    cycle: { name: 'one', from: '2026-01-05', until: '2026-01-18' },
  });
  await books.tell({ items: [first] }, '2026-01-06T00:00:00Z');
  await books.tell(
    { items: [{ ...first, cycle: { name: 'one', from: '2026-01-05', until: '2026-01-25' } }] },
    '2026-01-08T00:00:00Z',
  );
  assert.equal(
    await books.tell({ items: [{ ...first, changedAt: '2026-01-04T00:00:00Z' }] }, '2026-01-09T00:00:00Z'),
    0,
  );
  assert.deepEqual(
    await books.rows('SELECT cycle_until AS until, occurred_at::DATE AS at FROM roadmap_items ORDER BY version'),
    [
      { until: '2026-01-18', at: '2026-01-01' },
      { until: '2026-01-25', at: '2026-01-08' },
    ],
  );
});

test('items that a whole reading lacks are gone, come again, and are not gone where nothing at all is listed', async t => {
  const books = await openBooks();
  t.after(books.close);
  const items = [item('1', 'todo', '2026-01-05T00:00:00Z'), item('2', 'todo', '2026-01-05T00:00:00Z')];
  await books.tell({ items, isWhole: true }, '2026-01-06T00:00:00Z');
  await books.tell({ items: items.slice(1), isWhole: true }, '2026-01-07T00:00:00Z');
  assert.deepEqual(await books.lines(roadmapItems, '2026-01-07T12:00:00Z'), ['platform none todo = 1']);
  assert.deepEqual(await books.lines(roadmapItems, '2026-01-06T12:00:00Z'), ['platform none todo = 2']);
  await books.tell({ items, isWhole: true }, '2026-01-08T00:00:00Z');
  assert.deepEqual(await books.lines(roadmapItems, '2026-01-08T12:00:00Z'), ['platform none todo = 2']);
  await assert.rejects(
    books.tell({ items: [], isWhole: true }, '2026-01-09T00:00:00Z'),
    /linear lists nothing at all, though 2 items of it are known/,
  );
  assert.deepEqual(await books.lines(itemsOpened, '2026-01-09T00:00:00Z'), ['platform = 2']);
  assert.deepEqual(await books.rows("SELECT strftime(learned_at, '%m-%d') AS at FROM roadmap_snapshots"), [
    { at: '01-06' },
  ]);
});

test('an item that is reopened was started once, and is done twice', async t => {
  const books = await openBooks();
  t.after(books.close);
  const done = { endedAt: '2026-01-10T00:00:00Z' };
  await books.tell({ items: [item('1', 'in_progress', '2026-01-05T00:00:00Z')] }, '2026-01-05T01:00:00Z');
  await books.tell({ items: [item('1', 'done', '2026-01-10T00:00:00Z', done)] }, '2026-01-10T01:00:00Z');
  // A comment: no end of its own any more.
  await books.tell({ items: [item('1', 'done', '2026-01-11T00:00:00Z', { area: 'ci' })] }, '2026-01-11T01:00:00Z');
  assert.deepEqual(await books.lines(itemsDone, '2026-01-12T00:00:00Z'), ['platform = 1']);
  await books.tell({ items: [item('1', 'todo', '2026-01-12T00:00:00Z')] }, '2026-01-12T01:00:00Z');
  await books.tell({ items: [item('1', 'done', '2026-01-14T00:00:00Z')] }, '2026-01-14T01:00:00Z');
  assert.deepEqual(
    (await books.rows(versions)).map(({ line }) => line),
    [
      '1 todo 01-01 - -',
      '1 in_progress 01-05 01-05 -',
      '1 done 01-10 01-05 01-10',
      '1 done 01-11 01-05 01-10',
      '1 todo 01-12 01-05 -',
      '1 done 01-14 01-05 01-14',
    ],
  );
  assert.deepEqual(await books.lines(itemsDone, '2026-01-15T00:00:00Z'), ['platform = 2']);
});

test('a visit to office hours is no work', async t => {
  const books = await openBooks();
  t.after(books.close);
  await books.tell(
    { items: [item('1', 'done', '2026-01-05T00:00:00Z', { isOfficeHours: true })], team: 'data' },
    '2026-01-06T00:00:00Z',
  );
  assert.deepEqual(await books.lines(roadmapItems, '2026-01-07T00:00:00Z'), []);
  assert.deepEqual(await books.lines(itemsDone, '2026-01-07T00:00:00Z'), []);
  assert.deepEqual(await books.lines(officeHoursTotal, '2026-01-07T00:00:00Z'), ['data = 1']);
});
