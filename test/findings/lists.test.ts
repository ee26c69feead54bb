/** Exceptions, policies with their modes, and what was refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, Exception, PolicyList } from '../../exporters/findings/report.ts';
import { contents, openBooks, owner } from './books.ts';

const exception = (name: string, more: Partial<Exception> = {}): Exception => ({
  ...{ exception: name, policy: 'root', resource: '', approvedBy: 'ada', owner: owner('acme/shop'), ...more },
});
const list = (hour: number, exceptions: readonly Exception[], prefix?: string) => ({
  ...{ engine: 'kyverno', scope: 'cluster:eu', readAt: `2026-02-10T0${hour}:00:00Z`, exceptions },
  ...(prefix === undefined ? {} : { prefix }),
});

const exceptionsOf = `SELECT exception, policy, hour(occurred_at), holds FROM finding_exceptions ORDER BY ALL`;

test('an exception that is missing from a list is gone, and one that is the same is no new row', async () => {
  const books = await openBooks();
  await books.tell(
    { exceptions: [list(1, [exception('a'), exception('b'), exception('b', { policy: 'tls' })])] },
    '2026-02-10T01:00:00Z',
  );
  assert.equal(
    await books.tell(
      { exceptions: [list(2, [exception('a'), exception('b'), exception('b', { policy: 'tls' })])] },
      '2026-02-10T02:00:00Z',
    ),
    0,
  );
  await books.tell({ exceptions: [list(3, [exception('a'), exception('b')])] }, '2026-02-10T03:00:00Z');
  await books.tell(
    { exceptions: [list(4, [exception('a'), exception('b'), exception('b', { policy: 'tls' })])] },
    '2026-02-10T04:00:00Z',
  );
  assert.deepEqual(await books.lines(exceptionsOf), [
    ...['a root 1 true', 'b root 1 true', 'b tls 1 true', 'b tls 3 false', 'b tls 4 true'],
  ]);
  await books.close();
});

test('a list of some is of those alone, and an older list changes nothing', async () => {
  const books = await openBooks();
  await books.tell({ exceptions: [list(1, [exception('x/1'), exception('y/1')])] }, '2026-02-10T01:00:00Z');
  await books.tell({ exceptions: [list(3, [], 'x/')] }, '2026-02-10T03:00:00Z');
  await books.tell({ exceptions: [list(2, [exception('x/2')], 'x/')] }, '2026-02-10T04:00:00Z');
  assert.deepEqual(await books.lines(exceptionsOf), ['x/1 root 1 true', 'x/1 root 3 false', 'y/1 root 1 true']);
  await books.close();
});

test('an exception that has expired and is still applied is told as it is', async () => {
  const books = await openBooks();
  const told = exception('a', {
    createdAt: '2025-01-01T00:00:00Z',
    expiresAt: '2026-01-01T00:00:00+01:00',
    isApplied: true,
  });
  await books.tell({ exceptions: [list(1, [told, exception('b', { expiresAt: 'never' })])] }, '2026-02-10T01:00:00Z');
  assert.deepEqual(
    await books.lines('SELECT exception, created_at, expires_at, is_applied, holds FROM finding_exceptions ORDER BY 1'),
    ['a 2025-01-01 00:00:00 2025-12-31 23:00:00 true true', 'b    true'],
  );
  await books.tell({ exceptions: [list(2, [{ ...told, isApplied: false }, exception('b')])] }, '2026-02-10T02:00:00Z');
  assert.deepEqual(
    await books.lines(`SELECT is_applied FROM finding_exceptions WHERE exception = 'a' ORDER BY occurred_at`),
    ['true', 'false'],
  );
  await books.close();
});

test('a policy has a mode, which changes, until it is gone', async () => {
  const books = await openBooks();
  const modes = (hour: number, policies: PolicyList['policies']) => ({
    ...{ engine: 'kyverno', scope: 'cluster:eu', readAt: `2026-02-10T0${hour}:00:00Z`, policies },
  });
  await books.tell(
    {
      policies: [
        modes(3, []),
        modes(1, [{ policy: 'root', enforcement: 'audit' }]),
        modes(2, [
          { policy: 'root', enforcement: 'audit' },
          { policy: 'root', enforcement: 'enforce' },
        ]),
      ],
    },
    '2026-02-10T05:00:00Z',
  );
  assert.deepEqual(
    await books.lines('SELECT policy, enforcement, hour(occurred_at), holds FROM finding_policies ORDER BY 3'),
    [...['root audit 1 true', 'root enforce 2 true', 'root enforce 3 false']],
  );
  await books.close();
});

test('what was refused counts once, however often it is told', async () => {
  const books = await openBooks();
  const block = (id: string, more: Partial<Block> = {}): Block => ({
    ...{ id, engine: 'gatekeeper', scope: 'cluster:eu', policy: 'root', resource: 'a', owner: owner('acme/shop') },
    ...{ enforcement: 'enforce', at: '2026-02-10T01:00:00Z', ...more },
  });
  await books.tell({ blocks: [block('1'), block('1'), block('2')] }, '2026-02-10T01:00:00Z');
  const before = await contents(books);
  assert.equal(
    await books.tell({ blocks: [block('2'), block('1', { at: '2026-02-10T01:30:00Z' })] }, '2026-02-10T02:00:00Z'),
    0,
  );
  assert.deepEqual(await contents(books), before);
  assert.equal(await books.tell({ blocks: [block('1', { engine: 'kyverno' })] }, '2026-02-10T02:00:00Z'), 1);
  assert.deepEqual(await books.lines('SELECT engine, id, team FROM finding_blocks ORDER BY ALL'), [
    ...['gatekeeper 1 sales', 'gatekeeper 2 sales', 'kyverno 1 sales'],
  ]);
  await books.close();
});
