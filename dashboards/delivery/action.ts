import {
  deploymentInterval,
  lastDeployment,
  oldestUnrecoveredFailure,
  unrecoveredDeployments,
} from '../../exporters/dora/metrics.ts';
import { openIncidentsTable } from '../common/incidents.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { age, andOn, compare, latest, maxBy } from '../lib/promql.ts';
import { chosen } from './scope.ts';

const by = ['team', 'service', 'environment'] as const;
const unremedied = maxBy(by, compare(latest(unrecoveredDeployments, chosen), '>', 0));
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
      // When it was goes on being read for a day after it was remedied; how many there are falls to 0 at once.
      {
        title: 'Failed ago',
        query: andOn(by, age(maxBy(by, latest(oldestUnrecoveredFailure, chosen))), unremedied),
        unit: 'seconds',
      },
      { title: 'Failures', query: unremedied },
    ],
    whenEmpty: 'everything is remedied',
    width: 12,
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
        title: 'Usual (p90)',
        query: maxBy(by, latest(deploymentInterval, { ...chosen, percentile: 'p90' })),
      },
    ],
    compact: true,
    whenEmpty: 'nothing was deployed yet',
    width: 12,
    height: 9,
  }),
  openIncidentsTable(chosen),
);
