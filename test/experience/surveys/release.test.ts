/** When a wave is told, what of it, and what happens to it later. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  nps,
  npsChange,
  npsChangeDirection,
  npsInterval,
  npsResponses,
  surveyClosed,
  surveyDue,
  surveyPopulation,
  surveyResponseRate,
  surveyResponses,
  surveySuppressed,
  surveyWave,
  surveyWaves,
} from '../../../exporters/experience/surveys/metrics.ts';
import { type Books, group, items, openBooks, pulse, response } from './books.ts';

const first = [...group('a', [10, 10, 9, 8, 3, 6]), ...group('b', [9, 9, 9, 0, 7])];
const few = [...group('c', [10, 9]), ...group('d', [0, 1, 10])];
const closed = '2026-04-01T00:05:00Z';
const organisation = async (books: Books, at: string) =>
  (await books.lines(nps.organisation, at)).map(line => line.split(' = ')[1]);

test('a wave is told once it has closed, of the organisation and of teams that are large enough', async () => {
  const books = await openBooks();
  await books.tell({ responses: [...first, ...few] }, '2026-02-20T00:00:00Z');
  assert.deepEqual(await books.scrape('2026-02-21T00:00:00Z'), []);
  await books.derive('2026-03-31T23:59:59Z');
  assert.deepEqual(await books.scrape('2026-03-31T23:59:59Z'), []);
  await books.derive(closed);
  assert.deepEqual(await books.lines(nps.organisation, closed), ['pulse recommend platform = 25']);
  assert.deepEqual(await books.lines(npsResponses.team, closed), [
    'a pulse recommend platform = 6',
    'b pulse recommend platform = 5',
  ]);
  assert.deepEqual(await books.lines(surveyWave, closed), ['pulse 2026-q1 5 = 1']);
  assert.deepEqual(await books.lines(surveySuppressed, closed), ['pulse = 2']);
  assert.deepEqual(await books.lines(surveyClosed, closed), [`pulse = ${Date.parse('2026-04-01') / 1000}`]);
  assert.deepEqual(await books.lines(surveyDue, closed), [`pulse = ${Date.parse('2026-07-01') / 1000}`]);
  await books.close();
});

test('nothing is told of a survey that was read in part', async () => {
  const books = await openBooks();
  await books.tell({ responses: first, isWhole: false, hasMore: true }, closed);
  assert.deepEqual(await books.scrape(closed), []);
  await books.tell({ responses: few, isWhole: false }, closed);
  assert.deepEqual(await organisation(books, closed), ['25']);
  await books.close();
});

test('a wave of fewer than k is not told and leaves the one before on the page', async () => {
  const books = await openBooks();
  await books.tell({ responses: first }, '2026-02-20T00:00:00Z');
  await books.derive(closed);
  await books.tell({ responses: [...first, ...group('e', [0, 0, 10], { day: '2026-05-01' })] }, '2026-07-02T00:00:00Z');
  assert.deepEqual(await books.lines(surveyWave, '2026-07-03T00:00:00Z'), ['pulse 2026-q1 5 = 1']);
  assert.deepEqual(await books.lines(surveyWaves, '2026-07-03T00:00:00Z'), ['pulse = 1']);
  await books.close();
});

test('numbers are absent after two cadences, and the age of the wave stays', async () => {
  const books = await openBooks();
  await books.tell({ responses: first }, closed);
  assert.equal((await organisation(books, '2026-09-30T23:00:00Z')).length, 1);
  assert.deepEqual(await organisation(books, '2026-10-01T00:00:00Z'), []);
  assert.equal((await books.lines(surveyClosed, '2026-10-01T00:00:00Z')).length, 1);
  await books.close();
});

test('years of old waves that are told at once have their history from when each closed', async () => {
  const books = await openBooks({ now: '2025-12-01T00:00:00Z' });
  const year = (day: string, values: readonly number[]) =>
    group('a', values, { day }).map(one => ({ ...one, id: `${day} ${one.id}` }));
  await books.tell(
    {
      responses: [
        ...year('2023-05-05', [10, 10, 9, 8, 0]),
        ...year('2023-08-05', [0, 0, 1, 10, 2]),
        ...year('2025-08-01', [9, 9, 9, 9, 8]),
      ],
    },
    '2025-12-01T00:00:00Z',
  );
  const at = async (instant: string) =>
    (await books.lines(nps.organisation, instant)).map(line => line.split(' = ')[1]);
  assert.deepEqual(await at('2023-06-30T00:00:00Z'), []);
  assert.deepEqual(await at('2023-07-01T00:00:00Z'), ['40']);
  assert.deepEqual(await at('2023-10-01T00:00:00Z'), ['-60']);
  assert.deepEqual(await at('2024-05-01T00:00:00Z'), []);
  assert.deepEqual(await at('2025-12-01T00:00:00Z'), ['80']);
  // Of five people even a fall by 100 points may be chance.
  assert.deepEqual(await books.lines(npsChange.organisation, '2023-10-01T00:00:00Z'), [
    'pulse recommend platform = -100',
  ]);
  assert.deepEqual(await books.lines(npsChangeDirection.organisation, '2023-10-01T00:00:00Z'), [
    'pulse recommend platform = 0',
  ]);
  // What is older than single answers are kept goes, and is not taken in again.
  const gone = await books.prune('2025-12-02T00:00:00Z');
  assert.equal(gone.survey_responses, 10);
  assert.equal(gone.survey_answers, 10);
  assert.equal(gone.survey_released, 10);
  await books.tell({ responses: year('2023-05-05', [0, 0, 0, 1, 1, 7]), isWhole: false }, '2025-12-03T00:00:00Z');
  assert.deepEqual(await books.rows('SELECT DISTINCT wave FROM survey_responses'), [{ wave: '2025-q3' }]);
  assert.deepEqual(await at('2023-07-01T00:00:00Z'), ['40']);
  assert.deepEqual(await books.lines(surveyWaves, '2025-12-04T00:00:00Z'), ['pulse = 3']);
  await books.close();
});

test('a change since the wave before has an interval of its own and says whether it is more than chance', async () => {
  const books = await openBooks();
  const many = (day: string, promoters: number, detractors: number) =>
    [...Array(promoters).fill(10), ...Array(detractors).fill(0), 8].map((value, index) =>
      response({ id: `${day} ${index}`, day, recommend: value, team: 'a' }),
    );
  await books.tell(
    { responses: [...many('2026-02-01', 60, 39), ...many('2026-05-01', 30, 69)] },
    '2026-07-01T00:00:00Z',
  );
  const at = '2026-07-02T00:00:00Z';
  assert.deepEqual(await books.lines(npsChange.organisation, at), ['pulse recommend platform = -60']);
  assert.deepEqual(await books.lines(npsChangeDirection.team, at), ['a pulse recommend platform = -1']);
  assert.deepEqual(await books.lines(npsChange.organisation, '2026-06-01T00:00:00Z'), []);
  await books.close();
});

test('of several responses of one person in a wave the newest counts', async () => {
  const books = await openBooks();
  const again = ['2026-02-10T08:00:00Z', '2026-02-10T12:00:00Z', '2026-02-10T10:00:00Z'].map((day, index) =>
    response({
      id: `again${index}`,
      day,
      email: index === 0 ? 'Jo@acme.example' : 'jo@acme.example ',
      recommend: index,
      team: 'a',
    }),
  );
  await books.tell({ responses: [...again, ...first] }, closed);
  // again1 at noon is the newest: 11 promoters, passives and detractors of `first`, and a 1.
  assert.deepEqual(await books.lines(npsResponses.organisation, closed), ['pulse recommend platform = 12']);
  assert.deepEqual(await books.rows('SELECT DISTINCT person, value FROM survey_released WHERE value = 1'), [
    {
      person: (await books.rows('SELECT respondent FROM survey_responses WHERE respondent IS NOT NULL'))[0]!.respondent,
      value: 1,
    },
  ]);
  await books.close();
});

test('a person of two waves is another in each', async () => {
  const books = await openBooks();
  const told = ['2026-02-10', '2026-05-10'].map(day => response({ id: day, day, email: 'jo@acme.example', team: 'a' }));
  await books.tell({ responses: told }, closed);
  assert.equal((await books.rows('SELECT DISTINCT respondent FROM survey_responses')).length, 2);
  await books.close();
});

test('late, edited and withdrawn answers are told where they are k or more, and of all groups at once', async () => {
  const books = await openBooks();
  await books.tell({ responses: first }, closed);
  const before = await organisation(books, closed);
  const late = group('b', [0, 0, 9, 10], { day: '2026-03-30' }).map(one => ({ ...one, id: `late ${one.id}` }));
  await books.tell({ responses: [...first, ...late] }, '2026-04-02T00:00:00Z');
  assert.deepEqual(await organisation(books, '2026-04-02T00:00:00Z'), before, 'four are too few');
  const fifth = response({ id: 'fifth', team: 'b', recommend: 8 });
  await books.tell({ responses: [...first, ...late, fifth] }, '2026-04-03T00:00:00Z');
  assert.deepEqual(await books.lines(npsResponses.organisation, '2026-04-03T00:00:00Z'), [
    'pulse recommend platform = 16',
  ]);
  // What was told before stays what was told then.
  assert.deepEqual(await organisation(books, '2026-04-02T12:00:00Z'), before);
  const withoutSix = [...first, ...late, fifth].filter(({ id }) => !['a0', 'a1', 'a2', 'a3', 'a4', 'a5'].includes(id));
  await books.tell({ responses: withoutSix }, '2026-04-04T00:00:00Z');
  assert.deepEqual(await books.lines(npsResponses.team, '2026-04-04T00:00:00Z'), ['b pulse recommend platform = 10']);
  await books.close();
});

test('five who come late and all say the same are not told of by themselves', async () => {
  const books = await openBooks();
  await books.tell({ responses: first }, closed);
  const late = group('b', [10, 9, 10, 10, 9], { day: '2026-03-30' }).map(one => ({ ...one, id: `late ${one.id}` }));
  await books.tell({ responses: [...first, ...late] }, '2026-04-02T00:00:00Z');
  assert.deepEqual(await books.lines(npsResponses.organisation, '2026-04-02T00:00:00Z'), [
    'pulse recommend platform = 11',
  ]);
  assert.deepEqual(await books.rows('SELECT held FROM survey_waves'), [{ held: 'alike' }]);
  await books.close();
});

test('response rates and the surer intervals of a known population', async () => {
  const sized = { ...pulse, population: { total: 22, teams: { a: 6, b: 4 } } };
  const books = await openBooks({ surveys: [sized] });
  await books.tell({ responses: first }, closed);
  assert.deepEqual(await books.lines(surveyResponseRate.organisation, closed), ['pulse = 0.5']);
  assert.deepEqual(
    await books.lines(surveyResponseRate.team, closed),
    ['a pulse = 1'],
    'b has answered more than it is',
  );
  const bounds = (await books.lines(npsInterval.team, closed)).map(line => Math.round(Number(line.split(' = ')[1])));
  assert.deepEqual(bounds, [17, 17, -30, 80], 'all of a have answered');
  await books.close();
});

test('how many a tool has asked belongs to the newest wave', async () => {
  const books = await openBooks();
  const may = group('a', [9, 3, 9, 9, 8], { day: '2026-05-10' }).map(one => ({ ...one, id: `may ${one.id}` }));
  await books.tell({ responses: first, invited: 44 }, closed);
  await books.tell({ responses: [...first, ...may], invited: 10 }, '2026-07-01T00:00:00Z');
  assert.deepEqual(await books.lines(surveyPopulation.organisation, '2026-06-01T00:00:00Z'), ['pulse = 44']);
  assert.deepEqual(await books.lines(surveyPopulation.organisation, '2026-07-02T00:00:00Z'), ['pulse = 10']);
  await books.close();
});

test('waves may be declared, and close some days after their first answer', async () => {
  const declared = { ...pulse, waves: [{ wave: '2026-spring', from: '2026-02-01', until: '2026-05-31' }] };
  const books = await openBooks({ surveys: [{ ...declared, open_days: 14 }] });
  await books.tell({ responses: [...first, ...group('h', [0], { day: '2026-01-10' })], items }, '2026-02-23T23:00:00Z');
  assert.deepEqual(await books.lines(surveyWave, '2026-02-24T00:00:00Z'), []);
  await books.derive('2026-02-24T00:00:00Z');
  assert.deepEqual(await books.lines(surveyWave, '2026-02-24T00:00:00Z'), ['pulse 2026-spring 5 = 1']);
  assert.deepEqual(await books.lines(surveyResponses.organisation, '2026-02-24T00:00:00Z'), ['pulse = 11']);
  await books.close();
});

test('a reorganisation of later does not rewrite whose answers they were', async () => {
  const { ownershipOf } = await import('../../catalog/ownership-of.ts');
  const books = await openBooks();
  await books.tell({ responses: first }, closed);
  const renamed = ownershipOf({ alpha: {}, b: {} }, { aliases: { alpha: ['a'] } });
  const later = await openBooks({ ledger: books.ledger, ownership: renamed, now: '2026-04-10T00:00:00Z' });
  await later.tell({ responses: first }, '2026-04-11T00:00:00Z');
  assert.deepEqual(await later.lines(npsResponses.team, '2026-04-12T00:00:00Z'), [
    'a pulse recommend platform = 6',
    'b pulse recommend platform = 5',
  ]);
  const may = group('a', [9, 3, 9, 9, 8], { day: '2026-05-10' }).map(one => ({ ...one, id: `may ${one.id}` }));
  await later.tell({ responses: [...first, ...may] }, '2026-07-01T00:00:00Z');
  assert.deepEqual(await later.lines(npsResponses.team, '2026-07-02T00:00:00Z'), [
    'alpha pulse recommend platform = 5',
  ]);
  await books.close();
});
