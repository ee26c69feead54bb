/** Brings lists of exceptions and policies, and what was blocked, into temporary tables. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import type { Block, ExceptionList, PolicyList } from './report.ts';
import { roundsOf } from './rounds.ts';
import { instantOf, ledgerTime, optionalTime, ownerOf } from './staged-values.ts';

const stagedLists = readFileSync(new URL('./life/staged_lists.sql', import.meta.url), 'utf8');

/** Stages lists of exceptions and of policies; returns how many rounds they take. */
export async function stageLists(
  tx: Transaction,
  exceptions: readonly ExceptionList[],
  policies: readonly PolicyList[],
  now: Date,
): Promise<number> {
  const lists = [
    ...exceptions.map(({ prefix = '', ...list }) => ({ ...list, kind: 'exceptions', prefix })),
    ...policies.map(list => ({ ...list, kind: 'policies', prefix: '' })),
  ].map((list, number) => ({ list, number, at: instantOf(list.readAt, now) }));
  const rounds = roundsOf(
    lists.map(({ list, at }) => ({ whole: JSON.stringify([list.kind, list.engine, list.scope]), at })),
  );
  await stage(
    tx,
    'told_lists',
    {
      ...{ list: 'BIGINT', round: 'BIGINT', kind: 'VARCHAR', engine: 'VARCHAR', scope: 'VARCHAR', prefix: 'VARCHAR' },
      read_at: 'TIMESTAMP',
    },
    lists.map(({ list: { kind, engine, scope, prefix }, number, at }) => ({
      ...{ list: number, round: rounds[number]!, kind, engine, scope, prefix, read_at: ledgerTime(at) },
    })),
  );
  await stage(
    tx,
    'told_exceptions',
    {
      ...{ list: 'BIGINT', exception: 'VARCHAR', policy: 'VARCHAR', resource: 'VARCHAR', reason: 'VARCHAR' },
      ...{ approved_by: 'VARCHAR', created_at: 'TIMESTAMP', expires_at: 'TIMESTAMP', is_applied: 'BOOLEAN' },
      ...{ owner: 'VARCHAR', url: 'VARCHAR' },
    },
    exceptions.flatMap((list, number) =>
      list.exceptions.map(one => ({
        ...{ list: number, exception: one.exception, policy: one.policy, resource: one.resource },
        ...{ reason: one.reason ?? '', approved_by: one.approvedBy ?? '', created_at: optionalTime(one.createdAt) },
        ...{ expires_at: optionalTime(one.expiresAt), is_applied: one.isApplied ?? null, owner: ownerOf(one.owner) },
        url: one.url ?? '',
      })),
    ),
  );
  await stage(
    tx,
    'told_policies',
    {
      ...{ list: 'BIGINT', policy: 'VARCHAR', title: 'VARCHAR', enforcement: 'VARCHAR', severity: 'VARCHAR' },
    },
    policies.flatMap((list, number) =>
      list.policies.map(({ policy, title = '', enforcement, severity = 'unknown' }) => ({
        ...{ list: exceptions.length + number, policy, title, enforcement, severity },
      })),
    ),
  );
  await tx.run(stagedLists);
  return 1 + Math.max(-1, ...new Set(rounds));
}

export async function stageBlocks(tx: Transaction, blocks: readonly Block[], now: Date): Promise<void> {
  await stage(
    tx,
    'told_blocks',
    {
      ...{ id: 'VARCHAR', engine: 'VARCHAR', scope: 'VARCHAR', policy: 'VARCHAR', resource: 'VARCHAR' },
      ...{ enforcement: 'VARCHAR', owner: 'VARCHAR', message: 'VARCHAR', occurred_at: 'TIMESTAMP' },
    },
    blocks.map(({ at, message = '', owner, id, engine, scope, policy, resource, enforcement }) => ({
      ...{ id, engine, scope, policy, resource, enforcement, owner: ownerOf(owner), message },
      occurred_at: ledgerTime(instantOf(at, now)),
    })),
  );
}
