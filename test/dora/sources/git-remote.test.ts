/** Git repositories behind a URL: cloned without files, fetched by what is new, over a real server with its faults. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { doraSchema } from '../../../exporters/dora/config.ts';
import { git, type MadeRepository, makeRepository, temporaryFolder } from '../repositories.ts';
import { type DoraRun, doraRun } from '../run.ts';
import { type GitServer, gitServer } from './git-server.ts';

const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}T12:00:00Z`;
const now = '2026-04-01T00:00:00Z';
const password = 'hunter2-secret/+ü';

interface Host {
  readonly repo: MadeRepository;
  readonly server: GitServer;
  readonly url: string;
  readonly folder: string;
}

async function host(t: TestContext): Promise<Host> {
  const repo = makeRepository(t);
  repo.git('config', 'uploadpack.allowFilter', 'true');
  const server = await gitServer(t, { root: path.dirname(repo.folder), user: 'me', password });
  return { repo, server, url: `${server.url}/shop.git`, folder: temporaryFolder(t) };
}

const reading = (t: TestContext, { url, folder }: Host, of: object = {}, dora: object = {}): Promise<DoraRun> =>
  doraRun(
    t,
    { git: [{ url, repository: 'acme/shop', username: 'me', token: password, timeout: 20, ...of }], ...dora },
    { path: path.join(folder, 'dora.duckdb') },
  );

const clones = ({ folder }: Host) => {
  const parent = path.join(folder, 'git', 'git');
  return existsSync(parent) ? readdirSync(parent).map(name => path.join(parent, name)) : [];
};

const typesIn = (clone: string) =>
  new Set(git(clone, ['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)']).trim().split('\n'));

test('a clone has the commits and no files, is fetched by what is new, and the token stays with us', async t => {
  const at = await host(t);
  const { repo, server } = at;
  const first = repo.commit({ at: day(1), files: ['a', 'b/c'] });
  repo.commit({ at: day(2), files: ['b/d'] });
  repo.tag('v1', first, day(3));
  const run = await reading(t, at, { deployments: [{ from: 'tags', tags: ['v*'] }] });
  const [result] = await run.refresh(now);
  assert.equal(result?.error, undefined);
  assert.equal((await run.rows('FROM commits')).length, 2);
  assert.equal((await run.rows('FROM deployments')).length, 1);
  const [clone = ''] = clones(at);
  assert.deepEqual([...typesIn(clone)].sort(), ['commit', 'tag']);
  // Asked without first, then with, and never kept.
  assert.ok(server.asked.some(line => line.endsWith(` me:${password}`)));
  assert.throws(() => execFileSync('grep', ['-rq', 'hunter2', clone]));
  assert.doesNotMatch(run.logged(), /hunter2/);

  assert.equal((await run.refresh(now))[0]?.changed, 0);
  const third = repo.commit({ at: day(4) });
  assert.equal((await run.refresh(now))[0]?.changed, 1);
  // A rewritten branch, a deleted one and a deleted tag.
  repo.commit({ at: day(5), parents: [first] });
  repo.git('tag', '--delete', 'v1');
  repo.git('reflog', 'expire', '--expire=now', '--all');
  repo.git('gc', '--quiet', '--prune=now');
  assert.equal((await run.refresh(now))[0]?.changed, 1);
  assert.equal((await run.rows('FROM commits')).length, 4);
  // A clone that is lost, when the ledger knows commits that the host has no more.
  rmSync(clone, { recursive: true });
  repo.commit({ at: day(6) });
  const again = (await run.refresh(now))[0];
  assert.deepEqual([again?.error, again?.changed], [undefined, 1]);
  assert.equal((await run.rows(`FROM commits WHERE sha = '${third}'`)).length, 1);
});

test('where services are told apart by paths the clone has the trees, and no files', async t => {
  const at = await host(t);
  const a = at.repo.commit({ at: day(1), files: ['a/1', 'b/1'] });
  const b = at.repo.commit({ at: day(2), files: ['b/2'] });
  const c = at.repo.commit({ at: day(3), files: ['c'] });
  const plain = await reading(t, at);
  assert.equal((await plain.refresh(now))[0]?.error, undefined);
  const [before = ''] = clones(at);
  await plain.ledger.close();
  const services = ['a', 'b'].map(service => ({ service, repository: 'acme/shop', paths: [`${service}/*`] }));
  const run = await reading(t, at, {}, { services });
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  const [clone = '', ...others] = clones(at);
  assert.notEqual(clone, before);
  assert.deepEqual(others, []);
  assert.deepEqual([...typesIn(clone)].sort(), ['commit', 'tree']);
  const rows = await run.rows('SELECT sha, service FROM commit_services ORDER BY sha, service');
  const expected = [
    { sha: a, service: 'a' },
    { sha: a, service: 'b' },
    { sha: b, service: 'b' },
    { sha: c, service: '' },
  ];
  assert.deepEqual(
    rows,
    expected.sort((x, y) => (x.sha + x.service < y.sha + y.service ? -1 : 1)),
  );
});

test('what a host does wrong is told by what it is, and mended by the next refresh', async t => {
  const at = await host(t);
  const { server, repo } = at;
  repo.commit({ at: day(1) });
  const run = await reading(t, at);
  const refreshed = async (fault: GitServer['fault']) => {
    server.fault = fault;
    const [result] = await run.refresh(now);
    return result?.error ?? '';
  };
  const answers =
    (status: number, body: string, type = 'text/plain'): GitServer['fault'] =>
    (_, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
      return true;
    };
  assert.match(await refreshed(answers(403, 'no')), /GIT_REFUSED/);
  assert.match(await refreshed(answers(404, 'no')), /GIT_NOT_FOUND/);
  assert.match(await refreshed(answers(500, 'no')), /GIT_UNREACHABLE/);
  assert.match(await refreshed(answers(503, 'no')), /GIT_UNREACHABLE/);
  assert.match(await refreshed(answers(429, 'slow down')), /GIT_UNREACHABLE/);
  assert.match(await refreshed(answers(200, '<html>Log in</html>', 'text/html')), /GIT_(EMPTY|NOT_FOUND|FAILED)/);
  // A pack that is cut.
  const cut = await refreshed((request, response) => {
    if (request.method !== 'POST') return false;
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
    response.write('0008NAK\n');
    response.socket?.destroy();
    return true;
  });
  assert.match(cut, /\(GIT_[A-Z]+\)/);
  assert.equal((await run.rows('FROM commits')).length, 0);
  assert.equal(await refreshed(undefined), '');
  assert.equal((await run.rows('FROM commits')).length, 1);
  // Nor does what is known vanish by such an answer.
  assert.notEqual(await refreshed(answers(200, '<html>Log in</html>', 'text/html')), '');
  assert.equal((await run.rows('FROM git_refs')).length, 1);
  assert.equal(await refreshed(undefined), '');
  assert.doesNotMatch(run.logged(), /hunter2/);
});

test('a host that does not answer is given up after its time', async t => {
  const at = await host(t);
  at.repo.commit({ at: day(1) });
  const run = await reading(t, at, { timeout: 1 });
  at.server.fault = () => true;
  assert.match((await run.refresh(now))[0]?.error ?? '', /within 1 s.*GIT_TIMEOUT/);
});

test('a wrong token is refused without a question, and told without itself', async t => {
  const at = await host(t);
  at.repo.commit({ at: day(1) });
  for (const token of ['wrong-wrong-wrong', undefined]) {
    const run = await doraRun(t, {
      git: [{ url: at.url, repository: 'acme/shop', username: 'me', timeout: 20, ...(token ? { token } : {}) }],
    });
    const [result] = await run.refresh(now);
    assert.match(result?.error ?? '', /access was refused.*GIT_REFUSED/);
    assert.doesNotMatch(result?.error + run.logged(), /wrong-wrong/);
  }
});

test('credentials come from a file in the form of the credential store, which is read and not changed', async t => {
  const at = await host(t);
  at.repo.commit({ at: day(1) });
  const file = path.join(at.folder, "it's credentials");
  const line = `http://me:${encodeURIComponent(password)}@${new URL(at.url).host}\n`;
  writeFileSync(file, line, { mode: 0o600 });
  const run = await reading(t, at, { token: undefined, credentials_file: file });
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  writeFileSync(file, line.replace('me:', 'me:no'), { mode: 0o600 });
  assert.match((await run.refresh(now))[0]?.error ?? '', /GIT_REFUSED/);
  assert.equal(readFileSync(file, 'utf8'), line.replace('me:', 'me:no'));
});

test('over ssh with the key and the known hosts of the configuration, and no question', async t => {
  const folder = temporaryFolder(t);
  const repo = makeRepository(t);
  repo.commit({ at: day(1) });
  // An ssh that runs here what it is asked to run there.
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const ssh = path.join(bin, 'ssh');
  writeFileSync(ssh, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${folder}/asked'\nfor last; do :; done\nexec sh -c "$last"\n`);
  chmodSync(ssh, 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${bin}:${before}`;
  t.after(() => {
    process.env.PATH = before;
  });
  const key = path.join(folder, "a key's file");
  const run = await doraRun(
    t,
    {
      git: [
        { url: `git@host.example:${repo.folder}`, repository: 'acme/shop', ssh_key_file: key, known_hosts_file: key },
      ],
    },
    { path: path.join(folder, 'dora.duckdb') },
  );
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  assert.equal((await run.rows('FROM commits')).length, 1);
  const asked = readFileSync(path.join(folder, 'asked'), 'utf8').split('\n');
  for (const word of ['BatchMode=yes', 'IdentitiesOnly=yes', key, `UserKnownHostsFile="${key}"`, 'git@host.example'])
    assert.ok(asked.includes(word), `${word} in ${asked.join(' ')}`);
});

test('a redirect to another host gets no token', async t => {
  const at = await host(t);
  at.repo.commit({ at: day(1) });
  const other = await gitServer(t, { root: path.dirname(at.repo.folder), user: 'me', password });
  at.server.fault = (request, response) => {
    response.writeHead(302, { location: `${other.url}${request.url}` }).end();
    return true;
  };
  const run = await reading(t, at);
  const [result] = await run.refresh(now);
  assert.match(result?.error ?? '', /GIT_REFUSED/);
  assert.ok(other.asked.length > 0);
  assert.deepEqual(
    other.asked.filter(line => line.includes('hunter2')),
    [],
  );
});

test('a clone that is damaged, or was left by a process that was killed, is made anew', async t => {
  const at = await host(t);
  at.repo.commit({ at: day(1) });
  const run = await reading(t, at);
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  const damages: readonly ((clone: string) => void)[] = [
    clone => rmSync(path.join(clone, 'HEAD')),
    clone => writeFileSync(path.join(clone, 'config.lock'), ''),
    clone => {
      for (const name of readdirSync(path.join(clone, 'objects/pack')).filter(one => one.endsWith('.pack'))) {
        rmSync(path.join(clone, 'objects/pack', name.replace('.pack', '.rev')), { force: true });
        execFileSync('chmod', ['u+w', path.join(clone, 'objects/pack', name)]);
        truncateSync(path.join(clone, 'objects/pack', name), 20);
      }
    },
    clone => appendFileSync(path.join(clone, 'config'), '[broken'),
    clone => writeFileSync(path.join(clone, 'packed-refs'), 'nonsense\n'),
  ];
  for (const [index, damage] of damages.entries()) {
    const [clone = ''] = clones(at);
    damage(clone);
    at.repo.commit({ at: day(2 + index) });
    const [result] = await run.refresh(now);
    assert.deepEqual([result?.error, result?.changed], [undefined, 1], `damage ${index}`);
  }
});

test('one repository that cannot be read holds no other back, and is told', async t => {
  const at = await host(t);
  at.repo.commit({ at: day(1) });
  const run = await doraRun(
    t,
    {
      git: [
        { url: [`${at.server.url}/none.git`, at.url], path: [temporaryFolder(t)], username: 'me', token: password },
      ],
    },
    { path: path.join(at.folder, 'dora.duckdb') },
  );
  const [result] = await run.refresh(now);
  assert.match(result?.error ?? '', /could not read 2 of 3 repositories, the first because: .*GIT_SOME_FAILED/);
  assert.match(run.logged(), /GIT_NOT_FOUND/);
  assert.deepEqual(await run.rows('SELECT DISTINCT repository FROM commits'), [{ repository: 'shop' }]);
  const [source] = run.exporter.sources;
  assert.ok(source?.kind === 'pull');
  assert.deepEqual(await source.plan?.({ ledger: run.ledger, now: () => new Date(now) }), {
    requests: 2,
    text: 'git fetch of 2 repositories, every 300 seconds; the first one clones; 1 repository on this machine',
  });
});

test('hosts that nobody knows, ports where nobody listens, folders that are none, shallow clones', async t => {
  const folder = temporaryFolder(t);
  const repo = makeRepository(t);
  repo.commit({ at: day(1) });
  repo.commit({ at: day(2) });
  git('.', ['clone', '--quiet', '--bare', '--depth', '1', `file://${repo.folder}`, path.join(folder, 'shallow')]);
  git('.', ['init', '--quiet', path.join(folder, 'outer')]);
  execFileSync('mkdir', [path.join(folder, 'outer/inner'), path.join(folder, 'broken')]);
  git('.', ['clone', '--quiet', '--bare', repo.folder, path.join(folder, 'broken')]);
  execFileSync('sh', ['-c', `rm -rf '${folder}'/broken/objects/*`]);
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ url: 'https://nowhere.invalid/acme/shop' }, /nowhere\.invalid.*GIT_UNREACHABLE/],
    [{ url: 'http://127.0.0.1:1/acme/shop' }, /GIT_UNREACHABLE/],
    [{ url: 'ssh://git@127.0.0.1:1/acme/shop' }, /GIT_(UNREACHABLE|FAILED)/],
    [{ url: `file://${folder}/none` }, /GIT_NOT_FOUND/],
    [{ path: path.join(folder, 'none') }, /nothing is there.*GIT_NOT_FOUND/],
    [{ path: folder }, /GIT_NOT_FOUND/],
    // Inside of one, and none itself.
    [{ path: path.join(folder, 'outer/inner') }, /GIT_NOT_FOUND/],
    [{ path: path.join(folder, 'shallow') }, /shallow clone.*GIT_SHALLOW.*unshallow/],
    [{ path: path.join(folder, 'broken') }, /GIT_BROKEN/],
    [{ path: [repo.folder, `${repo.folder}/.`] }, /under one name|could not read 1 of 2/],
  ];
  for (const [of, expected] of cases) {
    const run = await doraRun(t, { git: [{ timeout: 20, ...of }] });
    assert.match((await run.refresh(now))[0]?.error ?? 'read without an error', expected, JSON.stringify(of));
  }
});

test('no address is an option or a command', () => {
  const fine = [
    ...['https://github.com/acme/shop', 'https://me@host:8443/acme/shop.git', 'git@github.com:acme/shop.git'],
    ...[
      'ssh://git@host:22/acme/shop',
      'git://host/acme',
      'file:///srv/git/shop.git',
      'http://127.0.0.1:80/x',
      'host:/abs/x.git',
    ],
  ];
  const refused = [
    ...['--upload-pack=touch /tmp/x', '-oProxyCommand=x', 'ext::sh -c touch% /tmp/x', 'fd::17', 'ftp://host/x'],
    ...[
      'https://me:secret-word@host/x',
      'http://host/x',
      'ssh://-oProxyCommand=x/y',
      'https://host/x y',
      'https://host/x?y=1',
    ],
    ...[
      'ssh://-l@host/x',
      'host:-x',
      '-host:x',
      'file://host/x',
      'https:///x',
      'https://host\\@other/x',
      'git@host:a\nb',
      'shop',
    ],
    'ssh://host/-x',
  ];
  const parse = (url: string) => doraSchema.safeParse({ git: [{ url }] });
  for (const url of fine) assert.ok(parse(url).success, url);
  for (const url of refused) assert.equal(parse(url).success, false, url);
  const message = parse('https://me:secret-word@host/x')
    .error?.issues.map(issue => JSON.stringify(issue.message))
    .join();
  assert.doesNotMatch(message ?? '', /secret-word/);
  for (const branch of ['-x', '--all', 'a b', 'a..b^{x}'].slice(0, 3))
    assert.equal(
      doraSchema.safeParse({ git: [{ path: 'x', deployments: [{ from: 'branch', branch }] }] }).success,
      false,
      branch,
    );
});

test('a refresh that is ended in the middle ends git, and the next one goes on', async t => {
  const at = await host(t);
  at.repo.commit({ at: day(1) });
  const controller = new AbortController();
  const ledger = { path: path.join(at.folder, 'dora.duckdb') };
  const git = [{ url: at.url, repository: 'acme/shop', username: 'me', token: password }];
  const run = await doraRun(t, { git }, { ...ledger, signal: controller.signal });
  at.server.fault = request => {
    if (request.method === 'POST') setTimeout(() => controller.abort(new Error('stopped')), 50);
    return request.method === 'POST';
  };
  const began = performance.now();
  assert.match((await run.refresh(now))[0]?.error ?? '', /stopped/);
  assert.ok(performance.now() - began < 15_000);
  await run.ledger.close();
  at.server.fault = undefined;
  const next = await doraRun(t, { git }, ledger);
  assert.equal((await next.refresh(now))[0]?.error, undefined);
  assert.equal((await next.rows('FROM commits')).length, 1);
});
