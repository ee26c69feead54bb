/** GET /api/findings over a real server and ledger. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { violations } from '../../exporters/policy/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { startFixture } from '../core/server-fixture.ts';
import { type Books, day, openBooks, owner, report, result, teams } from './books.ts';

const now = new Date(day(40));

interface Finding {
  readonly [name: string]: unknown;
  readonly resource: string;
  readonly exceptions: readonly { readonly exception: string }[];
}
interface Page {
  readonly findings: readonly Finding[];
  readonly total: number;
  readonly next: string | null;
}

async function serve(t: TestContext, books: Books) {
  const view = {
    ...{
      name: 'policy',
      metrics: [],
      snapshot: () => undefined,
      sources: () => [],
      problems: () => [],
      pushSources: [],
    },
    accept: async () => ({ records: 0, changed: 0, rejected: {} }),
    scraped: async () => undefined,
    api: (books.exporter.api ?? []).map(({ name, answer }) => ({
      name,
      answer: (request: Parameters<typeof answer>[1]) => answer(books.ledger, request),
    })),
  };
  const { url } = await startFixture(t, { exporters: () => [view], now: () => now });
  t.after(() => books.close());
  const get = (path: string, token = 'reader-token', headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
  const list = async (query = '', token?: string): Promise<Page> => {
    const response = await get(`/api/findings${query}`, token);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Page;
  };
  const names = async (query = '', token?: string) =>
    (await list(query, token)).findings.map(({ resource }) => resource);
  return { url, get, list, names };
}

async function told(ownership = teams): Promise<Books> {
  const books = await openBooks({
    ownership,
    policy: { requirements: [{ policy: 'root', requirement: 'non_root_containers' }] },
  });
  const pay = { owner: owner('acme/pay', 'production'), enforcement: 'enforce' } as const;
  const found = [
    result('fail root a', { message: 'runs as root, "0"', location: 'a.yaml:3', url: 'https://e.example/a' }),
    result('fail root b', { ...pay, severity: 'critical', originalSeverity: 'CRITICAL' }),
    result('excepted tags c', { severity: 'low' }),
    result('fail tags d', { owner: '{}', severity: 'unknown', message: '=cmd()' }),
  ];
  await books.tell({ reports: [report(day(10), found)] }, day(10), 60);
  await books.tell(
    { reports: [report(day(30), [...found, result('fail tags e', { severity: 'critical' })])] },
    day(30),
    60,
  );
  const exception = {
    exception: 'x1',
    policy: 'tags',
    resource: '*',
    owner: '{}',
    approvedBy: 'ada',
    reason: 'old',
    expiresAt: day(99),
  };
  await books.tell(
    {
      exceptions: [
        {
          engine: 'kyverno',
          scope: 'cluster:eu',
          readAt: day(30),
          exceptions: [exception, { ...exception, exception: 'x2', resource: 'other_*' }],
        },
      ],
    },
    day(30),
  );
  return books;
}

test('a finding is told with its life, its words and its exceptions', async t => {
  const { list } = await serve(t, await told());
  const { findings, total, next } = await list('?policy=tags&state=excepted');
  assert.deepEqual([total, next], [1, null]);
  const [{ id, ...found } = { id: '' }] = findings;
  assert.match(String(id), /^-?\d+$/);
  assert.deepEqual(found, {
    ...{ engine: 'kyverno', policy: 'tags', title: '', requirement: 'other', resource: 'c', severity: 'low' },
    ...{ original_severity: '', enforcement: 'audit', state: 'excepted', reason: '', team: 'sales', service: 'shop' },
    ...{ environment: 'unassigned', scope: 'cluster:eu', opened_at: '2026-01-10T00:00:00Z' },
    ...{ first_seen_at: '2026-01-10T00:00:00Z', last_seen_at: '2026-01-30T00:00:00Z', age_seconds: 30 * 86_400 },
    ...{ message: '', location: '', url: '' },
    exceptions: [
      {
        ...{ exception: 'x1', reason: 'old', approved_by: 'ada', created_at: null, expires_at: '2026-04-09T00:00:00Z' },
        ...{ is_applied: null, url: '' },
      },
    ],
  });
});

test('an exception of Kyverno is told with what it is for, whichever object of a workload it names', async t => {
  const books = await openBooks({ ownership: teams });
  const cart = 'k8s:eu/shop/workload/cart';
  const found = [
    result('fail root cart', { policy: 'root/check', resource: cart, location: 'Pod/shop/cart-6d4cf56db6-x7zqp' }),
    result('fail root ns', { policy: 'root/check', resource: 'k8s:eu//namespace/shop', location: 'Namespace/shop' }),
  ];
  await books.tell({ reports: [report(day(30), found)] }, day(30));
  const exceptions = Object.entries({
    pods: '*/Pod/cart*',
    deployment: 'shop,pay/apps/v1/Deployment/cart',
    several: '*/Service/x shop/*/c?rt*',
    elsewhere: 'pay/Pod/cart*',
    others: '*/Pod/web*',
    services: '*/Service/cart*',
    namespaces: '*/Namespace/shop',
  }).map(([exception, resource]) => ({ exception, policy: 'root/check', resource, owner: '{}' }));
  const rules = { exception: 'rules', policy: 'root/*', resource: '', owner: '{}' };
  await books.tell(
    { exceptions: [{ engine: 'kyverno', scope: 'cluster:eu', readAt: day(30), exceptions: [...exceptions, rules] }] },
    day(30),
  );
  const { list } = await serve(t, books);
  const { findings } = await list();
  assert.deepEqual(
    Object.fromEntries(
      findings.map(one => [String(one.resource), one.exceptions.map(({ exception }) => exception).join(' ')]),
    ),
    { [cart]: 'deployment pods rules several', 'k8s:eu//namespace/shop': 'namespaces rules' },
  );
});

test('parameters narrow the list, and its order is by severity or by age', async t => {
  const books = await told();
  const { names } = await serve(t, books);
  assert.deepEqual(await names(), ['b', 'e', 'a', 'c', 'd']);
  const byAge = await names('?sort=age');
  assert.deepEqual([byAge.toSorted(), byAge.at(-1)], [['a', 'b', 'c', 'd', 'e'], 'e']);
  for (const [query, expected] of [
    ['team=ops', ['b']],
    ['team=unowned,ops', ['b', 'd']],
    ['team=unowned&team=ops', ['b', 'd']],
    ['service=pay', ['b']],
    // As a page's variables say it where all is chosen.
    ['team=.*&service=pay&severity=.*&state=open', ['b']],
    ['environment=production', ['b']],
    ['engine=checkov', []],
    ['requirement=non_root_containers', ['b', 'a']],
    ['severity=critical', ['b', 'e']],
    ['enforcement=enforce', ['b']],
    ['state=open', ['b', 'e', 'a', 'd']],
    ['scope=cluster:eu&policy=root', ['b', 'a']],
    ['min_age_days=15', ['b', 'a', 'c', 'd']],
  ] as const)
    assert.deepEqual(await names(`?${query}`), expected, query);
  const open = (await books.lines(violations, now.toISOString())).filter(line => line.includes(' open = '));
  assert.equal(open.length, 4, 'the list has what the metric counts');
});

test('pages follow each other without a gap, also when something goes in between', async t => {
  const books = await told();
  const { list, get } = await serve(t, books);
  const seen: string[] = [];
  let query = '?limit=2';
  for (let page = await list(query); ; page = await list(query)) {
    seen.push(...page.findings.map(({ resource }) => resource));
    if (page.next === null) break;
    assert.equal(page.findings.length, 2);
    query = `?limit=2&cursor=${page.next}`;
    if (seen.length === 2)
      await books.tell(
        {
          reports: [
            report(day(39), [
              'pass tags e',
              'fail root a',
              'fail tags d',
              result('fail root b', {
                severity: 'critical',
                enforcement: 'enforce',
                owner: owner('acme/pay', 'production'),
              }),
              result('excepted tags c', { severity: 'low' }),
            ]),
          ],
        },
        day(39),
        60,
      );
  }
  assert.deepEqual(seen.slice(0, 2), ['b', 'e']);
  assert.deepEqual(seen.slice(2).toSorted(), ['a', 'c', 'd']);
  const response = await get('/api/policy/findings?limit=1&state=open');
  const link = response.headers.get('link') ?? '';
  assert.match(link, /^<\/api\/policy\/findings\?limit=1&state=open&cursor=[\w-]+>; rel="next"$/);
});

test('as CSV it is a table that no spreadsheet takes for formulas', async t => {
  const { get } = await serve(t, await told());
  const response = await get('/api/findings?team=unowned', undefined, { accept: 'text/csv' });
  assert.match(response.headers.get('content-type') ?? '', /^text\/csv/);
  const lines = (await response.text()).split('\r\n');
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? '', /^id,engine,policy,title,/);
  assert.match(lines[1] ?? '', /,'=cmd\(\),,,/);
  const quoted = await (await get('/api/findings?policy=root&team=sales', undefined, { accept: 'text/csv' })).text();
  assert.match(quoted, /,"runs as root, ""0""",a\.yaml:3,/);
  assert.equal((await get('/api/findings', undefined, { accept: 'image/png' })).status, 406);
});

test("without a token nothing is told, and a team's token tells of its own and of what nobody owns", async t => {
  const books = await told(ownershipOf({ checkout: { cart: 'acme/cart' }, sales: { shop: 'acme/shop' } }));
  await books.tell(
    { reports: [report(day(31), [result('fail root z', { owner: owner('acme/cart') })], { scope: 'cluster:us' })] },
    day(31),
  );
  const { url, get, names } = await serve(t, books);
  const asked = (authorization?: string) =>
    fetch(`${url}/api/findings`, authorization === undefined ? {} : { headers: { authorization } });
  const basic = (password: string) => `Basic ${Buffer.from(`anyone:${password}`).toString('base64')}`;
  for (const authorization of [undefined, 'Bearer wrong', 'Basic reader-token', basic('wrong'), basic('')]) {
    const refused = await asked(authorization);
    assert.equal(refused.status, 401, authorization);
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Basic realm="plumbline", charset="UTF-8", Bearer /);
  }
  assert.equal((await asked(basic('reader-token'))).status, 200, 'a browser gives the token as a password');
  assert.deepEqual(await names('', 'team-token'), ['b', 'z', 'd'], 'pay is of no catalog here');
  assert.deepEqual(await names('?team=checkout', 'team-token'), ['z']);
  const foreign = await get('/api/findings?team=checkout,sales', 'team-token');
  assert.equal(foreign.status, 403);
  assert.match(await foreign.text(), /READ_FORBIDDEN/);
  assert.equal((await get('/api/nothing')).status, 404);
  assert.equal((await get('/api/cost/findings')).status, 404);
});

test('what can not be meant is 400, and says which parameter', async t => {
  const { get } = await serve(t, await told());
  for (const [query, said] of [
    ['sevrity=high', /there is no parameter sevrity; there are team, service/],
    ['severity=worst', /severity: /],
    ['state=resolved', /state: /],
    ['limit=0', /limit: /],
    ['limit=1001', /limit: /],
    ['min_age_days=-1', /min_age_days: /],
    ['min_age_days=x', /min_age_days: /],
    ['sort=policy', /sort: /],
    ['cursor=abc', /cursor: /],
    [`cursor=${Buffer.from('["age","0","2026-01-01 00:00:00","1"]').toString('base64url')}`, /cursor: .*this sort/],
    ['team=', /team: /],
  ] as const) {
    const response = await get(`/api/findings?${query}`);
    const text = await response.text();
    assert.equal(response.status, 400, `${query}: ${text}`);
    assert.match(text, said);
    assert.match(text, /QUERY_INVALID/);
  }
});

test('a text that would be code is a text', async t => {
  const { names } = await serve(t, await told());
  for (const text of [`'; DROP TABLE findings; --`, '%', '_', '["a"]', '\u0000'])
    assert.deepEqual(await names(`?policy=${encodeURIComponent(text)}`), []);
  assert.equal((await names()).length, 5);
});
