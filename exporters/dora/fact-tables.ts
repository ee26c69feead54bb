/** The tables that facts are kept in: what makes a row the same thing as another, and each column's type. */
import type { FactTable } from './statements.ts';

const time = 'TIMESTAMP';
const text = 'VARCHAR';

export const commitTable: FactTable = {
  table: 'commits',
  identity: ['repository', 'sha'],
  isFixed: true,
  columns: {
    ...{ repository: text, sha: text, parents: text, authored_at: time, committed_at: time, author_name: text },
    ...{ author_email: text, subject: text, reverts: text, picked_from: text, pull_request: 'BIGINT' },
    ...{ trailers: text, is_partial: 'BOOLEAN' },
  },
};
export const tagTable: FactTable = {
  table: 'tags',
  identity: ['repository', 'tag'],
  columns: { repository: text, tag: text, sha: text, tagged_at: time, updated_at: time },
};
export const deploymentTable: FactTable = {
  table: 'deployments',
  identity: ['source', 'deployment'],
  columns: {
    ...{ source: text, deployment: text, repository: text, environment: text, sha: text, ref: text, version: text },
    ...{ service: text, team: text, task: text, actor: text, labels: 'VARCHAR[]', url: text },
    ...{ changed_production: 'BOOLEAN', is_planned: 'BOOLEAN', incident: text, rolls_back_to: text },
    ...{ created_at: time, updated_at: time },
  },
};
export const statusTable: FactTable = {
  table: 'deployment_statuses',
  identity: ['source', 'deployment'],
  columns: { source: text, deployment: text, status: text, occurred_at: time },
};
export const deploymentCommitTable: FactTable = {
  table: 'deployment_commits',
  identity: ['source', 'deployment'],
  columns: { source: text, deployment: text, repository: text, sha: text },
};
export const pullRequestTable: FactTable = {
  table: 'pull_requests',
  identity: ['source', 'repository', 'number'],
  columns: {
    ...{ source: text, repository: text, number: 'BIGINT', title: text, author: text, is_bot: 'BOOLEAN', state: text },
    ...{ base: text, head: text, head_sha: text, merge_sha: text, reverts: 'BIGINT', labels: 'VARCHAR[]', url: text },
    ...{ first_commit_at: time, created_at: time, ready_at: time, first_review_at: time, approved_at: time },
    ...{ merged_at: time, closed_at: time, updated_at: time },
  },
};
export const pullRequestCommitTable: FactTable = {
  table: 'pull_request_commits',
  identity: ['repository', 'number', 'sha'],
  isFixed: true,
  columns: { repository: text, number: 'BIGINT', sha: text, authored_at: time, committed_at: time },
};
export const pipelineRunTable: FactTable = {
  table: 'pipeline_runs',
  identity: ['source', 'run'],
  columns: {
    ...{ source: text, run: text, repository: text, pipeline: text, branch: text, event: text, sha: text },
    ...{ attempt: 'INTEGER', status: text, url: text, queued_at: time, started_at: time, finished_at: time },
    ...{ updated_at: time },
  },
};
export const incidentTable: FactTable = {
  table: 'incidents',
  identity: ['source', 'incident'],
  columns: {
    ...{ source: text, incident: text, title: text, service: text, team: text, repository: text, environment: text },
    ...{ severity: text, status: text, is_deleted: 'BOOLEAN', deployment: text, root_cause_sha: text },
    ...{ labels: 'VARCHAR[]', url: text, started_at: time, resolved_at: time, updated_at: time },
  },
};
export const externalMetricTable: FactTable = {
  table: 'external_metrics',
  identity: ['source', 'metric'],
  columns: {
    ...{ source: text, tool: text, metric: text, statistic: text, team: text, service: text },
    ...{ period_start: time, period_end: time, value: 'DOUBLE', updated_at: time },
  },
};
