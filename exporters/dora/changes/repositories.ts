/** Which repositories are to be derived from now. */
import type { Transaction } from '../../core/ledger.ts';

export interface AskedRepository {
  readonly repository: string;
  /** By which its changes are derived. */
  readonly rules: string;
}

/**
 * Those whose facts have changed, all of them where `*` is noted, and those derived by other rules before, less those
 * whose past a source is still reading. A source that reads all of its past at once holds back the repositories that it
 * knows of.
 */
export async function repositoriesToDerive(
  tx: Transaction,
  rulesOf: (repository: string) => string,
): Promise<readonly AskedRepository[]> {
  const rows = await tx.all(
    `WITH known AS (
       SELECT repository FROM production_deployments
       UNION SELECT repository FROM deployment_commits
       UNION SELECT repository FROM deployment_ranges
     ),
     reading AS (
       SELECT repository FROM backfills WHERE repository <> '*'
       UNION SELECT d.repository FROM deployments AS d JOIN backfills AS b ON b.repository = '*' AND b.source = d.source
       UNION SELECT p.repository FROM pull_requests AS p JOIN backfills AS b ON b.repository = '*' AND b.source = p.source
     )
     SELECT known.repository, derived.rules,
       EXISTS (FROM repositories_to_derive AS d WHERE d.repository IN (known.repository, '*')) AS has_changed
     FROM known
     LEFT JOIN changes_derived AS derived ON derived.repository = known.repository
     WHERE known.repository NOT IN (SELECT repository FROM reading)
     ORDER BY ALL`,
  );
  return rows.flatMap(row => {
    const repository = String(row.repository);
    const rules = rulesOf(repository);
    return row.has_changed === true || row.rules !== rules ? [{ repository, rules }] : [];
  });
}
