/**
 * A usage metric from a server with the HTTP API of Prometheus (https://prometheus.io/docs/prometheus/latest/querying/api/):
 * `query_range` with a step of a day, so that each value is that of an instant query at a UTC day's end. A day without
 * any series stays as it was; a series that is gone from a day that has others is taken back.
 */
import { createHttpClient, type HttpClient } from '../../../core/http-client.ts';
import type { Reject, SourceContext } from '../../../core/source.ts';
import { daySeconds } from '../../../core/time.ts';
import { authHeaders } from '../../api-auth.ts';
import { dayBefore } from '../../day-window.ts';
import { PlumblineError } from '../../errors.ts';
import { largestQuantity } from '../../usage.ts';
import type { UsageQueryConfig } from './config.ts';

export interface UsageRow {
  readonly day: string;
  readonly team: string;
  readonly service: string;
  readonly environment: string;
  /** As the server wrote it. */
  readonly quantity: string;
}

export interface UsageAnswer {
  readonly rows: readonly UsageRow[];
  readonly rejects: readonly Omit<Reject, 'source'>[];
}

interface Answer {
  readonly status?: string;
  readonly warnings?: readonly string[];
  readonly data?: { readonly resultType?: string; readonly result?: readonly Series[] };
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

export const usageClient = (config: UsageQueryConfig, { log, signal }: SourceContext): HttpClient =>
  createHttpClient({
    baseUrl: config.url,
    headers: authHeaders(config),
    timeoutMs: config.timeout * 1000,
    log,
    signal,
  });

/**
 * Asks for complete UTC days (newest first, without gaps). Errors: USAGE_QUERY_REFUSED (400 and 422), USAGE_PARTIAL,
 * USAGE_ANSWER_UNEXPECTED, and those of the HTTP client.
 */
export async function askUsage(
  client: HttpClient,
  config: UsageQueryConfig,
  days: readonly string[],
): Promise<UsageAnswer> {
  const { name, query } = config;
  const newest = endOf(days[0]!);
  const oldest = endOf(days.at(-1)!);
  const response = await client
    .request({
      url: 'api/v1/query_range',
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      // Thanos would else answer with what it could reach.
      body: new URLSearchParams({
        query,
        start: String(oldest),
        end: String(newest),
        step: String(daySeconds),
        partial_response: 'false',
      }).toString(),
    })
    .catch((error: unknown) => {
      throw refused(name, error) ?? error;
    });
  const answer = response.json() as Answer;
  const partial = answer.warnings?.find(warning => !warning.startsWith('PromQL '));
  if (partial !== undefined) throw new PlumblineError('USAGE_PARTIAL', { usage: name, said: partial.slice(0, 300) });
  if (answer.status !== 'success' || answer.data?.resultType !== 'matrix' || !Array.isArray(answer.data.result))
    throw new PlumblineError('USAGE_ANSWER_UNEXPECTED', { usage: name, reason: 'it is no matrix of series' });
  return rowsOf(config, answer.data.result, { oldest, newest });
}

function rowsOf(
  { name, labels }: UsageQueryConfig,
  result: readonly Series[],
  asked: { readonly oldest: number; readonly newest: number },
): UsageAnswer {
  const rows: UsageRow[] = [];
  const rejects: Omit<Reject, 'source'>[] = [];
  for (const { metric, values } of result) {
    const word = (label: string | undefined) => (label === undefined ? '' : (metric[label] ?? ''));
    const owner = { team: word(labels.team), service: word(labels.service), environment: word(labels.environment) };
    for (const [time, value] of values) {
      if (time < asked.oldest || time > asked.newest || time % daySeconds !== 0)
        throw new PlumblineError('USAGE_ANSWER_UNEXPECTED', {
          usage: name,
          reason: `it has a value of ${new Date(time * 1000).toISOString()}, which was not asked for`,
        });
      const day = dayBefore(new Date(time * 1000).toISOString().slice(0, 10), 1);
      const reason = faultOf(Number(value));
      if (reason === undefined) rows.push({ day, ...owner, quantity: value });
      else rejects.push({ file: `${day} ${JSON.stringify(metric)}`.slice(0, 200), reason, field: 'quantity', value });
    }
  }
  return { rows, rejects };
}

/** Why a number is no quantity; a rate over nothing is NaN. */
export function faultOf(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'bad_number';
  if (value < 0) return 'negative_quantity';
  return value >= largestQuantity ? 'quantity_too_large' : undefined;
}

const endOf = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000 + daySeconds;

/** What the server says of a query that it can't parse (400) or evaluate (422). */
function refused(usage: string, error: unknown): Error | undefined {
  if (!(error instanceof PlumblineError) || (error.details.status !== 400 && error.details.status !== 422))
    return undefined;
  return new PlumblineError('USAGE_QUERY_REFUSED', { usage, said: error.details.said }, error);
}
