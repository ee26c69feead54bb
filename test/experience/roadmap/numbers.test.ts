/** Numbers of the roadmap against what is counted by hand, item by item. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cycleTime,
  cycleTimeItems,
  feedbackOpen,
  feedbackShare,
  firstAnswer,
  firstAnswerItems,
  officeHours,
  oldestUnanswered,
  openAge,
  openByAge,
  promises,
  promisesKept,
  roadmapItems,
  snapshotsSince,
  throughput,
  unansweredByAge,
} from '../../../exporters/experience/roadmap/metrics.ts';
import type { RoadmapItem } from '../../../exporters/experience/roadmap/told.ts';
import { type Books, item, openBooks } from './books.ts';
import { randomLife } from './life.ts';

const at = (day: string) => `2026-${day}T00:00:00Z`;
const due = (day: string) => ({ dueOn: `2026-${day}` });

/** Told on 20 March, at the end of 1 April, and changed after it. */
async function quarter(): Promise<Books> {
  const books = await openBooks();
  const first: readonly RoadmapItem[] = [
    item('kept', 'todo', at('03-01'), due('06-30')),
    item('late', 'todo', at('03-01'), due('04-01')),
    item('dropped', 'todo', at('03-01'), due('05-01')),
    item('deleted', 'backlog', at('03-01'), due('05-01')),
    item('missed', 'in_progress', at('03-01'), due('05-01')),
    item('reopened', 'todo', at('03-01'), due('05-01')),
    // In a cycle that ends in the quarter, though it begins before.
    item('cycle', 'in_progress', at('03-01'), { cycle: { name: '1', from: '2026-03-25', until: '2026-04-07' } }),
    // No promises of the second quarter: due before and after, done, without a day, a visit.
    item('before', 'todo', at('03-01'), due('03-31')),
    item('after', 'todo', at('03-01'), due('07-01')),
    item('done', 'done', at('03-01'), { ...due('05-01'), endedAt: at('03-01') }),
    item('someday', 'todo', at('03-01')),
    item('visit', 'todo', at('03-01'), { ...due('05-01'), isOfficeHours: true }),
    // Due within it only as we learn a day too late.
    item('learned', 'todo', at('03-01'), due('07-15')),
  ];
  await books.tell({ items: first, isWhole: true }, at('03-20'));
  // A promise that is moved out of the quarter later stays one; an item that comes into it later is none.
  await books.tell(
    {
      items: [
        item('learned', 'todo', '2026-04-01T10:00:00Z', due('06-15')),
        item('kept', 'in_progress', at('04-02'), due('12-31')),
        item('new', 'todo', at('04-02'), due('05-01')),
      ],
    },
    '2026-04-02T00:00:01Z',
  );
  const ended = (id: string, status: 'done' | 'cancelled', day: string) =>
    item(id, status, at(day), { ...due('05-01'), endedAt: at(day) });
  await books.tell(
    {
      items: [ended('kept', 'done', '06-30'), ended('cycle', 'done', '04-05'), ended('dropped', 'cancelled', '05-05')],
    },
    '2026-06-30T12:00:00Z',
  );
  await books.tell(
    {
      items: [
        ended('reopened', 'done', '06-01'),
        item('deleted', 'backlog', at('06-02'), { ...due('05-01'), isDeleted: true }),
      ],
    },
    '2026-06-30T13:00:00Z',
  );
  await books.tell(
    { items: [ended('late', 'done', '07-02'), item('reopened', 'in_progress', at('07-03'), due('05-01'))] },
    '2026-07-05T00:00:00Z',
  );
  return books;
}

test('a promise is what was known at the end of the first day; its outcome is what became of it', async t => {
  const books = await quarter();
  t.after(books.close);
  const of = async (metric: typeof promises, instant: string) =>
    (await books.lines(metric, instant)).map(line => line.replace('platform ', ''));
  assert.deepEqual(await of(promises, '2026-04-01T23:59:59Z'), []);
  assert.deepEqual(await of(promises, '2026-04-02T12:00:00Z'), ['2026-Q2 open = 7']);
  assert.deepEqual(await of(promises, '2026-06-30T23:00:00Z'), [
    '2026-Q2 dropped = 2',
    '2026-Q2 kept = 3',
    '2026-Q2 open = 2',
  ]);
  assert.deepEqual(await of(promises, '2026-07-01T12:00:00Z'), [
    '2026-Q2 dropped = 2',
    '2026-Q2 kept = 3',
    '2026-Q2 missed = 2',
  ]);
  // Reopened after the quarter it was kept all the same.
  assert.deepEqual(
    (await of(promises, '2026-07-06T00:00:00Z')).filter(line => line.startsWith('2026-Q2')),
    ['2026-Q2 dropped = 2', '2026-Q2 kept = 3', '2026-Q2 late = 1', '2026-Q2 missed = 1'],
  );
  assert.deepEqual(await books.lines(promisesKept.team, '2026-06-30T23:00:00Z'), []);
  assert.deepEqual(await books.lines(promisesKept.organisation, '2026-07-06T00:00:00Z'), [`2026-Q2 = ${3 / 7}`]);
  // The first quarter began before the first snapshot.
  assert.ok(!(await of(promises, '2026-07-06T00:00:00Z')).some(line => line.startsWith('2026-Q1')));
  assert.deepEqual(await books.lines(snapshotsSince, '2026-07-06T00:00:00Z'), [
    `platform linear = ${Date.parse(at('03-20')) / 1000}`,
  ]);
});

test('promises are of sources that were read whole by then, each its own', async t => {
  const books = await openBooks();
  t.after(books.close);
  await books.tell({ items: [item('1', 'todo', at('03-01'), due('05-01'))], isWhole: true }, at('03-20'));
  // Read page by page, and not to the end.
  await books.tell(
    { items: [item('2', 'todo', at('03-01'), due('05-01'))], source: 'jira', team: 'data' },
    at('03-21'),
  );
  assert.deepEqual(await books.lines(promises, at('04-10')), ['platform 2026-Q2 open = 1']);
});

test('cycle times, throughput, ages and shares of a few items', async t => {
  const books = await openBooks();
  t.after(books.close);
  const done = (id: string, started: string | undefined, ended: string, more: Partial<RoadmapItem> = {}) =>
    item(id, 'done', at(ended), {
      ...(started === undefined ? {} : { startedAt: at(started) }),
      endedAt: at(ended),
      ...more,
    });
  await books.tell(
    {
      items: [
        done('1', '04-28', '04-30', { area: 'ci' }),
        done('2', '04-20', '04-29', { area: 'ci', isFeedback: true }),
        done('3', '04-01', '04-11', { area: 'portal' }),
        done('4', undefined, '04-28', { area: 'ci' }),
        done('5', '01-02', '01-10'),
        item('6', 'in_progress', at('04-25'), { startedAt: at('04-25') }),
        item('7', 'todo', at('04-01'), { createdAt: at('04-01') }),
        item('8', 'cancelled', at('04-30'), { startedAt: at('04-01'), endedAt: at('04-30') }),
      ],
    },
    at('05-01'),
  );
  const noon = at('05-01');
  assert.deepEqual(await books.lines(throughput, noon), [
    ...['platform ci 30d = 3', 'platform ci 7d = 3', 'platform ci 90d = 3'],
    ...['platform portal 30d = 1', 'platform portal 90d = 1'],
  ]);
  const days = (count: number) => Math.round(count * 86_400);
  assert.deepEqual(await books.lines(cycleTimeItems, noon), [
    'platform 30d = 3',
    'platform 7d = 2',
    'platform 90d = 3',
  ]);
  assert.deepEqual(await books.lines(cycleTime.organisation, noon), [
    ...[`30d p50 = ${days(9)}`, `30d p85 = ${days(9.7)}`],
    ...[`7d p50 = ${days(5.5)}`, `7d p85 = ${days(7.95)}`],
    ...[`90d p50 = ${days(9)}`, `90d p85 = ${days(9.7)}`],
  ]);
  assert.deepEqual(await books.lines(openAge.team, noon), [
    ...[`platform in_progress p50 = ${days(6)}`, `platform in_progress p85 = ${days(6)}`],
    ...[`platform todo p50 = ${days(30)}`, `platform todo p85 = ${days(30)}`],
  ]);
  assert.deepEqual(await books.lines(openByAge, noon), ['platform in_progress 0-7d = 1', 'platform todo 30-90d = 1']);
  assert.deepEqual(await books.lines(feedbackShare.team, noon), [
    'platform 30d = 0.25',
    `platform 7d = ${1 / 3}`,
    'platform 90d = 0.25',
  ]);
  // As it was before: nothing of what came later is known to it.
  assert.deepEqual(
    await books.lines(throughput, at('04-28')),
    [
      'platform ci 30d = 1',
      'platform ci 7d = 1',
      'platform ci 90d = 1',
      'platform portal 30d = 1',
      'platform portal 90d = 1',
    ].sort(),
  );
});

test('feedback: open, unanswered, its age, the time to the first answer, visits', async t => {
  const books = await openBooks();
  t.after(books.close);
  const asked = (id: string, day: string, more: Partial<RoadmapItem> = {}) =>
    item(id, 'backlog', at('04-30'), { createdAt: at(day), isFeedback: true, ...more });
  await books.tell(
    {
      items: [
        asked('1', '04-20'),
        asked('2', '03-01'),
        asked('3', '04-20', { answeredAt: at('04-22') }),
        // Ended without a word: that was the answer.
        { ...asked('4', '04-20'), status: 'cancelled', endedAt: at('04-26') },
        { ...asked('5', '04-01', { answeredAt: at('04-05') }), status: 'done', endedAt: at('04-26') },
        item('6', 'todo', at('04-30'), { createdAt: at('04-28'), isOfficeHours: true, isFeedback: true }),
        item('7', 'done', at('04-30'), { createdAt: at('04-03'), isOfficeHours: true }),
      ],
    },
    at('05-01'),
  );
  const now = at('05-01');
  assert.deepEqual(await books.lines(feedbackOpen, now), ['platform answered = 1', 'platform unanswered = 2']);
  assert.deepEqual(await books.lines(feedbackOpen, at('04-21')), ['platform answered = 0', 'platform unanswered = 5']);
  assert.deepEqual(await books.lines(unansweredByAge, now), ['platform 30-90d = 1', 'platform 7-30d = 1']);
  assert.deepEqual(await books.lines(oldestUnanswered, now), [`platform = ${Date.parse(at('03-01')) / 1000}`]);
  assert.deepEqual(await books.lines(firstAnswerItems, now), [
    'platform 30d = 3',
    'platform 7d = 1',
    'platform 90d = 3',
  ]);
  assert.deepEqual(
    (await books.lines(firstAnswer.team, now)).filter(line => line.includes('30d')),
    [`platform 30d p50 = ${4 * 86_400}`, `platform 30d p85 = ${Math.round(5.4 * 86_400)}`],
  );
  assert.deepEqual(await books.lines(officeHours, now), ['platform 30d = 2', 'platform 7d = 1', 'platform 90d = 2']);
});

test('below the minimum of samples there is no quantile and no share, and the number is told', async t => {
  const books = await openBooks({ roadmap: {} });
  t.after(books.close);
  const items = Array.from({ length: 4 }, (_, index) =>
    item(String(index), 'done', at('04-30'), { startedAt: at('04-01'), endedAt: at('04-30') }),
  );
  await books.tell({ items }, at('05-01'));
  for (const metric of [cycleTime.team, cycleTime.organisation, feedbackShare.team])
    assert.deepEqual(await books.lines(metric, at('05-01')), []);
  assert.deepEqual(await books.lines(cycleTimeItems, at('05-01')), [
    'platform 30d = 4',
    'platform 7d = 4',
    'platform 90d = 4',
  ]);
});

test('a random life: items by status and throughput are what a replay of what was told gives', async t => {
  const books = await openBooks();
  t.after(books.close);
  const known = new Map<string, RoadmapItem>();
  let last = new Date(0);
  for (const { at: told, told: telling } of randomLife(5, 14, 9)) {
    last = new Date(told.getTime() + 1_000);
    await books.tell({ ...telling, team: 'platform' }, last.toISOString());
    const listed = new Set(telling.items.map(({ id }) => id));
    for (const one of telling.items) {
      const before = known.get(`${telling.source} ${one.id}`);
      // What is older than what was seen comes from an index that lags behind.
      if (before && Date.parse(one.changedAt) < Date.parse(before.changedAt)) continue;
      known.set(`${telling.source} ${one.id}`, one);
    }
    if (telling.isWhole)
      for (const [key, one] of known)
        if (key.startsWith(`${telling.source} `) && !listed.has(one.id)) known.set(key, { ...one, isDeleted: true });
  }
  const counted: Record<string, number> = {};
  for (const { status, isDeleted, isOfficeHours, area } of known.values())
    if (!isDeleted && !isOfficeHours) {
      const key = `platform ${area === '' ? 'none' : area} ${status}`;
      counted[key] = (counted[key] ?? 0) + 1;
    }
  assert.deepEqual(
    await books.lines(roadmapItems, last.toISOString()),
    Object.entries(counted)
      .map(([key, count]) => `${key} = ${count}`)
      .sort(),
  );
  assert.ok(Object.keys(counted).length > 10);
});
