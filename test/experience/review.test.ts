/** What the monthly review says of surveys and the roadmap, and what it must not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { item, openBooks as openRoadmap } from './roadmap/books.ts';
import { group, openBooks, pulse } from './surveys/books.ts';

const scales = { easy: 4, happy: 3, focus: 5 };
const many = (team: string, recommend: readonly number[]) =>
  group(team, recommend, scales).map((one, index) => ({
    ...one,
    answers: {
      ...one.answers,
      q2: [String(3 + (index % 3))],
      q3: [String(2 + (index % 3))],
      q4: [String(4 - (index % 2))],
    },
  }));
const responses = [
  ...many('a', [10, 9, 9, 9, 8, 7, 3, 9]),
  ...many('b', [0, 2, 5, 6, 7, 9, 10]),
  ...many('c', [1, 10]),
  ...many('d', [9, 9, 8, 2, 6]),
];

test('surveys are told by team and together, with n, intervals and changes, as the metrics tell them', async t => {
  const survey = { teams: { a: 10, b: 8, c: 4, d: 6 }, total: 28 };
  const books = await openBooks({ surveys: [{ ...pulse, population: survey }] });
  t.after(books.close);
  await books.tell({ responses }, '2026-04-01T01:00:00Z');
  const review = (month: string, team?: string) =>
    books.exporter.review!(books.ledger, { month, ...(team === undefined ? {} : { team }) });
  assert.deepEqual(await review('2026-02'), [], 'the wave had not closed');
  const [all, ...parts] = await review('2026-03');
  assert.match(all!.text, /^# Experience review 2026-03: all teams\n/);
  assert.match(all!.text, /\| pulse \| 2026-q1 \| 2026-04-01 \| 22 \| 28 \| 78\.6 % \|/);
  // 10 promoters, 8 detractors of 22
  assert.match(all!.text, /\| pulse \| recommend \| NPS \| 9\.1 \| -?\d+\.\d to \d+\.\d \| 22 \| – \| – \| – \|/);
  assert.match(all!.text, /\| pulse \| satisfaction \| \d+\.\d % \| .* \| 22 \|/);
  assert.match(all!.text, /fewer than three dimensions: that is not SPACE/);
  assert.match(all!.text, /Of 2 teams that answered pulse something is not told: they are fewer than 5/);
  // c is too few, and d would tell it by subtraction.
  assert.deepEqual(
    parts.map(part => part.team),
    ['a', 'b'],
  );
  for (const team of ['c', 'd']) assert.deepEqual(await review('2026-03', team), []);
  assert.match(parts[0]!.text, /\| pulse \| recommend \| NPS \| 50\.0 \|/);
  assert.doesNotMatch(all!.text, /\b[cd]\b \|/);
  // Two cadences after the wave.
  assert.match((await review('2026-08'))[0]!.text, /\| NPS \| 9\.1 \|/);
  assert.match((await review('2026-09'))[0]!.text, /Nothing of the newest waves is told of the organisation/);
});

test('the roadmap is told with what was promised, done and answered', async t => {
  const books = await openRoadmap();
  t.after(books.close);
  const due = { dueOn: '2026-03-20' };
  const asked = { isFeedback: true, createdAt: '2026-03-05T00:00:00Z' };
  const open = ['1', '2', '3'].map(id => item(id, 'todo', '2026-01-01T00:00:00Z', due));
  await books.tell({ items: open, isWhole: true }, '2026-01-01T06:00:00Z');
  await books.tell(
    {
      items: [
        item('1', 'done', '2026-03-10T00:00:00Z', { ...due, endedAt: '2026-03-10T00:00:00Z' }),
        item('4', 'todo', '2026-03-05T00:00:00Z', asked),
        item('5', 'todo', '2026-03-08T00:00:00Z', { ...asked, answeredAt: '2026-03-08T00:00:00Z' }),
      ],
    },
    '2026-03-10T00:00:01Z',
  );
  const [all, platform] = await books.exporter.review!(books.ledger, { month: '2026-03' });
  for (const { text } of [all!, platform!]) {
    assert.match(text, /\| Items opened \| 0 \| 2 \|/);
    assert.match(text, /\| Items done \| 0 \| 1 \|/);
    assert.match(text, /\| Feedback first answered \(30 days to its end\) \| 0 \| 1 \|/);
    assert.match(text, /\| Median time to the first answer \(of these\) \| – \| 3 d \|/);
    assert.match(text, /\| Feedback without an answer at its end \| 0 \| 1 \|/);
    assert.match(text, /\| 2026-Q1 \| 3 \| 1 \| 0 \| 0 \| 0 \| 2 \|/);
    assert.match(text, /No wave of a survey was told of/);
  }
  assert.equal(platform!.team, 'platform');
});
