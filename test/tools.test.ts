import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { kits } from '../compose/tools.ts';
import { promQuery, promQueryRange } from './tools/promql.ts';
import { startAlertmanager, startPrometheus } from './tools/servers.ts';
import { buildTool, findTool, requireTool } from './tools/tools.ts';
import { startWebhookReceiver } from './tools/webhook.ts';

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-tools-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that answers as the real one does to --version. */
async function fake(folder: string, name: string, said: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${said}'\n`);
  await chmod(path, 0o755);
  return path;
}

const pinned = kits.prometheus.version;

describe('finding a tool', () => {
  it('takes the one on PATH that says it is of the pinned version', async t => {
    const folder = await scratch(t);
    const path = await fake(folder, 'prometheus', `prometheus, version ${pinned} (branch: HEAD, revision: 1)`);
    assert.deepEqual(await findTool('prometheus', { PATH: folder, PLUMBLINE_TOOLS: '/none' }), {
      path,
      version: pinned,
    });
  });

  it("passes over a distribution's older one and names it in the reason, with the command that gets the right one", async t => {
    const folder = await scratch(t);
    const path = await fake(folder, 'prometheus', 'prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2)');
    const found = await findTool('prometheus', { PATH: folder, PLUMBLINE_TOOLS: '/none' });
    assert.ok('missing' in found);
    assert.match(found.missing, new RegExp(`prometheus ${pinned} is not on PATH`));
    assert.ok(found.missing.includes(`${path} is 2.42.0+ds`));
    assert.match(found.missing, /npm run tools$/);
  });

  it('goes on to a later folder of PATH, and then to the cache', async t => {
    const folder = await scratch(t);
    const [older, newer, cache] = [join(folder, 'older'), join(folder, 'newer'), join(folder, 'cache')];
    await fake(older, 'amtool', 'amtool, version 0.25.0 (branch: , revision: unknown)');
    const good = `amtool, version ${kits.alertmanager.version} (branch: , revision: unknown)`;
    const cached = await fake(join(cache, `alertmanager-${kits.alertmanager.version}`), 'amtool', good);
    const fromCache = await findTool('amtool', { PATH: older, PLUMBLINE_TOOLS: cache });
    assert.deepEqual(fromCache, { path: cached, version: kits.alertmanager.version });
    const onPath = await fake(newer, 'amtool', good);
    const fromPath = await findTool('amtool', { PATH: `${older}:${newer}`, PLUMBLINE_TOOLS: cache });
    assert.deepEqual(fromPath, { path: onPath, version: kits.alertmanager.version });
  });

  it("keeps the cache in the user's cache folder unless PLUMBLINE_TOOLS names another", async t => {
    const home = await scratch(t);
    const folder = join(home, '.cache', 'plumbline', 'tools', `prometheus-${pinned}`);
    const path = await fake(folder, 'promtool', `promtool, version ${pinned} (branch: , revision: unknown)`);
    assert.deepEqual(await findTool('promtool', { PATH: '', HOME: home }), { path, version: pinned });
    assert.ok('missing' in (await findTool('promtool', { PATH: '', HOME: home, XDG_CACHE_HOME: '/none' })));
  });

  it('refuses a program in the cache that is damaged', async t => {
    const folder = await scratch(t);
    await mkdir(join(folder, `prometheus-${pinned}`));
    await writeFile(join(folder, `prometheus-${pinned}`, 'prometheus'), 'half a program', { mode: 0o755 });
    assert.ok('missing' in (await findTool('prometheus', { PATH: '', PLUMBLINE_TOOLS: folder })));
  });

  it("reads VictoriaMetrics' version from the name of its build, which it says on stderr", async t => {
    const folder = await scratch(t);
    const { version } = kits['victoria-metrics'];
    const build = `victoria-metrics-20261001-120000-tags-v${version}-0-g0a1b2c3d4e`;
    const path = join(folder, 'victoria-metrics');
    await writeFile(path, `#!/bin/sh\necho ${build} >&2\n`, { mode: 0o755 });
    const env = { PATH: folder, PLUMBLINE_TOOLS: '/none' };
    assert.deepEqual(await findTool('victoria-metrics', env), { path, version });
    await writeFile(path, `#!/bin/sh\necho ${build.replace(version, '1.99.0')} >&2\n`, { mode: 0o755 });
    assert.ok('missing' in (await findTool('victoria-metrics', env)));
  });

  it('takes a browser of any version, under any of its names', async t => {
    const folder = await scratch(t);
    const path = await fake(folder, 'chromium-browser', 'Chromium 99.0.1.2 built on Debian');
    assert.deepEqual(await findTool('chromium', { PATH: folder }), { path, version: '99.0.1.2' });
    const missing = await findTool('chromium', { PATH: '/none' });
    assert.ok('missing' in missing && missing.missing.includes('apt-get install chromium'));
  });
});

describe('building a tool', () => {
  it('pins in go.mod the versions it looks for', async () => {
    const read = (kit: string) => readFile(join(import.meta.dirname, 'tools', kit, 'go.mod'), 'utf8');
    const [, minor, patch] = pinned.split('.');
    // Prometheus 3.16.0 is tagged v0.316.0 as a Go module.
    assert.match(
      await read('prometheus'),
      new RegExp(`prometheus/prometheus v0\\.3${minor!.padStart(2, '0')}\\.${patch}`),
    );
    assert.ok((await read('alertmanager')).includes(`prometheus/alertmanager v${kits.alertmanager.version}`));
    assert.ok((await read('compose')).includes(`compose-spec/compose-go/v2 v${kits.compose.version}`));
    const operator = kits['prometheus-operator'].version;
    assert.ok((await read('prometheus-operator')).includes(`prometheus-operator/prometheus-operator v${operator}`));
    assert.ok((await read('registry')).includes(`distribution/distribution/v3 v${kits.registry.version}`));
    assert.ok((await read('otel-collector')).includes(`collector/otelcol v${kits['otel-collector'].version}`));
    const victoria = kits['victoria-metrics'].version;
    assert.ok((await read('victoria-metrics')).includes(`VictoriaMetrics/VictoriaMetrics v${victoria}`));
  });

  it('says what is needed when Go is not there, and leaves nothing half-made', async t => {
    const folder = await scratch(t);
    await assert.rejects(buildTool('compose-validate', { PATH: '/none', PLUMBLINE_TOOLS: folder }), /needs Go/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('makes one whole tool of two builds at once', async t => {
    const folder = await scratch(t);
    // A Go that takes the place of the compiler, so that this is about the placing alone.
    const go = [
      '#!/bin/sh',
      'while [ "$1" != -o ]; do shift; done',
      `printf '#!/bin/sh\\necho compose-validate, version ${kits.compose.version}\\n' > "$2/compose-validate"`,
      'chmod +x "$2/compose-validate"',
    ];
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'go'), `${go.join('\n')}\n`, { mode: 0o755 });
    const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, PLUMBLINE_TOOLS: join(folder, 'cache') };
    const built = await Promise.all([buildTool('compose-validate', env), buildTool('compose-validate', env)]);
    assert.deepEqual(built[0], built[1]);
    assert.deepEqual(await readdir(join(folder, 'cache')), [`compose-${kits.compose.version}`]);
  });
});

describe('servers for tests', () => {
  it('start a Prometheus that answers queries, reloads, and refuses a wrong configuration with its words', async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const configFile = join(await scratch(t), 'prometheus.yml');
    await writeFile(configFile, 'global: {scrape_interval: 1s}\n');
    const server = await startPrometheus({ t, configFile });
    assert.equal((await promQuery(server.url, 'vector(42)'))[0]?.value, 42);
    assert.equal((await promQuery(server.url, '1 / 0'))[0]?.value, Infinity);
    const range = await promQueryRange(server.url, 'vector(time())', { start: 60, end: 120, step: 60 });
    assert.deepEqual(range[0]?.values, [
      { at: 60, value: 60 },
      { at: 120, value: 120 },
    ]);
    await assert.rejects(promQuery(server.url, 'sum('), /parse error/);
    await server.reload();
    await writeFile(configFile, 'globule: {}\n');
    await assert.rejects(server.reload(), /globule/);
    await server.stop();
    await assert.rejects(fetch(server.url));
    await assert.rejects(startPrometheus({ t, configFile }), /globule/);
  });

  it('carry an alert through Alertmanager to the webhook receiver', async t => {
    if (!(await requireTool(t, 'alertmanager'))) return;
    const receiver = await startWebhookReceiver(t);
    const configFile = join(await scratch(t), 'alertmanager.yml');
    const route = 'route: {receiver: hook, group_wait: 0s, group_by: [team]}';
    await writeFile(
      configFile,
      `${route}\nreceivers: [{name: hook, webhook_configs: [{url: '${receiver.url}/pay'}]}]\n`,
    );
    const server = await startAlertmanager({ t, configFile });
    const alerts = JSON.stringify([{ labels: { alertname: 'A', team: 'pay' } }]);
    const headers = { 'content-type': 'application/json' };
    await fetch(`${server.url}/api/v2/alerts`, { method: 'POST', headers, body: alerts });
    const { path, message } = await receiver.waitFor(each => each.message.status === 'firing', 120_000);
    assert.deepEqual([path, message.groupLabels.team], ['/pay', 'pay']);
    await assert.rejects(
      receiver.waitFor(() => false, 10),
      /came: \/pay firing/,
    );
  });
});
