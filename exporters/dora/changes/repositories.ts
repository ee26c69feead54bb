/** Which repositories are to be derived from now. */
import type { Transaction } from '../../core/ledger.ts';

/**
 * Those whose facts have changed, all of them where `*` is noted, less those whose past a source is still reading. A
 * source that reads all of its past at once holds back the repositories that it knows of.
 */
export async function repositoriesToDerive(tx: Transaction): Promise<readonly string[]> {
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
     SELECT repository FROM known
     WHERE (
         repository IN (SELECT repository FROM repositories_to_derive)
         OR EXISTS (FROM repositories_to_derive WHERE repository = '*')
       )
       AND repository NOT IN (SELECT repository FROM reading)
     ORDER BY repository`,
  );
  return rows.map(row => String(row.repository));
}
