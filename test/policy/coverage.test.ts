/** What is looked at, and what is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageNotices } from '../../exporters/policy/check.ts';
import {
  engineLastReport,
  listedRatio,
  scopeLastReport,
  scopes,
  services,
  unlistedViolations,
} from '../../exporters/policy/metrics.ts';
import { day, openBooks, owner, report, result } from './books.ts';

const seconds = (number: number) => Date.parse(day(number)) / 1000;

test('a scope is fresh, partial, failed or stale, by its newest report', async () => {
  const books = await openBooks({ policy: { top_scopes: 2 } });
  const of = (scope: string) => ({ scope: `cluster:${scope}` });
  await books.tell(
    {
      reports: [
        ...['eu', 'us', 'ap'].map((scope, index) => report(day(10 + index), ['fail p a'], of(scope))),
        report(day(13), ['fail p a'], { ...of('us'), completeness: 'partial' }),
        report(day(14), [], { ...of('ap'), completeness: 'failed' }),
        report(day(14), [], { ...of('new'), completeness: 'failed', owner: owner('acme/pay') }),
      ],
    },
    day(14),
    7,
  );
  const told = async (instant: string) =>
    (await books.lines(scopes, instant)).map(line => line.replace(' kyverno', ''));
  assert.deepEqual(await told(day(14)), [
    ...['ops failed = 1', 'sales failed = 1', 'sales fresh = 1', 'sales partial = 1'],
  ]);
  assert.deepEqual(await told(day(17)), [
    ...['ops failed = 1', 'sales failed = 1', 'sales partial = 1', 'sales stale = 1'],
  ]);
  assert.deepEqual(await books.lines(scopeLastReport, day(14)), [
    `kyverno cluster:ap = ${seconds(12)}`,
    `kyverno cluster:eu = ${seconds(10)}`,
  ]);
  assert.deepEqual(await books.lines(engineLastReport, day(15)), [`kyverno = ${seconds(13)}`]);
  await books.close();
});

test('a list that is cut says what it leaves out', async () => {
  const books = await openBooks();
  const totals = [
    { policy: 'p', violations: 58 },
    { policy: 'q', violations: 1 },
  ];
  await books.tell({ reports: [report(day(10), ['fail p a', 'fail p b', 'fail q a'], { totals })] }, day(10), 7);
  assert.deepEqual(await books.lines(unlistedViolations, day(11)), ['kyverno p other = 56']);
  assert.deepEqual(await books.lines(listedRatio, day(11)), [`kyverno = ${3 / 59}`]);
  assert.deepEqual(await books.lines(unlistedViolations, day(18)), [], 'nothing is known of a silent scope');
  await books.close();
});

test('a service is covered while some engine has results of it, or looks at its repository', async () => {
  const books = await openBooks();
  await books.tell(
    {
      reports: [
        report(day(10), [result('pass p a', { owner: owner('acme/pay') })], { owner: '{}' }),
        report(day(12), [], { engine: 'checkov', scope: 'repository:acme/cart', owner: owner('acme/cart') }),
      ],
    },
    day(12),
    7,
  );
  assert.deepEqual(await books.lines(services, day(13)), [
    ...['ops covered = 1', 'ops uncovered = 1', 'sales covered = 1', 'sales uncovered = 1'],
  ]);
  assert.deepEqual(await books.lines(services, day(17)), [
    'ops uncovered = 2',
    'sales covered = 1',
    'sales uncovered = 1',
  ]);
  await books.close();
});

test('check tells of scopes that are not looked at as a whole, and of policies without a requirement', async () => {
  const books = await openBooks();
  const of = (scope: string) => ({ scope: `cluster:${scope}` });
  await books.tell(
    {
      reports: [
        report(day(2), ['fail p a'], of('old')),
        ...[1, 2, 3, 4, 5, 6].map(n =>
          report(day(13), ['fail p a'], { ...of(`c${n}`), completeness: 'partial', reason: 'timeout' }),
        ),
        report(day(13), ['fail p a'], { ...of('cut'), totals: [{ policy: 'p', violations: 30 }] }),
        report(day(13), ['pass require-labels a'], of('well')),
        report(day(14), [], { ...of('new'), completeness: 'failed', reason: 'empty_output' }),
      ],
    },
    day(14),
    7,
  );
  // Errors that a report tells of no policy are counted by none.
  await books.ledger.write(tx => tx.run("INSERT INTO policy_rules VALUES ('kyverno', '', 'other')"));
  const notices = await coverageNotices(books.ledger, new Date(day(15)));
  assert.deepEqual(
    notices.map(({ subject, text }) => `${subject}: ${text}`),
    [
      'policy, kyverno: cut: 29 violations are not listed; 1 scope: cluster:cut',
      'policy, kyverno: failed: empty_output; 1 scope: cluster:new',
      'policy, kyverno: partial: timeout; 6 scopes: cluster:c1, cluster:c2, cluster:c3, cluster:c4, cluster:c5, …',
      `policy, kyverno: silent since ${day(2).slice(0, 10)}; 1 scope: cluster:old`,
      'policy, kyverno: 1 policy without a requirement, which policy.requirements can name: p',
    ],
  );
  await books.close();
});
