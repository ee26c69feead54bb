/** The one way of what was told into the ledger, and the life of findings that follows from it. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';
import type { Told } from './report.ts';
import { stageBlocks, stageLists } from './told-lists.ts';
import { stageReports } from './told-reports.ts';

/** Tables whose rows count from when they came to be so. */
export const findingFacts: readonly string[] = [
  ...['finding_states', 'finding_events', 'finding_reports', 'finding_tallies', 'finding_totals'],
  ...['finding_exceptions', 'finding_policies', 'finding_blocks'],
];

export interface StoreOptions {
  readonly now: Date;
  /** After so long without a report a scope's findings are unknown; absent: never. */
  readonly staleSeconds?: number;
  /** The source follows what it tells of: parts that it doesn't name have not changed, and are never stale by themselves. */
  readonly follows?: boolean;
}

const sql = (...names: readonly string[]) =>
  names.map(name => readFileSync(new URL(`./life/${name}.sql`, import.meta.url), 'utf8')).join('\n');

const owners = sql('owners');
const reports = sql('reports');
const reportRounds = sql('rounds');
const reportRound = sql(
  'covered',
  'listings',
  'silent',
  'states',
  'seen_earlier',
  'words',
  'tallies',
  'totals',
  'looks',
);
// What one call tells of whole scopes, of which nobody counts results by policy.
const stagedRound = sql('covered', 'listings', 'states', 'past', 'seen_earlier', 'words', 'looks');
const stagedReports = sql('staged_reports');
const stagedLists = sql('staged_lists');
const listRound = sql('exceptions', 'policies');
const listLooks = sql('list_looks');
const refused = sql('blocks');
const superseded = sql('superseded');

/**
 * Stores what was told; returns how many rows are new. What was told before, by digest and time of a report and by id of
 * what was blocked, changes nothing. Reports are applied in the order of `evaluatedAt`; one that is older than what is
 * known of its parts tells only since when a finding has been there. A time to come by our clock is now.
 * Call `settleOwners` after owners are resolved, in the same transaction.
 */
export async function storeTold(
  tx: Transaction,
  source: string,
  { reports: told = [], exceptions = [], policies = [], blocks = [] }: Told,
  { now, staleSeconds, follows = false }: StoreOptions,
): Promise<number> {
  const tables = [...findingFacts, 'findings'];
  const before = await rowsOf(tx, tables);
  await tx.run('SET VARIABLE told_now = $now::TIMESTAMP', { now: sqlTime(now) });
  await tx.run('SET VARIABLE told_source = $source', { source });
  await tx.run('SET VARIABLE told_stale_seconds = $stale::BIGINT', { stale: staleSeconds ?? null });
  await tx.run('SET VARIABLE told_follows = $follows::BOOLEAN', { follows });
  const turn = (round: number) => tx.run('SET VARIABLE told_round = $round::BIGINT', { round });
  if (told.length > 0) {
    const rounds = await stageReports(tx, told, { now, staleSeconds: staleSeconds ?? null });
    await tx.run(owners);
    await tx.run(reports);
    await tx.run(reportRounds);
    for (let round = 0; round < rounds; round += 1) {
      await turn(round);
      await tx.run(reportRound);
    }
  }
  if (exceptions.length + policies.length > 0) {
    const rounds = await stageLists(tx, exceptions, policies, now);
    await tx.run(owners);
    for (let round = 0; round < rounds; round += 1) {
      await turn(round);
      await tx.run(listRound);
    }
    await tx.run(listLooks);
  }
  if (blocks.length > 0) {
    await stageBlocks(tx, blocks, now);
    await tx.run(refused);
    await tx.run(owners);
  }
  const after = await rowsOf(tx, tables);
  const added = tables.map((_, index) => after[index]! - before[index]!);
  // Words and looks change in their place.
  const kept = told.length + exceptions.length + policies.length > 0 ? ['findings', 'finding_looks'] : [];
  tx.touch(...tables.filter((_, index) => added[index] !== 0), ...kept);
  return added.reduce((sum, rows) => sum + rows, 0);
}

/**
 * As `storeTold`, for what SQL has put into the temporary tables of one round (round 0) that told-reports.ts and
 * told-lists.ts stage: told_reports, told_parts, told_evaluated, told_totals, told_results and told_counts, and told_lists,
 * told_exceptions and told_policies. `ended_at` of a result that passes says since when it does, and with `first_seen_at`
 * that it was there before. Nothing is counted by policy: no tallies, no totals.
 */
export async function storeStaged(tx: Transaction, source: string, { now }: { readonly now: Date }): Promise<void> {
  await tx.run('SET VARIABLE told_now = $now::TIMESTAMP', { now: sqlTime(now) });
  await tx.run('SET VARIABLE told_source = $source', { source });
  await tx.run('SET VARIABLE told_stale_seconds = NULL::BIGINT');
  await tx.run('SET VARIABLE told_follows = false');
  await tx.run('SET VARIABLE told_round = 0::BIGINT');
  await tx.run([stagedReports, owners, reports, reportRounds, stagedRound].join('\n'));
  const hasLists = await tx.scalar(
    `SELECT EXISTS (FROM told_exceptions) OR EXISTS (FROM told_policies)
       OR EXISTS (FROM finding_exceptions SEMI JOIN told_lists USING (engine, scope))
       OR EXISTS (FROM finding_policies SEMI JOIN told_lists USING (engine, scope))`,
  );
  if (hasLists === true) await tx.run([stagedLists, owners, listRound, listLooks].join('\n'));
  tx.touch('findings', 'finding_states', 'finding_events', 'finding_reports', 'finding_exceptions', 'finding_looks');
}

async function rowsOf(tx: Transaction, tables: readonly string[]): Promise<readonly number[]> {
  const [row = {}] = await tx.all(`SELECT ${tables.map(table => `(SELECT count(*) FROM ${table})`).join(', ')}`);
  return Object.values(row).map(Number);
}

/**
 * Whose events and blocks were when they were first counted: once, so that no counter falls. Also which states were
 * superseded, which views need not look at.
 */
export async function settleOwners(tx: Transaction): Promise<void> {
  for (const table of ['finding_events', 'finding_blocks'])
    await tx.run(
      `UPDATE ${table} AS fact SET team = o.team, service = o.service, environment = o.environment
       FROM owners AS o
       WHERE fact.team IS NULL AND o.owner_key = fact.owner_key
         AND o.valid_from <= fact.occurred_at::DATE AND fact.occurred_at::DATE < o.valid_to`,
    );
  await tx.run(superseded);
}
