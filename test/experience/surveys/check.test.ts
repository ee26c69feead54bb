/** What check and explain say of surveys, and what they don't. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group, items, openBooks, pulse, response } from './books.ts';

const now = '2026-04-01T01:00:00Z';

test('check names questions that mean nothing, choices that are no team, and what is not told', async () => {
  const survey = {
    ...pulse,
    questions: [
      ...pulse.questions,
      { question: 'Which tools*', name: 'tools', as: 'scale' },
      { question: 'Gone?', name: 'gone', as: 'scale' },
    ],
  };
  const books = await openBooks({ surveys: [survey, { ...pulse, survey: 'unheard' }] });
  const asked = items
    .filter(({ id }) => id !== 'q6')
    .map(item => (item.id === 'q5' ? { ...item, choices: ['a', 'b', 'Platform Tribe'] } : item));
  await books.tell(
    {
      items: [...asked, { id: 'q9', text: 'Which tools?', isMultiple: true }],
      responses: [...group('a', [10, 3, 8, 9, 9]), response({ id: 'z', team: 'My own canary', recommend: 4 })],
    },
    now,
  );
  const notices = (await books.exporter.check!(books.ledger)).map(({ subject, text }) => `${subject}: ${text}`);
  assert.deepEqual(notices, [
    'survey unheard: no source has told of it yet',
    'survey pulse: the question that tells people apart is none of those that tool tells of',
    'survey pulse: question gone is none of those that tool tells of',
    'survey pulse: question tools is one of several choices in tool: it is no number',
    'survey pulse: choices that are no team of the catalog, which team.answers can name: Platform Tribe',
    'survey pulse: of wave 2026-q1 2 teams are not told of in whole: fewer than 5 answered, or all alike, or a smaller team would follow',
  ]);
  await books.close();
});

test('check says why a wave is not told, or not told anew', async () => {
  const books = await openBooks();
  const told = group('a', [10, 3, 8, 9, 9]);
  await books.tell({ responses: told.slice(1) }, now);
  const said = async () => (await books.exporter.check!(books.ledger)).map(({ text }) => text);
  assert.match((await said()).join(), /2026-q1 has closed and is not told: too few/);
  await books.tell({ responses: told }, now);
  assert.deepEqual(await said(), []);
  await books.tell({ responses: [...told, response({ id: 'late', team: 'a', recommend: 1 })] }, '2026-04-02T00:00:00Z');
  assert.match(
    (await said()).join(),
    /changes of wave 2026-q1 since its release are not told: in some group they are of fewer/,
  );
  await books.close();
});

test('explain tells of waves and releases, and knows no other kind', async () => {
  const books = await openBooks();
  await books.tell({ responses: [...group('a', [10, 3, 8, 9, 9]), ...group('b', [10, 3, 8, 9, 9])] }, now);
  assert.equal(
    await books.exporter.explain!(books.ledger, 'survey', 'pulse'),
    `survey pulse
wave 2026-q1: 2026-01-01 to 2026-03-31, closes 2026-04-01; release 1 since 2026-04-01, groups of 5 or more; 0 not told of in whole
  nps recommend platform: n 10, 2 teams
  responses: n 10, 2 teams`,
  );
  assert.equal(await books.exporter.explain!(books.ledger, 'survey', 'other'), undefined);
  assert.equal(await books.exporter.explain!(books.ledger, 'resource', 'pulse'), undefined);
  await books.close();
});
