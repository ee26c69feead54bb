/** Which service a project's estimate is about, where the configuration says it; else ownership rules do, by repository. */
import { buildNames } from '../catalog/names.ts';
import { type Ownership, unowned } from '../catalog/ownership.ts';
import { wildcard } from '../catalog/wildcard.ts';
import type { Transaction } from '../core/ledger.ts';
import type { CostConfig } from './config.ts';
import { replaceConfigured } from './replace.ts';

/** Names the service of every project in the ledger that the configuration has one for: the first that matches. */
export async function configureEstimates(
  tx: Transaction,
  configured: CostConfig['estimates'],
  ownership: Ownership,
): Promise<void> {
  const { directory, config } = ownership.document;
  const names = buildNames(directory, config.aliases);
  const rules = configured.map(({ repository, project, service, team }) => {
    const known = names.serviceOf(service);
    return {
      repository: wildcard([repository]),
      project: wildcard([project]),
      service: known.service,
      team: (team === undefined ? known.team : names.teamOf(team)) ?? unowned,
    };
  });
  const projects =
    rules.length === 0 ? [] : await tx.all('SELECT DISTINCT repository, project FROM cost_estimates ORDER BY ALL');
  const rows = projects.flatMap(row => {
    const repository = String(row.repository);
    const project = String(row.project);
    const rule = rules.find(candidate => candidate.repository(repository) && candidate.project(project));
    return rule === undefined ? [] : [{ repository, project, team: rule.team, service: rule.service }];
  });
  await replaceConfigured(
    tx,
    'estimate_services',
    `SELECT row.repository, row.project, row.team, row.service
     FROM (SELECT unnest(from_json($rows,
       '[{"repository":"VARCHAR","project":"VARCHAR","team":"VARCHAR","service":"VARCHAR"}]')) AS row)`,
    { rows: JSON.stringify(rows) },
  );
}
