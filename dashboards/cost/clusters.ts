import { kubernetesAssetCost, organisationUnitCost } from '../../exporters/cost/metrics.ts';
import { clustersTable } from '../common/clusters.ts';
import { details } from '../lib/dashboard.ts';
import { ranking } from '../lib/panels.ts';
import { latest, maxBy, sumBy } from '../lib/promql.ts';
import { currency } from '../variables.ts';

/** Clusters from within, and what a unit costs. */
export const clusters = details(
  'Details: clusters and units',
  clustersTable({ width: 24, height: 5 }),
  ranking({
    title: 'Assets of clusters in 7 days',
    description: "What are clusters made of? By the cluster's own prices.",
    query: sumBy(['cluster', 'asset_type', 'currency'], latest(kubernetesAssetCost)),
    name: '{{asset_type}} of {{cluster}} ({{currency}})',
    whenEmpty: 'no cluster is asked',
    width: 12,
    height: 7,
  }),
  ranking({
    title: 'Unit cost ($currency)',
    description:
      'What does a unit of what we do cost, as a request or a customer? Effective cost over its quantity, on the days of its period that have usage.',
    query: maxBy(['unit'], latest(organisationUnitCost, { currency })),
    name: '{{unit}}',
    unit: 'small_money',
    whenEmpty: 'no units configured',
    width: 12,
    height: 7,
  }),
);
