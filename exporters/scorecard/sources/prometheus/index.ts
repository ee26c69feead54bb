/**
 * Checks that ask a server with the HTTP API of Prometheus, and what SLOs have left of their error budgets. A service
 * without a series is not measured. Only what is so now: a query's past is the server's own.
 */
import { fold } from '../../../catalog/refs.ts';
import { authHeaders } from '../../../core/http-client.ts';
import { createPrometheusClient, type VectorSeries, valueText } from '../../../core/prometheus.ts';
import type { PullSource, SourceContext } from '../../../core/source.ts';
import type { CatalogService } from '../../catalog-facts.ts';
import { PlumblineError } from '../../errors.ts';
import type { AskedCheck } from '../../settings.ts';
import { serviceRow, storeNow, type ToldCheck } from '../../store.ts';
import type { PrometheusConfig } from './config.ts';

/** As alerts/slo/metrics.ts records it: what is left, negative once it is overspent. */
const budgetQuery = 'min by (service, slo) (slo:error_budget_remaining:ratio)';

type Query = NonNullable<AskedCheck['query']>;

export interface PrometheusOptions {
  readonly checks: readonly AskedCheck[];
  readonly services: () => readonly CatalogService[];
  /** Whether error budgets are asked for. */
  readonly hasSlos: boolean;
}

/** Errors: those of the client; PROMETHEUS_ANSWER_UNEXPECTED too where no series has the label. */
export const prometheusSource = (config: PrometheusConfig, options: PrometheusOptions): PullSource => ({
  kind: 'pull',
  name: 'prometheus',
  everySeconds: config.every,
  batches: async function* (context) {
    const now = context.now();
    const services = options.services();
    const told: ToldCheck[] = [];
    const judge = (check: string, byService: ReadonlyMap<string, Judged>): ToldCheck => ({
      ...{ exporter: 'prometheus', check, agesFrom: 'look' },
      rows: services.map(({ service, team }) => {
        const { state, detail } = byService.get(fold(service)) ?? { state: 'unknown' as const, detail: '' };
        return serviceRow(now, { service, team, state, detail });
      }),
    });
    const failures: unknown[] = [];
    // A query that is refused keeps no other check from being told.
    const tell = async (check: string, asked: () => Promise<ReadonlyMap<string, Judged>>) => {
      try {
        told.push(judge(check, await asked()));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && /^PROMETHEUS_/.test(String(error.code)))) throw error;
        failures.push(error);
      }
    };
    for (const { id, query } of options.checks)
      if (query !== undefined)
        await tell(id, async () => {
          const series = await ask(config, context, { check: id, promql: query.promql, label: query.label });
          return judged(series, query.label, ({ value }) => passes(query, value));
        });
    if (options.hasSlos)
      await tell('slo-budget', async () => {
        const series = await ask(config, context, { check: 'slo-budget', promql: budgetQuery, label: 'service' });
        const sloOf = ({ labels }: VectorSeries) => labels.slo ?? '';
        return judged(series, 'service', ({ value }) => value > 0, sloOf);
      });
    yield {
      cursor: null,
      write: async tx => ({
        records: told.reduce((sum, { rows }) => sum + rows.length, 0),
        changed: await storeNow(tx, told, now),
        rejected: {},
      }),
    };
    if (failures.length > 0) throw failures[0];
  },
});

interface Judged {
  readonly state: 'pass' | 'fail';
  readonly detail: string;
}

/** Of several series of a service all have to pass; what fails is named. NaN is no value. */
function judged(
  series: readonly VectorSeries[],
  label: string,
  isPassed: (one: VectorSeries) => boolean,
  named: (one: VectorSeries) => string = ({ value }) => valueText(value),
): ReadonlyMap<string, Judged> {
  const told = series.filter(({ value }) => !Number.isNaN(value));
  return new Map(
    [...Map.groupBy(told, ({ labels }) => fold(labels[label] ?? ''))].map(([service, own]) => {
      const failing = own.filter(one => !isPassed(one)).map(named);
      return [
        service,
        { state: failing.length > 0 ? 'fail' : 'pass', detail: [...new Set(failing)].sort().join(', ').slice(0, 200) },
      ];
    }),
  );
}

const passes = ({ at_least, at_most, above, below }: Query, value: number): boolean =>
  (at_least === undefined || value >= at_least) &&
  (at_most === undefined || value <= at_most) &&
  (above === undefined || value > above) &&
  (below === undefined || value < below);

async function ask(
  config: PrometheusConfig,
  { log, signal }: SourceContext,
  { check, promql, label }: { readonly check: string; readonly promql: string; readonly label: string },
): Promise<readonly VectorSeries[]> {
  const asked = { url: config.url, of: `the check ${check}` };
  const headers = authHeaders(config);
  const client = createPrometheusClient({ ...asked, headers, timeoutMs: config.timeout * 1000, log, signal });
  const series = await client.vector(promql);
  if (series.length > 0 && series.every(({ labels }) => labels[label] === undefined))
    throw new PlumblineError('PROMETHEUS_ANSWER_UNEXPECTED', { ...asked, reason: `no series has the label ${label}` });
  return series;
}
