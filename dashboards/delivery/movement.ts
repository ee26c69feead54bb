import {
  changeFailBaselineRatio,
  changeFailRatio,
  changeLeadTimeQuantile,
  deploymentReworkRatio,
  deployments,
  failedDeploymentRecoveryQuantile,
  incidentRestoreQuantile,
} from '../../exporters/dora/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { lines } from '../lib/panels.ts';
import { latest, maxBy, sumBy } from '../lib/promql.ts';
import { chosenPeriod, lead, period, wholeOrganisation } from './scope.ts';

/** Each metric over time, as it was known on each day. */
export const moved = row(
  'How did it move?',
  lines({
    title: 'Change lead time',
    description: `Do changes get to production faster? Exact quantiles over the commits of the period before each day. ${wholeOrganisation}`,
    queries: [
      {
        query: maxBy(['percentile'], latest(changeLeadTimeQuantile.organisation, { ...period, ...lead })),
        name: '{{percentile}}',
      },
    ],
    whenEmpty: 'too few changes',
    width: 12,
  }),
  lines({
    title: 'Deployments in the period',
    description: 'Do we deploy more often? Deployments to production in the period before each day, by how they ended.',
    queries: [{ query: sumBy(['outcome'], latest(deployments, chosenPeriod)), name: '{{outcome}}' }],
    width: 12,
  }),
  lines({
    title: 'Change fail rate and rework rate',
    description: `Does more of what we deploy break? The share that failed, against that of the 90 days before the last 30, and the share that was repair. ${wholeOrganisation}`,
    queries: [
      { query: maxBy([], latest(changeFailRatio.organisation, period)), name: 'failed' },
      { query: maxBy([], latest(changeFailBaselineRatio.organisation)), name: 'failed, usually' },
      { query: maxBy([], latest(deploymentReworkRatio.organisation, period)), name: 'rework' },
    ],
    whenEmpty: 'too few deployments',
    width: 12,
  }),
  lines({
    title: 'Recovery time, and the older time to restore',
    description: `Do we recover faster? Failed deployments' recovery, and beside it how long incidents were open, whatever caused them. ${wholeOrganisation}`,
    queries: [
      {
        query: maxBy(['percentile'], latest(failedDeploymentRecoveryQuantile.organisation, period)),
        name: '{{percentile}}',
      },
      {
        query: maxBy([], latest(incidentRestoreQuantile.organisation, { ...period, percentile: 'p50' })),
        name: 'incidents open, p50',
      },
    ],
    whenEmpty: 'too few failures',
    width: 12,
  }),
);
