import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { renderDashboards } from '../dashboards/render.ts';
import { grafanaArguments, grafanaEnvironment } from './grafana.ts';
import { layAlertmanager, layPrometheus } from './layout.ts';
import { endLeftover, forgetServer, noteServer } from './leftovers.ts';
import { freePort } from './ports.ts';
import { type ServerOptions, type ServerProcess, startServer } from './server-process.ts';
import { findTool, type ToolName } from './tools.ts';

export { type ComposedStack, composeUp, dockerAvailable } from './docker.ts';

/** What runs when no Docker engine answers; undefined is what could not be started. */
export type NativeStack = {
  readonly prometheus: ServerProcess | undefined;
  readonly alertmanager: ServerProcess | undefined;
  readonly grafana: ServerProcess | undefined;
  /** Where Prometheus takes remote write. */
  readonly remoteWriteUrl: string | undefined;
  /** Ends what was started; data and configuration stay in the runtime folder. */
  stop(): Promise<void>;
};

export type NativeStackOptions = {
  /** Holds configuration and data of the servers; made when missing, and used again by the next start. */
  readonly runtimeDir: string;
  /** `host:port` of our page. */
  readonly plumblineAddress: string;
  /** Where to listen on 127.0.0.1; a port that is taken gives way to a free one. */
  readonly ports?: { readonly prometheus?: number; readonly alertmanager?: number; readonly grafana?: number };
  /** Where alerts go to: written to the webhook files that the routes name and that are not there. */
  readonly webhookUrl?: string;
  /** The folder of generated rules and routes, or what makes one for the addresses that were found; ours unless given. */
  readonly alerts?: string | ((addresses: { readonly grafana: string }) => Promise<string>);
  /** Where the files of secrets are that the routes name relative to Alertmanager's folder: beside plumbline.yaml. */
  readonly secrets?: string;
  readonly log: (line: string) => void;
};

/** Whether this process may start servers beside itself; `PLUMBLINE_STACK=none` says no (in the container, they are there). */
export function stackWanted(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return env.PLUMBLINE_STACK !== 'none';
}

/**
 * Starts Prometheus, Alertmanager and Grafana from PATH or the cache, with the configuration of the containers.
 * What is missing is logged with the one command that gets it; what doesn't start is logged with its reason; neither throws.
 */
export async function startNativeStack(options: NativeStackOptions): Promise<NativeStack> {
  const { plumblineAddress, ports = {}, webhookUrl, log } = options;
  const runtimeDir = resolve(options.runtimeDir);
  const folder = (name: string) => join(runtimeDir, name);
  // Before the ports: one that a leftover holds is to be free again.
  for (const name of ['prometheus', 'alertmanager', 'grafana'] as const) {
    const pid = await endLeftover(runtimeDir, name);
    if (pid !== undefined) log(`ended the ${name} of an earlier start, process ${pid}`);
  }
  const startNoted = async (server: ServerOptions): Promise<ServerProcess> => {
    const { name, path, args } = server;
    const onSpawn = (pid: number) =>
      noteServer(runtimeDir, name, { pid, command: [path, ...args], parent: process.pid });
    const started = await startServer({ ...server, onSpawn });
    return {
      ...started,
      stop: async () => {
        await started.stop();
        forgetServer(runtimeDir, name);
      },
    };
  };
  const alertmanagerPort = await freePort(ports.alertmanager ?? 9093);
  const prometheusPort = await freePort(ports.prometheus ?? 9090);
  const grafanaPort = await freePort(ports.grafana ?? 3000);
  // The rules bear links to Grafana and to our page, so they wait for the ports.
  const alerts =
    typeof options.alerts === 'function'
      ? await options.alerts({ grafana: `http://127.0.0.1:${grafanaPort}` })
      : options.alerts;

  const startPrometheus = async (path: string) => {
    const targets = { plumbline: plumblineAddress, alertmanager: `127.0.0.1:${alertmanagerPort}` };
    const configFile = await layPrometheus(folder('prometheus'), targets, alerts);
    const args = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${folder('prometheus-data')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      '--web.enable-remote-write-receiver',
      '--web.enable-otlp-receiver',
    ];
    return startNoted({ name: 'prometheus', path, args, port: prometheusPort, readyPath: '/-/ready' });
  };
  const startAlertmanager = async (path: string) => {
    const configFile = await layAlertmanager(folder('alertmanager'), webhookUrl, alerts, options.secrets);
    const args = [
      `--config.file=${configFile}`,
      `--storage.path=${folder('alertmanager-data')}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address=',
    ];
    // The routes name the files of secrets relative to the folder it is started in.
    const cwd = folder('alertmanager');
    return startNoted({ name: 'alertmanager', path, args, cwd, port: alertmanagerPort, readyPath: '/-/ready' });
  };
  const startGrafana = async (path: string) => {
    const args = await grafanaArguments(path);
    const dashboards = folder('dashboards');
    await renderDashboards(dashboards, `http://${plumblineAddress}`);
    const prometheusUrl = `http://127.0.0.1:${prometheusPort}`;
    const env = grafanaEnvironment({ dataDir: folder('grafana-data'), port: grafanaPort, prometheusUrl, dashboards });
    return startNoted({ name: 'grafana', path, args, env, port: grafanaPort, readyPath: '/api/health' });
  };
  const startIfThere = async (name: ToolName, start: (path: string) => Promise<ServerProcess>) => {
    const tool = await findTool(name);
    if ('missing' in tool) return void log(tool.missing);
    try {
      return await start(tool.path);
    } catch (error) {
      return void log(error instanceof Error ? error.message : String(error));
    }
  };

  await mkdir(runtimeDir, { recursive: true });
  const [prometheus, alertmanager, grafana] = await Promise.all([
    startIfThere('prometheus', startPrometheus),
    startIfThere('alertmanager', startAlertmanager),
    startIfThere('grafana', startGrafana),
  ]);
  return {
    prometheus,
    alertmanager,
    grafana,
    remoteWriteUrl: prometheus && `${prometheus.url}/api/v1/write`,
    async stop() {
      await Promise.all([grafana?.stop(), prometheus?.stop(), alertmanager?.stop()]);
    },
  };
}
