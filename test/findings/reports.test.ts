/** What is told twice, late, in parts or with odd times, and the numbers that stand beside findings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contents, events, openBooks, owner, report, result, states } from './books.ts';

test('a report that is told again is the same; its content of a later hour is another look', async () => {
  const books = await openBooks();
  const one = report(1, ['fail root a', 'pass root b'], { digest: 'same' });
  assert.ok((await books.tell({ reports: [one, one] }, '2026-02-10T02:00:00Z')) > 0);
  const before = await contents(books);
  assert.equal(await books.tell({ reports: [one] }, '2026-02-10T03:00:00Z'), 0);
  assert.deepEqual(await contents(books), before);
  // Fixed and broken again, byte by byte as before: the digest alone would call it known.
  await books.tell({ reports: [report(3, ['pass root a'])] }, '2026-02-10T03:00:00Z');
  await books.tell(
    { reports: [report(4, ['fail root a', 'pass root b'], { digest: 'same' })] },
    '2026-02-10T04:00:00Z',
  );
  assert.deepEqual(await events(books), ['a opened  1', 'a resolved fixed 3', 'a reopened  4']);
  await books.close();
});

test('reports of several parts of one file have a digest in common', async () => {
  const books = await openBooks();
  const parts = ['terraform', 'secrets'].map(part =>
    report(1, [`fail root ${part} ${part}`], { parts: [part], digest: 'file' }),
  );
  await books.tell({ reports: parts }, '2026-02-10T02:00:00Z');
  assert.deepEqual(await states(books), ['secrets open ', 'terraform open ']);
  assert.equal(await books.tell({ reports: parts }, '2026-02-10T03:00:00Z'), 0);
  await books.close();
});

test('a report that comes late tells only that a finding was there earlier', async () => {
  const books = await openBooks();
  await books.tell({ reports: [report(10, ['fail root a', 'fail root b'])] }, '2026-02-10T10:00:00Z');
  await books.tell({ reports: [report(12, ['fail root a'])] }, '2026-02-10T12:00:00Z');
  await books.tell(
    { reports: [report(4, ['fail root a', 'fail root b', 'fail root c', 'pass root d'])] },
    '2026-02-10T13:00:00Z',
  );
  await books.tell({ reports: [report(8, ['pass root a', 'fail root b'])] }, '2026-02-10T14:00:00Z');
  assert.deepEqual(await states(books), ['a open ', 'b resolved gone']);
  assert.deepEqual(await events(books), ['a opened  10', 'b opened  10', 'b resolved gone 12']);
  assert.deepEqual(
    await books.lines(`SELECT resource, state, hour(s.occurred_at), hour(opened_at), hour(first_seen_at), hour(s.learned_at)
      FROM finding_states s JOIN findings USING (finding) ORDER BY resource, s.occurred_at, s.learned_at`),
    [
      ...['a open 4 4 4 13', 'a open 10 10 10 10', 'a open 10 4 4 13'],
      ...['b open 4 4 4 13', 'b open 10 10 10 10', 'b resolved 12 10 10 12', 'b resolved 12 4 4 13'],
    ],
  );
  // The late ones are reports all the same.
  assert.deepEqual(await books.lines('SELECT count(*) FROM finding_reports'), ['4']);
  await books.close();
});

test('after a look that found nothing, an older report opens nothing', async () => {
  const books = await openBooks();
  await books.tell({ reports: [report(5, [])] }, '2026-02-10T06:00:00Z');
  await books.tell({ reports: [report(3, ['fail root a'])] }, '2026-02-10T06:00:00Z');
  assert.deepEqual(await states(books), []);
  await books.close();
});

test('what comes late tells since when a finding was seen, not since when its newest episode lasts', async () => {
  const books = await openBooks();
  const told = [report(5, ['fail root a']), report(6, ['pass root a']), report(7, ['fail root a'])];
  await books.tell({ reports: told }, '2026-02-10T08:00:00Z');
  await books.tell({ reports: [report(3, ['fail root a'])] }, '2026-02-10T09:00:00Z');
  assert.deepEqual(
    await books.lines(`SELECT hour(occurred_at), hour(opened_at), hour(first_seen_at), episode FROM finding_states
      ORDER BY occurred_at DESC, learned_at DESC LIMIT 1`),
    ['7 7 3 2'],
  );
  await books.close();
});

test('late is what is older than the newest look at the same part', async () => {
  const books = await openBooks();
  await books.tell({ reports: [report(5, ['fail root a p'], { parts: ['p'] })] }, '2026-02-10T06:00:00Z');
  await books.tell({ reports: [report(3, ['fail root b q', 'pass root a p'])] }, '2026-02-10T06:00:00Z');
  assert.deepEqual(await states(books), ['a open ', 'b open ']);
  await books.tell({ reports: [report(4, [], { parts: ['q'] })] }, '2026-02-10T06:00:00Z');
  assert.deepEqual(await states(books), ['a open ', 'b resolved gone']);
  await books.close();
});

test('reports of one call are applied in the order of their time, not of the list', async () => {
  const told = [report(1, ['fail root a']), report(2, []), report(3, ['fail root a']), report(4, ['pass root a'])];
  const books = await openBooks();
  await books.tell({ reports: [told[2]!, told[0]!, told[3]!, told[1]!] }, '2026-02-10T05:00:00Z');
  assert.deepEqual(await events(books), [
    ...['a opened  1', 'a resolved gone 2', 'a reopened  3', 'a resolved fixed 4'],
  ]);
  await books.close();
});

test('what the engine itself knows of the time before is when it was opened', async () => {
  const books = await openBooks();
  const since = (hour: number) => ({ firstSeenAt: `2026-02-09T0${hour}:00:00+00:00` });
  await books.tell({ reports: [report(1, [result('fail root a', since(5))])] }, '2026-02-10T01:00:00Z');
  assert.deepEqual(await books.lines('SELECT opened_at, first_seen_at, occurred_at FROM finding_states'), [
    '2026-02-09 05:00:00 2026-02-09 05:00:00 2026-02-09 05:00:00',
  ]);
  await books.tell({ reports: [report(2, ['pass root a'])] }, '2026-02-10T02:00:00Z');
  // Open again: not since before it was fixed.
  await books.tell({ reports: [report(3, [result('fail root a', since(5))])] }, '2026-02-10T03:00:00Z');
  assert.deepEqual(
    await books.lines('SELECT event, occurred_at, seconds FROM finding_events ORDER BY occurred_at, event'),
    ['opened 2026-02-09 05:00:00 ', 'reopened 2026-02-10 02:00:00 ', `resolved 2026-02-10 02:00:00 ${21 * 3600}`],
  );
  await books.close();
});

test('a time to come is now, so that a clock that is wrong does not shut out what comes after', async () => {
  const books = await openBooks();
  await books.tell({ reports: [report('2099-01-01T00:00:00Z', ['fail root a'])] }, '2026-02-10T01:00:00Z');
  await books.tell({ reports: [report(2, ['pass root a'])] }, '2026-02-10T02:00:00Z');
  assert.deepEqual(await events(books), ['a opened  1', 'a resolved fixed 2']);
  await books.close();
});

test('times that are none, and text that is no text, are kept out of the way of the rest', async () => {
  const books = await openBooks();
  const hostile = result('fail root a', {
    message: 'nul \u0000 half \ud800 quote \' " \\ ',
    title: '{"$now": 1}',
    firstSeenAt: 'yesterday',
    owner: '',
  });
  await books.tell(
    { reports: [report('no time', [hostile, result('fail root b', { firstSeenAt: '+200000-01-01T00:00:00Z' })])] },
    '2026-02-10T01:00:00Z',
  );
  assert.deepEqual(await states(books), ['a open ', 'b open ']);
  assert.deepEqual(await books.lines(`SELECT title FROM findings WHERE resource = 'a'`), ['{"$now": 1}']);
  await books.close();
});

test('results are tallied by part, policy and outcome, and fall to 0; a partial report lowers none', async () => {
  const books = await openBooks();
  const tallies = () =>
    books.lines(`SELECT part, policy, outcome, results FROM finding_tallies
      QUALIFY row_number() OVER (PARTITION BY part, policy, outcome ORDER BY occurred_at DESC, learned_at DESC) = 1
      ORDER BY ALL`);
  const counts = [
    { policy: '', outcome: 'pass' as const, severity: 'unknown' as const, enforcement: 'audit' as const, count: 40 },
  ].map(one => ({ ...one, owner: owner('acme/shop') }));
  await books.tell(
    { reports: [report(1, ['fail root a', 'fail root a', 'pass root b', 'pass root c', 'skip tls d'], { counts })] },
    '2026-02-10T01:00:00Z',
  );
  assert.deepEqual(await tallies(), ['  pass 40', ...['fail 1', 'pass 2'].map(one => ` root ${one}`), ' tls skip 1']);
  const partial = { completeness: 'partial' as const, reason: 'timeout' };
  await books.tell({ reports: [report(2, ['pass root b'], partial)] }, '2026-02-10T02:00:00Z');
  assert.equal(
    (await tallies()).find(line => line.includes('root pass')),
    ' root pass 2',
  );
  await books.tell({ reports: [report(3, ['pass root b'])] }, '2026-02-10T03:00:00Z');
  assert.deepEqual(
    (await tallies()).filter(line => !line.endsWith(' 0')),
    [' root pass 1'],
  );
  const rows = await books.lines('SELECT count(*) FROM finding_tallies');
  await books.tell({ reports: [report(4, ['pass root b'])] }, '2026-02-10T04:00:00Z');
  assert.deepEqual(await books.lines('SELECT count(*) FROM finding_tallies'), rows);
  await books.close();
});

test('how many are missing from a cut list is told by report and by policy', async () => {
  const books = await openBooks();
  const totals = [{ policy: 'root', part: 'root', violations: 25 }];
  await books.tell(
    { reports: [report(1, ['fail root a root', 'fail root b root'], { parts: ['root'], totals })] },
    '2026-02-10T01:00:00Z',
  );
  await books.tell({ reports: [report(2, [], { parts: ['root'] })] }, '2026-02-10T02:00:00Z');
  assert.deepEqual(await books.lines('SELECT listed, missing, parts FROM finding_reports ORDER BY occurred_at'), [
    ...['2 23 1', '0 0 1'],
  ]);
  assert.deepEqual(
    await books.lines('SELECT part, policy, violations, listed FROM finding_totals ORDER BY occurred_at'),
    [...['root root 25 2', 'root root 0 0']],
  );
  assert.deepEqual(await states(books), ['a resolved gone', 'b resolved gone']);
  await books.close();
});

test('a reorganisation moves no event that was counted', async () => {
  const { ownershipOf } = await import('../catalog/ownership-of.ts');
  const books = await openBooks();
  await books.tell({ reports: [report(1, ['fail root a'])] }, '2026-02-10T01:00:00Z');
  await books.reorganise(ownershipOf({ ops: { shop: 'acme/shop' } }), '2026-02-10T02:00:00Z');
  await books.tell({ reports: [report(3, ['pass root a'])] }, '2026-02-10T03:00:00Z');
  assert.deepEqual(await books.lines('SELECT event, team FROM finding_events ORDER BY occurred_at'), [
    ...['opened sales', 'resolved ops'],
  ]);
  await books.close();
});

test('a count that no ledger can hold keeps nothing else out', async () => {
  const books = await openBooks();
  const counted = (count: number) =>
    ({
      policy: '',
      outcome: 'pass',
      severity: 'unknown',
      enforcement: 'audit',
      owner: owner('acme/shop'),
      count,
    }) as const;
  const totals = [{ policy: 'root', violations: 1e300 }];
  const counts = [counted(1e30), counted(Number.NaN), counted(-5), counted(2.5)];
  await books.tell({ reports: [report(1, ['fail root a'], { counts, totals })] }, '2026-02-10T02:00:00Z');
  assert.deepEqual(await states(books), ['a open ']);
  assert.deepEqual(await books.lines("SELECT results FROM finding_tallies WHERE policy = ''"), ['1000000000002']);
  await books.close();
});
