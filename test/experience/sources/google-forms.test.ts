/** Google Forms by its API and by its sheet, as the runtime reads them. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { googleFormsSchema } from '../../../exporters/experience/sources/google-forms/config.ts';
import { googleFormsSource } from '../../../exporters/experience/sources/google-forms/index.ts';
import { surveyRun } from '../survey-run.ts';
import {
  account,
  type FormResponse,
  type GoogleWorld,
  googleError,
  privatePem,
  send,
  startGoogle,
} from './google-world.ts';

const formId = '1FAIpQLSe-form_1';
const option = (value: string) => ({ value });
const grid = (type: string) => ({ columns: { type, options: ['Poor', 'Good'].map(option) } });

const form = {
  formId,
  info: { title: 'Platform survey' },
  items: [
    { itemId: 'i0', title: 'Welcome', textItem: {} },
    {
      itemId: 'i1',
      title: 'How likely are you to recommend it?',
      questionItem: { question: { questionId: 'q1', scaleQuestion: { low: 0, high: 10, lowLabel: 'No' } } },
    },
    {
      itemId: 'i2',
      title: 'Your team',
      questionItem: {
        question: {
          questionId: 'q2',
          choiceQuestion: { type: 'DROP_DOWN', options: [option('Search'), option('Checkout')] },
        },
      },
    },
    {
      itemId: 'i3',
      title: 'Tools',
      questionItem: {
        question: {
          questionId: 'q3',
          choiceQuestion: { type: 'CHECKBOX', options: [option('CI, CD'), option('IDE'), { isOther: true }] },
        },
      },
    },
    {
      ...{ itemId: 'i4', title: 'Rate' },
      questionGroupItem: {
        questions: [
          { questionId: 'q4', rowQuestion: { title: 'Speed' } },
          { questionId: 'q5', rowQuestion: { title: 'Docs' } },
        ],
        grid: grid('RADIO'),
      },
    },
    {
      itemId: 'i5',
      title: 'Checks',
      questionGroupItem: { questions: [{ questionId: 'q6', rowQuestion: { title: 'A' } }], grid: grid('CHECKBOX') },
    },
    {
      itemId: 'i6',
      title: 'Stars',
      questionItem: { question: { questionId: 'q7', ratingQuestion: { ratingScaleLevel: 5, iconType: 'STAR' } } },
    },
    {
      itemId: 'i7',
      title: 'What else?',
      questionItem: { question: { questionId: 'q8', textQuestion: { paragraph: true } } },
    },
    {
      itemId: 'i8',
      title: 'A file',
      questionItem: { question: { questionId: 'q9', fileUploadQuestion: { folderId: 'f' } } },
    },
    { itemId: 'i9', title: 'Page 2', pageBreakItem: {} },
  ],
} as const;

const canaries = ['jane.canary@example.org', 'canary free words', 'canary.pdf'];

let number = 0;
const answersOf = (texts: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(
    Object.entries(texts).map(([questionId, values]) => [
      questionId,
      { questionId, textAnswers: { answers: values.map(option) } },
    ]),
  );
function response(texts: Readonly<Record<string, readonly string[]>>): FormResponse {
  number += 1;
  const at = new Date(Date.parse('2026-11-01T08:00:00Z') + number * 60_000).toISOString().replace('.000Z', '.123456Z');
  return {
    responseId: `ACYD${number}`,
    createTime: at,
    lastSubmittedTime: at,
    respondentEmail: canaries[0]!,
    answers: answersOf(texts),
  };
}

interface Options {
  readonly world?: Partial<GoogleWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly definition?: unknown;
  readonly key?: string;
}

async function open(t: TestContext, { world = {}, config = {}, definition, key }: Options = {}) {
  const server = await startGoogle(t, formId, { form, responses: [], ...world });
  const item = googleFormsSchema.parse({
    ...{ survey: 'developer', form: formId, api: server.url, credential: server.credential(key) },
    ...config,
    ...(config.url === undefined ? {} : { url: `${server.url}${config.url}`, form: undefined }),
  });
  const run = await surveyRun(t, {
    source: (desk, client) => googleFormsSource(item, desk, client),
    now: '2026-11-10T12:00:00Z',
    ...(definition === undefined ? {} : { definition }),
  });
  return { ...server, ...run };
}

describe('a form by the API', () => {
  test('has questions of every kind, and answers by their ids', async t => {
    const run = await open(t, {
      world: {
        responses: [
          {
            ...response({
              q1: ['9'],
              q2: ['Search'],
              q3: ['CI, CD', 'my own tool'],
              q4: ['Good'],
              q5: ['Poor'],
              q6: ['Poor', 'Good'],
              q7: ['4'],
              q8: [canaries[1]!],
              gone: ['9'],
            }),
          },
        ],
      },
    });
    const [one] = run.world.responses;
    one!.answers = {
      ...one!.answers,
      q9: { questionId: 'q9', fileUploadAnswers: { answers: [{ fileName: canaries[2] }] } },
    };
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, {}]);
    const [told] = run.told;
    assert.deepEqual(
      told!.items.map(({ id, text, choices = [], isMultiple = false }) => [id, text, choices.join('/'), isMultiple]),
      [
        ['q1', 'How likely are you to recommend it?', '0/1/2/3/4/5/6/7/8/9/10', false],
        ['q2', 'Your team', 'Search/Checkout', false],
        ['q3', 'Tools', 'CI, CD/IDE', true],
        ['q4', 'Rate [Speed]', 'Poor/Good', false],
        ['q5', 'Rate [Docs]', 'Poor/Good', false],
        ['q6', 'Checks [A]', 'Poor/Good', true],
        ['q7', 'Stars', '1/2/3/4/5', false],
        ['q8', 'What else?', '', false],
      ],
    );
    assert.deepEqual(told!.responses[0]!.answers, {
      ...{ q1: ['9'], q2: ['Search'], q3: ['CI, CD', 'my own tool'], q4: ['Good'], q5: ['Poor'], q6: ['Poor', 'Good'] },
      ...{ q7: ['4'], q8: [canaries[1]] },
    });
    assert.match(told!.responses[0]!.submittedAt, /^2026-11-01T\d\d:\d\d:\d\d\.123Z$/);
    const traces = await run.traces();
    for (const canary of canaries) assert.ok(!traces.includes(canary), canary);
  });

  test('is read by pages, whole at first, then what was submitted or edited, then whole again', async t => {
    const responses = Array.from({ length: 7 }, (_, n) => response({ q1: [String(n)] }));
    const run = await open(t, { world: { responses, pageSize: 3 } });
    await run.refresh();
    assert.equal(run.asked.filter(one => one.includes('/responses')).length, 3);
    assert.deepEqual([run.told.length, run.told[0]!.isWhole, run.told[0]!.responses.length], [1, true, 7]);

    run.clock.now = new Date('2026-11-10T13:00:00Z');
    for (const one of responses.slice(0, 4)) one.lastSubmittedTime = '2026-11-10T12:30:00.000001Z';
    responses[0]!.answers = answersOf({ q1: ['10'] });
    run.asked.length = 0;
    await run.refresh();
    assert.match(run.asked[1]!, /filter=timestamp >= 2026-11-10T11:00:00\.000Z/);
    assert.deepEqual(
      run.told.slice(1).map(({ isWhole, hasMore, responses: { length } }) => [isWhole, hasMore, length]),
      [
        [false, true, 3],
        [false, false, 1],
      ],
    );
    assert.deepEqual(run.told[1]!.responses[0]!.answers, { q1: ['10'] });
    assert.equal(run.told[1]!.responses[0]!.updatedAt, '2026-11-10T12:30:00.000Z');

    run.world.responses = responses.slice(1);
    run.clock.now = new Date('2026-11-11T12:00:00Z');
    await run.refresh();
    assert.deepEqual([run.told.at(-1)!.isWhole, run.told.at(-1)!.responses.length], [true, 6]);
  });

  test('without responses tells that there are none', async t => {
    const run = await open(t);
    await run.refresh();
    assert.deepEqual([run.told[0]!.responses, run.told[0]!.isWhole], [[], true]);
  });

  test('tells who responded where the survey asks for it alone', async t => {
    const responses = [response({ q1: ['9'] })];
    const without = await open(t, { world: { responses } });
    await without.refresh();
    assert.doesNotMatch(JSON.stringify(without.told), /canary/);
    const asked = await open(t, {
      world: { responses },
      definition: {
        survey: 'developer',
        respondent: 'respondentEmail',
        questions: [{ question: 'How likely*', name: 'nps', as: 'nps' }],
      },
    });
    await asked.refresh();
    assert.deepEqual(asked.told[0]!.responses[0]!.answers.respondentEmail, [canaries[0]]);
    assert.ok(!(await asked.traces()).includes(canaries[0]!));
  });

  test('that was read in part by a fault is read again from where the last whole reading was', async t => {
    const responses = Array.from({ length: 5 }, (_, n) => response({ q1: [String(n)] }));
    let pages = 0;
    const run = await open(t, {
      world: {
        ...{ responses, pageSize: 2 },
        fault: ({ url }, answer) => Boolean(url?.includes('/responses')) && ++pages >= 2 && send(answer, 500, 'broken'),
      },
    });
    assert.match((await run.refresh()).error ?? '', /500/);
    assert.equal(run.told.length, 0);
    run.world.fault = undefined;
    await run.refresh();
    assert.deepEqual([run.told[0]!.isWhole, run.told[0]!.responses.length], [true, 5]);
  });

  test('whose responses have another shape counts the others, and withdraws none', async t => {
    const run = await open(t, {
      world: {
        responses: [
          response({ q1: ['9'] }),
          { ...response({}), createTime: 'soon' },
          { responseId: 'ACYDx', answers: canaries[1] } as unknown as FormResponse,
        ],
      },
    });
    assert.deepEqual((await run.refresh()).rejected, { bad_time: 1, not_understood: 1 });
    assert.deepEqual([run.told[0]!.responses.length, run.told[0]!.isWhole], [1, false]);
    assert.ok(!(await run.traces()).includes(canaries[1]!));
  });
});

describe('rights and faults', () => {
  test('a service account signs for a token, which is kept until it ends', async t => {
    const run = await open(t, { config: { subject: 'survey@acme.example' } });
    await run.refresh();
    run.clock.now = new Date('2026-11-10T12:30:00Z');
    await run.refresh();
    assert.equal(run.grants.length, 1);
    assert.deepEqual(run.grants[0], {
      header: { alg: 'RS256', typ: 'JWT', kid: 'key-1' },
      claims: {
        ...{ iss: account, aud: `${run.url}/token`, sub: 'survey@acme.example', iat: 1794312000, exp: 1794315600 },
        scope:
          'https://www.googleapis.com/auth/forms.body.readonly https://www.googleapis.com/auth/forms.responses.readonly',
      },
    });
    run.clock.now = new Date('2026-11-10T12:56:00Z');
    await run.refresh();
    assert.equal(run.grants.length, 2);
    const traces = await run.traces();
    assert.ok(!traces.includes('ya29.') && !traces.includes('PRIVATE KEY') && !traces.includes('assertion='));
  });

  test('a token that was revoked before its time is asked for anew, once', async t => {
    const run = await open(t);
    await run.refresh();
    run.valid.clear();
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(run.grants.length, 2);
  });

  test('a key that is not the account’s is refused, and shown to nobody', async t => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string;
    const run = await open(t, { key: other });
    assert.match(
      (await run.refresh()).error ?? '',
      /Google refused access to a token of reader@acme.* with 400: invalid_grant: Invalid JWT Signature/,
    );
    assert.ok(!(await run.traces()).includes(other.slice(60, 120)));
  });

  const keys: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', `{"private_key": "${'canary'.repeat(4)}`, /it is no JSON/],
    [
      'no key of a service account',
      '{"type": "authorized_user", "client_id": "canary"}',
      /client_email, private_key missing/,
    ],
    ['no private key', JSON.stringify({ client_email: account, private_key: 'canary' }), /its private_key is none/],
  ];
  for (const [what, credential, expected] of keys)
    test(`a credential that is ${what} is told without it`, async t => {
      const run = await open(t, { config: { credential } });
      assert.match((await run.refresh()).error ?? '', expected);
      assert.ok(!(await run.traces()).includes('canary'));
    });

  test('a token of a file is read anew at every refresh', async t => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-token-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'token');
    writeFileSync(file, 'ya29.first\n');
    const run = await open(t, {
      config: { credential: undefined, access_token: 'ya29.first', access_token_file: file },
    });
    run.valid.add('ya29.second');
    assert.match((await run.refresh()).error ?? '', /Google Forms refused access to form .* with 401: UNAUTHENTICATED/);
    writeFileSync(file, 'ya29.second\n');
    assert.equal((await run.refresh()).error, undefined);
    rmSync(file);
    assert.match((await run.refresh()).error ?? '', /access_token_file: ENOENT/);
  });

  test('a form that is not shared, and one that is not there, say so', async t => {
    const run = await open(t, {
      world: {
        fault: (_, answer) =>
          send(answer, 403, googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission')),
      },
    });
    assert.match((await run.refresh()).error ?? '', /403: PERMISSION_DENIED: The caller does not have permission/);
    const gone = await open(t, { config: { form: 'another' } });
    assert.match((await gone.refresh()).error ?? '', /Google Forms has no form another at .*NOT_FOUND/);
  });

  test('a quota of reads is waited for', async t => {
    let refusals = 0;
    const run = await open(t, {
      world: {
        fault: (_, answer) =>
          ++refusals <= 2 && send(answer, 429, googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded')),
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(run.waits.length, 2);
  });

  test('a next page that never ends is told', async t => {
    const run = await open(t, {
      world: {
        fault: ({ url }, answer) =>
          Boolean(url?.includes('/responses')) && send(answer, 200, { responses: [], nextPageToken: 'again' }),
      },
    });
    assert.match((await run.refresh()).error ?? '', /it named the same next page twice/);
  });

  const bodies = [
    ['HTML', `<html>${canaries[1]}</html>`, /got HTML/],
    ['a cut body', `{"responses": [{"respondentEmail": "${canaries[0]}", "x": "${canaries[1]}`, /no whole JSON/],
    ['another shape', `{"responses": "${canaries[1]}"}`, /expected array at responses/],
  ] as const;
  for (const [what, body, expected] of bodies)
    test(`${what} changes nothing, and nothing of it is shown`, async t => {
      const run = await open(t, {
        world: { fault: ({ url }, answer) => Boolean(url?.includes('/responses')) && send(answer, 200, body) },
      });
      assert.match((await run.refresh()).error ?? '', expected);
      assert.deepEqual(run.told, []);
      const traces = await run.traces();
      for (const canary of canaries) assert.ok(!traces.includes(canary), canary);
    });
});

describe('a form by its sheet', () => {
  const sheet =
    'Timestamp,Email Address,How likely are you to recommend it?,Rate [Speed],Rate [Docs],Tools (select all that apply)\r\n' +
    '10/25/2026 2:30:00,jane.canary@example.org,9,Good,Poor,"CI, CD, IDE (VS Code, Vim)"\r\n' +
    '3/29/2026 2:30:00,,,,,\r\n' +
    ',,,,,';

  test('is read at an address by the account’s right to it', async t => {
    const run = await open(t, { config: { url: '/sheet?format=csv', time_zone: 'Europe/Berlin' }, world: { sheet } });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, {}]);
    assert.equal(run.grants[0]!.claims.scope, 'https://www.googleapis.com/auth/drive.readonly');
    const [told] = run.told;
    assert.deepEqual(
      told!.responses.map(({ submittedAt, answers }) => [submittedAt, answers]),
      [
        [
          '2026-10-25T00:30:00.000Z',
          {
            ...{ 'How likely are you to recommend it?': ['9'], 'Rate [Speed]': ['Good'], 'Rate [Docs]': ['Poor'] },
            'Tools (select all that apply)': ['CI', 'CD', 'IDE (VS Code, Vim)'],
          },
        ],
        ['2026-03-29T01:30:00.000Z', {}],
      ],
    );
    assert.ok(!(await run.traces()).includes('canary'));
  });

  test('is read in files too, as rows are added', async t => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-sheet-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'answers.csv');
    writeFileSync(file, sheet);
    const run = await open(t, {
      config: { form: undefined, credential: undefined, path: file, settle: 0, time_zone: 'Europe/Berlin' },
    });
    await run.refresh();
    writeFileSync(file, `${sheet.slice(0, -5)}11/2/2026 9:00:00,,3,,,\r\n`);
    await run.refresh();
    assert.deepEqual(
      run.told.map(({ responses, isWhole }) => [responses.length, isWhole]),
      [
        [2, true],
        [3, true],
      ],
    );
    const [first, second] = run.told.map(({ responses }) => responses.map(({ id }) => id));
    assert.deepEqual(second!.slice(0, 2), first);
  });
});

test('a configuration names a form, files or an address, and what opens it', () => {
  const messages = (config: object) =>
    googleFormsSchema
      .safeParse({ survey: 'a', ...config })
      .error?.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`) ?? [];
  assert.deepEqual(messages({ form: 'f', credential: privatePem }), []);
  assert.deepEqual(messages({ form: 'f' }), ['credential: expected credential_file or access_token_file']);
  assert.deepEqual(messages({ path: 'a.csv' }), ["time_zone: expected the sheet's time zone, such as Europe/Berlin"]);
  assert.deepEqual(messages({ path: 'a.csv', form: 'f', credential: 'x' }), [
    'form: expected one of form, path and url',
  ]);
});
