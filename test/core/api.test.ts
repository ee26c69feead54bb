/** Lists that exporters offer, whichever they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from '../../exporters/core/api.ts';
import { startFixture } from './server-fixture.ts';

const view = (name: string, lists: readonly string[]) => ({
  ...{ name, metrics: [], snapshot: () => undefined, sources: () => [], problems: () => [], pushSources: [] },
  accept: async () => ({ records: 0, changed: 0, rejected: {} }),
  scraped: async () => undefined,
  api: lists.map(list => ({
    name: list,
    answer: async () => ({ columns: ['of'], items: [{ of: name }], total: 1 }),
  })),
});
const views = [view('policy', ['findings', 'rules']), view('supply-chain', ['findings'])];

test('a list that several exporters have is asked of one of them', async t => {
  const { url } = await startFixture(t, { exporters: () => views });
  const get = async (path: string) => {
    const response = await fetch(`${url}/api/${path}`, { headers: { authorization: 'Bearer reader-token' } });
    return [response.status, await response.json()];
  };
  assert.deepEqual(await get('rules'), [200, { rules: [{ of: 'policy' }], total: 1, next: null }]);
  assert.deepEqual(await get('supply-chain/findings'), [
    200,
    { findings: [{ of: 'supply-chain' }], total: 1, next: null },
  ]);
  assert.deepEqual(await get('findings'), [
    400,
    { error: 'several exporters have findings: ask for one of /api/policy/findings, /api/supply-chain/findings' },
  ]);
  for (const path of ['other', 'supply-chain/rules', 'none/findings', '__proto__'])
    assert.deepEqual(await get(path), [404, { error: 'nothing is here' }], path);
});

test('without a token nobody learns which lists there are', async t => {
  const { url } = await startFixture(t, { exporters: () => views });
  for (const path of ['api', 'api/', 'api/findings', 'api/none', 'api/policy/findings', 'api/a/b/c'])
    assert.equal((await fetch(`${url}/${path}`)).status, 401, path);
});

test('a table quotes what holds a separator, and disarms formulas', () => {
  const columns = ['a', 'b', 'c', 'd'];
  const items = [
    { a: 'x,y', b: 'say "hi"', c: 'two\nlines', d: -5 },
    { a: '=1+1', b: '@x', c: null, d: true },
    { a: '-x', b: '', c: [{ id: '1' }], d: 0 },
  ];
  assert.equal(
    csvOf({ columns, items }),
    'a,b,c,d\r\n"x,y","say ""hi""","two\nlines",-5\r\n\'=1+1,\'@x,,true\r\n\'-x,,"[{""id"":""1""}]",0\r\n',
  );
});
