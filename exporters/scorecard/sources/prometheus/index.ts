/**
 * Checks that ask a server with the HTTP API of Prometheus, and what SLOs have left of their error budgets. A service
 * without a series is not measured. Only what is so now: a query's past is the server's own.
 */
import { z } from 'zod';
import { fold } from '../../../catalog/refs.ts';
import { createHttpClient, type HttpClient } from '../../../core/http-client.ts';
import type { PullSource } from '../../../core/source.ts';
import { authHeaders } from '../../auth.ts';
import type { CatalogService } from '../../catalog-facts.ts';
import { PlumblineError } from '../../errors.ts';
import type { AskedCheck } from '../../settings.ts';
import { serviceRow, storeNow, type ToldCheck } from '../../store.ts';
import type { PrometheusConfig } from './config.ts';

/** As alerts/slo/metrics.ts records it: what is left, negative once it is overspent. */
const budgetQuery = 'min by (service, slo) (slo:error_budget_remaining:ratio)';

const answerSchema = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).optional(),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});
type Series = z.infer<typeof answerSchema>['data']['result'][number];
type Query = NonNullable<AskedCheck['query']>;

export interface PrometheusOptions {
  readonly checks: readonly AskedCheck[];
  readonly services: () => readonly CatalogService[];
  /** Whether error budgets are asked for. */
  readonly hasSlos: boolean;
}

/** Errors: CHECK_QUERY_REFUSED, CHECK_QUERY_ANSWER, and those of the HTTP client. */
export const prometheusSource = (config: PrometheusConfig, options: PrometheusOptions): PullSource => ({
  kind: 'pull',
  name: 'prometheus',
  everySeconds: config.every,
  batches: async function* (context) {
    const client = createHttpClient({
      baseUrl: config.url,
      headers: authHeaders(config),
      timeoutMs: config.timeout * 1000,
      log: context.log,
      signal: context.signal,
    });
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
        if (!(error instanceof PlumblineError) || !error.code.startsWith('CHECK_QUERY_')) throw error;
        failures.push(error);
      }
    };
    for (const { id, query } of options.checks)
      if (query !== undefined)
        await tell(id, async () => {
          const series = await ask(client, config.url, { check: id, promql: query.promql, label: query.label });
          return judged(series, query.label, ({ value }) => passes(query, Number(value[1])));
        });
    if (options.hasSlos)
      await tell('slo-budget', async () => {
        const series = await ask(client, config.url, { check: 'slo-budget', promql: budgetQuery, label: 'service' });
        return judged(
          series,
          'service',
          ({ value }) => Number(value[1]) > 0,
          ({ metric }) => metric.slo ?? '',
        );
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
  series: readonly Series[],
  label: string,
  isPassed: (one: Series) => boolean,
  named: (one: Series) => string = ({ value }) => value[1],
): ReadonlyMap<string, Judged> {
  const told = series.filter(({ value }) => !Number.isNaN(Number(value[1])));
  return new Map(
    [...Map.groupBy(told, ({ metric }) => fold(metric[label] ?? ''))].map(([service, own]) => {
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
  client: HttpClient,
  url: string,
  { check, promql, label }: { readonly check: string; readonly promql: string; readonly label: string },
): Promise<readonly Series[]> {
  const response = await client.request({
    url: 'api/v1/query',
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ query: promql, partial_response: 'false' }).toString(),
    anyStatus: true,
  });
  if (response.status === 400 || response.status === 422)
    throw new PlumblineError('CHECK_QUERY_REFUSED', { check, url, said: response.text().slice(0, 300) });
  const unclear = (reason: string) => new PlumblineError('CHECK_QUERY_ANSWER', { check, url, label, reason });
  if (response.status !== 200) throw unclear(`its status is ${response.status}`);
  const parsed = answerSchema.safeParse(response.json());
  if (!parsed.success) throw unclear(parsed.error.issues[0]?.message ?? 'not understood');
  const { result } = parsed.data.data;
  if (result.length > 0 && result.every(({ metric }) => metric[label] === undefined))
    throw unclear(`no series has the label ${label}`);
  return result;
}
