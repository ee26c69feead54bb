/** GitLab's real answers, as Apache DevLake's own tests keep them, read here and held against what DevLake read of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { z } from 'zod';
import {
  deploymentFact,
  incidentFact,
  mergeRequestFact,
  pipelineFact,
  reviewTimes,
} from '../../../exporters/dora/sources/gitlab/facts.ts';
import { parseAll } from '../../../exporters/dora/sources/gitlab/reading.ts';
import * as shapes from '../../../exporters/dora/sources/gitlab/shapes.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import { corpusRows } from '../corpus.ts';

const folder = 'dora/devlake/gitlab';

async function rawOf<Schema extends z.ZodType>(t: TestContext, table: string, schema: Schema, what: string) {
  const rows = await corpusRows(t, `${folder}/raw_tables/_raw_gitlab_api_${table}.csv`);
  if (rows === undefined) return undefined;
  const items = rows.map(row => JSON.parse(row.data ?? '') as unknown);
  const parsed = parseAll(schema, items, { repository: 'acme/shop', what });
  assert.deepEqual(parsed.rejections, []);
  assert.equal(parsed.values.length, rows.length);
  return { ...parsed, rows };
}

const snapshot = async (t: TestContext, table: string) =>
  (await corpusRows(t, `${folder}/snapshot_tables/${table}.csv`)) ?? [];
const instant = (text: string | undefined) => (text ? new Date(text).toISOString() : undefined);

test('deployments', async t => {
  const raw = await rawOf(t, 'deployments', shapes.deploymentSchema, 'deployment');
  if (!raw) return;
  const devlake = new Map((await snapshot(t, '_tool_gitlab_deployments')).map(row => [row.deployment_id, row]));
  const outcomes = new Set<string>();
  for (const one of raw.values) {
    const fact = deploymentFact('acme/shop', one);
    const theirs = devlake.get(String(one.id));
    assert.ok(theirs);
    outcomes.add(`${theirs.status} is ${fact?.statuses.at(-1)?.status}`);
    if (fact === undefined) continue;
    assert.deepEqual(
      [fact.environment, fact.sha, fact.ref, fact.createdAt, fact.task],
      [theirs.environment, theirs.sha, theirs.ref, instant(theirs.created_date), theirs.deployable_name],
    );
    const end = fact.statuses.at(-1);
    if (end !== undefined && ['success', 'failure', 'cancelled'].includes(end.status))
      assert.equal(end.at, instant(theirs.deployable_finished_at) ?? instant(theirs.updated_date));
  }
  // Two of DevLake's words are not GitLab's own.
  assert.deepEqual([...outcomes].sort(), [
    'blocked is queued',
    'canceled is cancelled',
    'completed is undefined',
    'created is queued',
    'failed is failure',
    'running is running',
    'success is success',
    'undeployed is undefined',
  ]);
});

test('pipelines, whose list leaves out when they were run, and their details', async t => {
  const list = await rawOf(t, 'pipeline', shapes.pipelineSchema, 'pipeline');
  const details = await rawOf(t, 'pipeline_details', shapes.pipelineSchema, 'pipeline');
  if (!list || !details) return;
  assert.ok(list.values.every(one => pipelineFact('acme/shop', one) !== undefined));
  const devlake = new Map(
    (await snapshot(t, '_tool_gitlab_pipeline_projects_details')).map(row => [row.pipeline_id, row]),
  );
  const theirs = new Map((await snapshot(t, '_tool_gitlab_pipelines')).map(row => [row.gitlab_id, row]));
  let compared = 0;
  for (const one of details.values) {
    const fact = pipelineFact('acme/shop', one);
    assert.ok(fact);
    const known = theirs.get(fact.run);
    if (!known) continue;
    compared += 1;
    assert.deepEqual(
      [fact.sha, fact.branch, fact.queuedAt, fact.startedAt, fact.finishedAt],
      [known.sha, known.ref, instant(known.gitlab_created_at), instant(known.started_at), instant(known.finished_at)],
    );
  }
  assert.ok(compared > 0 && devlake.size > 0);
});

test('merge requests, their commits and notes', async t => {
  const raw = await rawOf(t, 'merge_requests', shapes.mergeRequestSchema, 'merge request');
  const commits = await rawOf(t, 'merge_request_commits', shapes.commitSchema, 'commit');
  const notes = await rawOf(t, 'merge_request_notes', shapes.noteSchema, 'note');
  if (!raw || !commits || !notes) return;
  const iidOf = (row: { readonly input?: string | undefined }) =>
    (JSON.parse(row.input ?? '') as { readonly Iid: number }).Iid;
  const devlake = new Map((await snapshot(t, 'pull_requests')).map(row => [row.pull_request_key, row]));
  let merged = 0;
  for (const one of raw.values) {
    const own: readonly shapes.Commit[] = commits.values.filter((_, index) => iidOf(commits.rows[index]!) === one.iid);
    const said = notes.values.filter((_, index) => iidOf(notes.rows[index]!) === one.iid);
    const fact = mergeRequestFact('acme/shop', one, { commits: own, notes: said });
    const theirs = devlake.get(String(one.iid));
    assert.ok(theirs, `merge request ${one.iid}`);
    assert.deepEqual(
      [fact.title, fact.state, fact.base, fact.head, fact.createdAt, fact.mergedAt],
      [
        theirs.title,
        theirs.status?.toLowerCase(),
        theirs.base_ref,
        theirs.head_ref,
        instant(theirs.created_date),
        instant(theirs.merged_date),
      ],
    );
    const expected = own.map(({ authored_date }) => authored_date).sort()[0];
    assert.equal(fact.firstCommitAt, expected);
    if (fact.state === 'merged') merged += 1;
  }
  assert.ok(merged >= 5);
  const reviewOf = (iid: number, author: string) =>
    reviewTimes(
      notes.values.filter((_, index) => iidOf(notes.rows[index]!) === iid),
      author,
    );
  // Someone else's first word, among notes of the system and the author's own.
  assert.deepEqual(reviewOf(3, 'martinguindon'), { firstReviewAt: '2019-08-26T12:14:39.003Z' });
  assert.deepEqual(reviewOf(1, 'emilie'), { readyAt: '2019-06-28T10:55:26.170Z' }, 'the author reviews nothing');
  // Approved, unapproved and approved again.
  assert.equal(reviewOf(37, 'someone').approvedAt, '2019-01-29T00:40:47.455Z');
  assert.equal(reviewOf(37, 'someone').firstReviewAt, '2019-01-29T00:40:37.158Z');
});

test('issues', async t => {
  const raw = await rawOf(t, 'issues', shapes.issueSchema, 'incident');
  if (!raw) return;
  const devlake = new Map((await snapshot(t, 'issues')).map(row => [row.id?.split(':').at(-1), row]));
  for (const one of raw.values) {
    const fact = incidentFact('acme/shop', one);
    const theirs = devlake.get(fact.incident);
    assert.ok(theirs);
    assert.deepEqual(
      [fact.title, fact.startedAt, fact.resolvedAt],
      [theirs.title, instant(theirs.created_date), instant(theirs.resolution_date)],
    );
  }
});

for (const table of ['merge_requests_for_mr_commit_test', 'merge_requests_for_mr_notes_test'] as const)
  test(`the raw table ${table}`, async t => {
    await rawOf(t, table, shapes.mergeRequestSchema, 'merge request');
  });

for (const file of ['get_merge_request.json', 'get_merge_requests.json'])
  test(`the recorded answer ${file}`, t => {
    let text: string;
    try {
      text = readFileSync(path.join(corpus, 'dora/go-gitlab', file), 'utf8');
    } catch {
      return t.skip('dora/go-gitlab is not in PLUMBLINE_CORPUS');
    }
    const items = [JSON.parse(text) as unknown].flat();
    const { values, rejections } = parseAll(shapes.mergeRequestSchema, items, {
      repository: 'a/b',
      what: 'merge request',
    });
    assert.deepEqual(rejections, []);
    assert.ok(values.every(one => mergeRequestFact('a/b', one).number > 0));
  });
