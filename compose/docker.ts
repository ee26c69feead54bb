import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { generatedAlerts, layReceiverSecrets } from './layout.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);
const composeFile = join(import.meta.dirname, 'compose.yaml');
const compose = ['compose', '-f', composeFile];
/** Nobody else on this machine may look into it. */
const secretsFolder = join(import.meta.dirname, 'secrets');
/** As compose.yaml mounts it unless told otherwise. */
const receiverSecrets = join(secretsFolder, 'alertmanager');

/** Each service's port in its container, and the variable of compose.yaml that sets the host's. */
const published = {
  plumbline: { port: 9464, variable: 'PLUMBLINE_PORT' },
  prometheus: { port: 9090, variable: 'PROMETHEUS_PORT' },
  alertmanager: { port: 9093, variable: 'ALERTMANAGER_PORT' },
  grafana: { port: 3000, variable: 'GRAFANA_PORT' },
} as const;

export type Service = keyof typeof published;
const services = Object.keys(published) as Service[];

export type ComposedStack = {
  /** Where each service is reached from this machine. */
  readonly urls: Readonly<Record<Service, string>>;
  /** The command that ends it; it goes on running after this process. */
  readonly downCommand: string;
};

/** Whether a Docker engine answers within 2 s and its client has compose. */
export async function dockerAvailable(): Promise<boolean> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 2000 });
    await run('docker', ['compose', 'version'], { timeout: 2000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * Builds and starts the whole stack by compose, and waits until every service is healthy.
 * What runs already keeps its ports; a new stack takes the usual ones, or free ones where those are taken.
 * Throws with compose's own words.
 */
export async function composeUp(options: {
  /** The user's plumbline.yaml; the demo platform without one. */
  readonly config?: string;
  /** Makes a folder of rules and routes for the addresses that were chosen; the generated defaults without it. */
  readonly alerts?: (urls: ComposedStack['urls']) => Promise<string>;
  /** The same of pages, which lead to where Plumbline is published. */
  readonly dashboards?: (urls: ComposedStack['urls']) => Promise<string>;
  readonly log: (line: string) => void;
}): Promise<ComposedStack> {
  const { config, alerts, dashboards, log } = options;
  await makeSecrets(log);
  const running = await Promise.all(services.map(runningPort));
  const ports = await Promise.all(
    services.map(async (service, index) => running[index] ?? (await freePort(published[service].port))),
  );
  const chosen = services.map((service, index) => [published[service].variable, String(ports[index])]);
  const env = { ...process.env, ...Object.fromEntries(chosen) };
  if (config !== undefined) {
    env.PLUMBLINE_CONFIG = resolve(config);
    env.PLUMBLINE_CONFIG_DIR = dirname(env.PLUMBLINE_CONFIG);
  }
  const urls = Object.fromEntries(
    services.map((service, index) => [service, `http://127.0.0.1:${ports[index]}`]),
  ) as ComposedStack['urls'];
  if (alerts !== undefined) env.PLUMBLINE_ALERTS = resolve(await alerts(urls));
  if (dashboards !== undefined) env.GRAFANA_DASHBOARDS = resolve(await dashboards(urls));
  if (!process.env.ALERTMANAGER_SECRETS) {
    const own = env.PLUMBLINE_CONFIG_DIR;
    const missing = await layReceiverSecrets(receiverSecrets, env.PLUMBLINE_ALERTS ?? generatedAlerts, own);
    for (const name of missing)
      log(`Alertmanager's container has no ${name}: put it into secrets/ beside plumbline.yaml`);
  }
  log('starting plumbline, Prometheus, Alertmanager and Grafana by docker compose');
  try {
    await run('docker', [...compose, 'up', '--build', '--detach', '--wait'], { env, maxBuffer: 64 * 1024 * 1024 });
    // Compose looks at its own file, and not at what the files that it mounts say now.
    if (running.some(port => port !== undefined)) {
      log('it ran already: plumbline is started anew, Prometheus and Alertmanager read their files again');
      await run('docker', [...compose, 'restart', 'plumbline'], { env });
      await run('docker', [...compose, 'kill', '--signal', 'HUP', 'prometheus', 'alertmanager'], { env });
    }
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr ?? String(cause);
    throw new Error(`starting the stack by docker compose -f ${composeFile} up: ${said.trim().slice(-4000)}`, {
      cause,
    });
  }
  return {
    urls,
    downCommand: `docker ${compose.join(' ')} down`,
  };
}

/** Where a service of the stack is published that runs; undefined where it doesn't. */
async function runningPort(service: Service): Promise<number | undefined> {
  try {
    const { stdout } = await run('docker', [...compose, 'port', service, String(published[service].port)], {
      timeout: 10_000,
    });
    const port = Number(/:(\d+)\s*$/.exec(stdout)?.[1]);
    return port > 0 ? port : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the files of secrets that are neither there nor named by their variables: random ones. */
async function makeSecrets(log: (line: string) => void): Promise<void> {
  await mkdir(secretsFolder, { recursive: true, mode: 0o700 });
  const secrets = [
    {
      name: 'grafana-admin-password',
      variable: 'GRAFANA_ADMIN_PASSWORD_FILE',
      value: randomBytes(18).toString('base64url'),
    },
    { name: 'otlp-token', variable: 'OTLP_TOKEN_FILE', value: randomBytes(18).toString('base64url') },
  ];
  for (const { name, variable, value } of secrets) {
    if (process.env[variable]) continue;
    const path = join(secretsFolder, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    // The container's user is another than ours: the file is for all to read, its folder is not.
    await writeFile(path, value, { mode: 0o644 });
    log(`made the secret ${path}`);
  }
}
