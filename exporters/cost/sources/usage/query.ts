/**
 * A usage metric from a server with the HTTP API of Prometheus (https://prometheus.io/docs/prometheus/latest/querying/api/):
 * `query_range` with a step of a day, so that each value is that of an instant query at a UTC day's end. A day without
 * any series stays as it was; a series that is gone from a day that has others is taken back.
 */
import { createPrometheusClient, valueText } from '../../../core/prometheus.ts';
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
  /** As Prometheus writes numbers. */
  readonly quantity: string;
}

export interface UsageAnswer {
  readonly rows: readonly UsageRow[];
  readonly rejects: readonly Omit<Reject, 'source'>[];
}

/** Asks for complete UTC days (newest first, without gaps). Errors: those of the client. */
export async function askUsage(
  config: UsageQueryConfig,
  { log, signal }: Pick<SourceContext, 'log' | 'signal'>,
  days: readonly string[],
): Promise<UsageAnswer> {
  const { name, url, labels, query } = config;
  const asked = { url, of: `the usage metric ${name}` };
  const headers = authHeaders(config);
  const client = createPrometheusClient({ ...asked, headers, timeoutMs: config.timeout * 1000, log, signal });
  const [start, end] = [endOf(days.at(-1)!), endOf(days[0]!)];
  const rows: UsageRow[] = [];
  const rejects: Omit<Reject, 'source'>[] = [];
  for (const { labels: metric, samples } of await client.range(query, { start, end, step: daySeconds })) {
    const word = (label: string | undefined) => (label === undefined ? '' : (metric[label] ?? ''));
    const owner = { team: word(labels.team), service: word(labels.service), environment: word(labels.environment) };
    for (const [time, value] of samples) {
      if (time < start || time > end || time % daySeconds !== 0)
        throw new PlumblineError('PROMETHEUS_ANSWER_UNEXPECTED', {
          ...asked,
          reason: `it has a value of ${new Date(time * 1000).toISOString()}, which was not asked for`,
        });
      const day = dayBefore(new Date(time * 1000).toISOString().slice(0, 10), 1);
      const reason = faultOf(value);
      const quantity = valueText(value);
      const file = `${day} ${JSON.stringify(metric)}`.slice(0, 200);
      if (reason === undefined) rows.push({ day, ...owner, quantity });
      else rejects.push({ file, reason, field: 'quantity', value: quantity });
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
