/** Whatever AWS answers: what was read before stays, nothing is half-kept, and the error says what to do and no secret. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Line, Trouble } from '../vendors/aws.ts';
import { testKeys } from '../vendors/aws.ts';
import { type ExplorerBooks, explorerBooks, type Setup } from './explorer-books.ts';

const account = '100000000002';
const lines: readonly Line[] = [
  { day: '2026-11-01', account, service: 'Amazon EC2', unblended: '10' },
  { day: '2026-11-02', account, service: 'Amazon S3', unblended: '20' },
  { day: '2026-11-03', account, service: 'Tax', unblended: '3', recordType: 'Tax' },
];
const changed = lines.map(line => ({ ...line, unblended: `1${line.unblended}` }));

const kept = async (books: ExplorerBooks) => [
  ...(await books.rows('SELECT charge_day::VARCHAR, sum(billed) FROM charges GROUP BY ALL ORDER BY ALL')),
  ...(await books.rows('SELECT cube, charge_day::VARCHAR, sum(amount) FROM cost_cubes GROUP BY ALL ORDER BY ALL')),
];

const quiet = { history_months: 0, forecast: false, anomalies: false, budgets: false };

/** Books that have read the lines; by the next refresh AWS would say other amounts. */
async function goodBooks(t: TestContext, setup: Setup = {}): Promise<ExplorerBooks> {
  const books = await explorerBooks(t, {
    ...setup,
    account: { lines, ...setup.account },
    config: { ...quiet, ...setup.config },
  });
  assert.equal((await books.refresh()).error, undefined);
  books.aws.account.lines = changed;
  books.asked();
  return books;
}

function assertNoSecret(books: ExplorerBooks, error: string | undefined): void {
  for (const secret of [testKeys.secretAccessKey, testKeys.sessionToken ?? ''])
    for (const text of [error ?? '', books.logged()]) assert.ok(!text.includes(secret), `${secret} in ${text}`);
}

const exception = (type: string, more: { message?: string; status?: number; retryAfter?: string } = {}): Trouble => ({
  kind: 'exception',
  type,
  ...more,
});
const answer = (change: (answer: Record<string, unknown>) => unknown): Trouble => ({ kind: 'change', change });
type Result = {
  TimePeriod: { Start: string; End: string };
  Groups: { Keys: string[]; Metrics: Record<string, { Amount: string; Unit: string }> }[];
};
const results = (value: Record<string, unknown>) => value.ResultsByTime as Result[];
const withResults = (change: (list: Result[]) => readonly Result[]) =>
  answer(value => ({ ...value, ResultsByTime: change(results(value)) }));

const denied = 'User: arn:aws:iam::100000000001:user/plumbline is not authorized to perform: ce:GetCostAndUsage';

/** Each is met by every attempt. */
const faults: readonly { name: string; trouble: Trouble; error: RegExp; attempts?: number }[] = [
  {
    name: 'an expired session token',
    trouble: exception('ExpiredTokenException', { message: 'The security token included in the request is expired' }),
    error: /did not accept the credentials.*expired.*AWS_CREDENTIALS.*renew them/,
    attempts: 1,
  },
  { name: 'a 401', trouble: exception('SomethingNew', { status: 401 }), error: /AWS_CREDENTIALS/, attempts: 1 },
  {
    name: 'a missing permission',
    trouble: exception('AccessDeniedException', { message: denied }),
    error: /refused ce:GetCostAndUsage.*not authorized.*AWS_DENIED.*IAM policy/,
    attempts: 1,
  },
  { name: 'a 403', trouble: exception('SomethingNew', { status: 403 }), error: /AWS_DENIED/, attempts: 1 },
  {
    name: 'throttling',
    trouble: exception('ThrottlingException', { message: 'Rate exceeded' }),
    error: /throttled.*Rate exceeded.*AWS_THROTTLED/,
  },
  { name: 'too many calls', trouble: exception('LimitExceededException'), error: /AWS_THROTTLED/ },
  { name: 'a 429 without a header', trouble: exception('SomethingNew', { status: 429 }), error: /AWS_THROTTLED/ },
  {
    name: 'a 429 that asks for an hour',
    trouble: exception('SomethingNew', { status: 429, retryAfter: '3600' }),
    error: /AWS_THROTTLED/,
    attempts: 1,
  },
  { name: 'a 500', trouble: exception('InternalFailure', { status: 500 }), error: /failed: 500.*AWS_FAILED/ },
  { name: 'a 502 in HTML', trouble: { kind: 'html', status: 502 }, error: /failed: 502.*AWS_FAILED/ },
  {
    name: 'HTML instead of JSON',
    trouble: { kind: 'html', status: 200 },
    error: /what is not its JSON.*AWS_ANSWER_UNREADABLE.*log-in page/,
    attempts: 1,
  },
  { name: 'JSON that is cut', trouble: { kind: 'cut_json' }, error: /AWS_ANSWER_UNREADABLE/ },
  { name: 'a body that is cut', trouble: { kind: 'cut' }, error: /aborted.*AWS_FAILED/ },
  { name: 'an empty body', trouble: { kind: 'empty' }, error: /no ResultsByTime.*AWS_ANSWER_UNREADABLE/, attempts: 1 },
  { name: 'a connection that is reset', trouble: { kind: 'reset' }, error: /AWS_FAILED/ },
  {
    name: 'a request that is refused',
    trouble: exception('ValidationException', { message: 'bad metric' }),
    error: /bad metric.*AWS_FAILED/,
    attempts: 1,
  },
  {
    name: 'a token for other parameters',
    trouble: exception('RequestChangedException'),
    error: /RequestChangedException.*AWS_FAILED/,
    attempts: 1,
  },
  {
    name: 'a day too few',
    trouble: withResults(list => list.slice(1)),
    error: /nothing for 2026-11-01.*COST_EXPLORER_DAYS/,
    attempts: 1,
  },
  {
    name: 'a day that was not asked for',
    trouble: withResults(list => [...list, { ...list[0]!, TimePeriod: { Start: '2026-10-31', End: '2026-11-01' } }]),
    error: /also 2026-10-31.*COST_EXPLORER_DAYS/,
    attempts: 1,
  },
  {
    name: 'a month instead of days',
    trouble: withResults(list => [{ ...list[0]!, TimePeriod: { Start: '2026-11-01', End: '2026-11-23' } }]),
    error: /also 2026-11-01 to before 2026-11-23.*COST_EXPLORER_DAYS/,
    attempts: 1,
  },
  {
    name: 'a group that comes twice',
    trouble: withResults(list => list.map(result => ({ ...result, Groups: [...result.Groups, ...result.Groups] }))),
    error: /comes twice.*COST_EXPLORER_PAGES/,
    attempts: 1,
  },
  {
    name: 'keys that were not asked for',
    trouble: withResults(list =>
      list.map(result => ({ ...result, Groups: result.Groups.map(group => ({ ...group, Keys: ['a', 'b', 'c'] })) })),
    ),
    error: /3 keys instead of 1.*AWS_ANSWER_UNREADABLE/,
    attempts: 1,
  },
  {
    name: 'an amount that is none',
    trouble: withResults(list =>
      list.map(result => ({
        ...result,
        Groups: result.Groups.map(group => ({ ...group, Metrics: { UnblendedCost: { Amount: '1,5', Unit: 'USD' } } })),
      })),
    ),
    error: /UnblendedCost is "1,5".*AWS_ANSWER_UNREADABLE/,
    attempts: 1,
  },
  {
    name: 'money in no currency',
    trouble: withResults(list =>
      list.map(result => ({
        ...result,
        Groups: result.Groups.map(group => ({
          ...group,
          Metrics: { UnblendedCost: { Amount: '1', Unit: 'N/A' }, AmortizedCost: { Amount: '1', Unit: 'N/A' } },
        })),
      })),
    ),
    error: /"N\/A", which is no currency/,
    attempts: 1,
  },
];

for (const { name, trouble, error, attempts = 4 } of faults)
  test(`${name}: what was read stays, and the error says what to do`, async t => {
    const books = await goodBooks(t);
    const before = await kept(books);
    const put = Array.from({ length: 10 }, () => ({ operation: 'GetCostAndUsage', trouble }));
    books.aws.account.troubles.push(...put);
    const spent = await books.rows('SELECT count(*) FROM vendor_requests');
    const result = await books.refresh();
    assert.match(result.error ?? '', error);
    assertNoSecret(books, result.error);
    assert.deepEqual(await kept(books), before);
    const sent = Number((await books.rows('SELECT count(*) FROM vendor_requests'))[0]) - Number(spent[0]);
    assert.equal(sent, attempts, 'attempts, each noted before it was sent');
    books.aws.account.troubles.length = 0;
    assert.equal((await books.refresh()).error, undefined);
    assert.notDeepEqual(await kept(books), before, 'the next refresh catches up');
  });

test('a wrong secret key: the answer that quotes the signed request does not get out', async t => {
  const books = await goodBooks(t);
  const before = await kept(books);
  books.aws.account.keys = { ...testKeys, secretAccessKey: 'another' };
  const { error } = await books.refresh();
  assert.match(error ?? '', /AWS_CREDENTIALS/);
  assertNoSecret(books, error);
  assert.deepEqual(await kept(books), before);
});

test('an answer that does not come within the time is a time-out, and asked again', async t => {
  const books = await goodBooks(t, { patience: { timeoutMs: 200, retries: 1 } });
  const before = await kept(books);
  books.aws.account.troubles.push(
    ...[1, 2].map(() => ({ operation: 'GetCostAndUsage', trouble: { kind: 'silence' } as const })),
  );
  assert.match((await books.refresh()).error ?? '', /did not answer within 0.2 s.*AWS_TIMEOUT/);
  assert.deepEqual(await kept(books), before);
});

test('one bad answer among good ones is asked again, after the wait that is asked for', async t => {
  const books = await goodBooks(t);
  const troubles = [
    exception('ThrottlingException', { retryAfter: '7' }),
    exception('InternalFailure', { status: 503 }),
  ];
  books.aws.account.troubles.push(...troubles.map(trouble => ({ operation: 'GetCostAndUsage', trouble })));
  assert.equal((await books.refresh()).error, undefined);
  assert.deepEqual(books.waits, [7_000, 1_000]);
});

test('a missing page is seen: by the days that lack, or by the totals', async t => {
  const sameDay = { day: '2026-11-02', account, service: 'Amazon RDS', unblended: '7' };
  for (const [pageSize, seen] of [
    [1, /COST_EXPLORER_DAYS/],
    [2, /COST_EXPLORER_TOTALS/],
  ] as const) {
    const books = await goodBooks(t, { account: { pageSize, lines: [...lines, sameDay] } });
    const before = await kept(books);
    books.aws.account.lines = [...changed, sameDay];
    // No page of the parts leads on to the next one.
    const skip = answer(value =>
      JSON.stringify(value.GroupDefinitions).includes('SERVICE') ? { ...value, NextPageToken: undefined } : value,
    );
    const put = Array.from({ length: 10 }, () => ({ operation: 'GetCostAndUsage', trouble: skip }));
    books.aws.account.troubles.push(...put);
    assert.match((await books.refresh()).error ?? '', seen);
    assert.deepEqual(await kept(books), before);
  }
});

test('totals that do not agree, to the cent, keep the month from being posted', async t => {
  const books = await goodBooks(t);
  const before = await kept(books);
  const less = withResults(list =>
    list.map(result => ({
      ...result,
      Groups: result.Groups.map(group => ({
        ...group,
        Metrics: { ...group.Metrics, AmortizedCost: { Amount: '0', Unit: 'USD' } },
      })),
    })),
  );
  books.aws.account.troubles.push({ operation: 'GetCostAndUsage', trouble: less });
  assert.match(
    (await books.refresh()).error ?? '',
    /says 0 USD of effective cost for 2026-11-01, but the parts of LINKED_ACCOUNT,SERVICE sum to 110 .*COST_EXPLORER_TOTALS/,
  );
  assert.deepEqual(await kept(books), before);
});

test('a page that leads back to one already read ends the reading', async t => {
  const books = await goodBooks(t, { account: { pageSize: 1 } });
  const before = await kept(books);
  const same = answer(value => ({ ...value, NextPageToken: 'always' }));
  books.aws.account.troubles.push({ operation: 'GetCostAndUsage', trouble: same });
  const { error } = await books.refresh();
  assert.match(error ?? '', /InvalidNextTokenException|leads back/);
  assert.deepEqual(await kept(books), before);
});

test('a month of which nothing is told any more keeps what is known of it, and the error says so', async t => {
  for (const config of [{}, { charge_categories: false }, { role: 'reconciliation' }] as const) {
    const books = await goodBooks(t, { config });
    const known = async () => [
      ...(await kept(books)),
      ...(await books.rows('SELECT sum(billed) FROM second_charges HAVING count(*) > 0')),
    ];
    const before = await known();
    books.aws.account.lines = [];
    const { error } = await books.refresh();
    assert.match(error ?? '', /no cost of 2026-11, of which 33 USD is known \(COST_EXPLORER_EMPTY\)/);
    assert.deepEqual(await known(), before);
    books.aws.account.lines = changed;
    assert.equal((await books.refresh()).error, undefined);
    assert.notDeepEqual(await known(), before);
  }
});

test('a currency that changes is refused and what was read stays, until the configuration names it', async t => {
  const books = await goodBooks(t);
  const before = await kept(books);
  books.aws.account.lines = lines.map(line => ({ ...line, currency: 'CNY' }));
  const { error } = await books.refresh();
  assert.match(error ?? '', /2026-11 in CNY, where USD was expected \(COST_EXPLORER_CURRENCY\)/);
  assert.deepEqual(await kept(books), before);

  const other = await explorerBooks(t, { account: { lines }, config: { ...quiet, currency: 'cny' } });
  assert.match((await other.refresh()).error ?? '', /in USD, where CNY was expected/);
  assert.deepEqual(await kept(other), []);
});

test('a currency that the configuration names takes the place of the one before', async t => {
  const books = await goodBooks(t);
  books.aws.account.lines = lines.map(line => ({ ...line, currency: 'CNY' }));
  assert.equal((await books.refresh({ currency: 'CNY' })).error, undefined);
  assert.deepEqual(
    await books.rows(
      `SELECT currency, sum(billed) FROM charges JOIN charge_keys USING (key_id) GROUP BY ALL
       HAVING sum(billed) <> 0 ORDER BY ALL`,
    ),
    ['CNY 33'],
  );
  assert.deepEqual(
    await books.rows(
      `SELECT currency, sum(amount) FROM cost_cubes WHERE cube = 'RECORD_TYPE' AND cost_basis = 'billed' GROUP BY ALL
       HAVING sum(amount) <> 0 ORDER BY ALL`,
    ),
    ['CNY 33'],
  );
});

test('a month that fails keeps no other month from being read, and the error is told', async t => {
  const books = await explorerBooks(t, {
    account: { lines: [{ day: '2026-10-05', account, service: 'Amazon S3', unblended: '5' }, ...lines] },
    config: { ...quiet, history_months: 1 },
  });
  books.aws.account.troubles.push({ operation: 'GetCostAndUsage', trouble: withResults(list => list.slice(1)) });
  assert.match((await books.refresh()).error ?? '', /COST_EXPLORER_DAYS/);
  assert.deepEqual(
    await books.rows("SELECT sum(amount) FROM cost_cubes WHERE cube = 'RECORD_TYPE' AND cost_basis = 'billed'"),
    ['5'],
  );
  assert.equal((await books.refresh()).error, undefined);
  assert.deepEqual(
    await books.rows("SELECT sum(amount) FROM cost_cubes WHERE cube = 'RECORD_TYPE' AND cost_basis = 'billed'"),
    ['38'],
  );
});
