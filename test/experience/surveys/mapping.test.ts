/** What answers become, whatever the tool's words; and what of them counts as rejected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { surveySchema } from '../../../exporters/experience/surveys/config.ts';
import { matchItems } from '../../../exporters/experience/surveys/matching.ts';
import { numberOf } from '../../../exporters/experience/surveys/numbers.ts';
import { items, openBooks, pulse, response } from './books.ts';

const survey = surveySchema.parse({
  survey: 'pulse',
  questions: [
    { question: 'a', name: 'nps', as: 'nps' },
    { question: 'b', name: 'scale', as: 'scale', answers: { 'Strongly agree': 5, Agree: 4, 'Not applicable': null } },
    { question: 'c', name: 'lead', as: 'quick_check', metric: 'lead_time' },
    { question: 'd', name: 'failures', as: 'quick_check', metric: 'change_fail_rate', answers: { Hardly: 2 } },
  ],
});
const [nps, scale, lead, failures] = survey.questions;

test('numbers are read from what tools say of them', () => {
  const cases = [
    [nps, '10', 10],
    [nps, ' 0 ', 0],
    [nps, '10 - Extremely likely', 10],
    [nps, '0 (Not at all likely)', 0],
    [nps, 'Not at all likely - 0', 0],
    [nps, '7/10', 7],
    [scale, '4', 4],
    [scale, '3,5', 3.5],
    [scale, 'Strongly  AGREE', 5],
    [scale, 'Neutral (3)', 3],
    [lead, 'More than six months', 1],
    [lead, 'One day to one week', 4],
    [lead, 'less than one hour.', 6],
    [lead, 'On demand (multiple deploys per day)', 6],
    [failures, '15%', 15],
    [failures, '12.5 %', 12.5],
    [failures, 'hardly', 2],
  ] as const;
  for (const [question, text, value] of cases) assert.deepEqual(numberOf(text, question!), { value }, text);
});

test('what is no answer counts for nothing, what is none that is known is rejected', () => {
  for (const [question, text] of [
    [scale, 'Not applicable'],
    [scale, '  '],
  ] as const)
    assert.equal(numberOf(text, question!), undefined, text);
  for (const [question, text, reason] of [
    [nps, '11', 'answer_out_of_range'],
    [nps, '-1', 'answer_out_of_range'],
    [nps, '7.5', 'answer_out_of_range'],
    [nps, 'likely', 'answer_unknown'],
    [nps, '7/7', 'answer_unknown'],
    [scale, '1-2 days', 'answer_unknown'],
    [scale, 'Disagree', 'answer_unknown'],
    [scale, '15 %', 'answer_unknown'],
    [scale, '6', 'answer_out_of_range'],
    [failures, '130 %', 'answer_out_of_range'],
    [lead, '7', 'answer_out_of_range'],
  ] as const)
    assert.deepEqual(numberOf(text, question!), { reason }, text);
});

test('questions are found by text or id, with * and without regard to case and spaces; several choices are no scale', () => {
  const config = surveySchema.parse({
    survey: 'pulse',
    team: { question: 'Your team' },
    questions: [
      { question: 'how LIKELY  are you*', name: 'recommend', as: 'nps' },
      { question: 'q3', name: 'happy', as: 'scale' },
      { question: 'Which tools*', name: 'tools', as: 'scale' },
      { question: 'What is this?', name: 'lost', as: 'scale' },
    ],
  });
  const asked = [...items, { id: 'q9', text: 'Which tools do you use?', choices: ['1', '2'], isMultiple: true }];
  const { questions, notes } = matchItems(config, asked);
  assert.deepEqual(
    questions.map(({ question, items: found }) => [question.name, found.map(({ id }) => id)]),
    [
      ['recommend', ['q1']],
      ['happy', ['q3']],
      ['tools', []],
      ['lost', []],
    ],
  );
  assert.deepEqual(
    notes.map(({ question, problem }) => `${question} ${problem}`),
    ['recommend ', 'happy ', 'tools multiple', 'lost unmatched', '(team) '],
  );
});

test('a question on two ways through a form is one, unless somebody answered it twice', async () => {
  const books = await openBooks();
  const both = [...items, { id: 'q2b', text: 'The platform is easy' }];
  const counts = await books.tell(
    {
      items: both,
      responses: [
        { ...response({ id: '1', team: 'a' }), answers: { q2: ['4'] } },
        { ...response({ id: '2', team: 'a' }), answers: { q2b: ['3'] } },
        { ...response({ id: '3', team: 'a' }), answers: { q2: ['1'], q2b: ['2'] } },
        { ...response({ id: '4', team: 'a' }), answers: { q2: ['1', '2'] } },
      ],
    },
    '2026-02-20T00:00:00Z',
  );
  assert.deepEqual(counts.rejected, { question_answered_twice: 1, answers_several: 1 });
  assert.deepEqual(
    (await books.rows('SELECT value FROM survey_answers ORDER BY value')).map(({ value }) => value),
    [3, 4],
  );
  await books.close();
});

test('a rejection names the response and the question and never what was answered, and counts once', async () => {
  const books = await openBooks();
  const responses = [
    { ...response({ id: '1', recommend: 'SECRET words', team: 'SECRET team' }), place: 'row 12' },
    response({ id: 'SECRET id', recommend: 12, team: 'a' }),
  ];
  const first = await books.tell({ responses }, '2026-02-20T00:00:00Z');
  assert.deepEqual(first, {
    records: 2,
    changed: 2,
    rejected: { answer_unknown: 1, team_unknown: 1, answer_out_of_range: 1 },
  });
  assert.deepEqual((await books.tell({ responses }, '2026-02-21T00:00:00Z')).rejected, {});
  const kept = await books.rows('SELECT file, reason, field, value FROM rejects ORDER BY ALL');
  assert.deepEqual(kept.slice(-2), [
    { file: 'row 12', reason: 'answer_unknown', field: 'recommend', value: null },
    { file: 'row 12', reason: 'team_unknown', field: '(team)', value: null },
  ]);
  assert.match(String(kept[0]!.file), /^response [0-9a-f]{12}$/);
  assert.doesNotMatch(JSON.stringify(kept), /SECRET/);
  await books.close();
});

test('a team is one of the catalog, of the configuration or of the form, and never what somebody typed', async () => {
  const survey = { ...pulse, team: { question: 'Your team', answers: { 'Team Alpha': 'a', Ghosts: 'ghosts' } } };
  const books = await openBooks({ surveys: [survey] });
  const words = ['a', 'A', 'group:default/b', 'team alpha', 'Ghosts', 'My boss is Jane', ''];
  await books.tell(
    { responses: words.map((team, index) => response({ id: String(index), team })) },
    '2026-02-20T00:00:00Z',
  );
  const found = await books.rows('SELECT team, count(*) AS n FROM survey_responses GROUP BY ALL ORDER BY ALL');
  assert.deepEqual(
    found.map(({ team, n }) => `${team} ${n}`),
    ['a 3', 'b 1', 'unowned 3'],
  );
  await books.close();
});

test('a response that is not complete is none, and one that was told twice is one', async () => {
  const books = await openBooks();
  const told = [
    { ...response({ id: '1', team: 'a' }), isComplete: false },
    response({ id: '2', team: 'a' }),
    response({ id: '2', team: 'b', day: '2026-02-11' }),
  ];
  const counts = await books.tell({ responses: told }, '2026-02-20T00:00:00Z');
  assert.equal(counts.changed, 1);
  assert.deepEqual(await books.rows('SELECT team FROM survey_responses'), [{ team: 'b' }]);
  assert.equal((await books.tell({ responses: told }, '2026-02-21T00:00:00Z')).changed, 0);
  await books.close();
});

test('a survey that nobody has defined is an error', async () => {
  const books = await openBooks();
  await assert.rejects(books.tell({ survey: 'other' }, '2026-02-20T00:00:00Z'), { code: 'SURVEY_UNKNOWN' });
  await books.close();
});
