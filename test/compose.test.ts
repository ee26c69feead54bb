import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  generatedAlerts,
  layAlertmanager,
  layPrometheus,
  layReceiverSecrets,
  stackLabels,
  urlFiles,
} from '../compose/layout.ts';
import { grafanaRelease, kits } from '../compose/tools.ts';
import { scrapeSchema } from '../exporters/config/schema.ts';
import { requireTool } from './tools/tools.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const folder = join(root, 'compose');
const composeFile = join(folder, 'compose.yaml');

async function scratch(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'plumbline-compose-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

const hardened = {
  image: z.string(),
  user: z.string(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.array(z.string()),
  profiles: z.array(z.string()).optional(),
};
const healthcheck = z.object({
  test: z.array(z.string()),
  interval: z.string(),
  timeout: z.string(),
  retries: z.number(),
});
const service = z.object({
  ...hardened,
  healthcheck: healthcheck.optional(),
  ports: z.array(z.string()),
  volumes: z.array(z.union([z.string(), z.object({ type: z.string() }).loose()])),
  secrets: z.array(z.unknown()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
});
const inCompose = parse(await readFile(composeFile, 'utf8'), { merge: true }).services as Readonly<
  Record<string, unknown>
>;
const serving = (wanted: boolean) =>
  Object.fromEntries(Object.entries(inCompose).filter(([name]) => !/-(volume|health)$/.test(name) === wanted));
const services = z.record(z.string(), service).parse(serving(true));
/** Beside a server: what gives it its volume, and what asks for its health. */
const helpers = z
  .record(
    z.string(),
    z.object({
      ...hardened,
      healthcheck: healthcheck.optional(),
      network_mode: z.string().optional(),
      cap_add: z.array(z.string()).optional(),
    }),
  )
  .parse(serving(false));

describe('compose.yaml', () => {
  it('fits the compose specification, and a copy with a wrong key is refused', async t => {
    const validator = await requireTool(t, 'compose-validate');
    if (!validator) return;
    for (const profile of ['', 'victoria-metrics', 'mimir', 'otel-collector', '*'])
      await run(validator.path, [composeFile], { env: { ...process.env, COMPOSE_PROFILES: profile } });
    const broken = join(await scratch(t), 'compose.yaml');
    await writeFile(broken, (await readFile(composeFile, 'utf8')).replace('healthcheck:', 'healthchecks:'));
    await assert.rejects(run(validator.path, [broken]), /healthchecks/);
  });

  it('has the four servers and those of the profiles, each pinned to the version that tests run', () => {
    const images = Object.fromEntries(Object.entries(services).map(([name, { image }]) => [name, image]));
    assert.deepEqual(images, {
      plumbline: 'plumbline:0.1.0',
      prometheus: `prom/prometheus:v${kits.prometheus.version}`,
      alertmanager: `prom/alertmanager:v${kits.alertmanager.version}`,
      grafana: `grafana/grafana:${grafanaRelease.version}`,
      'victoria-metrics': `victoriametrics/victoria-metrics:v${kits['victoria-metrics'].version}`,
      mimir: 'grafana/mimir:3.1.1',
      'otel-collector': `otel/opentelemetry-collector-contrib:${kits['otel-collector'].version}`,
    });
    for (const { image } of Object.values(helpers)) assert.equal(image, 'busybox:1.37.0');
  });

  it('starts a server of a profile with that profile alone, and so what stands beside it', () => {
    for (const [name, { profiles }] of Object.entries({ ...services, ...helpers })) {
      const profile = ['victoria-metrics', 'mimir', 'otel-collector'].find(each => name.startsWith(each));
      assert.deepEqual(profiles, profile && [profile], name);
    }
  });

  it('asks every server for its health, by one beside it where its image has nothing to ask with', () => {
    for (const [name, { healthcheck: own }] of Object.entries(services)) {
      const asking = helpers[`${name}-health`];
      assert.ok(own ?? asking?.healthcheck, name);
      if (asking !== undefined)
        assert.match(JSON.stringify(asking.healthcheck?.test), new RegExp(`"http://${name}:\\d+/`));
    }
  });

  it('lets what gives a volume to its user do that alone, without a network', () => {
    const owners = Object.entries(helpers).filter(([name]) => name.endsWith('-volume'));
    assert.deepEqual(
      owners.map(([, { cap_add, network_mode }]) => [cap_add, network_mode]),
      owners.map(() => [['CHOWN'], 'none']),
    );
    for (const [name, { user, cap_add }] of Object.entries(helpers))
      if (!name.endsWith('-volume')) assert.deepEqual([user, cap_add], ['65534:65534', undefined]);
  });

  for (const [name, { user, security_opt, ports, volumes, environment = {} }] of Object.entries(services)) {
    it(`runs ${name} without root or new privileges, reached from this machine only, with its data in a volume`, () => {
      assert.match(user, /^[1-9]\d*:\d+$/);
      assert.ok(security_opt.includes('no-new-privileges:true'));
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
      const mounted = volumes.map(volume => (typeof volume === 'string' ? volume : `${volume.type} ${volume.source}`));
      // The collector keeps nothing.
      if (name !== 'otel-collector') assert.ok(mounted.some(volume => volume.includes(`${name}-data`)));
      for (const key of Object.keys(environment))
        assert.doesNotMatch(key, /(PASSWORD|TOKEN|SECRET)$/, 'secrets come by file');
    });
  }

  it('asks only for folders and files that are there', async () => {
    const mounts = Object.values(services).flatMap(({ volumes }) => volumes.filter(each => typeof each === 'string'));
    const sources = mounts
      .map(each => each.replace(/\$\{\w+:-([^}]+)\}/, '$1').split(':')[0]!)
      .filter(source => source.startsWith('.'));
    assert.ok(sources.length >= 5);
    for (const source of sources)
      await assert.doesNotReject(readFileOrFolder(join(folder, source)), `${source} is mounted`);
  });

  it('builds the image from a Dockerfile that pins Node.js as package.json does and leaves root', async () => {
    const dockerfile = await readFile(join(folder, 'Dockerfile'), 'utf8');
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(match => match[1]);
    assert.deepEqual(bases, Array(2).fill(`node:${dependencies.node}-bookworm-slim`));
    assert.match(dockerfile, /^USER node$/m);
    assert.match(dockerfile, /^HEALTHCHECK /m);
  });
});

async function readFileOrFolder(path: string): Promise<unknown> {
  return readdir(path).catch(() => readFile(path));
}

describe('prometheus.yml', () => {
  const addresses = { plumbline: '127.0.0.1:1', alertmanager: '127.0.0.1:2' };

  it('is the same file natively and in the container, and promtool finds nothing wrong with it and the rules', async t => {
    const promtool = await requireTool(t, 'promtool');
    if (!promtool) return;
    const configFile = await layPrometheus(join(await scratch(t), 'prometheus'), addresses);
    assert.equal(
      await readFile(configFile, 'utf8'),
      await readFile(join(folder, 'prometheus', 'prometheus.yml'), 'utf8'),
    );
    const { stdout } = await run(promtool.path, ['check', 'config', configFile]);
    assert.match(stdout, /SUCCESS: .*prometheus\.yml is valid/);
    assert.match(stdout, /SUCCESS: [1-9]\d* rules found/);
  });

  it('finds its addresses in the target files alone, by the names that the container mounts', async t => {
    const configFile = await layPrometheus(join(await scratch(t), 'prometheus'), addresses);
    const config = await readFile(configFile, 'utf8');
    assert.doesNotMatch(config, /static_configs/);
    const mine = await readdir(join(configFile, '..', 'targets'));
    assert.deepEqual(mine.sort(), (await readdir(join(folder, 'prometheus', 'targets'))).sort());
    for (const name of mine) assert.ok(config.includes(`targets/${name}`), name);
  });

  it('keeps what restatements and history need: stamps, a fixed job and instance, a window and a retention over a year', async () => {
    const config = parse(await readFile(join(folder, 'prometheus', 'prometheus.yml'), 'utf8'));
    const [scrape] = config.scrape_configs;
    assert.deepEqual([scrape.job_name, scrape.honor_timestamps, scrape.honor_labels], ['plumbline', true, true]);
    const ours = scrapeSchema.parse({});
    assert.deepEqual({ job: scrape.job_name, instance: ours.instance }, { ...stackLabels, job: ours.job });
    assert.deepEqual(scrape.relabel_configs, [{ target_label: 'instance', replacement: ours.instance }]);
    const { out_of_order_time_window, retention } = config.storage.tsdb;
    for (const days of [out_of_order_time_window, retention.time]) assert.ok(Number.parseInt(days, 10) > 365, days);
  });
});

describe('the configuration of the profiles', () => {
  const read = (...names: string[]) => readFile(join(folder, ...names), 'utf8');

  it('lets VictoriaMetrics scrape what Prometheus scrapes, as it does', async () => {
    const jobsOf = async (...names: string[]) => parse(await read(...names)).scrape_configs;
    const [plumbline, rules, ...others] = await jobsOf('victoria-metrics', 'scrape.yml');
    assert.deepEqual([plumbline], await jobsOf('prometheus', 'prometheus.yml'));
    assert.deepEqual([rules.job_name, others], ['rules', []]);
    assert.equal(
      await read('victoria-metrics', 'targets', 'plumbline.yml'),
      await read('prometheus', 'targets', 'plumbline.yml'),
    );
    const [{ targets }] = parse(await read('victoria-metrics', rules.file_sd_configs[0].files[0]));
    assert.deepEqual(targets, [new URL(services.plumbline!.environment!.PLUMBLINE_PROMETHEUS_URL!).host]);
  });

  it('lets Prometheus write to Mimir what VictoriaMetrics reads of it, and is else what it is without', async t => {
    const { remote_write, ...rest } = parse(await read('mimir', 'prometheus.yml'));
    assert.deepEqual(rest, parse(await read('prometheus', 'prometheus.yml')));
    const [{ write_relabel_configs, url }, ...others] = remote_write;
    const [, rules] = parse(await read('victoria-metrics', 'scrape.yml')).scrape_configs;
    assert.deepEqual(rules.params['match[]'], [`{__name__=~"${write_relabel_configs[0].regex}"}`]);
    assert.deepEqual([url, others], ['http://mimir:8080/api/v1/push', []]);
    const promtool = await requireTool(t, 'promtool');
    if (promtool)
      await run(promtool.path, ['check', 'config', '--syntax-only', join(folder, 'mimir', 'prometheus.yml')]);
  });

  it('of the collector is accepted by the collector itself, and a wrong key is not', async t => {
    const collector = await requireTool(t, 'otel-collector');
    if (!collector) return;
    const text = await read('otel-collector', 'config.yaml');
    const made = join(await scratch(t), 'config.yaml');
    const validate = async (config: string) => {
      await writeFile(made, config);
      return run(collector.path, ['validate', `--config=${made}`]);
    };
    await validate(text);
    await assert.rejects(validate(text.replace('limit_mib', 'limit_mb')), /limit_mb/);
    await assert.rejects(validate(text.replace('receivers: [otlp]', 'receivers: [otlq]')), /otlq/);
  });

  it('of Mimir has only documented fields, paths in its volume, and the window and retention of prometheus.yml', async () => {
    const config = mimir.parse(parse(await read('mimir', 'mimir.yaml')));
    const { out_of_order_time_window, retention } = parse(await read('prometheus', 'prometheus.yml')).storage.tsdb;
    assert.equal(config.limits.out_of_order_time_window, out_of_order_time_window);
    assert.equal(config.limits.compactor_blocks_retention_period, retention.time);
    assert.ok(services.mimir?.ports.some(port => port.endsWith(`:${config.server.http_listen_port}`)));
    assert.ok(services.mimir?.volumes.includes('mimir-data:/data'));
  });
});

describe('the routes of Alertmanager', () => {
  it('are accepted by amtool in the folder that a native run lays out', async t => {
    const amtool = await requireTool(t, 'amtool');
    if (!amtool) return;
    const configFile = await layAlertmanager(join(await scratch(t), 'alertmanager'));
    const { stdout } = await run(amtool.path, ['check-config', configFile]);
    assert.match(stdout, /SUCCESS/);
  });

  it('get a webhook file of their own where there is none, and keep the one that is there', async t => {
    const [alerts, laid] = [join(await scratch(t), 'alerts'), join(await scratch(t), 'laid')];
    const receivers = "receivers: [{name: a, webhook_configs: [{url_file: secrets/a}, {url_file: 'secrets/b'}]}]";
    await mkdir(alerts);
    await writeFile(join(alerts, 'alertmanager.yml'), `route: {receiver: a}\n${receivers}\n`);
    assert.deepEqual(urlFiles(receivers), ['secrets/a', 'secrets/b']);
    await mkdir(join(laid, 'secrets'), { recursive: true });
    await writeFile(join(laid, 'secrets', 'a'), 'http://mine/');
    await layAlertmanager(laid, 'http://default/', alerts);
    assert.equal(await readFile(join(laid, 'secrets', 'a'), 'utf8'), 'http://mine/');
    assert.equal(await readFile(join(laid, 'secrets', 'b'), 'utf8'), 'http://default/');
  });
});

describe('secrets of receivers', () => {
  it('are taken from beside plumbline.yaml at each start, and none is written outside of the folder', async t => {
    const [alerts, laid, own] = [await scratch(t), join(await scratch(t), 'laid'), join(await scratch(t), 'own')];
    const slack = "slack_configs: [{api_url_file: secrets/slack}, {api_url_file: '../outside'}]";
    const receivers = `receivers: [{name: a, webhook_configs: [{url_file: secrets/a}], ${slack}}]`;
    await writeFile(join(alerts, 'alertmanager.yml'), `route: {receiver: a}\n${receivers}\n`);
    await mkdir(join(own, 'secrets'), { recursive: true });
    for (const [name, text] of [
      ['secrets/slack', 'https://hooks.slack.example/1'],
      ['secrets/a', 'http://first/'],
      ['../outside', 'not ours'],
    ] as const)
      await writeFile(join(own, name), text);
    await layAlertmanager(laid, 'http://default/', alerts, own);
    assert.equal(await readFile(join(laid, 'secrets', 'slack'), 'utf8'), 'https://hooks.slack.example/1');
    assert.equal(await readFile(join(laid, 'secrets', 'a'), 'utf8'), 'http://first/');
    assert.equal((await stat(join(laid, 'secrets', 'slack'))).mode & 0o777, 0o600);
    await writeFile(join(own, 'secrets', 'a'), 'http://second/');
    await layAlertmanager(laid, 'http://default/', alerts, own);
    assert.equal(await readFile(join(laid, 'secrets', 'a'), 'utf8'), 'http://second/');
    await assert.rejects(stat(join(laid, '..', 'outside')));
  });

  it('are mounted into the container of compose where they stand in secrets/, and others are told', async t => {
    const [alerts, parent, own] = [await scratch(t), await scratch(t), join(await scratch(t), 'own')];
    const slack = "slack_configs: [{api_url_file: secrets/slack}, {api_url_file: '../outside'}]";
    const pager = 'pagerduty_configs: [{routing_key_file: secrets/pager}]';
    const receivers = `receivers: [{name: a, webhook_configs: [{url_file: secrets/a}], ${slack}, ${pager}}]`;
    await writeFile(join(alerts, 'alertmanager.yml'), `route: {receiver: a}\n${receivers}\n`);
    await mkdir(join(own, 'secrets'), { recursive: true });
    await writeFile(join(own, 'secrets', 'slack'), 'https://hooks.slack.example/1', { mode: 0o600 });
    await writeFile(join(own, 'secrets', 'other'), 'is named by no route');
    await writeFile(join(own, '..', 'outside'), 'not ours');
    const folder = join(parent, 'alertmanager');
    assert.deepEqual(await layReceiverSecrets(folder, alerts, own), ['../outside', 'secrets/pager']);
    assert.deepEqual((await readdir(folder)).sort(), ['a', 'slack']);
    assert.deepEqual(await readdir(parent), ['alertmanager']);
    assert.equal(await readFile(join(folder, 'a'), 'utf8'), 'http://127.0.0.1:9/');
    assert.equal((await stat(join(folder, 'slack'))).mode & 0o777, 0o644, 'the container’s user is another');
    assert.deepEqual(await layReceiverSecrets(join(parent, 'demo'), generatedAlerts), []);
    assert.deepEqual(await readdir(join(parent, 'demo')), ['webhook-url']);
  });
});

// The documented fields: https://grafana.com/docs/mimir/v3.1.x/configure/configuration-parameters/
const inVolume = z.string().startsWith('/data/');
const ring = z.strictObject({ kvstore: z.strictObject({ store: z.literal('inmemory') }) });
const duration = z.string().regex(/^\d+[smhdwy]$/);
const mimir = z.strictObject({
  multitenancy_enabled: z.literal(false),
  target: z.literal('all'),
  server: z.strictObject({ http_listen_port: z.number() }),
  common: z.strictObject({
    storage: z.strictObject({ backend: z.literal('filesystem'), filesystem: z.strictObject({ dir: inVolume }) }),
  }),
  blocks_storage: z.strictObject({
    storage_prefix: z.string().regex(/^[\da-zA-Z]+$/),
    tsdb: z.strictObject({ dir: inVolume }),
    bucket_store: z.strictObject({ sync_dir: inVolume }),
  }),
  compactor: z.strictObject({ data_dir: inVolume, sharding_ring: ring }),
  distributor: z.strictObject({ ring }),
  ingester: z.strictObject({
    ring: z.strictObject({ ...ring.shape, instance_addr: z.string(), replication_factor: z.literal(1) }),
  }),
  // Of `all`, the ruler is a part: at its start Mimir looks whether each part's folder takes files, and the image's doesn't.
  ruler: z.strictObject({ rule_path: inVolume, ring }),
  store_gateway: z.strictObject({
    sharding_ring: z.strictObject({ ...ring.shape, replication_factor: z.literal(1) }),
  }),
  activity_tracker: z.strictObject({ filepath: inVolume }),
  usage_stats: z.strictObject({ enabled: z.literal(false) }),
  limits: z.strictObject({
    out_of_order_time_window: duration,
    compactor_blocks_retention_period: duration,
    ingestion_rate: z.number(),
    ingestion_burst_size: z.number().int(),
  }),
});

// The documented fields: https://grafana.com/docs/grafana/latest/administration/provisioning/
const datasources = z.strictObject({
  apiVersion: z.literal(1),
  prune: z.boolean().optional(),
  datasources: z.array(
    z.strictObject({
      name: z.string(),
      uid: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
      type: z.string(),
      access: z.enum(['proxy', 'direct']),
      url: z.string(),
      isDefault: z.boolean().optional(),
      editable: z.boolean().optional(),
      jsonData: z.strictObject({
        httpMethod: z.enum(['GET', 'POST']),
        prometheusType: z.enum(['Prometheus', 'Cortex', 'Mimir', 'Thanos']),
        timeInterval: z.string().regex(/^\d+[smh]$/),
      }),
    }),
  ),
});
const providers = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      folder: z.string(),
      type: z.literal('file'),
      disableDeletion: z.boolean(),
      allowUiUpdates: z.boolean(),
      updateIntervalSeconds: z.number().int().positive(),
      options: z.strictObject({ path: z.string() }),
    }),
  ),
});

describe("Grafana's provisioning", () => {
  const read = async (path: string) => readFile(join(folder, 'grafana', 'provisioning', path), 'utf8');

  it('has only documented fields, and the data source that dashboards ask for', async () => {
    const { datasources: sources } = datasources.parse(parse(await read('datasources/prometheus.yaml')));
    assert.deepEqual(
      sources.map(({ uid, type }) => [uid, type]),
      [['plumbline-prometheus', 'prometheus']],
    );
    providers.parse(parse(await read('dashboards/plumbline.yaml')));
  });

  it('takes its addresses from variables that compose sets', async () => {
    const text = (await read('datasources/prometheus.yaml')) + (await read('dashboards/plumbline.yaml'));
    const asked = [...text.matchAll(/\$\{([A-Z_]+_[A-Z]+)\}/g)].map(match => match[1]!);
    assert.deepEqual(asked.sort(), ['PLUMBLINE_DASHBOARDS', 'PLUMBLINE_PROMETHEUS_URL']);
    const environment = services.grafana?.environment ?? {};
    for (const name of asked) assert.ok(environment[name], `${name} is set`);
    const mounted = services.grafana?.volumes.some(each =>
      String(each).includes(`:${environment.PLUMBLINE_DASHBOARDS}:`),
    );
    assert.ok(mounted);
  });
});
