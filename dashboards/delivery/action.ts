import {
  deploymentInterval,
  incidents,
  lastDeployment,
  oldestUnrecoveredFailure,
  unrecoveredDeployments,
} from '../../exporters/dora/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { age, compare, latest, maxBy, sumBy } from '../lib/promql.ts';
import { chosen, chosenPeriod } from './scope.ts';

const by = ['team', 'service', 'environment'] as const;
const columns = [
  { label: 'service', title: 'Service' },
  { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
  { label: 'environment', title: 'Environment' },
] as const;

/** What waits for someone; by age, not by team. */
export const act = row(
  'What waits for someone?',
  table({
    title: 'Failures that nothing has remedied',
    description:
      'Which services still run a failed deployment? The time since the oldest one ended, and how many there are. "plumbline explain deployment" tells why it counts as failed.',
    columns,
    values: [
      { title: 'Failed ago', query: age(maxBy(by, latest(oldestUnrecoveredFailure, chosen))), unit: 'seconds' },
      { title: 'Failures', query: maxBy(by, compare(latest(unrecoveredDeployments, chosen), '>', 0)) },
    ],
    whenEmpty: 'everything is remedied',
    width: 8,
    height: 9,
  }),
  table({
    title: 'Longest without a deployment',
    description:
      'Who has stopped deploying? The time since the last successful deployment, and the pause that nine of ten of its deployments of 90 days did not exceed.',
    columns,
    values: [
      { title: 'Last one ago', query: age(maxBy(by, latest(lastDeployment, chosen))), unit: 'seconds' },
      {
        title: 'Usual pause (p90)',
        query: maxBy(by, latest(deploymentInterval, { ...chosen, percentile: 'p90' })),
      },
    ],
    whenEmpty: 'nothing was deployed yet',
    width: 8,
    height: 9,
  }),
  table({
    title: 'Incidents of the period',
    description: 'Where did production break, whatever the cause? Incidents that began in the period, by their status.',
    columns: [
      { label: 'service', title: 'Service' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
      { label: 'status', title: 'Status' },
    ],
    values: [
      {
        title: 'Incidents',
        query: compare(sumBy(['team', 'service', 'status'], latest(incidents, chosenPeriod)), '>', 0),
      },
    ],
    whenEmpty: 'no incidents',
    width: 8,
    height: 9,
  }),
);
