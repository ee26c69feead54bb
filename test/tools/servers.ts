import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { type ServerProcess, startServer } from '../../compose/server-process.ts';
import { findTool, type ToolName } from '../../compose/tools.ts';
import { freePort } from './ports.ts';

/** On a busy machine. */
const patience = { readyWithin: 300_000 };

export type TestServerOptions = {
  /** Ends the server, and removes the data folder made for it, when this test ends. */
  readonly t?: TestContext;
  /** The server is started in its folder, to which relative paths of secrets are relative. */
  readonly configFile: string;
  /** A new temporary folder unless given; one that is given is left as it is. */
  readonly dataDir?: string;
  /** More flags, after ours. */
  readonly flags?: readonly string[];
  readonly port?: number;
  /** Of Prometheus: without its remote-write receiver, as it starts unless told. */
  readonly withoutReceiver?: boolean;
};

export type TestServer = ServerProcess & {
  readonly dataDir: string;
  /** Reads the configuration again; throws with the server's own words when it refuses it. */
  reload(): Promise<void>;
};

/** Starts the pinned Prometheus on 127.0.0.1, with its remote-write receiver on unless told otherwise. Throws when it is missing or doesn't get ready. */
export function startPrometheus(options: TestServerOptions): Promise<TestServer> {
  return start('prometheus', options, (dataDir, port) => [
    `--storage.tsdb.path=${dataDir}`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...(options.withoutReceiver === true ? [] : ['--web.enable-remote-write-receiver']),
    '--web.enable-lifecycle',
    '--web.enable-admin-api',
  ]);
}

export type VictoriaMetricsOptions = {
  readonly t: TestContext;
  /** What it scrapes as the target files of compose say, and the Prometheus whose rules it reads; nothing unless given. */
  readonly plumbline?: string;
  readonly prometheus?: string;
  /** Changes the scrape configuration that compose mounts, such as its interval. */
  readonly change?: (scrape: string) => string;
};

/** Starts the pinned VictoriaMetrics on 127.0.0.1 with the flags and the files of compose. */
export async function startVictoriaMetrics({ t, change = text => text, ...targets }: VictoriaMetricsOptions) {
  const tool = await findTool('victoria-metrics');
  if ('missing' in tool) throw new Error(tool.missing);
  const compose = join(import.meta.dirname, '..', '..', 'compose');
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-victoria-metrics-'));
  await mkdir(join(folder, 'targets'));
  const scrape = await readFile(join(compose, 'victoria-metrics', 'scrape.yml'), 'utf8');
  await writeFile(join(folder, 'scrape.yml'), change(scrape));
  for (const name of ['plumbline', 'prometheus'] as const) {
    const target = targets[name];
    await writeFile(join(folder, 'targets', `${name}.yml`), stringify(target ? [{ targets: [target] }] : []));
  }
  const port = await freePort();
  const { services } = parse(await readFile(join(compose, 'compose.yaml'), 'utf8'), { merge: true });
  const args = (services['victoria-metrics'].command as string[]).map(arg =>
    arg
      .replace('=:8428', `=127.0.0.1:${port}`)
      .replace('/victoria-metrics-data', join(folder, 'data'))
      .replace('/etc/victoria-metrics', folder),
  );
  const server = await startServer({
    ...patience,
    name: 'victoria-metrics',
    path: tool.path,
    args,
    port,
    readyPath: '/health',
  });
  t.after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return server;
}

/** Starts the pinned OpenTelemetry Collector on 127.0.0.1 with compose's file; it hands on to `target`. */
export async function startCollector(t: TestContext, options: { readonly token: string; readonly target: string }) {
  const tool = await findTool('otel-collector');
  if ('missing' in tool) throw new Error(tool.missing);
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-otel-collector-'));
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, options.token, { mode: 0o600 });
  const [port, healthPort] = [await freePort(), await freePort()];
  const server = await startServer({
    ...patience,
    ...{ name: 'otel-collector', path: tool.path, port: healthPort, readyPath: '/' },
    args: [`--config=${join(import.meta.dirname, '..', '..', 'compose', 'otel-collector', 'config.yaml')}`],
    env: {
      COLLECTOR_TOKEN_FILE: tokenFile,
      COLLECTOR_TARGET: options.target,
      COLLECTOR_LISTEN_ADDRESS: `127.0.0.1:${port}`,
      COLLECTOR_HEALTH_ADDRESS: `127.0.0.1:${healthPort}`,
    },
  });
  t.after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { ...server, url: `http://127.0.0.1:${port}` };
}

/** Starts the pinned Alertmanager on 127.0.0.1, without a cluster. Throws when it is missing or doesn't get ready. */
export function startAlertmanager(options: TestServerOptions): Promise<TestServer> {
  return start('alertmanager', options, (dataDir, port) => [
    `--storage.path=${dataDir}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]);
}

async function start(
  name: ToolName,
  { t, configFile, dataDir, flags = [], port }: TestServerOptions,
  ownFlags: (dataDir: string, port: number) => readonly string[],
): Promise<TestServer> {
  const tool = await findTool(name);
  if ('missing' in tool) throw new Error(tool.missing);
  const data = dataDir ?? (await mkdtemp(join(tmpdir(), `plumbline-${name}-`)));
  const attempt = async (): Promise<ServerProcess> => {
    const chosen = port ?? (await freePort());
    const args = [`--config.file=${resolve(configFile)}`, ...ownFlags(data, chosen), ...flags];
    return startServer({
      ...patience,
      name,
      path: tool.path,
      args,
      port: chosen,
      readyPath: '/-/ready',
      cwd: dirname(configFile),
    });
  };
  // Another test may take a port between our looking and the server's listening.
  const server = await attempt().catch(error => {
    if (port === undefined && /address already in use/.test(String(error))) return attempt();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    if (dataDir === undefined) await rm(data, { recursive: true, force: true });
  };
  t?.after(stop);
  return { ...server, dataDir: data, stop, reload: () => reload(name, server.url) };
}

async function reload(name: string, url: string): Promise<void> {
  const answer = await fetch(`${url}/-/reload`, { method: 'POST' });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`reloading ${name} at ${url}: ${answer.status} ${said.trim()}`);
}
