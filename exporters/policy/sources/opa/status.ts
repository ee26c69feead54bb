/** What an OPA's status plugin posts: POST /status, once after each attempt to upload decisions. */
import { z } from 'zod';

export interface BundleStatus {
  readonly bundle: string;
  readonly revision: string;
  readonly activatedAt: Date | undefined;
  readonly requestedAt: Date | undefined;
}

export interface OpaStatus {
  readonly instance: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly state: 'ok' | 'failing' | 'not_ready';
  readonly bundles: readonly BundleStatus[];
  /** Requests answered with a decision since it began; undefined without `status.prometheus: true`. */
  readonly requests: number | undefined;
  /** Counts since it began, by kind; those of chunks and of events are of different kinds. */
  readonly drops: Readonly<Record<string, number>>;
}

const label = z.looseObject({ name: z.string(), value: z.string() });
const number = z.union([z.number(), z.string()]).transform(Number).pipe(z.number());
const family = z.looseObject({
  metric: z.array(
    z.looseObject({
      label: z.array(label).default([]),
      counter: z.looseObject({ value: number.default(0) }).optional(),
      gauge: z.looseObject({ value: number.default(0) }).optional(),
      histogram: z.looseObject({ sampleCount: number.default(0) }).optional(),
    }),
  ),
});
const bundle = z.looseObject({
  active_revision: z.string().default(''),
  last_successful_activation: z.string().optional(),
  last_successful_request: z.string().optional(),
});
const schema = z.looseObject({
  labels: z.looseObject({ id: z.string().min(1), version: z.string().default('') }),
  bundles: z.record(z.string(), bundle).nullish(),
  plugins: z.record(z.string(), z.looseObject({ state: z.string() }).nullable()).nullish(),
  decision_logs: z.looseObject({ code: z.string().optional() }).nullish(),
  metrics: z.looseObject({ prometheus: z.record(z.string(), z.unknown()).optional() }).nullish(),
});

/** What it counts under each name; two names count the same. */
const dropKinds: readonly (readonly [kind: string, ...names: readonly string[]])[] = [
  [
    'buffer_size',
    'decision_logs_dropped_buffer_size_limit_exceeded_total',
    'decision_logs_dropped_buffer_size_limit_bytes_exceeded_total',
  ],
  ['rate_limit', 'decision_logs_dropped_rate_limit_exceeded_total'],
  ['encoding', 'decision_logs_encoding_failure_total'],
];

type Samples = z.infer<typeof family>['metric'];

/** Reads an uploaded status, or what GET /v1/status answers. Returns why it is none, in words. */
export function readStatus(text: string): OpaStatus | string {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return 'not_json';
  }
  const inner = (said as { readonly result?: unknown } | null)?.result;
  const read = schema.safeParse(typeof inner === 'object' && inner !== null ? inner : said);
  if (!read.success) return 'no_status';
  const { labels, bundles, plugins, decision_logs, metrics } = read.data;
  const registry = metrics?.prometheus;
  const samples = (name: string): Samples => family.safeParse(registry?.[name]).data?.metric ?? [];
  const isReady = Object.values(plugins ?? {}).every(plugin => plugin === null || plugin.state === 'OK');
  return {
    instance: labels.id.slice(0, 200),
    labels,
    version: labels.version.slice(0, 50),
    state: decision_logs?.code ? 'failing' : isReady ? 'ok' : 'not_ready',
    bundles: Object.entries(bundles ?? {})
      .slice(0, 100)
      .map(([name, one]) => ({
        bundle: name.slice(0, 200),
        revision: one.active_revision.slice(0, 200),
        activatedAt: timeOf(one.last_successful_activation) ?? gauge(samples('last_success_bundle_activation'), name),
        requestedAt: timeOf(one.last_successful_request) ?? gauge(samples('last_success_bundle_request'), name),
      })),
    requests: registry === undefined ? undefined : decided(samples('http_request_duration_seconds')),
    drops: Object.fromEntries(
      dropKinds.flatMap(([kind, ...names]) => {
        // The registry is one attempt behind the plain counters.
        const counts = names.flatMap(name => [
          samples(name).reduce((sum, { counter }) => sum + (counter?.value ?? 0), 0),
          Number(registry?.[name.replace(/^(.*)_total$/, 'counter_$1')] ?? 0),
        ]);
        const most = Math.max(...counts.filter(Number.isFinite));
        return most > 0 ? [[kind, most]] : [];
      }),
    ),
  };
}

/** Requests that a decision was logged for: of a malformed one (400) there is none, and v0 answers undefined with 404. */
function decided(samples: Samples): number {
  return samples.reduce((sum, { label: labels, histogram }) => {
    const value = (name: string) => labels.find(one => one.name === name)?.value ?? '';
    const [handler, code, method] = [value('handler'), value('code'), value('method')];
    const isDecision = ['v0/data', 'v1/data', 'v1/query'].includes(handler) && ['get', 'post'].includes(method);
    const isLogged = code === '200' || code === '500' || (code === '404' && handler === 'v0/data');
    return isDecision && isLogged ? sum + (histogram?.sampleCount ?? 0) : sum;
  }, 0);
}

/** Go's zero time stands for never. */
function timeOf(text: string | undefined): Date | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) || ms <= 0 ? undefined : new Date(ms);
}

/** The gauges are in nanoseconds. */
function gauge(samples: Samples, bundleName: string): Date | undefined {
  const found = samples.find(one => one.label.some(({ name, value }) => name === 'name' && value === bundleName));
  const ms = (found?.gauge?.value ?? 0) / 1e6;
  return ms > 0 && ms < 8.64e15 ? new Date(ms) : undefined;
}
