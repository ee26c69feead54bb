/**
 * Asks a server with the query API of Prometheus (https://prometheus.io/docs/prometheus/latest/querying/api/), as Thanos,
 * Mimir and VictoriaMetrics are too. Times are seconds since 1970. Only whole answers are given: one that lacks what a
 * store or a remote read could not tell looks like one that is true.
 */
import { z } from 'zod';
import { PlumblineError } from './errors.ts';
import { createHttpClient, type HttpClientOptions } from './http-client.ts';

export interface PrometheusOptions
  extends Pick<HttpClientOptions, 'headers' | 'timeoutMs' | 'retries' | 'log' | 'signal'> {
  readonly url: string;
  /** Whom an error speaks of: `the check replicas`. */
  readonly of: string;
}

/** A value may be NaN, and infinite. */
export interface VectorSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MatrixSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [at: number, value: number])[];
}

/**
 * Errors: PROMETHEUS_QUERY_REFUSED (400 and 422), PROMETHEUS_ANSWER_PARTIAL, PROMETHEUS_ANSWER_UNEXPECTED (native
 * histograms are among it), and those of the HTTP client.
 */
export interface PrometheusClient {
  /** An instant vector, of now unless given. */
  readonly vector: (promql: string, at?: number) => Promise<readonly VectorSeries[]>;
  /** A range vector, such as `up[1d]`: samples as they were taken. */
  readonly matrix: (promql: string, at?: number) => Promise<readonly MatrixSeries[]>;
  /** Evaluated at each step from start to end, both included. */
  readonly range: (
    promql: string,
    range: { readonly start: number; readonly end: number; readonly step: number },
  ) => Promise<readonly MatrixSeries[]>;
}

const metric = z.record(z.string(), z.string());
const numberOf = (text: string) => (text === '' ? Number.NaN : Number(text.replace(/Inf$/, 'Infinity')));
const value = z
  .string()
  .refine(text => text === 'NaN' || !Number.isNaN(numberOf(text)), 'it is no number')
  .transform(numberOf);
const point = z.tuple([z.number(), value]);
const noHistogram = z
  .never('it is a native histogram; ask for a number of it, such as its histogram_count or histogram_quantile')
  .optional();

const answerOf = <Series>(type: string, series: z.ZodType<Series>) =>
  z.object({
    status: z.literal('success', 'it tells of no success'),
    warnings: z.array(z.string()).nullish(),
    // VictoriaMetrics' word for an answer without some of its storage nodes.
    isPartial: z.boolean().optional(),
    data: z.object({ resultType: z.literal(type, `it is no ${type} of series`), result: z.array(series) }),
  });
const vectorSeries = z.object({ metric, histogram: noHistogram, value: point });
const vectorAnswer = answerOf(
  'vector',
  vectorSeries.transform(each => ({ labels: each.metric, value: each.value[1] })),
);
const matrixSeries = z.object({ metric, histograms: noHistogram, values: z.array(point) });
const matrixAnswer = answerOf(
  'matrix',
  matrixSeries.transform(each => ({ labels: each.metric, samples: each.values })),
);

export function createPrometheusClient({ url, of, ...options }: PrometheusOptions): PrometheusClient {
  const client = createHttpClient({ ...options, baseUrl: url });
  const ask = async <Series>(
    answer: ReturnType<typeof answerOf<Series>>,
    endpoint: string,
    asked: Readonly<Record<string, string | number>>,
  ): Promise<readonly Series[]> => {
    // Thanos would else answer with what it could reach.
    const fields = Object.entries({ ...asked, partial_response: false });
    const body = new URLSearchParams(fields.map(([name, given]): [string, string] => [name, String(given)]));
    const response = await client
      .request({
        url: `api/v1/${endpoint}`,
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: body.toString(),
      })
      .catch((error: unknown) => {
        const { status, said } = error instanceof PlumblineError ? error.details : {};
        if (status !== 400 && status !== 422) throw error;
        throw new PlumblineError('PROMETHEUS_QUERY_REFUSED', { of, url, said, status }, error);
      });
    const parsed = answer.safeParse(response.json());
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const reason = `${issue?.message} (${issue?.path.join('.') || 'the answer'})`;
      throw new PlumblineError('PROMETHEUS_ANSWER_UNEXPECTED', { of, url, reason });
    }
    const { warnings, isPartial, data } = parsed.data;
    // What the language warns of is no lack of data.
    const lack = warnings?.find(each => !each.startsWith('PromQL ')) ?? (isPartial ? 'isPartial' : undefined);
    if (lack !== undefined)
      throw new PlumblineError('PROMETHEUS_ANSWER_PARTIAL', { of, url, said: lack.slice(0, 300) });
    return data.result;
  };
  const instant = (query: string, at?: number) => (at === undefined ? { query } : { query, time: at });
  return {
    vector: (promql, at) => ask(vectorAnswer, 'query', instant(promql, at)),
    matrix: (promql, at) => ask(matrixAnswer, 'query', instant(promql, at)),
    range: (promql, range) => ask(matrixAnswer, 'query_range', { query: promql, ...range }),
  };
}

/** As Prometheus writes it. */
export const valueText = (value: number): string => String(value).replace('Infinity', 'Inf').replace(/^I/, '+I');
