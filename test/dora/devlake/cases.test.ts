/** Apache DevLake's own end-to-end cases of its dora plugin, run through the steps of `definitions: devlake`. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openLedger, type Reader } from '../../../exporters/core/ledger.ts';
import { type DevlakeStep, runStep } from '../../../exporters/dora/devlake/steps.ts';
import { corpus } from '../../e2e/lib/corpus.ts';

const cases = path.join(corpus, 'dora/devlake/dora');
const skip = existsSync(cases) ? false : `${cases} is not there: set PLUMBLINE_CORPUS`;

/** A table of a case; empty cells are ''. */
const csv = (file: string) =>
  `(FROM read_csv('${path.join(cases, file).replaceAll("'", "''")}', all_varchar = true, header = true,
    delim = ',', quote = '"', escape = '"', nullstr = '\\N', null_padding = false))`;

/** Times of the cases have an offset, or none where they are UTC; '' is none. Days and hours may have one digit. */
const time = (column: string) => `CASE WHEN ${column} = '' THEN NULL
  WHEN contains(${column}, 'T') THEN (${column}::TIMESTAMPTZ AT TIME ZONE 'UTC')
  ELSE strptime(${column}, ['%Y-%m-%d %H:%M:%S', '%Y-%-m-%-d %-H:%M:%S']) END`;

/** Rows of a scope in the projects that it is mapped to. */
const mapped = (folder: string, table: string, scope: string) =>
  `JOIN ${csv(`${folder}/project_mapping.csv`)} AS m ON m."table" = '${table}' AND m.row_id = ${scope}`;

async function run(
  prepare: Readonly<Record<string, string>>,
  steps: readonly DevlakeStep[],
  ask: string,
): Promise<readonly Record<string, unknown>[]> {
  const ledger = await openLedger({ path: ':memory:' });
  try {
    return await ledger.read(async reader => {
      await reader.run("SET TimeZone = 'UTC'");
      for (const [table, sql] of Object.entries(prepare))
        await reader.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${sql}`);
      for (const step of steps) await runStep(reader, step);
      return reader.all(ask);
    });
  } finally {
    await ledger.close();
  }
}

const rows = (sql: string) => {
  const ask = async (reader: Reader) => reader.all(sql);
  return async () => {
    const ledger = await openLedger({ path: ':memory:' });
    try {
      return await ledger.read(ask);
    } finally {
      await ledger.close();
    }
  };
};

/** Times as the snapshots have them, `2023-04-10T06:52:47.000+00:00`. */
const told = (column: string) =>
  `coalesce(strftime(${column}, '%Y-%m-%dT%H:%M:%S.') || lpad((date_part('millisecond', ${column}) % 1000)::VARCHAR, 3, '0') || '+00:00', '')`;

/** Deployment commits as a case gives them. */
const deploymentCommits = (file: string, folder: string) => `
  SELECT m.project_name AS project, d.id, d.cicd_deployment_id AS deployment, d.cicd_scope_id AS scope,
    d.repo_url AS repository, d.commit_sha AS sha, d.result, d.environment, ${time('d.started_date')} AS started_at,
    ${time('d.finished_date')} AS finished_at
  FROM ${csv(file)} AS d ${mapped(folder, 'cicd_scopes', 'd.cicd_scope_id')}`;

test('deployment_generator: pipelines and tasks to deployment commits', { skip }, async () => {
  const folder = 'deployment_generator';
  const found = await run(
    {
      devlake_pipelines: `SELECT m.project_name AS project, p.id AS pipeline, p.cicd_scope_id AS scope, p.result, p.type,
          p.environment, p.duration_sec::DOUBLE AS duration, NULL::TIMESTAMP AS started_at,
          ${time('p.finished_date')} AS finished_at
        FROM ${csv(`${folder}/cicd_pipelines.csv`)} AS p ${mapped(folder, 'cicd_scopes', 'p.cicd_scope_id')}
        WHERE m.project_name = 'project1'`,
      devlake_tasks: `SELECT pipeline_id AS pipeline, result, type, environment FROM ${csv(`${folder}/cicd_tasks.csv`)}`,
      devlake_pipeline_commits: `SELECT pipeline_id AS pipeline, commit_sha AS sha, repo_url AS repository
        FROM ${csv(`${folder}/cicd_pipeline_commits.csv`)}`,
    },
    ['deploymentCommits'],
    `SELECT id, sha AS commit_sha, scope AS cicd_scope_id, deployment AS cicd_deployment_id, result,
       repository AS repo_url, environment, ${told('started_at')} AS started_date, ${told('finished_at')} AS finished_date
     FROM devlake_deployment_commits ORDER BY id`,
  );
  const expected = await rows(`FROM ${csv(`${folder}/cicd_deployment_commits.csv`)} ORDER BY id`)();
  assert.equal(expected.length, 6);
  assert.deepEqual(found, expected);
});

test('prev_success_deployment_commit: the success before', { skip }, async () => {
  const folder = 'prev_success_deployment_commit';
  const before = `${folder}/cicd_deployment_commits_before.csv`;
  const found = await run(
    {
      devlake_deployment_commits: `FROM (${deploymentCommits(before, folder)}) WHERE project = 'project1'`,
      told: `FROM ${csv(before)}`,
    },
    ['previous'],
    `SELECT t.id, t.commit_sha, t.result, ${told(time('t.started_date'))} AS started_date,
       ${told(time('t.finished_date'))} AS finished_date, t.cicd_deployment_id, t.cicd_scope_id, t.repo_url, t.environment,
       coalesce(p.previous_id, '') AS prev_success_deployment_commit_id
     FROM told AS t LEFT JOIN devlake_previous AS p USING (id) ORDER BY id`,
  );
  const expected = await rows(`FROM ${csv(`${folder}/cicd_deployment_commits_after.csv`)} ORDER BY id`)();
  assert.equal(expected.length, 16);
  assert.deepEqual(found, expected);
});

test('change_lead_time: pull requests and their deployment', { skip }, async () => {
  const folder = 'change_lead_time';
  const commits = `${folder}/cicd_deployment_commits.csv`;
  const minutes = (column: string, name: string) => `coalesce(${column}::VARCHAR, '') AS ${name}`;
  const found = await run(
    {
      devlake_deployment_commits: `FROM (${deploymentCommits(commits, folder)}) WHERE project = 'project1'`,
      // This case says which is the success before.
      devlake_previous: `SELECT 'project1' AS project, id, prev_success_deployment_commit_id AS previous_id
        FROM ${csv(commits)}`,
      devlake_pull_requests: `SELECT m.project_name AS project, p.id AS pull_request, p.author_id AS author,
          p.merge_commit_sha AS merge_sha, ${time('p.created_date')} AS created_at, ${time('p.merged_date')} AS merged_at
        FROM ${csv(`${folder}/pull_requests.csv`)} AS p ${mapped(folder, 'repos', 'p.base_repo_id')}
        WHERE m.project_name = 'project1'`,
      devlake_pull_request_commits: `SELECT pull_request_id AS pull_request, commit_sha AS sha,
          ${time('commit_authored_date')} AS authored_at
        FROM ${csv(`${folder}/pull_request_commits.csv`)}`,
      devlake_comments: `SELECT id AS comment, pull_request_id AS pull_request, account_id AS account,
          ${time('created_date')} AS created_at
        FROM ${csv(`${folder}/pull_request_comments.csv`)}`,
      devlake_commits_diffs: `SELECT old_commit_sha AS old_sha, new_commit_sha AS new_sha, commit_sha AS sha
        FROM ${csv(`${folder}/commits_diffs.csv`)}`,
    },
    ['changeLeadTime'],
    `SELECT pull_request AS id, project AS project_name, coalesce(first_sha, '') AS first_commit_sha,
       ${minutes('coding', 'pr_coding_time')}, coalesce(first_review, '') AS first_review_id,
       ${minutes('pickup', 'pr_pickup_time')}, ${minutes('review', 'pr_review_time')},
       coalesce(deployment_commit, '') AS deployment_commit_id, ${minutes('deploy', 'pr_deploy_time')},
       ${minutes('cycle', 'pr_cycle_time')}, ${told('first_authored_at')} AS first_commit_authored_date,
       ${told('first_review_at')} AS first_comment_date, ${told('created_at')} AS pr_created_date,
       ${told('merged_at')} AS pr_merged_date, ${told('deployed_at')} AS pr_deployed_date
     FROM devlake_pull_request_metrics ORDER BY id`,
  );
  const expected = await rows(`FROM ${csv(`${folder}/project_pr_metrics.csv`)} ORDER BY id`)();
  assert.equal(expected.length, 6);
  assert.deepEqual(found, expected);
});

test('connect_incident_to_deployment: the deployment before', { skip }, async () => {
  const folder = 'connect_incident_to_deployment';
  const commits = `${folder}/prev_success_deployment_commit/cicd_deployment_commits_after.csv`;
  const found = await run(
    {
      devlake_deployment_commits: `FROM (${deploymentCommits(commits, `${folder}/raw_tables`)}) WHERE project = 'project1'`,
      devlake_incidents: `SELECT m.project_name AS project, i.id AS incident, ${time('i.created_date')} AS created_at
        FROM ${csv(`${folder}/raw_tables/incidents.csv`)} AS i
        JOIN ${csv(`${folder}/raw_tables/project_mapping.csv`)} AS m ON m."table" = i."table" AND m.row_id = i.scope_id
        WHERE m.project_name = 'project1'`,
    },
    ['incidentDeployments'],
    `SELECT incident AS id, project AS project_name, deployment AS deployment_id
     FROM devlake_incident_deployments ORDER BY id`,
  );
  const expected = await rows(
    `FROM ${csv(`${folder}/snapshot_tables/project_incident_deployment_relationships.csv`)} ORDER BY id`,
  )();
  assert.equal(expected.length, 6);
  assert.deepEqual(found, expected);
});
