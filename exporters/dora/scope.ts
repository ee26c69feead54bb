/** What a derivation looks at: the repositories whose facts changed and whose past is not still being read. */
import type { Transaction } from '../core/ledger.ts';

/**
 * Fills the temporary table `derived_repositories (repository)`; false where nothing has changed at all, and nothing is
 * to be done. A source that reads the past of everything (`*`) holds back the repositories that it has told of.
 */
export async function openScope(tx: Transaction): Promise<boolean> {
  const isMarked = await tx.scalar(`SELECT EXISTS (FROM repositories_to_derive) OR EXISTS (FROM incidents_to_derive)`);
  if (isMarked !== true) return false;
  await tx.run(`
    CREATE OR REPLACE TEMP TABLE derived_repositories AS
    WITH marked AS (
      SELECT repository FROM repositories_to_derive WHERE repository <> '*'
      UNION
      SELECT repository FROM (
        SELECT repository FROM deployments UNION SELECT repository FROM production_deployments
        UNION SELECT repository FROM pull_requests UNION SELECT repository FROM deployment_commits
      )
      WHERE EXISTS (FROM repositories_to_derive WHERE repository = '*')
    )
    SELECT repository FROM marked
    UNION
    SELECT d.repository FROM deployments AS d JOIN deployment_commits AS c USING (source, deployment)
    WHERE c.repository IN (SELECT repository FROM marked)
    EXCEPT (
      SELECT repository FROM backfills
      UNION SELECT d.repository FROM deployments AS d JOIN backfills AS b ON b.source = d.source AND b.repository = '*'
      UNION SELECT p.repository FROM pull_requests AS p JOIN backfills AS b ON b.source = p.source AND b.repository = '*'
    )`);
  // While the past is being read, most batches leave nothing to look at.
  const isAnything = await tx.scalar(`
    SELECT EXISTS (FROM derived_repositories) OR EXISTS (FROM repositories_to_derive WHERE repository = '*')
      OR EXISTS (FROM incidents_to_derive WHERE source NOT IN (SELECT source FROM backfills))`);
  if (isAnything === true) return true;
  await closeScope(tx);
  return false;
}

/** Forgets the marks: what is held back is marked anew when its past has been read. */
export async function closeScope(tx: Transaction): Promise<void> {
  await tx.run(`
    DELETE FROM deployments_to_derive
    WHERE repository IN (FROM derived_repositories) OR repository = '*';
    DELETE FROM repositories_to_derive;
    DELETE FROM incidents_to_derive WHERE source NOT IN (SELECT source FROM backfills)`);
}
