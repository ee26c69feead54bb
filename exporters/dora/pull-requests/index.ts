/** Keeps the pull requests that reached production, and how long each stage of them took, in step with the facts. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import type { DoraConfig } from '../config.ts';
import { type DerivedTable, postDifferences } from '../difference.ts';
import { likeOf } from '../like.ts';

const deployedSql = readFileSync(new URL('./deployed.sql', import.meta.url), 'utf8');

const table: DerivedTable = {
  table: 'deployed_pull_requests',
  keys: ['deployment', 'service', 'repository', 'number'],
  values: ['team', 'environment', 'coding', 'review', 'merge', 'deploy', 'total', 'excluded', 'holds'],
  takenBack: { replace: 'false AS holds', isHeld: 'newest.holds' },
  counts: 'instead',
};

/** Needs the deployed changes of the repositories in `derived_repositories`. */
export async function derivePullRequests(tx: Transaction, config: Pick<DoraConfig, 'bots'>, now: Date): Promise<void> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE bot_patterns AS SELECT unnest(from_json($patterns::JSON, '["VARCHAR"]')) AS pattern;`,
    { patterns: JSON.stringify(config.bots.map(likeOf)) },
  );
  // A pull request of one repository may reach production with a deployment of another.
  await tx.run(`CREATE OR REPLACE TEMP TABLE scoped_deployments AS
    SELECT DISTINCT deployment FROM production_deployments WHERE repository IN (FROM derived_repositories)
    UNION
    SELECT DISTINCT deployment FROM deployed_changes WHERE repository IN (FROM derived_repositories)`);
  await tx.run(deployedSql);
  await postDifferences(tx, table, {
    ...{ wanted: 'wanted_pull_requests', now },
    scope: `(derived.service, derived.environment) IN (
      SELECT DISTINCT (service, environment) FROM production_deployments SEMI JOIN scoped_deployments USING (deployment)
    ) AND derived.repository IN (
      FROM derived_repositories UNION SELECT repository FROM deployed_changes SEMI JOIN scoped_deployments USING (deployment)
    )`,
  });
}
