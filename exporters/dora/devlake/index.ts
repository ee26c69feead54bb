/**
 * `definitions: devlake`: what Apache DevLake would say of the same facts, in the derived tables that the families read,
 * so that the same panels show it. Where its rules differ from ours (RULES.md):
 *
 * - Change lead time is of pull requests, not of commits: first commit to opened, opened to merged, merged to the end of
 *   the deployment, each rounded up to minutes, left out where negative. What is pushed directly has none. Bots count.
 *   Both clocks show it, and a change is its merge commit.
 * - The deployment before is the success before of the same source and repository: services, paths and regions are no
 *   part of it, so that what several services deploy of one repository is one row. Of a deployment that brings several
 *   services the first by name is told.
 * - An incident is of whatever success ended last before it in its project, however long ago and of whichever service,
 *   though it names a deployment or a commit; a project is what `devlake.projects` says, else the owning team.
 * - The fail ratio is of successful deployments, those with an incident over all. Deployments that fail are in neither;
 *   rollbacks, reverts and hotfixes are deployments like any other. There is no rework.
 * - Recovery runs from the deployment's end to the resolution of its incidents, in whole minutes. DevLake counts each
 *   incident of a deployment, this the last of them.
 * - A gap of any length is no gap, and dates that lie are not looked at.
 *
 * Its dashboards take the lower of two middles for a median where quantiles here interpolate, and count days with a
 * deployment in weeks of the calendar, of which `dora_deployment_dates` has the plain count.
 */
import { readFileSync } from 'node:fs';
import type { Ownership } from '../../catalog/ownership.ts';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import type { DoraConfig } from '../config.ts';
import { type DerivedTable, postDifferences } from '../difference.ts';
import { likeOf } from '../like.ts';
import { deriveProduction } from '../production/index.ts';
import { findDiffs } from './diffs.ts';
import { prepareIncidents } from './incidents.ts';
import { runStep } from './steps.ts';

const domainSql = readFileSync(new URL('./domain.sql', import.meta.url), 'utf8');
const wantedSql = readFileSync(new URL('./wanted.sql', import.meta.url), 'utf8');

const takenBack = { replace: 'false AS holds', isHeld: 'newest.holds' } as const;
const rangeTable: DerivedTable = {
  table: 'deployment_ranges',
  keys: ['deployment', 'service', 'repository', 'environment'],
  values: ['basis', 'previous', 'previous_sha', 'sha', 'commits', 'merges', 'holds'],
  takenBack,
  counts: 'instead',
};
const changeTable: DerivedTable = {
  table: 'deployed_changes',
  keys: ['deployment', 'service', 'environment', 'repository', 'sha'],
  values: ['team', 'clock_at', 'committed_at', 'excluded', 'holds'],
  takenBack,
  counts: 'instead',
};
const pullRequestTable: DerivedTable = {
  table: 'deployed_pull_requests',
  keys: ['deployment', 'service', 'repository', 'number'],
  values: ['team', 'environment', 'coding', 'review', 'merge', 'deploy', 'total', 'excluded', 'holds'],
  takenBack,
  counts: 'instead',
};
const linkTable: DerivedTable = {
  table: 'incident_links',
  keys: ['source', 'incident'],
  values: [
    ...['service', 'team', 'environment', 'status', 'deployment', 'reason', 'confidence', 'started_at', 'resolved_at'],
  ],
  counts: 'own',
};
const verdictTable: DerivedTable = {
  table: 'verdicts',
  keys: ['deployment', 'service', 'verdict'],
  values: ['team', 'environment', 'reason', 'confidence', 'cause', 'seconds', 'finished_at', 'holds'],
  takenBack,
  counts: 'instead',
};

export interface Devlake {
  readonly config: DoraConfig;
  readonly ownership: Pick<Ownership, 'names'>;
  readonly now: Date;
}

/** Derives all from the facts of the repositories in `derived_repositories`, and links and verdicts of all. */
export async function deriveDevlake(tx: Transaction, { config, ownership, now }: Devlake): Promise<void> {
  await deriveProduction(tx, { config: { ...config, production: withoutRegions(config.production) }, ownership, now });
  await stageRules(tx, config);
  await tx.run(domainSql);
  await runStep(tx, 'deploymentCommits');
  await runStep(tx, 'previous');
  await findDiffs(tx, config);
  await runStep(tx, 'changeLeadTime');
  await prepareIncidents(tx, ownership, now);
  await runStep(tx, 'incidentDeployments');
  await tx.run(wantedSql);
  const scope = 'derived.repository IN (FROM devlake_repositories)';
  await postDifferences(tx, rangeTable, { wanted: 'devlake_wanted_ranges', scope, now });
  await postDifferences(tx, changeTable, { wanted: 'devlake_wanted_changes', scope, now });
  await postDifferences(tx, pullRequestTable, { wanted: 'devlake_wanted_pull_requests', scope, now });
  await postDifferences(tx, linkTable, { wanted: 'devlake_wanted_openings', scope: 'true', now });
  await postDifferences(tx, linkTable, { wanted: 'devlake_wanted_links', scope: 'true', now });
  await postDifferences(tx, verdictTable, { wanted: 'devlake_wanted_verdicts', scope: 'true', now });
  // Who turns back to our own definitions finds no lane derived by them.
  await tx.run('DELETE FROM changes_derived');
}

/** Every region is an environment like any other: what is deployed to several is several deployments. */
const withoutRegions = (productions: DoraConfig['production']): DoraConfig['production'] =>
  productions.map(production => ({
    ...production,
    environments: [...production.environments, ...production.regions],
    regions: [],
  }));

async function stageRules(tx: Transaction, { devlake, production }: DoraConfig): Promise<void> {
  const rules = devlake.projects.flatMap(({ project, repositories, services }, position) =>
    (repositories ?? [null]).flatMap(repository =>
      (services ?? [null]).map(service => ({
        ...{ position, project },
        repository: repository === null ? null : likeOf(repository),
        service: service === null ? null : likeOf(service),
      })),
    ),
  );
  const columns = { position: 'INTEGER', project: 'VARCHAR', repository: 'VARCHAR', service: 'VARCHAR' };
  await stage(tx, 'devlake_project_rules', columns, rules);
  await stage(tx, 'devlake_production', { name: 'VARCHAR' }, [{ name: production[0]!.name }]);
}
