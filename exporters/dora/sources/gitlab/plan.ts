/** What the next refresh asks of GitLab, as far as it is known before. */
import type { RequestPlan } from '../../../core/source.ts';
import type { GitLabConfig } from './config.ts';
import type { Cursors } from './cursors.ts';
import { doraMetricsRequests } from './dora-metrics.ts';

export function planText(config: GitLabConfig, cursors: Cursors): RequestPlan {
  const { projects, groups, read, incident_labels, history_days } = config;
  const known = cursors.projects;
  const unread = known.filter(project => (cursors.of(project, '') as { readonly isRead?: boolean }).isRead !== true);
  const count = Math.max(known.length, projects.length);
  const each = read.reduce((sum, part) => {
    if (part === 'dora_metrics') return sum;
    if (part === 'commits') return sum + 2;
    return sum + (part === 'incidents' ? 1 + incident_labels.length : 1);
  }, 0);
  const daily = read.includes('dora_metrics') ? doraMetricsRequests * (count + groups.length) : 0;
  const requests = projects.length + groups.length + count * each;
  const details = [
    ...(read.includes('pipelines') ? ['1 for each pipeline that has ended'] : []),
    ...(read.includes('merge_requests') ? ['2 for each merge request that was merged'] : []),
  ].join(' and ');
  const beside = details === '' ? '' : `, and ${details} since the last reading`;
  const own = daily === 0 ? '' : `; ${daily} more once a day for the metrics that GitLab computes itself`;
  const isFirst = known.length === 0 || unread.length > 0;
  const text = isFirst
    ? `the first reading goes back ${history_days} days and sends at least ${requests} requests, 1 for each 100 things of a list${details === '' ? '' : `, and ${details}`}${groups.length > 0 && known.length === 0 ? '; how many projects the groups have is not known yet' : ''}${own}`
    : `the next refresh sends about ${requests} requests for ${count} projects${beside}${own}`;
  return { requests: requests + daily, text };
}
