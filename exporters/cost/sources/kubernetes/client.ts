/** Asks OpenCost or Kubecost for a UTC day. What comes must be of that day, and nothing is taken of an answer that isn't. */
import { createHttpClient, type HttpClient } from '../../../core/http-client.ts';
import type { SourceContext } from '../../../core/source.ts';
import { authHeaders } from '../../api-auth.ts';
import { dayBefore } from '../../day-window.ts';
import { PlumblineError } from '../../errors.ts';
import { parseJsonKeepingNumbers } from '../../money.ts';
import type { KubernetesConfig } from './config.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function kubernetesClient(config: KubernetesConfig, { log, signal }: SourceContext): HttpClient {
  const base = config.url.replace(/\/+$/, '');
  return createHttpClient({
    baseUrl: config.product === 'kubecost' && !base.endsWith('/model') ? `${base}/model` : base,
    headers: { accept: 'application/json', ...authHeaders(config) },
    timeoutMs: config.timeout * 1000,
    // Whoever computes days from Prometheus is slow already.
    concurrency: 1,
    log,
    signal,
  });
}

/**
 * The allocations of a day by name; undefined where it has none. Idle is asked for in both products' words, and never
 * shared by them. Errors: KUBERNETES_ANSWER_UNEXPECTED and those of the HTTP client.
 */
export async function askAllocations(
  client: HttpClient,
  config: KubernetesConfig,
  day: string,
  aggregate: readonly string[],
): Promise<Fields | undefined> {
  const data = await ask(client, config, 'allocation', {
    window: windowOf(day, day),
    step: '1d',
    aggregate: aggregate.join(','),
    accumulate: 'false',
    includeIdle: 'true',
    idle: 'true',
    shareIdle: 'false',
    external: 'false',
    ...filterOf(config),
  });
  if (!Array.isArray(data)) throw unexpected(config, 'its data is no list of sets');
  const sets = (data as readonly (Fields | null)[]).filter(set => set !== null && Object.keys(set).length > 0);
  if (sets.length > 1) throw unexpected(config, `it has ${sets.length} sets for the one day ${day}`);
  const set = sets[0] ?? undefined;
  for (const [name, allocation] of Object.entries(set ?? {})) checkWindow(config, day, name, allocation);
  return set;
}

/** The assets of a day by key; empty where it has none. */
export async function askAssets(client: HttpClient, config: KubernetesConfig, day: string): Promise<Fields> {
  const data = await ask(client, config, 'assets', {
    window: windowOf(day, day),
    aggregate: config.cluster_id === undefined ? 'type,provider' : 'cluster,type,provider',
    accumulate: 'true',
    ...filterOf(config),
  });
  // Kubecost has a list of sets, OpenCost the one set.
  const sets = (Array.isArray(data) ? data : [data]) as readonly (Fields | null)[];
  const assets = sets.flatMap(set => Object.entries(set ?? {}));
  for (const [name, asset] of assets) checkWindow(config, day, name, asset);
  return Object.fromEntries(assets);
}

/** Cloud costs of complete days by provider and billing account, each with its day. */
export async function askCloudCosts(
  client: HttpClient,
  config: KubernetesConfig,
  days: readonly string[],
): Promise<readonly { readonly day: string; readonly cost: Fields }[]> {
  const data = (await ask(client, config, 'cloudCost', {
    window: windowOf(days.at(-1)!, days[0]!),
    aggregate: 'provider,invoiceEntityID',
    accumulate: 'day',
  })) as { readonly sets?: readonly ({ readonly cloudCosts?: Fields | null } | null)[] } | null;
  return (data?.sets ?? []).flatMap(set =>
    Object.entries(set?.cloudCosts ?? {}).map(([name, value]) => {
      const cost = value as Fields;
      const start = String((cost.window as Fields | undefined)?.start ?? '');
      const day = start.slice(0, 10);
      if (!days.includes(day)) throw unexpected(config, `the cloud cost ${name} begins on ${start || 'no day'}`);
      checkWindow(config, day, name, cost);
      return { day, cost };
    }),
  );
}

export const unexpected = (config: KubernetesConfig, reason: string) =>
  new PlumblineError('KUBERNETES_ANSWER_UNEXPECTED', { cluster: config.cluster, reason });

async function ask(
  client: HttpClient,
  config: KubernetesConfig,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<unknown> {
  const response = await client.request({ url: path, query });
  // Throws where it is no JSON at all.
  response.json();
  const answer = parseJsonKeepingNumbers(response.text()) as Fields | null;
  if (answer === null || typeof answer !== 'object' || !('data' in answer))
    throw unexpected(config, `the answer of /${path} has no data`);
  if (answer.code !== undefined && answer.code !== '200')
    throw unexpected(config, `/${path} says ${String(answer.code)}: ${String(answer.message ?? answer.error ?? '')}`);
  return answer.data;
}

const windowOf = (from: string, to: string) => `${from}T00:00:00Z,${dayBefore(to, -1)}T00:00:00Z`;

const filterOf = ({ cluster_id: id }: KubernetesConfig) =>
  id === undefined ? {} : { filter: `cluster:"${id.replaceAll('"', '\\"')}"` };

/** Sets that are kept by days of another time zone answer with other hours. */
function checkWindow(config: KubernetesConfig, day: string, name: string, value: unknown): void {
  const window = (value as Fields | null)?.window as Fields | undefined;
  if (window === undefined) return;
  const [start, end] = [String(window.start), String(window.end)];
  if (Date.parse(start) === Date.parse(day) && Date.parse(end) === Date.parse(dayBefore(day, -1))) return;
  throw unexpected(config, `${name} is of ${start} to ${end} instead of the UTC day ${day}`);
}
