/** Exceptions by status, to the second of their end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exceptions, nextExceptionExpiry, oldestException } from '../../exporters/policy/metrics.ts';
import { day, openBooks, owner } from './books.ts';

test('an exception is active, then expiring, then expired, and worse where it still is applied', async () => {
  const books = await openBooks();
  const of = (id: string, more = {}) => ({
    ...{ exception: id, policy: 'p', resource: '', owner: owner('acme/shop'), approvedBy: 'ada', ...more },
  });
  const listed = [
    of('soon', { expiresAt: day(40), createdAt: day(5) }),
    of('applied', { expiresAt: day(40), isApplied: true }),
    of('for ever', { approvedBy: '' }),
    of('theirs', { expiresAt: day(100), owner: owner('acme/pay'), approvedBy: undefined }),
  ];
  const list = { engine: 'kyverno', scope: 'cluster:eu', readAt: day(10), exceptions: listed };
  await books.tell({ exceptions: [list] }, day(10));
  const told = async (instant: string) =>
    (await books.lines(exceptions, instant)).map(line => line.replace(' kyverno other', ''));
  assert.deepEqual(await told(day(25.9)), ['ops active no = 1', 'sales active yes = 2', 'sales permanent no = 1']);
  assert.deepEqual(await told(day(26)), ['ops active no = 1', 'sales expiring yes = 2', 'sales permanent no = 1']);
  assert.deepEqual(await told(day(40)), [
    ...['ops active no = 1', 'sales expired yes = 1', 'sales expired_applied yes = 1', 'sales permanent no = 1'],
  ]);
  const seconds = (number: number) => Date.parse(day(number)) / 1000;
  assert.deepEqual(await books.lines(nextExceptionExpiry, day(26)), [
    `ops kyverno = ${seconds(100)}`,
    `sales kyverno = ${seconds(40)}`,
  ]);
  assert.deepEqual(await books.lines(nextExceptionExpiry, day(41)), [`ops kyverno = ${seconds(100)}`]);
  // One whose making is not told is as old as it is known.
  assert.deepEqual(await books.lines(oldestException, day(26)), [
    `ops kyverno = ${seconds(10)}`,
    `sales kyverno = ${seconds(5)}`,
  ]);
  assert.deepEqual((await books.lines(oldestException, day(41))).at(-1), `sales kyverno = ${seconds(10)}`);
  // What is missing from the next list is gone.
  await books.tell({ exceptions: [{ ...list, readAt: day(42), exceptions: listed.slice(2) }] }, day(42));
  assert.deepEqual(await told(day(43)), ['ops active no = 1', 'sales permanent no = 1']);
  await books.close();
});

test('an exception from several policies is one, in each requirement that they stand for', async () => {
  const books = await openBooks({
    policy: { requirements: [{ policy: 'root*', requirement: 'non_root_containers' }] },
  });
  const of = (exception: string, policy: string) => ({ exception, policy, resource: '', owner: owner('acme/shop') });
  const listed = [
    ...['root-user', 'root-group', 'p', 'q'].map(policy => of('driver', policy)),
    ...['p', '*'].map(policy => of('another', policy)),
  ];
  await books.tell(
    { exceptions: [{ engine: 'kyverno', scope: 'cluster:eu', readAt: day(10), exceptions: listed }] },
    day(10),
  );
  await books.tell(
    { exceptions: [{ engine: 'kyverno', scope: 'cluster:us', readAt: day(10), exceptions: [of('driver', 'p')] }] },
    day(10),
  );
  assert.deepEqual(await books.lines(exceptions, day(11)), [
    'sales kyverno non_root_containers permanent no = 1',
    'sales kyverno other permanent no = 3',
  ]);
  await books.close();
});
