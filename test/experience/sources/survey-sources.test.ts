/**
 * Every source of answers through the exporter, from a configuration to the page: NPS and a scale as the answers say, and
 * nothing of anybody who answered in a byte that is written, a line that is logged, a rejection or a metric.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import pino from 'pino';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { type FormResponse, startGoogle } from './google-world.ts';
import { type MonkeyResponse, startSurveyMonkey, token } from './surveymonkey-world.ts';

const canary = {
  ...{ email: 'jane.canary@example.org', first: 'Canaryjane', last: 'Canarydoe', ip: '198.51.100.77' },
  ...{
    words: 'canary free words',
    variable: 'custom-canary',
    team: 'canary team that nobody has',
    choice: 'Canary choice',
  },
} as const;

const question = 'How likely are you to recommend the platform?';
const easy = 'The platform is easy to use';
const key = 'a key that nobody guesses';

const definition = {
  survey: 'developer',
  team: { question: 'Your team' },
  respondent: 'Email Address',
  questions: [
    { question: 'How likely*', name: 'recommend', as: 'nps' },
    { question: easy, name: 'easy', as: 'scale', dimension: 'satisfaction', answers: { Yes: 5, 'Rather not': 2 } },
  ],
} as const;

/** Of nine: five promoters, two passives, two detractors, so that NPS is (5 - 2) / 9; eight and one for the scale. */
const people = [10, 9, 9, 10, 9, 8, 7, 3, 6].map((score, n) => ({
  ...{ score, n, team: n < 6 ? 'search' : 'checkout', easy: n === 8 ? 'Rather not' : 'Yes' },
  ...{ email: n === 0 ? canary.email : `person-${n}@example.org`, at: `2026-08-1${n}T09:30:0${n}Z` },
}));

interface Source {
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
}

const sources: Readonly<Record<string, (t: TestContext) => Promise<Source>>> = {
  surveymonkey: async t => {
    const scale = (from: number, texts: readonly string[]) =>
      texts.map((text, index) => ({ id: String(from + index), text }));
    const details = {
      pages: [
        {
          questions: [
            {
              ...{ id: '1', family: 'matrix', subtype: 'rating', headings: [{ heading: question }] },
              answers: {
                rows: [{ id: '10', text: '' }],
                choices: scale(
                  100,
                  Array.from({ length: 11 }, (_, n) => String(n)),
                ),
              },
            },
            {
              ...{ id: '2', family: 'single_choice', headings: [{ heading: easy }] },
              answers: { choices: scale(200, ['Yes', 'Rather not', canary.choice]) },
            },
            {
              ...{ id: '3', family: 'single_choice', headings: [{ heading: 'Your team' }] },
              answers: {
                choices: scale(300, ['search', 'checkout']),
                other: { id: '309', text: 'Other', is_answer_choice: false },
              },
            },
            { id: '4', family: 'open_ended', subtype: 'essay', headings: [{ heading: 'What else?' }] },
            {
              ...{ id: '5', family: 'demographic', headings: [{ heading: 'You' }] },
              answers: {
                rows: [
                  { id: '50', type: 'name' },
                  { id: '51', type: 'email' },
                ],
              },
            },
            { id: '6', family: 'open_ended', subtype: 'single', headings: [{ heading: 'Email Address' }] },
          ],
        },
      ],
    };
    const responses: MonkeyResponse[] = people.map(({ n, score, at, ...one }) => ({
      ...{ id: String(118_000 + n), response_status: 'completed', date_created: at, date_modified: at },
      ...{ ip_address: canary.ip, email_address: canary.email, first_name: canary.first, last_name: canary.last },
      ...{
        custom_variables: { who: canary.variable },
        custom_value: canary.variable,
        analyze_url: `https://x/?${canary.variable}`,
      },
      pages: [
        {
          questions: [
            { id: '1', answers: [{ row_id: '10', choice_id: String(100 + score) }] },
            { id: '2', answers: [{ choice_id: one.easy === 'Yes' ? '200' : '201' }] },
            {
              id: '3',
              answers: [{ choice_id: one.team === 'search' ? '300' : '301' }, { other_id: '309', text: canary.team }],
            },
            { id: '4', answers: [{ text: canary.words }] },
            {
              id: '5',
              answers: [
                { row_id: '50', text: canary.first },
                { row_id: '51', text: canary.email },
              ],
            },
            { id: '6', answers: [{ text: one.email }] },
          ],
        },
      ],
    }));
    // Its choice means nothing by the definition, and is a rejection.
    responses.push({
      ...responses[0]!,
      id: '119000',
      pages: [
        {
          questions: [
            { id: '2', answers: [{ choice_id: '202' }] },
            { id: '6', answers: [{ text: 'another@example.org' }] },
          ],
        },
      ],
    });
    const { url } = await startSurveyMonkey(t, '77', { details, responses });
    return { config: { surveymonkey: [{ survey: 'developer', id: '77', url, token }] }, secrets: [token] };
  },

  google_forms: async t => {
    const texts = (values: Readonly<Record<string, string>>) =>
      Object.fromEntries(
        Object.entries(values).map(([id, value]) => [id, { questionId: id, textAnswers: { answers: [{ value }] } }]),
      );
    const options = (...values: readonly string[]) => values.map(value => ({ value }));
    const form = {
      items: [
        { title: question, questionItem: { question: { questionId: 'a', scaleQuestion: { low: 0, high: 10 } } } },
        {
          title: easy,
          questionItem: {
            question: {
              questionId: 'b',
              choiceQuestion: { type: 'RADIO', options: [...options('Yes', 'Rather not'), { isOther: true }] },
            },
          },
        },
        { title: 'Your team', questionItem: { question: { questionId: 'c', textQuestion: {} } } },
        { title: 'What else?', questionItem: { question: { questionId: 'd', textQuestion: { paragraph: true } } } },
      ],
    };
    const responses: FormResponse[] = people.map(({ n, score, at, team, email, easy: b }) => ({
      ...{ responseId: `ACYD-${n}`, createTime: at, lastSubmittedTime: at, respondentEmail: email },
      answers: texts({ a: String(score), b, c: team, d: canary.words }),
    }));
    // Typed beside the choices, and a team that there is not.
    responses.push({
      ...responses[0]!,
      responseId: 'ACYD-x',
      respondentEmail: 'another@example.org',
      answers: texts({ b: canary.choice, c: canary.team }),
    });
    const server = await startGoogle(t, 'form', { form, responses });
    const item = { survey: 'developer', form: 'form', api: server.url, credential: server.credential() };
    return { config: { google_forms: [item] }, secrets: ['ya29.', 'PRIVATE KEY'] };
  },

  csv: async t => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-answers-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'answers.csv');
    const rows = people.map(({ at, score, easy: b, team, email }) =>
      [at, email, canary.first, canary.ip, score, b, team, canary.words].join(','),
    );
    rows.push(
      `2026-08-19T10:00:00Z,another@example.org,${canary.last},${canary.ip},,${canary.choice},${canary.team},${canary.words}`,
    );
    rows.push(`${canary.words},${canary.email},,,9,Yes,search,`);
    writeFileSync(
      file,
      `When,Email Address,First Name,IP Address,${question},${easy},Your team,What else?\n${rows.join('\n')}\n`,
    );
    return {
      config: { csv: [{ survey: 'developer', path: file, settle: 0, columns: { submitted: 'When' } }] },
      secrets: [],
    };
  },
};

for (const [name, start] of Object.entries(sources))
  describe(name, () => {
    test('tells what people said, and nobody who said it', async t => {
      const { config, secrets } = await start(t);
      const section = experienceSchema.parse({ ...config, surveys: [definition], privacy: { pseudonym_key: key } });
      const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-answers-ledger-'));
      const logged: string[] = [];
      const now = () => new Date('2026-10-05T12:00:00Z');
      const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
      const exporter = experienceExporter(section, ownershipOf({ search: {}, checkout: {} }), { now });
      const runtime = await openRuntime(exporter, { dataDir, log, now, threads: 1 });
      t.after(() => rmSync(dataDir, { recursive: true, force: true }));
      const [result] = await runtime.refresh();
      assert.equal(result!.error, undefined);
      assert.equal(result!.rejected.answer_unknown, 1);
      const { families } = await runtime.takeSnapshot();
      const page = families.map(({ text }) => text.toString('utf8')).join('');
      assert.match(page, /devex_/);
      const rows = await runtime.ledger.read(reader =>
        reader.all(
          `SELECT subject, question, n, round(value, 4) AS value FROM survey_results WHERE team = '' ORDER BY ALL`,
        ),
      );
      assert.deepEqual(runtime.problems(), []);
      const rejects = await runtime.ledger.read(reader => reader.all('FROM rejects'));
      await runtime.stop();

      const nps = rows.find(({ question: one }) => one === 'recommend')!;
      assert.deepEqual([Number(nps.n), Number(nps.value)], [9, 33.3333]);
      const scale = rows.find(({ question: one }) => one === 'easy')!;
      // 5 is 1 and 2 is a quarter: eight and one.
      assert.deepEqual([Number(scale.n), Number(scale.value)], [9, Math.round(((8 + 0.25) / 9) * 10_000) / 10_000]);

      const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
      assert.ok(files.length > 0);
      const written = Buffer.concat(files.map(entry => readFileSync(path.join(entry.parentPath, entry.name))));
      // What is kept can be found there, so that what is not found is not kept.
      assert.ok(written.includes('checkout') && written.includes('recommend'));
      const traces = Buffer.concat([written, Buffer.from(JSON.stringify(rejects) + logged.join('') + page)]);
      for (const text of [...Object.values(canary), ...secrets, key, 'person-3@example.org', 'T09:30:04', '09:30:04'])
        assert.ok(!traces.includes(text), text);
    });
  });

describe('a configuration', () => {
  const messages = (config: object) =>
    experienceSchema
      .safeParse({ privacy: { pseudonym_key: key }, ...config })
      .error?.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`) ?? [];

  test('of a source names a survey that is defined', () => {
    assert.deepEqual(messages({ surveys: [definition], csv: [{ survey: 'develper', tool: 'typeform', path: 'a' }] }), [
      'csv.0.survey: expected the name of a survey in experience.surveys, or of a form in experience.forms: developer',
    ]);
    assert.deepEqual(messages({ surveymonkey: [{ survey: 'developer', id: '1', token }] }), [
      'surveymonkey.0.survey: expected the name of a survey in experience.surveys, or of a form in experience.forms',
    ]);
  });

  test('has a name for each of several sources', () => {
    const item = { survey: 'developer', tool: 'typeform', path: 'a' };
    assert.deepEqual(messages({ surveys: [definition], csv: [item, item] }), [
      'csv.1.name: expected a name of its own for each of several sources',
    ]);
  });
});
