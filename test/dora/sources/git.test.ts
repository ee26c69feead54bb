/** Git repositories on this machine: commits, tags, deployments; incremental by ref, whatever happens to the refs. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { refreshSource } from '../../../exporters/core/refresh.ts';
import { gitSource } from '../../../exporters/dora/sources/git/index.ts';
import { git, type MadeRepository, makeRepository, temporaryFolder } from '../repositories.ts';
import { type DoraRun, doraRun } from '../run.ts';

const day = (n: number, hour = 12) => `2026-03-${String(n).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
const now = '2026-04-01T00:00:00Z';

async function reading(t: TestContext, repo: MadeRepository, of: object = {}): Promise<DoraRun> {
  return doraRun(t, { git: [{ path: repo.folder, repository: 'acme/shop', ...of }] });
}

async function read(run: DoraRun, at = now): Promise<{ readonly records: number; readonly changed: number }> {
  const [result] = await run.refresh(at);
  assert.equal(result?.error, undefined);
  return { records: result!.records, changed: result!.changed };
}

const column = async (run: DoraRun, sql: string) => (await run.rows(sql)).map(row => Object.values(row).join(' '));

test('a commit is kept with its parents, both of its dates in UTC, its author and what its message says', async t => {
  const repo = makeRepository(t);
  const first = repo.commit({ at: day(1), message: 'begin' });
  const second = repo.commit({
    ...{ at: day(3), authoredAt: day(2), author: 'Zoë "Z" Ünal', parents: [first] },
    message: 'Add a thing (#12)\n\nIt refers to (#3).\n\nSigned-off-by: Zoë\nIncident: INC-7\n and more\n',
  });
  const octopus = repo.commit({
    at: day(4),
    message: 'Merge pull request #13 from acme/x\n\nTitle',
    parents: [second, first],
  });
  const run = await reading(t, repo);
  assert.deepEqual(await read(run), { records: 3, changed: 3 });
  assert.deepEqual(await run.rows('SELECT * EXCLUDE (node, learned_at) FROM commits ORDER BY committed_at'), [
    {
      ...{ repository: 'acme/shop', sha: first, parents: '', authored_at: '2026-03-01 12:00:00' },
      ...{ committed_at: '2026-03-01 12:00:00', author_name: 'Ada', author_email: 'ada@example.invalid' },
      ...{ subject: 'begin', reverts: '', picked_from: '', pull_request: null, trailers: '' },
    },
    {
      ...{ repository: 'acme/shop', sha: second, parents: first, authored_at: '2026-03-02 12:00:00' },
      ...{ committed_at: '2026-03-03 12:00:00', author_name: 'Zoë "Z" Ünal', author_email: 'zoznal@example.invalid' },
      ...{ subject: 'Add a thing (#12)', reverts: '', picked_from: '', pull_request: '12' },
      trailers: 'Signed-off-by: Zoë\nIncident: INC-7 and more',
    },
    {
      ...{ repository: 'acme/shop', sha: octopus, parents: `${second} ${first}`, authored_at: '2026-03-04 12:00:00' },
      ...{ committed_at: '2026-03-04 12:00:00', author_name: 'Ada', author_email: 'ada@example.invalid' },
      ...{
        subject: 'Merge pull request #13 from acme/x',
        reverts: '',
        picked_from: '',
        pull_request: '13',
        trailers: '',
      },
    },
  ]);
});

test('what messages say of other commits: reverts, cherry-picks, numbers of pull requests', async t => {
  const repo = makeRepository(t);
  const target = repo.commit({ at: day(1), message: 'A feature (#5)' });
  const other = repo.commit({ at: day(1, 13), message: 'Another' });
  const cases: readonly (readonly [message: string, told: string])[] = [
    [`Revert "x"\n\nThis reverts commit ${target}.`, `${target}  null`],
    [`Revert\n\nThis reverts commit ${target}, reversing\nchanges made to ${other}.`, `${target}  null`],
    [`Two\n\nThis reverts commit ${target}.\nThis reverts commit ${other.slice(0, 9)}.`, `${target} ${other}  null`],
    ['Revert "A feature (#5)" (#9)\n\nReverts acme/shop#5', `${target}  9`],
    ['Revert "A feature (#5)"', '  null'],
    ['Reverting\n\nThis reverts commit 0123456.', '0123456  null'],
    ['Revert "Merge"\n\nThis reverts merge request !5', `${target}  null`],
    [`Pick\n\n(cherry picked from commit ${other})`, ` ${other} null`],
    [
      `Twice\n\n(cherry picked from commit ${other})\n(cherry picked from commit ${target.slice(0, 10)})`,
      ` ${other} ${target} null`,
    ],
    ['Squash (#1) (#22)', '  22'],
    ['Merged in feature/x (pull request #31)', '  31'],
    ["Merge pull request 'title' (#32) from a/b into main", '  32'],
    ['Merged PR 33: title', '  33'],
    ["Merge branch 'x' into 'main'\n\nTitle\n\nSee merge request acme/shop!34", '  34'],
    ['Fix for (#35), closes #36', '  null'],
    ['Number too large (#99999999999999999999)', '  null'],
    ['Odd \x1e \x1f characters (#37)\n\nbody \x1e', '  37'],
  ];
  for (const [index, [message]] of cases.entries()) repo.commit({ at: day(2, index), message });
  const run = await reading(t, repo);
  await read(run);
  const words = (text: string) => text.split(' ').sort();
  const told = await run.rows(
    `SELECT reverts || ' ' || picked_from || ' ' || coalesce(pull_request::VARCHAR, 'null') AS told FROM commits
     WHERE committed_at >= '2026-03-02' ORDER BY committed_at`,
  );
  for (const [index, [message, expected]] of cases.entries())
    assert.deepEqual(words(String(told[index]?.told)), words(expected), message);
});

test('only what is new is read; refs that are rewritten or gone take nothing away', async t => {
  const repo = makeRepository(t);
  const base = repo.commit({ at: day(1) });
  const gone = repo.commit({ at: day(2), branch: 'feature', parents: [base] });
  const run = await reading(t, repo);
  assert.deepEqual(await read(run), { records: 2, changed: 2 });
  assert.deepEqual(await read(run), { records: 0, changed: 0 });
  repo.commit({ at: day(3) });
  assert.deepEqual(await read(run), { records: 1, changed: 1 });
  // Rewritten, with its old commits gone from the repository.
  const rewritten = repo.commit({ at: day(4), branch: 'feature', parents: [base] });
  repo.git('gc', '--quiet', '--prune=now');
  assert.throws(() => repo.git('cat-file', '-e', gone));
  assert.deepEqual(await read(run), { records: 1, changed: 1 });
  // Deleted, and back under another name.
  repo.git('update-ref', '-d', 'refs/heads/feature');
  assert.deepEqual(await read(run), { records: 0, changed: 0 });
  repo.git('update-ref', 'refs/heads/again', rewritten);
  assert.deepEqual(await read(run), { records: 1, changed: 0 });
  assert.equal((await run.rows('FROM commits')).length, 4);
  assert.deepEqual(await column(run, 'SELECT ref FROM git_refs ORDER BY ref'), ['refs/heads/again', 'refs/heads/main']);
  // As one reads it from the start, but for what is gone.
  const anew = await reading(t, repo);
  await read(anew);
  const columns = 'SELECT * EXCLUDE (node, learned_at) FROM commits';
  assert.deepEqual(
    await anew.rows(`${columns} ORDER BY sha`),
    await run.rows(`${columns} WHERE sha <> '${gone}' ORDER BY sha`),
  );
});

test('tags are peeled, also tags of tags; one that moves says so, and a tag of a file is none', async t => {
  const repo = makeRepository(t);
  const a = repo.commit({ at: day(1), files: ['a'] });
  const b = repo.commit({ at: day(2) });
  repo.tag('light', a);
  repo.tag('heavy', a, day(5));
  repo.tag('nested', 'heavy', day(6));
  repo.git('tag', 'file', `${a}:a`);
  const run = await reading(t, repo);
  await read(run);
  const tags = 'SELECT tag, sha, tagged_at, updated_at FROM tags ORDER BY tag, updated_at';
  assert.deepEqual(await column(run, tags), [
    `heavy ${a} 2026-03-05 12:00:00 2026-03-05 12:00:00`,
    `light ${a} 2026-03-01 12:00:00 2026-03-01 12:00:00`,
    `nested ${a} 2026-03-06 12:00:00 2026-03-06 12:00:00`,
  ]);
  repo.tag('heavy', b, day(4));
  await read(run, '2026-04-02T00:00:00Z');
  await read(run, '2026-04-03T00:00:00Z');
  assert.deepEqual((await column(run, tags)).slice(0, 2), [
    `heavy ${a} 2026-03-05 12:00:00 2026-03-05 12:00:00`,
    `heavy ${b} 2026-03-04 12:00:00 2026-04-02 00:00:00`,
  ]);
});

const deployments = `SELECT deployment, environment, service, version, ref, incident, created_at FROM deployments ORDER BY created_at, deployment`;

test('tags of a pattern are deployments, with service and version from their names', async t => {
  const repo = makeRepository(t);
  const a = repo.commit({ at: day(1) });
  const b = repo.commit({ at: day(2), message: 'fix\n\nIncident: INC-3' });
  repo.tag('web-shop-v1.0', a, day(3));
  repo.tag('web-shop-v1.1-rc1', a, day(3));
  repo.tag('cart-v2.0', b);
  repo.tag('nightly', b);
  repo.tag('cart-v0', a, '2020-01-01T00:00:00Z');
  const of = {
    deployments: [
      { from: 'tags', tags: ['*-v*'], except: ['*-rc*'], service: '{1}', version: '{2}', since: '2026-01-01' },
      { from: 'tags', tags: ['nightly'], environment: 'staging' },
    ],
  };
  const run = await reading(t, repo, of);
  await read(run);
  assert.deepEqual(await column(run, deployments), [
    'acme/shop@cart-v2.0 production cart 2.0 cart-v2.0 INC-3 2026-03-02 12:00:00',
    'acme/shop@nightly:staging staging  nightly nightly INC-3 2026-03-02 12:00:00',
    'acme/shop@web-shop-v1.0 production web-shop 1.0 web-shop-v1.0  2026-03-03 12:00:00',
  ]);
  assert.deepEqual(await column(run, 'SELECT DISTINCT status, count(*) FROM deployment_statuses GROUP BY ALL'), [
    'success 3',
  ]);
  // A tag that moves is deployed once more.
  repo.tag('nightly', a, day(9));
  await read(run, '2026-04-02T00:00:00Z');
  assert.deepEqual(
    (await column(run, deployments)).at(-1),
    `acme/shop@nightly@${a.slice(0, 12)}:staging staging  nightly nightly  2026-03-09 12:00:00`,
  );
  // Another rule finds the tags that were read long ago.
  const wider = await doraRun(
    t,
    { git: [{ path: repo.folder, repository: 'acme/shop', deployments: [{ from: 'tags', tags: ['*-rc?'] }] }] },
    { ledger: run.ledger },
  );
  await read(wider);
  assert.equal((await column(run, deployments)).filter(line => line.includes('rc1')).length, 1);
});

test('what is merged into a branch is a deployment: merges and squashes, or every commit', async t => {
  const repo = makeRepository(t);
  const base = repo.commit({ at: day(1) });
  const work = repo.commit({ at: day(2), branch: 'work', parents: [base] });
  const merge = repo.commit({
    at: day(3),
    message: 'Merge pull request #4 from acme/hotfix/login',
    parents: [base, work],
  });
  const squash = repo.commit({ at: day(4), message: 'Squashed (#5)' });
  repo.commit({ at: day(5), message: 'pushed directly' });
  const run = await reading(t, repo, { deployments: [{ from: 'branch', service: '{name}' }] });
  await read(run);
  const expected = [
    `acme/shop@main@${merge.slice(0, 12)} production shop ${merge.slice(0, 12)} hotfix/login  2026-03-03 12:00:00`,
    `acme/shop@main@${squash.slice(0, 12)} production shop ${squash.slice(0, 12)} main  2026-03-04 12:00:00`,
  ];
  assert.deepEqual(await column(run, deployments), expected);
  const next = repo.commit({ at: day(6), message: 'Merged in x (pull request #6)' });
  assert.deepEqual(await read(run), { records: 2, changed: 3 });
  assert.equal(
    (await column(run, deployments)).at(-1),
    `acme/shop@main@${next.slice(0, 12)} production shop ${next.slice(0, 12)} x  2026-03-06 12:00:00`,
  );
  // Rewritten: what is new on it is deployed.
  const rewritten = repo.commit({ at: day(7), message: 'Instead (#7)', parents: [squash] });
  await read(run);
  assert.ok((await column(run, deployments)).at(-1)?.startsWith(`acme/shop@main@${rewritten.slice(0, 12)} `));
  assert.equal((await column(run, deployments)).length, 4);
  const all = await reading(t, repo, { deployments: [{ from: 'branch', branch: 'main', which: 'commits' }] });
  await read(all);
  assert.equal((await column(all, deployments)).length, 4);
});

test('a branch that is not there is told, after all else was read', async t => {
  const repo = makeRepository(t);
  const run = await reading(t, repo, { deployments: [{ from: 'branch', branch: 'release' }] });
  // Empty: it may come.
  await read(run);
  repo.commit({ at: day(1) });
  for (const changed of [1, 0]) {
    const [result] = await run.refresh(now);
    assert.match(result?.error ?? '', /found no branch release in acme\/shop.*GIT_NO_BRANCH/);
    assert.equal(result?.changed, changed);
  }
  assert.equal((await run.rows('FROM commits')).length, 1);
});

test('a working clone is read with what it has fetched, also on no branch', async t => {
  const repo = makeRepository(t);
  const first = repo.commit({ at: day(1) });
  const folder = `${temporaryFolder(t)}/checkout`;
  git('.', ['clone', '--quiet', repo.folder, folder]);
  repo.commit({ at: day(2), message: 'Upstream (#1)' });
  git(folder, ['fetch', '--quiet']);
  git(folder, ['checkout', '--quiet', '--detach', first]);
  git(folder, [
    '-c',
    'user.name=Ada',
    '-c',
    'user.email=a@b',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    'on no branch',
  ]);
  git(folder, ['config', 'log.showSignature', 'true']);
  git(folder, ['remote', 'set-url', 'origin', 'https://user:hunter2-secret@example.invalid/Acme/Shop.git']);
  const run = await doraRun(t, { git: [{ path: folder, deployments: [{ from: 'branch' }] }] });
  await read(run);
  assert.deepEqual(await column(run, 'SELECT DISTINCT repository FROM commits'), ['acme/shop']);
  assert.equal((await run.rows('FROM commits')).length, 3);
  // The branch as it was pushed, and not as it stands here.
  assert.equal((await column(run, 'SELECT ref FROM deployments')).length, 1);
  assert.doesNotMatch(run.logged(), /hunter2/);
});

test('commits that cannot be read whole are counted, kept, and stand in the graph', async t => {
  const repo = makeRepository(t);
  const first = repo.commit({ at: day(1) });
  const tree = repo.git('rev-parse', `${first}^{tree}`);
  const text = (date: string) =>
    Buffer.concat([
      Buffer.from(
        `tree ${tree}\nparent ${first}\nauthor A <a@b> ${date} +0000\ncommitter A <a@b> 1772366400 +0000\n\nlatin `,
      ),
      Buffer.from([0xe9, 0x0a]),
    ]);
  const write = (content: Buffer) =>
    git(repo.folder, ['hash-object', '-t', 'commit', '--literally', '-w', '--stdin'], content).trim();
  const far = write(text('99999999999999'));
  const none = write(text('nonsense'));
  repo.git('update-ref', 'refs/heads/far', far);
  repo.git('update-ref', 'refs/heads/none', none);
  const run = await reading(t, repo);
  const [result] = await run.refresh(now);
  assert.equal(result?.error, undefined);
  assert.equal((await run.rows('FROM commits')).length, 3);
  assert.ok((result?.rejected.commit_without_date ?? 0) >= 1, JSON.stringify(result?.rejected));
  assert.deepEqual(await column(run, `SELECT subject FROM commits WHERE sha = '${far}'`), ['latin \ufffd']);
  const kept = await column(run, 'SELECT source, file, reason, field, value FROM rejects ORDER BY value');
  assert.ok(kept.includes(`git acme/shop commit_without_date commit ${far}`), kept.join('\n'));
});

test('a long history comes in several transactions; one that is cut off goes on where nothing is lost or doubled', async t => {
  const repo = makeRepository(t);
  const lines = Array.from({ length: 900 }, (_, index) => {
    const at = 1_700_000_000 + index * 60;
    return [
      `commit refs/heads/main\nmark :${index + 1}\ncommitter Ada <a@b> ${at} +0000\ndata 30`,
      `${String(index).padEnd(29, '.')}\n`,
      `M 100644 inline ${index % 3 === 0 ? 'a' : 'b'}/${index}\ndata 1\nx\n`,
    ].join('\n');
  });
  git(repo.folder, ['fast-import', '--quiet'], lines.join(''));
  repo.tag('v1', 'main~500');
  const services = ['a', 'b'].map(service => ({ service, repository: 'acme/shop', paths: [`${service}/*`] }));
  const dora = {
    git: [{ path: repo.folder, repository: 'acme/shop', deployments: [{ from: 'tags', tags: ['v*'] }] }],
    services,
  };
  const run = await doraRun(t, dora);
  const portions = { sliceBytes: 4 << 10, batchBytes: 16 << 10 };
  const source = gitSource(run.config.git[0]!, run.config.services, portions);
  const options = { ...run.context(now), exporter: run.exporter };
  // Cut off after each of the first batches, again and again.
  for (let cut = 1; cut <= 4; cut += 1) {
    let batches = 0;
    const cutting = {
      ...source,
      batches: async function* (...asked: Parameters<typeof source.batches>) {
        for await (const batch of source.batches(...asked)) {
          yield batch;
          batches += 1;
          if (batches === cut) throw new Error('cut off');
        }
      },
    };
    assert.match((await refreshSource(cutting, options)).error ?? '', /cut off/);
    assert.deepEqual(await column(run, 'SELECT repository FROM backfills'), ['acme/shop']);
    assert.deepEqual(await column(run, 'FROM git_refs'), []);
  }
  const half = (await run.rows('FROM commits')).length;
  assert.ok(half > 100 && half < 900, `${half}`);
  assert.equal((await refreshSource(source, options)).error, undefined);
  assert.deepEqual(await run.rows('FROM backfills'), []);
  const anew = await doraRun(t, dora);
  await read(anew);
  for (const query of [
    'SELECT * EXCLUDE (node, learned_at) FROM commits ORDER BY sha',
    'SELECT * EXCLUDE (learned_at) FROM commit_services ORDER BY sha, service',
    'SELECT * EXCLUDE (learned_at) FROM tags ORDER BY tag',
    'SELECT * EXCLUDE (learned_at) FROM deployments ORDER BY deployment',
    'FROM git_refs ORDER BY ref',
  ])
    assert.deepEqual(await run.rows(query), await anew.rows(query), query);
  assert.deepEqual(await column(run, 'SELECT service, count(*) FROM commit_services GROUP BY ALL ORDER BY ALL'), [
    'a 300',
    'b 600',
  ]);
  assert.equal((await refreshSource(source, options)).changed, 0);
});
