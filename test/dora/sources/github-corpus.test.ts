/** What GitHub has really said, put through the readers: every recorded webhook, and the API's answers that DevLake keeps. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openLedger } from '../../../exporters/core/ledger.ts';
import { incidentsOf, issuePart } from '../../../exporters/dora/sources/github/issues.ts';
import { restPerson } from '../../../exporters/dora/sources/github/people.ts';
import { pullRequestOf, pullRequestPart, reviewPart } from '../../../exporters/dora/sources/github/pull-requests.ts';
import { readRun } from '../../../exporters/dora/sources/github/runs.ts';
import {
  issueSchema,
  pullRequestCommitSchema,
  pullRequestSchema,
  readAll,
  reviewSchema,
  runSchema,
} from '../../../exporters/dora/sources/github/shapes.ts';
import { startGitHub } from '../vendors/github.ts';
import { githubRun } from './github-run.ts';

const corpus = process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../../shared/data');
const webhooks = path.join(corpus, 'dora/octokit-webhooks');
const devlake = path.join(corpus, 'dora/devlake/github');

function lacks(t: TestContext, folder: string): boolean {
  if (existsSync(folder)) return false;
  t.skip(`no ${path.basename(folder)} in PLUMBLINE_CORPUS`);
  return true;
}

type Row = Readonly<Record<string, string>>;

/** The rows of a CSV file of DevLake's, as text. */
async function table(t: TestContext, name: string): Promise<Row[]> {
  const ledger = await openLedger({ path: ':memory:', threads: 1 });
  t.after(() => ledger.close());
  return (await ledger.read(reader =>
    reader.all(
      "FROM read_csv($file, all_varchar := true, header := true, quote := '\"', escape := '\"', strict_mode := false, max_line_size := 10000000)",
      {
        file: path.join(devlake, name),
      },
    ),
  )) as Row[];
}

const raw = async (t: TestContext, name: string): Promise<unknown[]> =>
  (await table(t, `raw_tables/_raw_github_api_${name}.csv`)).map(({ data }) => JSON.parse(data ?? ''));

const seconds = (time: string | null | undefined) => (time ? Math.floor(Date.parse(time) / 1000) : undefined);

describe('every recorded webhook', () => {
  test('is taken: what is ours to read becomes facts, the rest says nothing, and none is rejected', async t => {
    if (lacks(t, webhooks)) return;
    const files = globSync('*/*.json', { cwd: webhooks }).sort();
    const run = await githubRun(t, await startGitHub(t), {
      repositories: [],
      token: undefined,
      incident_labels: ['bug'],
      deployments_from: [{ kind: 'deployments' }, { kind: 'workflow_runs', workflow: '*' }, { kind: 'releases' }],
    });
    const told: Record<string, number> = {};
    for (const file of files) {
      const event = path.dirname(file);
      const counts = await run.post({ event, id: file, body: readFileSync(path.join(webhooks, file), 'utf8') });
      assert.deepEqual(counts?.rejected, {}, file);
      if (counts.records > 0) told[event] = (told[event] ?? 0) + counts.records;
    }
    assert.deepEqual(told, {
      ...{ deployment: 2, deployment_status: 2, issues: 22, pull_request: 24, pull_request_review: 3, push: 1 },
      ...{ release: 10, workflow_run: 4 },
    });
    const count = async (of: string) =>
      Number(
        (
          await run.rows(`SELECT count(DISTINCT ${of})::INT AS n FROM ${of === 'number' ? 'pull_requests' : `${of}s`}`)
        )[0]?.n,
      );
    assert.equal(await count('incident'), 1);
    assert.ok((await count('deployment')) > 2 && (await count('number')) > 0);
    assert.deepEqual(
      await run.rows(
        `SELECT DISTINCT status FROM deployment_statuses WHERE NOT starts_with(deployment, 'run/') ORDER BY status`,
      ),
      [{ status: 'running' }, { status: 'success' }],
    );
    for (const file of files)
      assert.equal(
        (
          await run.post({
            event: path.dirname(file),
            id: `${file} again`,
            body: readFileSync(path.join(webhooks, file), 'utf8'),
          })
        )?.changed,
        0,
        file,
      );
  });
});

describe('the answers that DevLake keeps', () => {
  const repository = 'panjf2000/ants';

  test('workflow runs: status, attempt and times as it reads them', async t => {
    if (lacks(t, devlake)) return;
    const { read, unread } = readAll(runSchema, await raw(t, 'runs'), { file: repository, kind: 'run' });
    assert.deepEqual([read.length, unread], [35, []]);
    const pipelines = new Map(
      (await table(t, 'snapshot_tables/cicd_pipelines.csv')).map(row => [row.id?.split(':').at(-1), row]),
    );
    for (const one of read) {
      const fact = readRun(one, repository)?.fact;
      const row = pipelines.get(String(one.id));
      assert.ok(fact && row, String(one.id));
      assert.equal(fact.run, `${one.id}/${one.run_attempt}`);
      // It has no cancelled runs, counts timed-out ones as failures as we do, and neutral ones as nothing.
      const expected = { SUCCESS: ['success'], FAILURE: ['failure', 'cancelled'] }[row.result ?? ''] ?? [
        'queued',
        'running',
        'success',
        'cancelled',
      ];
      assert.ok(expected.includes(fact.status), `${one.id}: ${fact.status} where it has ${row.result}`);
      if (row.status === 'DONE') assert.equal(seconds(fact.finishedAt), seconds(row.finished_date));
      if (row.status === 'IN_PROGRESS') assert.equal(fact.finishedAt, undefined);
    }
  });

  test('pull requests with commits and reviews: merges, branches, authors and times as it reads them', async t => {
    if (lacks(t, devlake)) return;
    for (const name of ['pull_requests', 'pull_requests_bot_filter'])
      assert.deepEqual(
        readAll(pullRequestSchema, await raw(t, name), { file: repository, kind: 'pull_request' }).unread,
        [],
      );
    const { read } = readAll(pullRequestSchema, await raw(t, 'pull_requests'), {
      file: repository,
      kind: 'pull_request',
    });
    const rows = new Map(
      (await table(t, 'snapshot_tables/_tool_github_pull_requests.csv')).map(row => [row.number, row]),
    );
    let merged = 0;
    for (const pull of read) {
      const fact = pullRequestOf([pullRequestPart(pull, repository, 'read')]);
      const row = rows.get(String(pull.number));
      assert.ok(fact && row, `${pull.number}`);
      assert.deepEqual(
        [fact.author, fact.base, fact.head, fact.headSha],
        [row.author_name, row.base_ref, row.head_ref, row.head_commit_sha],
      );
      assert.deepEqual(
        [seconds(fact.createdAt), seconds(fact.mergedAt), seconds(fact.closedAt)],
        [row.github_created_at, row.merged_at, row.closed_at].map(seconds),
      );
      assert.equal(fact.state, row.merged_at ? 'merged' : row.state);
      if (row.merged_at) assert.equal(fact.mergeSha, row.merge_commit_sha);
      else assert.equal(fact.mergeSha, '');
      merged += row.merged_at ? 1 : 0;
    }
    assert.ok(merged > 10 && merged < read.length);

    const commits = readAll(pullRequestCommitSchema, await raw(t, 'pull_request_commits'), {
      file: repository,
      kind: 'commit',
    });
    assert.deepEqual([commits.read.length, commits.unread], [91, []]);
    const authored = new Map(
      (await table(t, 'snapshot_tables/_tool_github_pull_request_commits.csv')).map(row => [
        row.commit_sha,
        row.commit_authored_date,
      ]),
    );
    for (const { sha, commit } of commits.read)
      if (authored.has(sha)) assert.equal(seconds(commit.author.date), seconds(authored.get(sha)));

    const reviews = readAll(reviewSchema, await raw(t, 'pull_request_reviews'), { file: repository, kind: 'review' });
    assert.deepEqual([reviews.read.length, reviews.unread], [31, []]);
    const submitted = new Map(
      (await table(t, 'snapshot_tables/_tool_github_pull_request_reviews.csv')).map(row => [row.github_id, row]),
    );
    for (const review of reviews.read) {
      const part = reviewPart(review, { repository, number: 1, ...restPerson(review.user) });
      const row = submitted.get(String(review.id));
      if (!row) continue;
      assert.deepEqual(
        [seconds(part?.saidAt), (part?.body as { state: string } | undefined)?.state],
        [seconds(row.github_submit_at), row.state],
      );
    }
    const robots = readAll(reviewSchema, await raw(t, 'pr_reviews_bot_filter'), { file: repository, kind: 'review' });
    assert.deepEqual(robots.unread, []);
  });

  test('issues: those that are pull requests are told apart, and a label makes an incident', async t => {
    if (lacks(t, devlake)) return;
    const { read, unread } = readAll(issueSchema, await raw(t, 'issues'), { file: repository, kind: 'issue' });
    assert.deepEqual([read.length, unread], [42, []]);
    const own = read.filter(issue => !issue.pull_request);
    const rows = new Map((await table(t, 'snapshot_tables/_tool_github_issues.csv')).map(row => [row.number, row]));
    assert.deepEqual(new Set(own.map(({ number }) => String(number))), new Set(rows.keys()));
    const labels = new Set(own.flatMap(issue => (issue.labels ?? []).map(({ name }) => name)));
    assert.ok(labels.has('bug'));
    const ofBug = incidentsOf(['BUG']);
    for (const issue of own) {
      const fact = ofBug([issuePart(issue, repository, 'read')]);
      assert.equal(
        fact !== undefined,
        (issue.labels ?? []).some(({ name }) => name === 'bug'),
        `${issue.number}`,
      );
      if (fact) assert.equal(seconds(fact.resolvedAt), seconds(rows.get(String(issue.number))?.closed_at));
    }
  });
});
