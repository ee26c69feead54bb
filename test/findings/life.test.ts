/** The life of a finding: what opens it, what ends it, and what makes it unknown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../exporters/findings/report.ts';
import { events, openBooks, owner, report, result, states } from './books.ts';

/** Tells reports one after the other, each a second after it was made; the states and events after the last. */
async function after(reports: readonly Report[]) {
  const books = await openBooks();
  for (const one of reports)
    await books.tell({ reports: [one] }, new Date(Date.parse(one.evaluatedAt) + 1000).toISOString());
  const told = { states: await states(books), events: await events(books) };
  await books.close();
  return told;
}

test('what fails is open, once, however often it is told', async () => {
  assert.deepEqual(await after([report(1, ['fail root cart']), report(2, ['fail root cart', 'pass root shop'])]), {
    states: ['cart open '],
    events: ['cart opened  1'],
  });
});

test('what passes is fixed, what is listed no longer is gone, and what is back is reopened', async () => {
  const told = await after([
    report(1, ['fail root cart', 'fail root shop']),
    report(2, ['pass root cart']),
    report(3, ['fail root cart']),
  ]);
  assert.deepEqual(told.states, ['cart open ', 'shop resolved gone']);
  assert.deepEqual(told.events, [
    ...['cart opened  1', 'shop opened  1', 'cart resolved fixed 2', 'shop resolved gone 2', 'cart reopened  3'],
  ]);
});

test('what passes or is skipped from the beginning is no finding', async () => {
  assert.deepEqual(await after([report(1, ['pass root a', 'skip root b', 'error root c'])]), {
    states: [],
    events: [],
  });
});

test('an exception holds a finding back without ending it, and its end is no new one', async () => {
  const told = await after([
    report(1, ['fail root cart']),
    report(2, ['excepted root cart']),
    report(3, ['fail root cart']),
  ]);
  assert.deepEqual(told, { states: ['cart open '], events: ['cart opened  1'] });
});

test('a finding that was excepted from the beginning is opened when the exception ends, and else never counted', async () => {
  const told = await after([
    report(1, ['excepted root a', 'excepted root b', 'excepted root c']),
    report(2, ['fail root a', 'pass root b', 'excepted root c']),
    report(3, ['pass root a', 'excepted root b']),
  ]);
  assert.deepEqual(told.states, ['a resolved fixed', 'b excepted ', 'c resolved gone']);
  assert.deepEqual(told.events, ['a opened  2', 'a resolved fixed 3']);
});

test('what could not be evaluated or was skipped is unknown, and the same episode goes on', async () => {
  const told = await after([
    report(1, ['fail root a', 'fail root b', 'fail root c']),
    report(2, ['error root a', 'skip root b', 'skip root c', 'pass root c extra']),
  ]);
  assert.deepEqual(told.states, ['a unknown error', 'b unknown skipped', 'c resolved fixed']);
  const back = await after([report(1, ['fail root a']), report(2, ['error root a']), report(3, ['fail root a'])]);
  assert.deepEqual(back, { states: ['a open '], events: ['a opened  1'] });
});

test('a resolved finding that could not be evaluated stays resolved', async () => {
  const told = await after([report(1, ['fail root a']), report(2, ['pass root a']), report(3, ['error root a'])]);
  assert.deepEqual(told.states, ['a resolved fixed']);
});

test('a policy that was not evaluated says nothing of its findings', async () => {
  const told = await after([report(1, ['fail root a', 'fail tls b']), report(2, [], { policies: ['tls'] })]);
  assert.deepEqual(told.states, ['a unknown not_evaluated', 'b resolved gone']);
  assert.deepEqual(told.events.slice(2), ['b resolved gone 2']);
});

test('a list that is cut leaves what it does not list unknown, of that policy alone', async () => {
  const told = await after([
    report(1, ['fail root a', 'fail root b', 'fail tls c']),
    report(2, ['fail root a'], {
      totals: [
        { policy: 'root', violations: 2 },
        { policy: 'tls', violations: 0 },
      ],
    }),
  ]);
  assert.deepEqual(told.states, ['a open ', 'b unknown truncated', 'c resolved gone']);
});

test('a partial report is true of what it lists, and says nothing of the rest', async () => {
  const told = await after([
    report(1, ['fail root a', 'fail root b', 'fail root c']),
    report(2, ['fail root a', 'pass root c', 'fail root d'], { completeness: 'partial', reason: 'timeout' }),
    report(3, ['fail root a']),
  ]);
  assert.deepEqual(told.states, ['a open ', 'b resolved gone', 'c resolved fixed', 'd resolved gone']);
  assert.ok(told.events.includes('b resolved gone 3') && told.events.includes('c resolved fixed 2'));
});

test('a report that failed changes no finding', async () => {
  const told = await after([report(1, ['fail root a']), report(2, [], { completeness: 'failed', reason: 'crash' })]);
  assert.deepEqual(told, { states: ['a open '], events: ['a opened  1'] });
});

test('parts are looked at one by one; a whole report ends those that it does not name', async () => {
  const parts = [
    report(1, ['fail root a p', 'fail root b q']),
    report(2, [], { parts: ['p'] }),
    report(3, ['fail root c r'], { parts: ['r'] }),
  ];
  assert.deepEqual((await after(parts)).states, ['a resolved gone', 'b open ', 'c open ']);
  const whole = [...parts, report(4, ['fail root c r'])];
  assert.deepEqual((await after(whole)).states, ['a resolved gone', 'b resolved gone', 'c open ']);
});

test('a finding that two parts list ends when the last of them lets it go', async () => {
  const two = [report(1, ['fail root a p', 'fail root a q'], { parts: ['p', 'q'] }), report(2, [], { parts: ['p'] })];
  assert.deepEqual((await after(two)).states, ['a open ']);
  assert.deepEqual(await after([...two, report(3, ['pass root a q'], { parts: ['q'] })]), {
    states: ['a resolved fixed'],
    events: ['a opened  1', 'a resolved fixed 3'],
  });
});

test('of two results of one finding the worse holds', async () => {
  const told = await after([
    report(1, ['pass root a', 'fail root a', 'skip root a', 'pass root b', 'excepted root b']),
  ]);
  assert.deepEqual(told.states, ['a open ', 'b excepted ']);
});

test('the same resource in two scopes is two lives of one finding, and engines share none', async () => {
  const told = await after([
    report(1, ['fail root a']),
    report(2, ['fail root a'], { scope: 'cluster:us' }),
    report(3, ['fail root a'], { engine: 'gatekeeper' }),
    report(4, []),
  ]);
  assert.deepEqual(
    told.states,
    ['a resolved gone', 'a open ', 'a open '].sort((a, b) => (a < b ? 1 : -1)),
  );
  assert.equal(told.events.filter(line => line.startsWith('a opened')).length, 3);
});

test('no two of policy and resource are one finding because of where one ends and the other begins', async () => {
  const books = await openBooks();
  const told = [
    result('fail a b', { policy: 'ab', resource: 'c' }),
    result('fail a b', { policy: 'a', resource: 'bc' }),
  ];
  await books.tell(
    { reports: [report(1, told), report(1, told, { engine: 'kyvern', scope: 'o' })] },
    '2026-02-10T02:00:00Z',
  );
  assert.deepEqual(await books.lines('SELECT count(DISTINCT finding) FROM findings'), ['4']);
  await books.close();
});

test('another severity, mode or owner is another row of the same episode', async () => {
  const books = await openBooks();
  const tell = (hour: number, more: object) =>
    books.tell({ reports: [report(hour, [result('fail root a', more)])] }, `2026-02-10T0${hour}:30:00Z`);
  await tell(1, {});
  await tell(2, { severity: 'low' });
  await tell(3, { severity: 'low', enforcement: 'enforce' });
  await tell(4, { severity: 'low', enforcement: 'enforce', owner: owner('acme/pay') });
  await tell(5, { severity: 'low', enforcement: 'enforce', owner: owner('acme/pay'), message: 'in other words' });
  assert.deepEqual(
    await books.lines(`SELECT hour(s.occurred_at), severity, enforcement, team, hour(opened_at), episode
      FROM finding_states s JOIN owners USING (owner_key) ORDER BY 1`),
    ['1 high audit sales 1 1', '2 low audit sales 1 1', '3 low enforce sales 1 1', '4 low enforce ops 1 1'],
  );
  assert.deepEqual(await events(books), ['a opened  1']);
  assert.deepEqual(await books.lines('SELECT message, hour(told_at) FROM findings'), ['in other words 5']);
  await books.close();
});

test('an episode lasts from when it was first violated, and what is away is seen last at the look before', async () => {
  const books = await openBooks();
  for (const [hour, results] of [
    [1, ['fail root a']],
    [3, ['fail root a']],
    [6, ['error root a']],
    [8, []],
  ] as const)
    await books.tell({ reports: [report(hour, results)] }, `2026-02-10T0${hour}:30:00Z`);
  assert.deepEqual(await books.lines('SELECT event, seconds FROM finding_events ORDER BY occurred_at'), [
    ...['opened ', `resolved ${7 * 3600}`],
  ]);
  assert.deepEqual(
    await books.lines('SELECT state, hour(occurred_at), hour(last_seen_at) FROM finding_states ORDER BY occurred_at'),
    ['open 1 ', 'unknown 6 3', 'resolved 8 3'],
  );
  await books.close();
});
