/**
 * What GitLab computes itself: GET /projects|groups/:id/dora/metrics (Ultimate). Asked once a day for the 7, 30 and 90
 * days up to yesterday, for the tier production. Its lead time is the median from merge to deployment, its time to
 * restore the median that incidents were open, its failure rate incidents over deployments, which may exceed 1.
 */
import { z } from 'zod';
import { daySeconds, utcDay } from '../../../core/time.ts';
import { type GitLabClient, idOf } from '../../../vendors/gitlab/client.ts';
import { PlumblineError } from '../../../vendors/gitlab/errors.ts';
import type { ExternalMetricFact } from '../../facts.ts';

const windows = [7, 30, 90] as const;

const metrics = [
  { asked: 'deployment_frequency', metric: 'deployments', statistic: '' },
  { asked: 'lead_time_for_changes', metric: 'change_lead_time', statistic: 'p50' },
  { asked: 'time_to_restore_service', metric: 'recovery_time', statistic: 'p50' },
  { asked: 'change_failure_rate', metric: 'change_fail_ratio', statistic: '' },
] as const;

/** With interval=all a bare value; versions differ, and some answer as they do by day. */
const answerSchema = z.union([
  z.number().nullable(),
  z.looseObject({ value: z.number().nullable() }).transform(({ value }) => value),
  z
    .array(z.looseObject({ value: z.number().nullable() }))
    .max(1)
    .transform(([one]) => one?.value ?? null),
]);

export interface DoraScope {
  readonly path: 'projects' | 'groups';
  readonly id: string | number;
  /** Words for what the numbers are of: a project is a service, a group a team. */
  readonly words: { readonly service: string } | { readonly team: string };
}

/** Requests that a day's reading of a scope takes. */
export const doraMetricsRequests = windows.length * metrics.length;

/** Undefined where this GitLab has no such API: the tier lacks it, or the token its role. */
export async function readDoraMetrics(
  client: GitLabClient,
  scope: DoraScope,
  now: Date,
): Promise<readonly ExternalMetricFact[] | undefined> {
  const end = utcDay(now);
  const dayBefore = (count: number) => utcDay(new Date(Date.parse(end) - count * daySeconds * 1000));
  const facts: ExternalMetricFact[] = [];
  for (const days of windows)
    for (const { asked, metric, statistic } of metrics) {
      const start = dayBefore(days);
      const path = `${scope.path}/${idOf(scope.id)}/dora/metrics`;
      // Both days count.
      const query = { metric: asked, interval: 'all', start_date: start, end_date: dayBefore(1) };
      let answer: unknown;
      try {
        answer = await client.get({ path, query });
      } catch (error) {
        if (error instanceof PlumblineError && ['GITLAB_FORBIDDEN', 'GITLAB_NOT_FOUND'].includes(error.code))
          return undefined;
        throw error;
      }
      const read = answerSchema.safeParse(answer);
      if (!read.success)
        throw new PlumblineError('GITLAB_ANSWER', {
          what: path,
          reason: `${asked} is ${JSON.stringify(answer)?.slice(0, 100)}`,
        });
      // No deployments or incidents: there is nothing to take a median of.
      if (read.data === null) continue;
      facts.push({
        ...{ tool: 'gitlab', metric, statistic, ...scope.words, value: read.data },
        ...{ periodStart: `${start}T00:00:00Z`, periodEnd: `${end}T00:00:00Z`, updatedAt: now.toISOString() },
      });
    }
  return facts;
}
