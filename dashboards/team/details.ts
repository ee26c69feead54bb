import {
  estimateAccuracy,
  restated,
  teamKubernetesEfficiency,
  teamUnitCost,
  unitCost,
} from '../../exporters/cost/metrics.ts';
import { estimatesTable } from '../common/estimates.ts';
import { details } from '../lib/dashboard.ts';
import { days, ranking, table } from '../lib/panels.ts';
import { dayIncrease, latest, maxBy, sumBy } from '../lib/promql.ts';
import { servicesOfTeam, team } from '../variables.ts';
import { money } from './scope.ts';

const unitLabels = ['unit', 'service', 'currency'] as const;

/** What a unit costs, and how well clusters are used. */
export const efficiency = details(
  'Details: units and clusters',
  ranking({
    title: "The team's unit cost",
    description:
      'What does a request, a customer or another unit cost the team? Effective cost of all its services over its quantity.',
    query: maxBy(['unit', 'currency'], latest(teamUnitCost, { team })),
    name: '{{unit}} ({{currency}})',
    unit: 'small_money',
    whenEmpty: 'nobody counts units of this team',
    width: 6,
    height: 8,
  }),
  table({
    title: "Unit cost of the team's services",
    description: "Which service's units are expensive? Its effective cost over its quantity.",
    columns: [
      { label: 'unit', title: 'Unit' },
      { label: 'service', title: 'Service' },
      { label: 'currency', title: 'Currency' },
    ],
    values: [
      {
        title: 'Unit cost',
        query: maxBy(unitLabels, latest(unitCost, { team, service: servicesOfTeam })),
        unit: 'small_money',
      },
    ],
    whenEmpty: 'nobody counts units of this team',
    width: 10,
    height: 8,
  }),
  ranking({
    title: 'Used of requested in clusters',
    description:
      'How much of the CPU and memory that the team requests does it use? Weighed by cost, over the last 7 complete days; the rest is idle and paid for.',
    query: maxBy(['cluster'], latest(teamKubernetesEfficiency, { team })),
    name: '{{cluster}}',
    whenEmpty: 'nothing in a cluster',
    width: 8,
    height: 8,
  }),
);

/** Whether estimates came true, and whether the past changed. */
export const looksBack = details(
  'Details: estimates and restatements',
  estimatesTable({ team }),
  ranking({
    title: 'How near estimates came',
    description:
      'Can estimates be trusted? 1 less the sum of errors over the larger of estimate and actual change, of pull requests merged in the last 90 days.',
    query: maxBy(['service'], latest(estimateAccuracy, { team })),
    name: '{{service}}',
    whenEmpty: 'nothing measured yet',
    width: 8,
  }),
  days({
    title: 'Restated for all teams by day ($currency)',
    description:
      'Did the past change under us? How much bills changed days that we already knew, by the day we learned it; this is known per provider, not per team.',
    queries: [{ query: sumBy(['direction'], dayIncrease(restated, money)), name: '{{direction}}' }],
    width: 24,
    height: 8,
  }),
);
