/**
 * What follows from the facts, in step with them: each step reads what stands before it in tables.sql and adds rows
 * where the outcome differs. Runs in the transaction of every batch; only repositories whose facts changed are looked at.
 */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import type { Transaction } from '../core/ledger.ts';
import type { SourceContext } from '../core/source.ts';
import { deriveChanges } from './changes/index.ts';
import type { DoraConfig } from './config.ts';
import { countChanges, countPipelineRuns } from './counted.ts';
import { deriveDevlake } from './devlake/index.ts';
import { nameExternal } from './external-words.ts';
import { deriveIncidents } from './incidents/index.ts';
import { deriveProduction } from './production/index.ts';
import { derivePullRequests } from './pull-requests/index.ts';
import { closeScope, openScope } from './scope.ts';
import { deriveVerdicts } from './verdicts/index.ts';

export async function derive(
  tx: Transaction,
  config: DoraConfig,
  ownership: Pick<Ownership, 'names'>,
  context: Pick<SourceContext, 'now' | 'log'>,
): Promise<void> {
  const now = context.now();
  await syncOwners(tx);
  await countPipelineRuns(tx, now);
  await nameExternal(tx, now);
  if (!(await openScope(tx))) return;
  if (config.definitions === 'devlake') await deriveDevlake(tx, { config, ownership, now });
  else await deriveOwn(tx, config, ownership, now);
  await countChanges(tx, now);
  await closeScope(tx);
}

async function deriveOwn(
  tx: Transaction,
  config: DoraConfig,
  ownership: Pick<Ownership, 'names'>,
  now: Date,
): Promise<void> {
  await deriveProduction(tx, { config, ownership, now });
  await deriveChanges(tx, config, { now: () => now });
  await derivePullRequests(tx, config, now);
  await tx.run(`CREATE OR REPLACE TEMP TABLE judged_lanes AS
    SELECT DISTINCT service, environment FROM production_deployments WHERE repository IN (FROM derived_repositories)`);
  await deriveIncidents(tx, { config, ownership, now });
  await addMadeFor(tx);
  await deriveVerdicts(tx, config, now);
}

/** A deployment that was made for an incident remedies what that is linked to, in whatever lane. */
async function addMadeFor(tx: Transaction): Promise<void> {
  await tx.run(`
    INSERT INTO judged_lanes
    SELECT DISTINCT d.service, d.environment
    FROM production_deployments AS made
    SEMI JOIN judged_lanes USING (service, environment)
    JOIN incident_links AS l ON made.incident IN (l.incident, l.source || ':' || l.incident)
    JOIN production_deployments AS d ON d.deployment = l.deployment
    WHERE made.incident <> ''
    EXCEPT FROM judged_lanes`);
}
