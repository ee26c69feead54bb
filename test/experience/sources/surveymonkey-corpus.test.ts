/**
 * Recorded answers of SurveyMonkey, whole, through a server that gives them as they were recorded. What `/details` says of
 * their questions is not among them: it is made here from the ids, in its documented shape. Counts are held against
 * DuckDB's over the recorded files.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openLedger } from '../../../exporters/core/ledger.ts';
import { surveyMonkeySchema } from '../../../exporters/experience/sources/surveymonkey/config.ts';
import { surveyMonkeySource } from '../../../exporters/experience/sources/surveymonkey/index.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import { counted, nothingMeant, surveyRun } from '../survey-run.ts';
import { type MonkeyResponse, startSurveyMonkey, token } from './surveymonkey-world.ts';

const folder = path.join(corpus, 'experience/surveymonkey');

interface RecordedPage {
  readonly body: {
    readonly total: number;
    readonly data: readonly RecordedResponse[];
    readonly links: Readonly<Record<string, string>>;
  };
}
interface RecordedAnswer {
  readonly choice_id?: string;
  readonly row_id?: string;
  readonly text?: string;
}
interface RecordedResponse extends MonkeyResponse {
  readonly pages: readonly {
    readonly questions: readonly { readonly id: string; readonly answers: readonly RecordedAnswer[] }[];
  }[];
}

const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as RecordedPage;
const filesOf = (survey: string) => readdirSync(folder).filter(file => file.startsWith(`v3_surveys_${survey}_`));

function recorded(t: TestContext, survey: string): RecordedResponse[] | undefined {
  if (!existsSync(folder)) {
    t.skip('experience/surveymonkey is not in PLUMBLINE_CORPUS');
    return undefined;
  }
  const all = filesOf(survey).flatMap(file => read(file).body.data);
  return [...new Map(all.map(one => [one.id, one])).values()];
}

/** Questions in the shape of the documentation: a grid where answers have rows, several choices where one response has. */
function detailsFor(responses: readonly RecordedResponse[]) {
  const questions = new Map<string, RecordedAnswer[][]>();
  for (const { pages } of responses)
    for (const { id, answers } of pages.flatMap(page => page.questions))
      questions.set(id, [...(questions.get(id) ?? []), [...answers]]);
  const distinct = (ids: readonly (string | undefined)[]) => [...new Set(ids.filter(id => id !== undefined))].sort();
  return {
    pages: [
      {
        questions: [...questions].map(([id, given]) => {
          const choices = distinct(given.flat().map(answer => answer.choice_id)).map(choice => ({
            id: choice,
            text: `choice ${choice}`,
          }));
          const rows = distinct(given.flat().map(answer => answer.row_id)).map(row => ({ id: row, text: '' }));
          const isSeveral = given.some(answers => answers.length > 1);
          const family =
            choices.length === 0
              ? 'open_ended'
              : rows.length > 0
                ? 'matrix'
                : isSeveral
                  ? 'multiple_choice'
                  : 'single_choice';
          return { id, family, subtype: 'x', headings: [{ heading: `Question ${id}` }], answers: { choices, rows } };
        }),
      },
    ],
  };
}

async function sqlCounts(survey: string): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const books = await openLedger({ path: ':memory:' });
  const paths = filesOf(survey).map(file => `'${path.join(folder, file)}'`);
  try {
    const rows = await books.read(reader =>
      reader.all(`
        WITH files AS (SELECT content::JSON AS page FROM read_text([${paths.join(', ')}])),
        responses AS (
          SELECT DISTINCT ON (response->>'$.id') response
          FROM (SELECT unnest(from_json(page->'$.body.data', '["JSON"]')) AS response FROM files)),
        pages AS (SELECT unnest(from_json(response->'$.pages', '["JSON"]')) AS page FROM responses),
        questions AS (SELECT unnest(from_json(page->'$.questions', '["JSON"]')) AS question FROM pages),
        answers AS (SELECT question->>'$.id' AS question, unnest(from_json(question->'$.answers', '["JSON"]')) AS answer FROM questions)
        SELECT question, 'choice ' || (answer->>'$.choice_id') AS answer, count(*) AS n
        FROM answers WHERE answer->>'$.choice_id' IS NOT NULL GROUP BY ALL ORDER BY ALL`),
    );
    const counts: Record<string, Record<string, number>> = {};
    for (const { question, answer, n } of rows) {
      const of = counts[String(question)] ?? {};
      counts[String(question)] = { ...of, [String(answer)]: Number(n) };
    }
    return counts;
  } finally {
    await books.close();
  }
}

for (const [survey, expected] of Object.entries({ '152299598': 16, '152299962': 4, '152303468': 1, '152303492': 0 }))
  describe(`the recorded survey ${survey}`, () => {
    test('has as many of every choice as SQL counts', async t => {
      const responses = recorded(t, survey);
      if (!responses) return;
      const server = await startSurveyMonkey(t, survey, { details: detailsFor(responses), responses });
      const item = surveyMonkeySchema.parse({ survey: 'developer', id: survey, url: server.url, token });
      const run = await surveyRun(t, {
        source: (desk, client) => surveyMonkeySource(item, desk, client),
        now: '2026-11-10T12:00:00Z',
        definition: nothingMeant,
      });
      const result = await run.refresh();
      assert.equal(result.error, undefined);
      assert.deepEqual(result.rejected, {});
      const [told] = run.told;
      assert.equal(told!.isWhole, true);
      assert.equal(told!.responses.length, responses.length);
      assert.equal(told!.responses.length, expected);
      const theirs = await sqlCounts(survey);
      const own = Object.fromEntries(
        told!.items
          .filter(item_ => item_.choices !== undefined)
          .map(({ id }) => [id, counted(told!.responses, id)])
          .sort(),
      );
      assert.deepEqual(own, theirs);
      assert.ok(told!.responses.every(({ submittedAt, isComplete }) => submittedAt.startsWith('2018-0') && isComplete));
      const traces = await run.traces();
      assert.ok(!traces.includes('203.0.113.7'));
    });
  });

test('recorded links forget the filter and name another host, so that they are not to be followed', t => {
  if (!existsSync(folder)) return t.skip('experience/surveymonkey is not in PLUMBLINE_CORPUS');
  for (const file of filesOf('152299962').filter(name => name.includes('start_created_at'))) {
    const { body } = read(file);
    assert.match(body.links.self!, /^https:\/\/api\.surveymonkey\.net\//);
    assert.doesNotMatch(body.links.self!, /start_created_at/);
  }
});
