/** The one way of what scorecards tell into the ledger. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { sqlTime } from '../../core/time.ts';
import type { ScorecardTold } from './told.ts';

const sql = readFileSync(new URL('./store.sql', import.meta.url), 'utf8');
const tables = {
  scorecard_standings: 'new_standings',
  scorecard_levels: 'new_levels',
  scorecard_evaluations: 'new_evaluations',
};

/** Tables whose rows count from when they came to be so. */
export const scorecardFacts: readonly string[] = Object.keys(tables);

/**
 * Stores all scorecards of a source as they are now, and returns how many rows are new. What is as it was before is no
 * new version, though it was evaluated again; a scorecard that isn't told has ended, and so has an entity's standing that
 * its scorecard doesn't tell, where that is complete. Call `syncOwners` after it, in the same transaction.
 */
export async function storeStandings(
  tx: Transaction,
  source: string,
  told: readonly ScorecardTold[],
  now: Date,
): Promise<number> {
  await tx.run('SET VARIABLE scorecard_source = $source', { source });
  await tx.run('SET VARIABLE scorecard_now = $now::TIMESTAMP', { now: sqlTime(now) });
  await stage(
    tx,
    'told_scorecards',
    { scorecard: 'VARCHAR', is_complete: 'BOOLEAN' },
    told.map(({ scorecard, isComplete }) => ({ scorecard, is_complete: isComplete })),
  );
  await stage(
    tx,
    'told_levels',
    { scorecard: 'VARCHAR', rank: 'INTEGER', level: 'VARCHAR' },
    told.flatMap(({ scorecard, levels }) => levels.map((level, index) => ({ scorecard, rank: index + 1, level }))),
  );
  await stage(tx, 'told_standings', standingColumns, told.flatMap(standingRows));
  await tx.run(sql);
  let stored = 0;
  for (const [table, staged] of Object.entries(tables)) {
    const rows = Number(await tx.scalar(`SELECT count(*) FROM ${staged}`));
    if (rows > 0) {
      await tx.run(`INSERT INTO ${table} SELECT * FROM ${staged}`);
      tx.touch(table);
    }
    stored += rows;
  }
  const temporary = ['told_scorecards', 'told_levels', 'told_standings', 'known_standings', 'known_levels'];
  for (const table of [...temporary, ...Object.values(tables)]) await tx.run(`DROP TABLE ${table}`);
  return stored;
}

const standingColumns = {
  ...{ scorecard: 'VARCHAR', entity: 'VARCHAR', owner: 'VARCHAR', evaluated_at: 'TIMESTAMP' },
  ...{ score: 'DECIMAL(18, 6)', most_score: 'DECIMAL(18, 6)', level: 'VARCHAR', rank: 'INTEGER', ranks: 'INTEGER' },
};

const standingRows = ({ standings }: ScorecardTold) =>
  standings.map(({ scorecard, entity, owner, evaluatedAt, score, mostScore, level, rank, ranks }) => ({
    ...{ scorecard, entity, owner, score, level, rank, ranks },
    ...{ most_score: mostScore, evaluated_at: sqlTime(new Date(evaluatedAt)) },
  }));
