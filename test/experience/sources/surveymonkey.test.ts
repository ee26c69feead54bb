/** SurveyMonkey as the runtime asks it: every family of question, paging, limits, faults, and nothing of who answered. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { surveyMonkeySchema } from '../../../exporters/experience/sources/surveymonkey/config.ts';
import { surveyMonkeySource } from '../../../exporters/experience/sources/surveymonkey/index.ts';
import { counted, nothingMeant, surveyRun } from '../survey-run.ts';
import {
  errorBody,
  type MonkeyResponse,
  type MonkeyWorld,
  send,
  startSurveyMonkey,
  token,
} from './surveymonkey-world.ts';

const survey = '152299598';
const choices = (from: number, texts: readonly string[]) =>
  texts.map((text, index) => ({ id: String(from + index), text, position: index + 1 }));

const details = {
  id: survey,
  title: 'Platform survey',
  pages: [
    {
      id: '1',
      questions: [
        {
          ...{
            id: '10',
            family: 'matrix',
            subtype: 'rating',
            headings: [{ heading: 'How <b>likely</b> is it&nbsp;that you would recommend the platform?' }],
          },
          answers: {
            rows: [{ id: '100', text: '', position: 1 }],
            choices: Array.from({ length: 11 }, (_, n) => ({
              id: String(110 + n),
              text: String(n),
              weight: n < 7 ? -100 : n < 9 ? 0 : 100,
            })),
          },
        },
        {
          ...{ id: '20', family: 'single_choice', subtype: 'menu', headings: [{ heading: 'Your team' }] },
          answers: {
            choices: choices(200, ['Checkout &amp; Pay', 'Search']),
            other: { id: '209', text: 'Other (please specify)', is_answer_choice: true },
          },
        },
        {
          ...{ id: '30', family: 'multiple_choice', subtype: 'vertical', headings: [{ heading: 'Tools' }] },
          answers: {
            choices: choices(300, ['CI', 'CD']),
            other: [{ id: '309', text: 'Comment', is_answer_choice: false }],
          },
        },
        {
          ...{ id: '40', family: 'matrix', subtype: 'rating', headings: [{ heading: 'Rate' }] },
          answers: {
            rows: [
              { id: '401', text: 'Speed' },
              { id: '402', text: 'Docs' },
            ],
            choices: [
              { id: '410', text: '', weight: 1 },
              { id: '411', text: '', weight: 2 },
              { id: '419', text: 'N/A', is_na: true },
            ],
          },
        },
        {
          ...{ id: '50', family: 'matrix', subtype: 'menu', headings: [{ heading: 'Menus' }] },
          answers: {
            rows: [
              { id: '501', text: 'Build' },
              { id: '502', text: 'Test' },
            ],
            cols: [
              { id: '510', text: 'Use', choices: choices(511, ['Daily', 'Never']) },
              { id: '520', text: 'Worth', choices: choices(521, ['Much']) },
            ],
          },
        },
        {
          id: '60',
          family: 'open_ended',
          subtype: 'single',
          headings: [{ heading: 'Slide' }],
          display_options: { display_type: 'slider' },
        },
        {
          ...{ id: '70', family: 'open_ended', subtype: 'numerical', headings: [{ heading: 'Hours' }] },
          answers: {
            rows: [
              { id: '701', text: 'meetings' },
              { id: '702', text: 'code' },
            ],
          },
        },
        { id: '75', family: 'open_ended', subtype: 'essay', headings: [{ heading: 'What else?' }] },
        {
          ...{ id: '80', family: 'demographic', subtype: 'international', headings: [{ heading: 'Who are you?' }] },
          answers: { rows: [{ id: '801', type: 'name', text: 'Name' }] },
        },
        { id: '85', family: 'presentation', subtype: 'descriptive_text', headings: [{ heading: 'Thanks' }] },
        {
          id: '86',
          family: 'open_ended',
          subtype: 'single',
          headings: [{ heading: 'Send a file' }],
          display_options: { display_type: 'file_upload' },
        },
        {
          ...{ id: '90', family: 'datetime', subtype: 'date_only', headings: [{ heading: 'Since when?' }] },
          answers: { rows: [{ id: '901', text: 'Date' }] },
        },
      ],
    },
  ],
} as const;

const canaries = [
  '198.51.100.77',
  'jane.canary@example.org',
  'Canaryjane',
  'canary free words',
  'custom-canary',
  'browse/canary',
];

let next = 1;
function response(
  answers: Readonly<Record<string, readonly object[]>>,
  more: Partial<MonkeyResponse> = {},
): MonkeyResponse {
  const number = next++;
  const at = new Date(Date.parse('2026-11-01T08:00:00Z') + number * 60_000).toISOString().replace('.000Z', '+00:00');
  return {
    ...{
      id: String(10_000_000_000 + number),
      date_created: at,
      date_modified: at,
      response_status: 'completed',
      collection_mode: 'default',
    },
    ...{ ip_address: canaries[0], email_address: canaries[1], first_name: canaries[2], custom_value: canaries[4] },
    ...{
      custom_variables: { who: canaries[4] },
      analyze_url: `https://www.surveymonkey.com/analyze/${canaries[5]}`,
      metadata: { contact: { email: { value: canaries[1] } } },
    },
    pages: [{ id: '1', questions: Object.entries(answers).map(([id, given]) => ({ id, answers: given })) }],
    ...more,
  };
}
const score = (n: number) => ({ '10': [{ row_id: '100', choice_id: String(110 + n) }] });

interface Options {
  readonly world?: Partial<MonkeyWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
  readonly definition?: unknown;
}

async function open(t: TestContext, { world = {}, config = {}, retries = 2, definition = nothingMeant }: Options = {}) {
  const server = await startSurveyMonkey(t, survey, { details, responses: [], ...world });
  const item = surveyMonkeySchema.parse({ survey: 'developer', id: survey, url: server.url, token, ...config });
  const run = await surveyRun(t, {
    source: (desk, client) => surveyMonkeySource(item, desk, client),
    ...{ now: '2026-11-10T12:00:00Z', retries, definition },
  });
  return { ...server, ...run };
}

describe('answers of every family', () => {
  test('have the words of the questions', async t => {
    const run = await open(t, {
      world: {
        responses: [
          response({
            ...score(9),
            '20': [{ choice_id: '200' }],
            '30': [{ choice_id: '300' }, { choice_id: '301' }, { other_id: '309', text: 'only on Mondays' }],
            '40': [
              { row_id: '401', choice_id: '411' },
              { row_id: '402', choice_id: '419' },
            ],
            '50': [
              { row_id: '501', col_id: '510', choice_id: '512' },
              { row_id: '502', col_id: '520', choice_id: '521' },
            ],
            '60': [{ text: '73' }],
            '70': [
              { row_id: '701', text: '12' },
              { row_id: '702', text: '20.5' },
            ],
            '75': [{ text: canaries[3] }],
            '80': [{ row_id: '801', text: canaries[2] }],
            '86': [{ text: 'cv.pdf', download_url: 'https://example.org/cv.pdf', content_type: 'application/pdf' }],
            '90': [{ row_id: '901', text: '12/31/2015' }],
          }),
          response({ '20': [{ other_id: '209', text: 'Data' }] }),
        ],
      },
    });
    const result = await run.refresh();
    assert.equal(result.error, undefined);
    assert.deepEqual(result.rejected, {});
    const [told] = run.told;
    assert.deepEqual(told!.responses[0]!.answers, {
      '10': ['9'],
      '20': ['Checkout & Pay'],
      '30': ['CI', 'CD'],
      '30:309': ['only on Mondays'],
      '40:401': ['2'],
      '40:402': ['N/A'],
      '50:501:510': ['Never'],
      '50:502:520': ['Much'],
      '60': ['73'],
      '70:701': ['12'],
      '70:702': ['20.5'],
      '75': [canaries[3]],
      '90': ['12/31/2015'],
    });
    assert.deepEqual(told!.responses[1]!.answers, { '20': ['Other (please specify)'], '20:209': ['Data'] });
    const texts = Object.fromEntries(told!.items.map(({ id, text }) => [id, text]));
    assert.equal(texts['10'], 'How likely is it that you would recommend the platform?');
    assert.equal(texts['40:402'], 'Rate [Docs]');
    assert.equal(texts['50:502:510'], 'Menus [Test] [Use]');
    assert.equal(texts['80'], undefined);
    assert.deepEqual(
      told!.items.find(({ id }) => id === '30'),
      { id: '30', text: 'Tools', choices: ['CI', 'CD'], isMultiple: true },
    );
  });

  test('are complete where the end was reached; previews are nobody’s, and of the disqualified there is none', async t => {
    const run = await open(t, {
      world: {
        responses: [
          response(score(10)),
          response(score(1), { response_status: 'partial' }),
          response(score(2), { response_status: 'overquota' }),
          response(score(3), { response_status: 'disqualified' }),
          response(score(4), { collection_mode: 'preview' }),
        ],
      },
    });
    await run.refresh();
    assert.deepEqual(
      run.told[0]!.responses.map(({ isComplete, answers }) => [isComplete, answers['10'] ?? []]),
      [
        [true, ['10']],
        [false, ['1']],
        [false, []],
        [false, []],
      ],
    );
  });

  test('that the questions do not know are rejected by response and question, without their text', async t => {
    const run = await open(t, {
      world: {
        details: {
          ...details,
          pages: [...details.pages, { questions: [{ id: '99', family: 'hologram', headings: [] }] }],
        },
        responses: [
          response({
            ...score(9),
            '20': [{ choice_id: '777' }],
            '55555': [{ text: canaries[3] }],
            '99': [{ text: canaries[3] }],
          }),
          { id: '666', response_status: 'completed', date_created: 'soon', date_modified: 'later', pages: [] },
          { id: '667', response_status: 'completed', date_created: 7, pages: canaries[3] } as unknown as MonkeyResponse,
        ],
      },
    });
    assert.deepEqual((await run.refresh()).rejected, {
      ...{ unknown_question_family: 1, unknown_choice: 1, unknown_question: 1, bad_time: 1, not_understood: 1 },
    });
    assert.deepEqual(
      (await run.rows('SELECT file, reason, field, value FROM rejects ORDER BY ALL')).map(row =>
        Object.values(row).join(' | '),
      ),
      [
        `survey ${survey} | unknown_question_family | question 99 | `,
        `survey ${survey}, response 10000000008 | unknown_choice | question 20 | `,
        `survey ${survey}, response 10000000008 | unknown_question | question 55555 | `,
        `survey ${survey}, response 666 | bad_time | date_created, date_modified | `,
        `survey ${survey}, response 667 | not_understood | expected string at date_created; expected array at pages | `,
      ],
    );
    // What could not be read has not been withdrawn.
    assert.equal(run.told[0]!.isWhole, false);
  });
});

describe('reading', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => response(score(n % 11)));

  test('goes by pages of 100, whose links are not followed, and is whole', async t => {
    const run = await open(t, { world: { responses: many(230) } });
    assert.equal((await run.refresh()).records, 230);
    assert.deepEqual(
      run.asked.filter(path => path.includes('bulk')).map(path => new URLSearchParams(path.split('?')[1]).get('page')),
      ['1', '2', '3'],
    );
    assert.ok(run.asked.every(path => !path.includes('bulk') || path.includes('per_page=100')));
    assert.equal(run.told.length, 1);
    assert.equal(run.told[0]!.isWhole, true);
    assert.equal(new Set(run.told[0]!.responses.map(({ id }) => id)).size, 230);
    assert.deepEqual(counted(run.told[0]!.responses, '10')['0'], 21);
  });

  test('then asks for what has changed alone, and all again after a week, when one was deleted', async t => {
    const responses = many(3);
    const run = await open(t, { world: { responses } });
    await run.refresh();
    const edited = responses[0]!;
    edited.date_modified = '2026-11-10T15:00:00+00:00';
    run.clock.now = new Date('2026-11-10T18:00:00Z');
    run.asked.length = 0;
    await run.refresh();
    assert.match(run.asked.at(-1)!, /start_modified_at=2026-10-31T23:00:00\+00:00/);
    assert.equal(run.told[1]!.isWhole, false);
    assert.equal(run.told[1]!.responses.at(-1)!.updatedAt, '2026-11-10T15:00:00.000Z');
    run.world.responses = responses.slice(1);
    run.clock.now = new Date('2026-11-18T12:00:00Z');
    await run.refresh();
    assert.equal(run.told[2]!.isWhole, true);
    assert.equal(run.told[2]!.responses.length, 2);
  });

  test('is not whole where a response changed meanwhile, so that the next one is', async t => {
    const responses = many(150);
    const run = await open(t, {
      world: {
        responses,
        // It moves to the end, and the first of page 2 to the end of page 1, where nobody looks again.
        onPage: page => {
          if (page === 1 && run.told.length === 0) responses[0]!.date_modified = '2026-11-10T11:59:00+00:00';
        },
      },
    });
    await run.refresh();
    assert.equal(run.told[0]!.isWhole, false);
    await run.refresh();
    assert.equal(run.told[1]!.isWhole, true);
    assert.equal(run.told[1]!.responses.length, 150);
  });

  test('begins anew where a question has got another meaning', async t => {
    const run = await open(t, { world: { responses: many(2) } });
    await run.refresh();
    const again = await run.restart({
      survey: 'developer',
      questions: [{ question: 'Your team', name: 'other', as: 'scale' }],
    });
    again.clock.now = new Date('2026-11-10T13:00:00Z');
    await again.refresh();
    assert.equal(again.told[0]!.isWhole, true);
  });

  test('asks for the questions that mean something alone', async t => {
    const responses = [response({ ...score(9), '20': [{ choice_id: '200' }], '75': [{ text: canaries[3] }] })];
    const run = await open(t, {
      world: { responses },
      definition: {
        survey: 'developer',
        team: { question: 'Your team' },
        questions: [{ question: 'How likely*', name: 'nps', as: 'nps' }],
      },
    });
    await run.refresh();
    assert.match(run.asked.at(-1)!, /question_ids=10,20(&|$)/);
    assert.deepEqual(run.told[0]!.responses[0]!.answers, { '10': ['9'], '20': ['Checkout & Pay'] });
  });

  test('of an empty survey tells that there is none', async t => {
    const run = await open(t);
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual([run.told[0]!.responses, run.told[0]!.isWhole], [[], true]);
  });

  test('says before it begins what it asks for', async t => {
    const run = await open(t, { world: { responses: many(230) } });
    await run.refresh();
    run.clock.now = new Date('2026-11-20T12:00:00Z');
    await run.refresh();
    assert.match(
      run.logged.join(''),
      /"requests":2,.*the questions of survey 152299598 and all responses, 100 a request/,
    );
    assert.match(run.logged.join(''), /"requests":4,/);
  });
});

describe('limits and faults', () => {
  test('a token that is refused is a sentence without it', async t => {
    const run = await open(t, { config: { token: 'smk-another-token' } });
    const { error = '' } = await run.refresh();
    assert.match(error, /SurveyMonkey refused access .* with 401: 1011 Authorization Error: .* invalid/);
    assert.ok(!(await run.traces()).includes('smk-another-token'));
  });

  test('a missing right, and a survey that is not there, say so', async t => {
    const run = await open(t, {
      world: {
        fault: (_, answer) =>
          send(answer, 403, errorBody('1014', 403, 'Permission Error', 'Permission has not been granted.')),
      },
    });
    assert.match((await run.refresh()).error ?? '', /403: 1014 Permission Error/);
    const gone = await open(t, { config: { id: '1' } });
    assert.match((await gone.refresh()).error ?? '', /SurveyMonkey has no survey 1 at .*1020/);
    assert.deepEqual(gone.told, []);
  });

  test('the limit of a minute is waited for as long as its header says', async t => {
    let refusals = 0;
    const run = await open(t, {
      world: {
        responses: [response(score(9))],
        fault: (_, answer) =>
          ++refusals === 1 &&
          send(answer, 429, errorBody('1040', 429, 'Rate limit reached', 'Too many'), {
            'x-ratelimit-app-global-minute-remaining': '0',
            'x-ratelimit-app-global-minute-reset': '17',
            'x-ratelimit-app-global-day-remaining': '311',
            'x-ratelimit-app-global-day-reset': '5400',
          }),
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(run.waits, [17_000]);
  });

  test('the limit of a day ends the refresh, which goes on later from the page where it was', async t => {
    const responses = Array.from({ length: 350 }, (_, n) => response(score(n % 11)));
    // Details, a first look that tells of four pages, and one page more.
    const run = await open(t, { world: { responses, dayLeft: 4 } });
    const { error = '', retrySeconds, records } = await run.refresh();
    assert.match(error, /SurveyMonkey lets nothing more be asked for 5400 s/);
    assert.equal(retrySeconds, 5400);
    assert.equal(records, 200);
    run.world.dayLeft = 500;
    run.asked.length = 0;
    assert.equal((await run.refresh()).error, undefined);
    const all = new Set(run.told.flatMap(told => told.responses.map(({ id }) => id)));
    assert.equal(all.size, 350);
    assert.equal(run.told.at(-1)!.isWhole, true);
  });

  const bodies = [
    ['HTML', `<html>${canaries[3]}</html>`, /got HTML/],
    ['a cut body', `{"data": [{"ip_address": "${canaries[0]}", "text": "${canaries[3]}`, /no whole JSON/],
    [
      'another shape',
      `{"data": {"text": "${canaries[3]}"}, "page": 1}`,
      /expected number at total; expected array at data/,
    ],
    ['another page', '{"data": [], "page": 7, "total": 0}', /got page 7 for page 1/],
  ] as const;
  for (const [what, body, expected] of bodies)
    test(`${what} changes nothing, and nothing of it is shown`, async t => {
      const run = await open(t, {
        world: { fault: ({ url }, answer) => Boolean(url?.includes('bulk')) && send(answer, 200, body) },
      });
      assert.match((await run.refresh()).error ?? '', expected);
      assert.deepEqual(run.told, []);
      const traces = await run.traces();
      for (const canary of canaries) assert.ok(!traces.includes(canary), canary);
    });

  test('pages that never end do, at the first with nothing on it', async t => {
    const run = await open(t, {
      world: {
        fault: (request, answer) => {
          const page = Number(new URL(request.url ?? '/', 'http://api').searchParams.get('page') ?? 0);
          if (page < 2 || page > 9) return false;
          return send(answer, 200, { per_page: 100, total: 0, page, data: [], links: { next: 'https://again' } });
        },
        responses: Array.from({ length: 150 }, (_, n) => response(score(n % 11))),
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(run.asked.filter(path => path.includes('bulk')).length, 2);
    assert.deepEqual([run.told[0]!.isWhole, run.told[0]!.responses.length], [false, 100]);
  });

  test('a server that fails is asked again, and then it is told', async t => {
    const run = await open(t, { world: { fault: (_, answer) => send(answer, 502, 'bad gateway') }, retries: 1 });
    assert.match((await run.refresh()).error ?? '', /502/);
    assert.equal(run.asked.length, 2);
  });
});

test('nobody can be told from what is written and logged', async t => {
  const run = await open(t, {
    world: {
      responses: [
        response({
          ...score(9),
          '75': [{ text: canaries[3] }],
          '80': [{ row_id: '801', text: canaries[2] }],
          '20': [{ choice_id: '404' }],
        }),
      ],
    },
  });
  await run.refresh();
  assert.equal(run.told[0]!.responses.length, 1);
  const { answers, ...response_ } = run.told[0]!.responses[0]!;
  for (const canary of canaries) assert.ok(!JSON.stringify(response_).includes(canary), canary);
  assert.deepEqual(Object.keys(answers).sort(), ['10', '75']);
  const traces = await run.traces();
  for (const canary of [...canaries, token]) assert.ok(!traces.includes(canary), canary);
});

test('the address follows the region of the account', async () => {
  const { apiUrl } = await import('../../../exporters/experience/sources/surveymonkey/config.ts');
  assert.equal(apiUrl(surveyMonkeySchema.parse({ survey: 'a', id: '1', token })), 'https://api.surveymonkey.com');
  assert.equal(
    apiUrl(surveyMonkeySchema.parse({ survey: 'a', id: '1', token, region: 'eu' })),
    'https://api.eu.surveymonkey.com',
  );
  assert.equal(
    apiUrl(surveyMonkeySchema.parse({ survey: 'a', id: '1', token, region: 'ca' })),
    'https://api.surveymonkey.ca',
  );
});
