import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { composeUp, dockerAvailable, startNativeStack } from '../../compose/stack.ts';
import { eventually } from '../e2e/lib/eventually.ts';
import { freePort } from '../tools/ports.ts';
import { requireTool } from '../tools/tools.ts';

async function scratch(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'plumbline-stack-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** Sets variables of our environment for one test. */
function withEnvironment(t: TestContext, variables: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  t.after(() => {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}

async function fakeDocker(t: TestContext, script: string): Promise<string> {
  const folder = await scratch(t);
  await writeFile(join(folder, 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  withEnvironment(t, { PATH: `${folder}:/usr/bin:/bin` });
  return folder;
}

async function alertsOfOurOwn(t: TestContext): Promise<string> {
  const folder = await scratch(t);
  await writeFile(join(folder, 'a.rules.yml'), 'groups: [{name: a, rules: [{alert: A, expr: vector(1)}]}]\n');
  const receivers = 'receivers: [{name: a, webhook_configs: [{url_file: secrets/webhook-url}]}]';
  await writeFile(join(folder, 'alertmanager.yml'), `route: {receiver: a}\n${receivers}\n`);
  return folder;
}

const targets = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ scrapeUrl: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
});

describe('the native stack', () => {
  it('starts the real servers with the configuration of compose, off ports that are taken, and ends them', async t => {
    if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'alertmanager'))) return;
    const taken = await freePort();
    const { createServer } = await import('node:http');
    const page = createServer((_, response) => void response.end());
    await new Promise<void>(done => page.listen(taken, '127.0.0.1', done));
    t.after(() => page.close());
    const runtimeDir = await scratch(t);
    const lines: string[] = [];
    const stack = await startNativeStack({
      runtimeDir,
      plumblineAddress: `127.0.0.1:${taken}`,
      ports: { prometheus: taken, alertmanager: await freePort(), grafana: await freePort() },
      webhookUrl: 'http://127.0.0.1:9/',
      alerts: await alertsOfOurOwn(t),
      log: line => lines.push(line),
    });
    t.after(() => stack.stop());
    const { prometheus, alertmanager } = stack;
    assert.ok(prometheus && alertmanager, lines.join('\n'));
    assert.notEqual(prometheus.port, taken);
    assert.equal(stack.remoteWriteUrl, `${prometheus.url}/api/v1/write`);

    const ask = async (path: string) => (await fetch(prometheus.url + path)).json();
    // Whom to scrape and whom to alert are discovered apart.
    await eventually(async () => {
      assert.deepEqual(targets.parse(await ask('/api/v1/targets')).data.activeTargets, [
        { scrapeUrl: `http://127.0.0.1:${taken}/metrics`, labels: { instance: '127.0.0.1:9464', job: 'plumbline' } },
      ]);
    });
    await eventually(async () => {
      const alertmanagers = JSON.stringify(await ask('/api/v1/alertmanagers'));
      assert.ok(alertmanagers.includes(`${alertmanager.url}/api/v2/alerts`), alertmanagers);
    });
    assert.match(JSON.stringify(await ask('/api/v1/rules')), /"name":"A"/);
    assert.equal(
      await readFile(join(runtimeDir, 'alertmanager', 'secrets', 'webhook-url'), 'utf8'),
      'http://127.0.0.1:9/',
    );
    await stack.stop();
    for (const { url } of [prometheus, alertmanager]) await assert.rejects(fetch(url));
  });

  it('names what is missing with the one command that gets it, and goes on', async t => {
    withEnvironment(t, { PATH: '/none', PLUMBLINE_TOOLS: '/none' });
    const lines: string[] = [];
    const options = { runtimeDir: await scratch(t), plumblineAddress: '127.0.0.1:1' };
    const stack = await startNativeStack({ ...options, log: line => lines.push(line) });
    assert.deepEqual([stack.prometheus, stack.alertmanager, stack.grafana], [undefined, undefined, undefined]);
    await stack.stop();
    const about = (name: string) => lines.filter(line => line.startsWith(name));
    assert.match(about('prometheus').join(), /get it with: npm run tools$/);
    assert.match(about('alertmanager').join(), /get it with: npm run tools$/);
    assert.match(about('grafana').join(), /get it with: \S+/);
  });

  it('says why a server does not start, with its own words', async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const alerts = await scratch(t);
    await writeFile(join(alerts, 'a.rules.yml'), 'groups: [{name: a, rules: [{alert: A, expr: sum(}]}]\n');
    const lines: string[] = [];
    const options = { runtimeDir: await scratch(t), plumblineAddress: '127.0.0.1:1', alerts };
    const stack = await startNativeStack({ ...options, log: line => lines.push(line) });
    t.after(() => stack.stop());
    assert.equal(stack.prometheus, undefined);
    assert.match(lines.join('\n'), /starting prometheus .*exited with code/);
    assert.match(lines.join('\n'), /a\.rules\.yml/);
  });
});

describe('the stack by compose', () => {
  it('is wanted where an engine answers and compose is there', async t => {
    await fakeDocker(t, 'exit 0');
    assert.equal(await dockerAvailable(), true);
  });

  it('is not wanted without an engine, without compose, or when the engine does not answer in 2 s', async t => {
    await fakeDocker(t, 'exit 1');
    assert.equal(await dockerAvailable(), false);
    await fakeDocker(t, '[ "$1" = version ]');
    assert.equal(await dockerAvailable(), false);
    await fakeDocker(t, 'exec sleep 30');
    const started = Date.now();
    assert.equal(await dockerAvailable(), false);
    assert.ok(Date.now() - started < 25_000);
  });

  it("brings up the user's systems, keeps the ports of what runs, and passes on what compose says", async t => {
    const script = [
      'case "$4" in',
      'port) [ "$5" = grafana ] && [ ! -e "$0.new" ] && echo 127.0.0.1:34567 || exit 1 ;;',
      'restart|kill) shift 3; echo "$*" >> "$0.again" ;;',
      'up) echo "$* $PLUMBLINE_CONFIG $PLUMBLINE_CONFIG_DIR $GRAFANA_PORT $PLUMBLINE_PORT $GRAFANA_DASHBOARDS" > "$0.log"; [ ! -e "$0.fail" ] || { echo "no space left" >&2; exit 1; } ;;',
      'esac',
    ];
    const folder = await fakeDocker(t, script.join('\n'));
    withEnvironment(t, { GRAFANA_ADMIN_PASSWORD_FILE: '/dev/null', ALERTMANAGER_SECRETS: '/dev/null' });
    const dashboards = async ({ plumbline }: { readonly plumbline: string }) => `/pages/of/${new URL(plumbline).port}`;
    const { urls, downCommand } = await composeUp({ config: '/etc/mine.yaml', dashboards, log: () => {} });
    const port = new URL(urls.plumbline).port;
    const said = await readFile(join(folder, 'docker.log'), 'utf8');
    assert.match(
      said,
      new RegExp(`up --build --detach --wait /etc/mine\\.yaml /etc 34567 ${port} /pages/of/${port}\n$`),
    );
    assert.equal(urls.grafana, 'http://127.0.0.1:34567');
    assert.match(downCommand, /^docker compose -f \S+compose\.yaml down$/);
    const again = () => readFile(join(folder, 'docker.again'), 'utf8');
    assert.equal(await again(), 'restart plumbline\nkill --signal HUP prometheus alertmanager\n');
    await rm(join(folder, 'docker.again'));
    await mkdir(join(folder, 'docker.new'));
    await composeUp({ log: () => {} });
    await assert.rejects(again(), 'what has just begun has read its files');
    await mkdir(join(folder, 'docker.fail'));
    await assert.rejects(composeUp({ log: () => {} }), /no space left/);
  });
});
