/**
 * The steps by which Apache DevLake's dora plugin computes (backend/plugins/dora/tasks, commit 420e494b4ede), as SQL over
 * temporary tables of the shape of its domain layer: each file says what it reads. Its own end-to-end cases run through
 * these steps, as the ledger's facts do.
 */
import { readFileSync } from 'node:fs';
import type { Reader } from '../../core/ledger.ts';

const read = (file: string) => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8');

const sql = {
  /** Pipelines, tasks and their commits to `devlake_deployment_commits`. */
  deploymentCommits: read('deployment_commits'),
  /** To `devlake_previous`. */
  previous: read('previous'),
  /** Pull requests to `devlake_pull_request_metrics`. */
  changeLeadTime: read('change_lead_time'),
  /** Incidents to `devlake_incident_deployments`. */
  incidentDeployments: read('incident_deployments'),
} as const;

export type DevlakeStep = keyof typeof sql;

export const runStep = (reader: Reader, step: DevlakeStep): Promise<void> => reader.run(sql[step]);
