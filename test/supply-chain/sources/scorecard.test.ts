/** OpenSSF Scorecard: what is read of it, what is refused, and what is told of services. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Heard } from '../../../exporters/supply-chain/document.ts';
import type { Scorecard } from '../../../exporters/supply-chain/lists.ts';
import { scorecardScore } from '../../../exporters/supply-chain/metrics.ts';
import { openBooks as openLedgerBooks } from '../books.ts';
import { documentRun } from '../document-run.ts';
import { corpusFolder, readAuto, readKind } from '../documents.ts';
import { openHeardBooks } from '../heard-books.ts';
import { openBooks, teams } from '../metric-books.ts';

const check = (name: string, score: unknown) => ({ name, score, reason: 'so it is', documentation: { url: 'x' } });
const result = (more: object = {}) => ({
  ...{ date: '2026-11-20T08:00:00Z', repo: { name: 'github.com/Acme/Shop', commit: '0123abc' } },
  ...{ scorecard: { version: 'v5.0.0', commit: 'abc' }, score: 6.4 },
  checks: [check('Code-Review', 7), check('Branch-Protection', -1), check('Fuzzing', 0)],
  ...more,
});
const read = (more: object, repository?: string) =>
  readAuto(JSON.stringify(result(more)), repository === undefined ? {} : { repository });

test('a result is its repository, day, score and checks; what it could not tell has no score', async () => {
  const { kind, heard, records, rejections } = await read({});
  assert.deepEqual([kind, records, rejections], ['scorecard', 3, []]);
  assert.deepEqual(heard, {
    scorecards: [
      {
        ...{ repository: 'acme/shop', at: '2026-11-20T08:00:00.000Z', score: 6.4 },
        checks: [{ name: 'Code-Review', score: 7 }, { name: 'Branch-Protection' }, { name: 'Fuzzing', score: 0 }],
        owner: '{"repository":"acme/shop"}',
      },
    ],
  });
  const [inconclusive] = (await read({ score: -1, date: '2022-10-06' })).heard.scorecards ?? [];
  assert.deepEqual([inconclusive?.score, inconclusive?.at], [undefined, '2022-10-06T00:00:00.000Z']);
});

test('its repository is by its own name, without the host, else by the address', async () => {
  const named = async (name: unknown, placed?: string) => {
    const { heard, fault } = await read({ repo: { name } }, placed);
    return fault ?? heard.scorecards?.[0]?.repository;
  };
  assert.equal(await named('gitlab.com/acme/platform/shop', 'acme/other'), 'acme/platform/shop');
  assert.equal(await named('https://github.com/acme/shop.git'), 'acme/shop');
  assert.equal(await named('acme/next.js'), 'acme/next.js');
  assert.equal(await named('acme.js/shop'), 'acme.js/shop');
  assert.equal(await named('file:///builds/shop', 'https://github.com/acme/shop'), 'acme/shop');
  assert.equal(await named('file:///builds/shop'), 'missing_subject');
  assert.equal(await named(undefined), 'missing_subject');
});

test('what is broken is refused or counted by its reason', async () => {
  assert.equal((await read({ checks: [] })).fault, 'missing_checks');
  assert.equal((await readKind('scorecard', '{"score": 3}')).fault, 'not_scorecard');
  assert.equal((await readKind('scorecard', 'score: 3')).fault, 'not_json');
  const many = await read({ checks: Array.from({ length: 51 }, (_, index) => check(`C${index}`, 3)) });
  assert.deepEqual(
    many.rejections.map(({ line, reason }) => `${line} ${reason}`),
    ['51 too_many_checks'],
  );
  const { heard, records, rejections } = await read({
    score: '6',
    checks: [check('A', 11), check('B', 3), check('B', 4), check('', 3), check('C', '3'), 7, { name: 'D' }],
  });
  assert.deepEqual(heard.scorecards?.[0]?.checks, [{ name: 'B', score: 3 }]);
  assert.equal(heard.scorecards?.[0]?.score, undefined);
  assert.equal(records, 7);
  assert.deepEqual(
    rejections.map(({ line, reason }) => `${line} ${reason}`),
    ['1 bad_score', '3 told_twice', '4 missing_name', '5 bad_score', '6 not_an_object', '7 bad_score', '0 bad_score'],
  );
});

test('the corpus: each check of the real file, and the one without a repository is refused', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  const file = (name: string) => readFileSync(path.join(folder, 'guac', name));
  const text = file('kubernetes-scorecard.json').toString();
  const { kind, heard, rejections } = await readAuto(text);
  assert.deepEqual([kind, rejections], ['scorecard', []]);
  const [told] = heard.scorecards ?? [];
  assert.deepEqual([told?.repository, told?.score], ['kubernetes/kubernetes', 8.9]);
  const names = [...text.matchAll(/"name": "([^"/]+)"/g)].map(([, name]) => name);
  assert.ok(names.length > 5);
  assert.deepEqual(
    told?.checks.map(({ name }) => name),
    names,
  );
  const untold = [...text.matchAll(/"score": -1\b/g)].length;
  assert.equal(told?.checks.filter(({ score }) => score === undefined).length, untold);
  assert.equal((await readAuto(file('invalid-scorecard.json'))).fault, 'missing_subject');
});

const card = (repository: string, at: string, scores: Readonly<Record<string, number | undefined>>): Scorecard => {
  const { all, ...rest } = scores;
  return {
    ...{ repository, at, owner: JSON.stringify({ repository }), ...(all === undefined ? {} : { score: all }) },
    checks: Object.entries(rest).map(([name, score]) => ({ name, ...(score === undefined ? {} : { score }) })),
  };
};

test('told again it changes nothing, and told otherwise for the same time it is another', async t => {
  const books = await openLedgerBooks();
  t.after(() => books.close());
  const first: Heard = { scorecards: [card('acme/shop', '2026-02-10', { all: 5, A: undefined, B: 3 })] };
  assert.equal(await books.hear([first, first], '2026-02-11T00:00:00Z'), 3);
  assert.equal(await books.hear(first, '2026-02-12T00:00:00Z'), 0);
  assert.equal(await books.hear({ scorecards: [card('acme/shop', '2026-02-10', { all: 5, B: 3 })] }, '2026-02-13'), 2);
  assert.equal(await books.hear(first, '2026-02-14T00:00:00Z'), 3);
});

test('of a service it is the newest, of several repositories the lowest, and of what could not be told nothing', async t => {
  const books = await openHeardBooks();
  t.after(() => books.close());
  const now = '2026-03-01T00:00:00Z';
  await books.hear(
    { scorecards: [card('acme/shop', '2026-02-10', { all: 5, A: 2, Gone: 1 })] },
    '2026-02-10T01:00:00Z',
  );
  await books.hear(
    {
      scorecards: [
        card('acme/shop', '2026-02-20', { all: 6, A: 4, B: undefined }),
        card('acme/cart', '2026-02-20', { all: 8, A: 3, B: 9 }),
        card('acme/shop', '2026-02-15', { all: 1, A: 1 }),
      ],
    },
    '2026-02-20T01:00:00Z',
  );
  const lines = async (instant: string) =>
    (await books.lines(scorecardScore, instant)).map(line => line.replace(/^(\S+) \S+/, '$1')).sort();
  assert.deepEqual(await lines('2026-02-12T00:00:00Z'), ['shop A = 2', 'shop Gone = 1', 'shop all = 5']);
  assert.deepEqual(await lines(now), ['shop A = 3', 'shop B = 9', 'shop all = 6']);
});

test('services beyond the setting are those of the highest scores', async t => {
  const books = await openBooks({ config: { top_services: 2 }, ownership: teams });
  t.after(() => books.close());
  const row = (repository: string, score: number) => ({
    ...{
      repository: `acme/${repository}`,
      check_name: '',
      score,
      owner: JSON.stringify({ repository: `acme/${repository}` }),
    },
  });
  const scores = [row('shop', 3), row('cart', 9), row('pay', 4)];
  await books.tell('2026-02-10T00:00:00Z', { repository_scores: scores });
  assert.deepEqual([...(await books.lines(scorecardScore, '2026-02-11T00:00:00Z'))].sort(), [
    'ops pay all = 4',
    'sales shop all = 3',
  ]);
});

test("a team's token tells of its own repositories alone", async t => {
  const run = await documentRun(t, {
    rules: [
      { name: 'shop', repository: 'acme/shop', team: 'shop' },
      { name: 'pay', repository: 'acme/pay', team: 'pay' },
    ],
    kinds: [(await import('../../../exporters/supply-chain/sources/scorecard/index.ts')).scorecard],
  });
  const post = (team: string) =>
    run.post({
      kind: 'scorecard',
      body: JSON.stringify(result()),
      principal: { name: team, role: 'team', team },
    });
  await assert.rejects(post('pay'), { code: 'PUSH_FORBIDDEN' });
  assert.equal((await post('shop')).changed, 4);
});
