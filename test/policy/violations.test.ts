/** Violations and results against values that are worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oldestViolation, results, violations, violationsByAge } from '../../exporters/policy/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { day, openBooks, owner, report, result } from './books.ts';

const requirements = [
  { engine: 'kyverno', policy: 'run-as-*', requirement: 'non_root_containers' },
  { engine: '*', policy: 'CKV_%_1', requirement: 'no_public_storage' },
];

test('violations are told by whose they are, of what, and how they stand', async () => {
  const books = await openBooks({ policy: { requirements } });
  const pay = { owner: owner('acme/pay', 'production'), severity: 'critical', enforcement: 'enforce' } as const;
  await books.tell(
    {
      reports: [
        report(day(10), [
          ...['fail run-as-root a', 'fail run-as-root b', 'pass run-as-root c', 'excepted run-as-root d'],
          ...['fail tags a', result('fail run-as-user p', pay)],
        ]),
        report(
          day(10),
          [
            result('fail CKV_%_1 x'),
            result('fail CKV_AWS_1 x'),
            result('fail CKV_X_1 x'),
            result('fail ckv_%_1 y', { owner: owner('acme/none') }),
          ],
          {
            ...{ engine: 'checkov', scope: 'repository:acme/shop' },
          },
        ),
      ],
    },
    day(10),
  );
  assert.deepEqual(await books.lines(violations, day(11)), [
    'ops pay production kyverno non_root_containers critical enforce open = 1',
    'sales shop unassigned checkov least_privilege high audit open = 1',
    'sales shop unassigned checkov no_public_storage high audit open = 1',
    'sales shop unassigned checkov other high audit open = 1',
    'sales shop unassigned kyverno non_root_containers high audit excepted = 1',
    'sales shop unassigned kyverno non_root_containers high audit open = 2',
    'sales shop unassigned kyverno other high audit open = 1',
    'unowned unassigned unassigned checkov no_public_storage high audit open = 1',
  ]);
  assert.deepEqual(await books.lines(violations, day(9)), [], 'nothing was known before');
  assert.deepEqual(await books.lines(results, day(11)), [
    'ops pay production kyverno non_root_containers fail = 1',
    'sales shop unassigned checkov least_privilege fail = 1',
    'sales shop unassigned checkov no_public_storage fail = 1',
    'sales shop unassigned checkov other fail = 1',
    'sales shop unassigned kyverno non_root_containers excepted = 1',
    'sales shop unassigned kyverno non_root_containers fail = 2',
    'sales shop unassigned kyverno non_root_containers pass = 1',
    'sales shop unassigned kyverno other fail = 1',
    'unowned unassigned unassigned checkov no_public_storage fail = 1',
  ]);
  await books.close();
});

test('what a scope that fell silent had told is unknown, to the second, and no result any more', async () => {
  const books = await openBooks();
  await books.tell({ reports: [report(day(10), ['fail p a', 'excepted p b', 'pass p c'])] }, day(10), 7);
  const just = new Date(Date.parse(day(17)) - 1_000).toISOString();
  const state = (lines: readonly string[]) => lines.map(line => line.split(' ').slice(-3).join(' '));
  assert.deepEqual(state(await books.lines(violations, just)), ['excepted = 1', 'open = 1']);
  assert.equal((await books.lines(results, just)).length, 3);
  assert.deepEqual(state(await books.lines(violations, day(17))), ['unknown = 2']);
  assert.deepEqual(await books.lines(results, day(17)), []);
  assert.deepEqual(await books.lines(violationsByAge, day(17)), []);
  // A report that failed is no look at it.
  await books.tell({ reports: [report(day(18), [], { completeness: 'failed' })] }, day(18), 7);
  assert.deepEqual(state(await books.lines(violations, day(18.5))), ['unknown = 2']);
  await books.tell({ reports: [report(day(19), ['fail p a', 'pass p b', 'pass p c'])] }, day(19), 7);
  assert.deepEqual(state(await books.lines(violations, day(19))), ['open = 1']);
  await books.close();
});

test('a finding of two scopes is one violation, open while it is in one of them', async () => {
  const books = await openBooks();
  const both = [
    report(day(10), ['fail p a'], { scope: 'subscription:1' }),
    report(day(12), ['fail p a'], { scope: 'management_group:1' }),
  ];
  await books.tell({ reports: both }, day(12));
  assert.deepEqual(await books.lines(violations, day(13)), ['sales shop unassigned kyverno other high audit open = 1']);
  assert.deepEqual(await books.lines(oldestViolation, day(13)), [`sales high = ${Date.parse(day(10)) / 1000}`]);
  await books.tell({ reports: [report(day(14), ['excepted p a'], { scope: 'subscription:1' })] }, day(14));
  assert.deepEqual(await books.lines(violations, day(15)), ['sales shop unassigned kyverno other high audit open = 1']);
  assert.deepEqual(await books.lines(oldestViolation, day(15)), [`sales high = ${Date.parse(day(12)) / 1000}`]);
  await books.close();
});

test('ages count from the episode, whatever the finding was in between, and a return begins anew', async () => {
  const books = await openBooks();
  const reports = [
    report(day(10), ['fail p a', 'fail p b', 'fail p c']),
    // Not evaluated, and evaluated again: the same episode.
    report(day(20), ['fail p b', 'fail p c'], { completeness: 'partial' }),
    report(day(30), ['fail p a', 'pass p b', 'fail p c', result('fail p new', { firstSeenAt: day(25) })]),
    report(day(40), ['fail p a', 'fail p b', 'excepted p c', 'fail p new']),
  ];
  for (const one of reports) await books.tell({ reports: [one] }, one.evaluatedAt);
  assert.deepEqual(await books.lines(violationsByAge, day(41)), [
    'sales 0-7d high audit = 1',
    'sales 30-90d high audit = 1',
    'sales 7-30d high audit = 1',
  ]);
  assert.deepEqual(
    await books.lines(violationsByAge, day(10 + 90)),
    ['sales 30-90d high audit = 2', 'sales 90-365d high audit = 1'],
    'on its ninetieth day a violation is no longer younger',
  );
  assert.deepEqual(await books.lines(violationsByAge, day(10 + 400)), ['sales 365d+ high audit = 3']);
  assert.deepEqual(await books.lines(oldestViolation, day(41)), [`sales high = ${Date.parse(day(10)) / 1000}`]);
  await books.close();
});

test('services beyond the most violated are one of each team, and sums stay whole', async () => {
  const books = await openBooks({ policy: { top_services: 1 } });
  const of = (text: string, repository: string) => result(text, { owner: owner(repository, 'production') });
  await books.tell(
    {
      reports: [
        report(day(10), [
          of('fail p a', 'acme/shop'),
          of('fail p b', 'acme/cart'),
          of('fail p c', 'acme/cart'),
          of('fail p d', 'acme/pay'),
        ]),
      ],
    },
    day(10),
  );
  assert.deepEqual(await books.lines(violations, day(11)), [
    'ops other other kyverno other high audit open = 1',
    'sales cart production kyverno other high audit open = 2',
    'sales other other kyverno other high audit open = 1',
  ]);
  await books.close();
});

test('violations go with a service that another team takes over, from the day that it does', async () => {
  const books = await openBooks();
  await books.tell({ reports: [report(day(10), ['fail p a'])] }, day(10));
  const after = await openBooks({
    ledger: books.ledger,
    now: day(20),
    ownership: ownershipOf({ ops: { shop: 'acme/shop' } }),
  });
  assert.deepEqual(await after.lines(violations, day(19.9)), [
    'sales shop unassigned kyverno other high audit open = 1',
  ]);
  assert.deepEqual(await after.lines(violations, day(20)), ['ops shop unassigned kyverno other high audit open = 1']);
  await books.close();
});
