import { access, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Where packages put what Grafana calls its home, beside the one above the program itself (release archives). */
const packagedHomes = [
  '/usr/share/grafana',
  '/opt/homebrew/opt/grafana/share/grafana',
  '/usr/local/opt/grafana/share/grafana',
];

/** The arguments that start the server; its home is the first known folder that has Grafana's defaults. */
export async function grafanaArguments(path: string): Promise<readonly string[]> {
  const above = dirname(dirname(await realpath(path)));
  for (const home of [above, ...packagedHomes]) {
    const isHome = await access(join(home, 'conf', 'defaults.ini')).then(
      () => true,
      () => false,
    );
    if (isHome) return ['server', `--homepath=${home}`];
  }
  return ['server'];
}

/**
 * Grafana's settings as environment variables: the provisioning of the containers, with its two variables filled in.
 * https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#override-configuration-with-environment-variables
 */
export function grafanaEnvironment(options: {
  readonly dataDir: string;
  readonly port: number;
  readonly prometheusUrl: string;
  /** The folder of the pages. */
  readonly dashboards: string;
}): Record<string, string> {
  const { dataDir, port, prometheusUrl, dashboards } = options;
  return {
    PLUMBLINE_PROMETHEUS_URL: prometheusUrl,
    PLUMBLINE_DASHBOARDS: resolve(dashboards),
    GF_PATHS_PROVISIONING: join(import.meta.dirname, 'grafana', 'provisioning'),
    GF_PATHS_DATA: dataDir,
    GF_PATHS_LOGS: join(dataDir, 'log'),
    GF_PATHS_PLUGINS: join(dataDir, 'plugins'),
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(port),
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  };
}
