/** Lines of audits in the ledger until their run is whole. */
import type { Transaction } from '../../../core/ledger.ts';
import { stage } from '../../../core/stage.ts';
import { sqlTime } from '../../../core/time.ts';
import type { Run, RunLine } from './runs.ts';

/** Runs of a scope that are kept though they never finished: an audit that is killed again and again. */
const mostRuns = 3;

/** True where a line is new. What one run has of another's lines is known by its digest. */
export async function keepLines(tx: Transaction, runs: readonly Run[], now: Date): Promise<boolean> {
  if (runs.length === 0) return false;
  await stage(
    tx,
    'gatekeeper_read',
    {
      ...{ scope: 'VARCHAR', run: 'TIMESTAMP', digest: 'VARCHAR', type: 'VARCHAR', owner: 'VARCHAR' },
      ...{ body: 'VARCHAR', learned_at: 'TIMESTAMP' },
    },
    runs.flatMap(({ scope, owner, at, lines }) =>
      lines.map(line => ({
        ...{ scope, run: sqlTime(new Date(at)), digest: line.digest, type: line.type, owner },
        ...{ body: JSON.stringify(line), learned_at: sqlTime(now) },
      })),
    ),
  );
  const before = await tx.scalar('SELECT count(*) FROM gatekeeper_lines');
  await tx.run(
    `INSERT INTO gatekeeper_lines
     SELECT DISTINCT ON (scope, run, digest) * FROM gatekeeper_read ANTI JOIN gatekeeper_lines USING (scope, run, digest)`,
  );
  tx.touch('gatekeeper_lines');
  return before !== (await tx.scalar('SELECT count(*) FROM gatekeeper_lines'));
}

/** The oldest first. */
export async function waitingRuns(tx: Transaction): Promise<readonly Run[]> {
  const rows = await tx.all(
    `SELECT scope, epoch_ms(run)::BIGINT AS run, any_value(owner ORDER BY owner) AS owner, list(body ORDER BY digest) AS lines
     FROM gatekeeper_lines GROUP BY scope, run ORDER BY scope, run`,
  );
  return rows.map(({ scope, run, owner, lines }) => ({
    ...{ scope: String(scope), owner: String(owner), at: new Date(Number(run)).toISOString() },
    lines: (lines as unknown as readonly string[]).map(line => JSON.parse(line) as RunLine),
  }));
}

/** Notes the newest whole audit of each scope; lines of older ones are needed no more. */
export async function forgetLines(
  tx: Transaction,
  newest: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [scope, ms] of newest) {
    if (before.get(scope) === ms) continue;
    const parameters = { scope, run: sqlTime(new Date(ms)) };
    await tx.run('DELETE FROM gatekeeper_audits WHERE scope = $scope', { scope });
    await tx.run('INSERT INTO gatekeeper_audits VALUES ($scope, $run::TIMESTAMP)', parameters);
    await tx.run('DELETE FROM gatekeeper_lines WHERE scope = $scope AND run < $run::TIMESTAMP', parameters);
    tx.touch('gatekeeper_audits', 'gatekeeper_lines');
  }
  await tx.run(
    `DELETE FROM gatekeeper_lines AS l USING (
       SELECT scope, run FROM (SELECT DISTINCT scope, run FROM gatekeeper_lines)
       QUALIFY row_number() OVER (PARTITION BY scope ORDER BY run DESC) > ${mostRuns}
     ) AS old WHERE l.scope = old.scope AND l.run = old.run`,
  );
}
