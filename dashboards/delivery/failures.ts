import { failedDeployments, incidents, reworkDeployments } from '../../exporters/dora/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { ranking, table } from '../lib/panels.ts';
import { compare, latest, sumBy } from '../lib/promql.ts';
import { chosenPeriod } from './scope.ts';
import { repairWords } from './words.ts';

/** Where production broke, what told so, and what kind of repair there was. */
export const broke = row(
  'What broke, and what repaired it?',
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
    width: 12,
    height: 9,
  }),
  ranking({
    title: 'Why deployments failed',
    description: 'What tells that they failed? Failed deployments of the chosen teams in the period, by the rule.',
    query: compare(sumBy(['reason'], latest(failedDeployments, chosenPeriod)), '>', 0),
    name: '{{reason}}',
    words: repairWords,
    whenEmpty: 'none failed',
    width: 6,
    height: 9,
  }),
  ranking({
    title: 'What repaired production',
    description: 'What kind of repair were they? Unplanned deployments of the period because of an incident.',
    query: compare(sumBy(['reason'], latest(reworkDeployments, chosenPeriod)), '>', 0),
    name: '{{reason}}',
    words: repairWords,
    whenEmpty: 'none',
    width: 6,
    height: 9,
  }),
);
