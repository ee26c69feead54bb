/** Words of respondents are planted wherever a tool may bring them; none is ever found again. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { isSecretKey, isSecretPath } from '../../../exporters/config/secrecy.ts';
import type { SurveyResponse } from '../../../exporters/experience/surveys/told.ts';
import { group, items, openBooks, pulse, response } from '../surveys/books.ts';

const canaries = {
  name: 'Canary-Jane-Doe',
  email: 'canary.jane@acme.example',
  address: '203.0.113.77',
  words: 'CanaryTheReleaseProcessIsPainful',
  team: 'CanaryTeamOfMine',
  choice: 'CanaryRatherNotSay',
  id: 'canary-row-content-5;4;jane',
  time: 'CanaryYesterday',
} as const;

const planted: readonly SurveyResponse[] = [
  {
    id: canaries.id,
    submittedAt: '2026-02-10T10:11:12.345Z',
    updatedAt: '2026-02-11T01:02:03Z',
    isComplete: true,
    answers: {
      q1: ['9'],
      q2: [canaries.choice],
      q3: [canaries.words, canaries.name],
      q5: [canaries.team],
      q6: [canaries.email],
      q7: [`${canaries.words} ${canaries.address}`],
      q99: [canaries.name],
    },
  },
  { ...response({ id: `${canaries.id} again` }), submittedAt: canaries.time },
  ...Array.from({ length: 8 }, (_, index) => ({
    ...response({ id: `${canaries.id} ${index}`, team: 'a', recommend: 3 + index, day: '2026-02-10T10:11:12.345Z' }),
    answers: { q1: [String(3 + index)], q5: ['a'], q6: [`${index}${canaries.email}`], q7: [canaries.words] },
  })),
];

test('the ledger, its log, rejections and the page hold nothing that a respondent wrote, nor when he did', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-canary-'));
  const books = await openBooks({ path: path.join(folder, 'experience.duckdb') });
  const counts = await books.tell({ responses: planted }, '2026-04-01T01:00:00Z');
  assert.deepEqual(counts.rejected, { answer_unknown: 1, answers_several: 1, team_unknown: 1, time_unreadable: 1 });
  const bytes = async () => {
    const files = await readdir(folder);
    const contents = await Promise.all(files.map(file => readFile(path.join(folder, file))));
    return { files, text: Buffer.concat(contents).toString('latin1') };
  };
  const open = await bytes();
  assert.ok(
    open.files.some(file => file.endsWith('.wal')),
    open.files.join(),
  );
  const page = JSON.stringify(await books.scrape('2026-04-01T02:00:00Z'));
  assert.match(page, /devex_organisation_nps/);
  const rejects = JSON.stringify(await books.rows('FROM rejects'));
  const tables = await books.rows("SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'");
  const everything: string[] = [];
  for (const { table_name } of tables) everything.push(JSON.stringify(await books.rows(`FROM ${table_name}`)));
  await books.close();
  const closed = await bytes();
  for (const [what, canary] of Object.entries(canaries))
    for (const [where, text] of Object.entries({
      wal: open.text,
      file: closed.text,
      page,
      rejects,
      rows: everything.join(),
    }))
      assert.ok(!text.toLowerCase().includes(canary.toLowerCase()), `${what} is in the ${where}`);
  assert.ok(open.text.includes('recommend'), 'else nothing would be found in it');
  // No clock time of an answer: not as text, and no column that could hold one.
  assert.doesNotMatch(everything.join(), /10:11:12/);
  await rm(folder, { recursive: true });
});

test('whoever has the ledger and not the key tells nobody by trying addresses', async () => {
  const { createHash } = await import('node:crypto');
  const books = await openBooks();
  await books.tell({ responses: planted }, '2026-04-01T01:00:00Z');
  const text = JSON.stringify([await books.rows('FROM survey_responses'), await books.rows('FROM survey_answers')]);
  for (const guess of [canaries.email, `pulse\n2026-q1\n${canaries.email}`, '9', canaries.id])
    for (const algorithm of ['md5', 'sha1', 'sha256']) {
      const digest = createHash(algorithm).update(guess).digest('hex').slice(0, 32);
      assert.ok(!text.includes(digest), `${algorithm} of ${guess}`);
    }
  await books.close();
});

test('an error of the store repeats no answer', async () => {
  const books = await openBooks();
  const bad = [{ ...planted[0]!, answers: { ...planted[0]!.answers, q1: [canaries.words] } }];
  await assert.rejects(books.tell({ survey: 'unknown', responses: bad }, '2026-04-01T01:00:00Z'), (error: Error) => {
    assert.doesNotMatch(`${error.message} ${JSON.stringify(error)} ${error.stack}`, /canary/i);
    return true;
  });
  await books.close();
});

test('answers go after their time, with the pseudonyms, and the results stay', async () => {
  const books = await openBooks();
  const told = Array.from({ length: 9 }, (_, index) =>
    response({ id: `${index}`, email: `${index}@acme.example`, team: 'a', recommend: index, day: '2026-03-31' }),
  );
  await books.tell({ responses: told }, '2026-04-01T01:00:00Z');
  assert.deepEqual(await books.prune('2027-05-05T00:00:00Z'), {}, '400 days after its last day it is still there');
  const before = await books.scrape('2026-05-01T00:00:00Z');
  assert.deepEqual(await books.prune('2027-05-07T00:00:00Z'), {
    ...{ survey_answers: 9, survey_responses: 9, survey_released: 9 },
  });
  assert.deepEqual(await books.scrape('2026-05-01T00:00:00Z'), before);
  await books.tell({ responses: told }, '2027-05-08T00:00:00Z');
  for (const table of ['survey_answers', 'survey_responses', 'survey_released'])
    assert.deepEqual(await books.rows(`FROM ${table}`), [], table);
  await books.close();
});

test('what is outside of declared waves goes too', async () => {
  const declared = { ...pulse, waves: [{ wave: 'spring', from: '2026-03-01', until: '2026-03-31' }] };
  const books = await openBooks({ surveys: [declared] });
  await books.tell(
    { items, responses: [response({ id: 'x', recommend: 9, day: '2026-02-10' })] },
    '2026-04-01T01:00:00Z',
  );
  assert.deepEqual(await books.prune('2027-05-01T00:00:00Z'), { survey_answers: 1, survey_responses: 1 });
  await books.close();
});

test('answers go too of a survey that is no longer configured, and of one whose source never came to its end', async () => {
  const told = group('a', [10, 10, 9, 8, 3, 6, 7]);
  const late = '2027-05-07T00:00:00Z';
  const gone = { survey_answers: 7, survey_responses: 7 };
  const removed = await openBooks();
  await removed.tell({ responses: told }, '2026-02-20T00:00:00Z');
  const other = await openBooks({ surveys: [{ ...pulse, survey: 'other' }], ledger: removed.ledger });
  assert.deepEqual(await other.prune('2027-05-05T00:00:00Z'), {});
  assert.deepEqual(await other.prune(late), gone);
  await removed.close();

  const partly = await openBooks();
  await partly.tell({ responses: told, isWhole: false, hasMore: true }, '2026-02-20T00:00:00Z');
  assert.deepEqual(await partly.prune(late), gone);
  // It comes no more, though the source tells of it again.
  await partly.tell({ responses: told, isWhole: false, hasMore: true }, late);
  assert.deepEqual(await partly.rows('FROM survey_responses'), []);
  await partly.close();
});

test('answers of years ago are looked at before they go, however many pages they come in', async () => {
  const books = await openBooks();
  const told = group('a', [10, 10, 9, 8, 3, 6, 7], { day: '2020-02-10' });
  await books.tell({ responses: told.slice(0, 4), isWhole: false, hasMore: true }, '2026-02-20T00:00:00Z');
  assert.deepEqual(await books.prune('2026-02-20T00:00:01Z'), {});
  await books.tell({ responses: told.slice(4), isWhole: false }, '2026-02-20T00:01:00Z');
  assert.deepEqual(await books.rows(`SELECT n::INTEGER AS n FROM survey_results WHERE team = '' AND kind = 'nps'`), [
    { n: 7 },
  ]);
  await books.close();
});

test('the key of the pseudonyms is a secret of the configuration', () => {
  assert.ok(isSecretPath(['experience', 'privacy', 'pseudonym_key']));
  assert.ok(isSecretKey('pseudonym_key') && !isSecretKey('pseudonym_key_file'));
});
