/** Parts of a scope that are looked at one by one, and those of them that nothing looks at any more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events, openBooks, owner, report, states } from './books.ts';

const hours = 3600;
const at = (hour: number) => new Date(Date.UTC(2026, 1, 10) + hour * 3_600_000).toISOString();
const look = (hour: number, part: string, ...results: readonly string[]) => report(hour, results, { parts: [part] });

test('what a part had that nothing looks at any more is not known, though its scope is looked at', async () => {
  const books = await openBooks();
  const counts = [
    {
      ...({ policy: '', outcome: 'pass', severity: 'unknown', enforcement: 'audit' } as const),
      ...{ owner: owner('acme/shop'), count: 3 },
    },
  ];
  const docker = report(1, ['fail root b', 'excepted root c'], {
    parts: ['docker'],
    counts,
    totals: [{ policy: 'root', violations: 4 }],
  });
  await books.tell({ reports: [look(1, 'tf', 'fail root a'), docker] }, at(1), 4 * hours);
  await books.tell({ reports: [look(4, 'tf', 'fail root a')] }, at(4), 4 * hours);
  assert.deepEqual(await states(books), ['a open ', 'b open ', 'c excepted ']);
  await books.tell({ reports: [look(6, 'tf', 'fail root a')] }, at(6), 4 * hours);
  assert.deepEqual(await states(books), ['a open ', 'b unknown not_evaluated', 'c unknown not_evaluated']);
  // From when it was stale, and last seen when it was looked at.
  assert.deepEqual(
    await books.lines(`SELECT hour(s.occurred_at), hour(last_seen_at) FROM finding_states s JOIN findings USING (finding)
      WHERE resource = 'b' AND state = 'unknown'`),
    ['5 1'],
  );
  assert.deepEqual(
    await books.lines(`SELECT part, outcome, results FROM finding_tallies
      QUALIFY row_number() OVER (PARTITION BY part, outcome ORDER BY occurred_at DESC) = 1 ORDER BY ALL`),
    ['docker excepted 0', 'docker fail 0', 'docker pass 0', 'tf fail 1'],
  );
  assert.deepEqual(await books.lines('SELECT violations FROM finding_totals ORDER BY occurred_at'), ['4', '0']);
  // Nothing was mended; what is looked at again goes on where it was.
  await books.tell({ reports: [look(7, 'docker', 'fail root b')] }, at(7), 4 * hours);
  assert.deepEqual(await states(books), ['a open ', 'b open ', 'c resolved gone']);
  assert.deepEqual(await events(books), ['a opened  1', 'b opened  1']);
  await books.close();
});

test('a part is stale by the hours that it was told with, and by the looks at the whole', async () => {
  const books = await openBooks();
  await books.tell({ reports: [look(1, 'weekly', 'fail root a')] }, at(1), 100 * hours);
  await books.tell({ reports: [look(1, 'daily', 'fail root b')] }, at(1), 2 * hours);
  await books.tell({ reports: [look(9, 'tf')] }, at(9), 2 * hours);
  assert.deepEqual(await states(books), ['a open ', 'b unknown not_evaluated']);
  await books.tell({ reports: [report(10, ['fail root a weekly', 'fail root b daily'])] }, at(10), 2 * hours);
  await books.tell({ reports: [look(11, 'tf')] }, at(11), 2 * hours);
  assert.deepEqual(await states(books), ['a open ', 'b open ']);
  await books.tell({ reports: [look(13, 'tf')] }, at(13), 2 * hours);
  assert.deepEqual(await states(books), ['a open ', 'b unknown not_evaluated']);
  await books.close();
});

test('parts of a source that tells only what has changed are as fresh as the source', async () => {
  const books = await openBooks();
  const follow = (hour: number, part: string, ...results: readonly string[]) =>
    books.tell({ reports: [look(hour, part, ...results)] }, at(hour), 2 * hours, true);
  await follow(1, 'namespace:a', 'fail root a');
  await follow(9, 'namespace:b', 'fail root b');
  assert.deepEqual(await states(books), ['a open ', 'b open ']);
  await books.close();
});

test('a folder of years is told as if it had come day by day', async () => {
  const reports = [
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(hour => look(hour, 'tf', 'fail root a')),
    ...[look(1, 'docker', 'fail root b'), look(8, 'docker', 'fail root b')],
  ];
  const [together, apart] = [await openBooks(), await openBooks()];
  await together.tell({ reports }, at(20), 3 * hours);
  const inTime = reports.toSorted((a, b) => Date.parse(a.evaluatedAt) - Date.parse(b.evaluatedAt));
  for (const each of inTime) await apart.tell({ reports: [each] }, each.evaluatedAt, 3 * hours);
  assert.deepEqual(await states(together), ['a open ', 'b open ']);
  assert.deepEqual(await states(apart), await states(together));
  assert.deepEqual(await events(apart), await events(together));
  await together.close();
  await apart.close();
});
