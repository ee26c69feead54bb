/** Policies one by one: what each would block, and how ready it is to be enforced. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  blocked,
  ruleClean,
  ruleExceptions,
  ruleLastViolation,
  ruleScopes,
  ruleServices,
  rules,
  ruleViolations,
  violationsOpened,
  violationsReopened,
  violationsResolved,
} from '../../exporters/policy/metrics.ts';
import { day, openBooks, owner, report, result } from './books.ts';

const seconds = (text: string) => Date.parse(text) / 1000;
const policies = (
  at: string,
  modes: Readonly<Record<string, 'enforce' | 'warn' | 'audit' | 'dryrun'>>,
  scope = 'cluster:eu',
) => ({
  ...{ engine: 'kyverno', scope, readAt: at },
  policies: Object.entries(modes).map(([policy, enforcement]) => ({ policy, enforcement })),
});

test('what a policy would block, and whom, is told by its mode', async () => {
  const books = await openBooks();
  const cart = { owner: owner('acme/cart') };
  const pay = { owner: owner('acme/pay') };
  await books.tell(
    {
      reports: [
        report(day(10), [
          ...['fail p a', 'fail p b', result('fail p c', cart), result('fail p d', { ...pay, enforcement: 'enforce' })],
          ...['fail q a', 'pass r a', 'excepted p e'],
        ]),
      ],
    },
    day(10),
  );
  assert.deepEqual(await books.lines(ruleViolations, day(11)), [
    'ops kyverno p other enforce = 1',
    'sales kyverno p other audit = 3',
    'sales kyverno q other audit = 1',
  ]);
  assert.deepEqual(await books.lines(ruleServices, day(11)), [
    'ops kyverno p other enforce = 1',
    'sales kyverno p other audit = 2',
    'sales kyverno q other audit = 1',
  ]);
  await books.close();
});

test('a policy is settling, then ready, once it has been clean for as long as configured', async () => {
  const books = await openBooks({ policy: { clean_days: 14 } });
  await books.tell(
    {
      policies: [policies(day(10), { fixed: 'warn', never: 'audit', open: 'audit', on: 'enforce', unseen: 'audit' })],
      reports: [report(day(10), ['fail fixed a', 'fail fixed b', 'pass never a', 'fail open a', 'fail on a'])],
    },
    day(10),
    30,
  );
  const readiness = async (instant: string) =>
    (await books.lines(rules, instant)).map(line =>
      line.replace('kyverno ', '').replace(' other', '').replace(' = 1', ''),
    );
  assert.deepEqual(await readiness(day(11)), [
    'fixed violated',
    'never settling',
    'on enforced',
    'open violated',
    'unseen settling',
  ]);
  await books.tell(
    { reports: [report(day(12), ['pass fixed a', 'fail fixed b', 'pass never a', 'fail open a', 'fail on a'])] },
    day(12),
    30,
  );
  await books.tell(
    { reports: [report(day(14), ['pass fixed a', 'excepted fixed b', 'pass never a', 'fail open a', 'fail on a'])] },
    day(14),
    30,
  );
  assert.deepEqual(await readiness(day(15)), [
    'fixed settling',
    'never settling',
    'on enforced',
    'open violated',
    'unseen settling',
  ]);
  assert.deepEqual(await readiness(day(24)), [
    'fixed settling',
    'never ready',
    'on enforced',
    'open violated',
    'unseen ready',
  ]);
  assert.deepEqual(await readiness(day(28)), [
    'fixed ready',
    'never ready',
    'on enforced',
    'open violated',
    'unseen ready',
  ]);
  assert.deepEqual(await books.lines(ruleClean, day(28)), [
    `kyverno fixed = ${seconds(day(14))}`,
    `kyverno never = ${seconds(day(10))}`,
    `kyverno unseen = ${seconds(day(10))}`,
  ]);
  assert.deepEqual(
    await books.lines(ruleClean, day(13)),
    [`kyverno never = ${seconds(day(10))}`, `kyverno unseen = ${seconds(day(10))}`],
    'one of its two violations is open',
  );
  // Silence is no cleanliness.
  assert.deepEqual(await readiness(day(44)), [
    'fixed unknown',
    'never unknown',
    'on enforced',
    'open unknown',
    'unseen unknown',
  ]);
  assert.deepEqual(await books.lines(ruleClean, day(44)), []);
  assert.deepEqual(
    await books.lines(ruleLastViolation, day(28)),
    ['fixed', 'on', 'open'].map(policy => `kyverno ${policy} = ${seconds(day(10))}`),
  );
  await books.close();
});

test('the mode is what the engine lists in a scope, else what its results say', async () => {
  const books = await openBooks();
  await books.tell(
    {
      policies: [policies(day(10), { p: 'enforce' }), policies(day(10), { p: 'warn' }, 'cluster:us')],
      reports: [
        report(day(10), [result('fail p a', { enforcement: 'audit' })]),
        report(
          day(10),
          [result('fail p b', { enforcement: 'dryrun' }), result('pass q b', { enforcement: 'dryrun' })],
          { scope: 'cluster:ap' },
        ),
      ],
    },
    day(10),
  );
  assert.deepEqual(await books.lines(ruleScopes, day(11)), [
    'kyverno p dryrun = 1',
    'kyverno p enforce = 1',
    'kyverno p warn = 1',
    'kyverno q dryrun = 1',
  ]);
  await books.tell({ policies: [policies(day(12), {}, 'cluster:us')] }, day(12));
  assert.equal(
    (await books.lines(ruleScopes, day(12))).some(line => line.includes('warn')),
    false,
  );
  await books.close();
});

test('policies beyond the first are one, and sums stay whole', async () => {
  const books = await openBooks({ policy: { top_policies: 2 } });
  await books.tell(
    {
      reports: [
        report(day(10), [
          'fail a 1',
          'fail b 1',
          'fail b 2',
          'fail c 1',
          'fail c 2',
          'fail c 3',
          'fail d 1',
          'pass e 1',
        ]),
      ],
    },
    day(10),
  );
  assert.deepEqual(await books.lines(ruleViolations, day(11)), [
    'sales kyverno b other audit = 2',
    'sales kyverno c other audit = 3',
    'sales kyverno other other audit = 2',
  ]);
  assert.deepEqual((await books.lines(ruleServices, day(11))).length, 2);
  // Of what is violated the most violated one, and the one that is clean.
  assert.deepEqual(await books.lines(rules, day(11)), [
    'kyverno c other violated = 1',
    'kyverno e other settling = 1',
    'kyverno other other violated = 3',
  ]);
  await books.close();
});

test('what happened is counted once, to whose it was, and no counter falls', async () => {
  const books = await openBooks({ policy: { top_policies: 1 } });
  const steps = [
    [10, ['fail p a', 'fail p b', 'pass p c']],
    [11, ['fail p a', 'pass p b', 'pass p c']],
    [12, ['fail p a', 'fail p b', 'pass p c']],
    [13, ['pass p c']],
  ] as const;
  for (const [when, results] of steps) await books.tell({ reports: [report(day(when), results)] }, day(when));
  const of = (line: string) => line.replace('sales kyverno other high audit ', '');
  assert.deepEqual((await books.lines(violationsOpened, day(14))).map(of), ['= 2']);
  assert.deepEqual((await books.lines(violationsReopened, day(14))).map(of), ['= 1']);
  assert.deepEqual((await books.lines(violationsResolved, day(14))).map(of), ['fixed = 1', 'gone = 2']);
  assert.deepEqual((await books.lines(violationsResolved, day(11.5))).map(of), ['fixed = 1']);
  const block = (id: string, policy: string, more = {}) => ({
    ...{ id, engine: 'kyverno', scope: 'cluster:eu', policy, resource: 'x', owner: owner('acme/pay') },
    ...{ enforcement: 'enforce' as const, at: day(20), ...more },
  });
  await books.tell({ blocks: [block('1', 'first'), block('1', 'first'), block('2', 'first')] }, day(20));
  await books.tell(
    {
      blocks: [
        ...['3', '4', '5', '7', '8'].map(id => block(id, 'second', { at: day(21) })),
        block('6', 'first', { at: day(21), enforcement: 'dryrun' }),
      ],
    },
    day(21),
  );
  assert.deepEqual(await books.lines(blocked, day(20.5)), ['ops kyverno first other enforce = 2']);
  assert.deepEqual(await books.lines(blocked, day(22)), [
    'ops kyverno first other dryrun = 1',
    'ops kyverno first other enforce = 2',
    'ops kyverno other other enforce = 5',
  ]);
  await books.close();
});

test('exceptions in force stand by their policy', async () => {
  const books = await openBooks({ policy: { requirements: [{ policy: 'p', requirement: 'tls_in_transit' }] } });
  const exception = (id: string, policy: string, more = {}) => ({
    ...{ exception: id, policy, resource: '', owner: owner('acme/shop'), approvedBy: 'ada' },
    ...more,
  });
  await books.tell(
    {
      exceptions: [
        {
          ...{ engine: 'kyverno', scope: 'cluster:eu', readAt: day(10) },
          exceptions: [
            ...[exception('1', 'p'), exception('2', 'p', { expiresAt: day(20) }), exception('3', '*')],
            exception('4', 'p', { expiresAt: day(9) }),
          ],
        },
      ],
    },
    day(10),
  );
  assert.deepEqual(await books.lines(ruleExceptions, day(11)), ['kyverno * other = 1', 'kyverno p tls_in_transit = 2']);
  assert.deepEqual(await books.lines(ruleExceptions, day(20)), ['kyverno * other = 1', 'kyverno p tls_in_transit = 1']);
  await books.close();
});
