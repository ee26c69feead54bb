import {
  kubernetesEfficiency,
  kubernetesIdleCost,
  kubernetesIdleRatio,
  kubernetesReconciliationGap,
} from '../../exporters/cost/metrics.ts';
import { type Panel, table } from '../lib/panels.ts';
import { latest, maxBy, sumBy } from '../lib/promql.ts';
import { idleShares } from '../thresholds.ts';

const cluster = ['cluster', 'currency'] as const;

/** Every cluster by what of it is idle. */
export const clustersTable = (place: { readonly width: number; readonly height?: number }): Panel =>
  table({
    title: 'Clusters',
    description:
      "Which cluster is too large, and do its own prices agree with the bill? What is idle and what is used of the requested, of the last 7 days by the cluster's own prices, a part of its bill and not on top of it; the gap is of 30 days.",
    columns: [
      { label: 'cluster', title: 'Cluster' },
      { label: 'currency', title: 'Currency' },
    ],
    values: [
      { title: 'Idle cost', query: sumBy(cluster, latest(kubernetesIdleCost)) },
      { title: 'Idle', query: maxBy(cluster, latest(kubernetesIdleRatio)), thresholds: idleShares },
      { title: 'Used', query: maxBy(cluster, latest(kubernetesEfficiency)) },
      { title: 'Gap to bill', query: maxBy(cluster, latest(kubernetesReconciliationGap)) },
    ],
    whenEmpty: 'no cluster is asked',
    ...place,
  });
