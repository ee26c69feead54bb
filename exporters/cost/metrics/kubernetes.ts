/**
 * Clusters by what OpenCost or Kubecost say of them. Their costs are those APIs' own: they split the clusters' lines on
 * the bill and are reconciled with them, and are never added to what is on the bill.
 */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

export const kubernetesIdleRatio = defineMetric({
  name: 'finops_kubernetes_idle_ratio',
  kind: 'state',
  help: "Share of a cluster's cost of the last 7 complete days that no workload had requested or used; negative where more was used than there was.",
  unit: 'ratio',
  labels: ['cluster', 'currency'],
  additive: false,
  level: 'organisation',
  maxSeries: 500,
  reads: ['kubernetes_costs'],
  sql: sql('kubernetes_recent', 'kubernetes_idle_ratio'),
});

export const kubernetesIdleCost = defineMetric({
  name: 'finops_kubernetes_idle_cost',
  kind: 'state',
  help: "Cost of what was idle in a cluster in the last 7 complete days, by the cluster's own prices; a part of its bill, not on top of it.",
  unit: 'currency',
  labels: ['cluster', 'currency'],
  additive: true,
  maxSeries: 500,
  reads: ['kubernetes_costs'],
  sql: sql('kubernetes_recent', 'kubernetes_idle_cost'),
});

export const kubernetesEfficiency = defineMetric({
  name: 'finops_kubernetes_efficiency_ratio',
  kind: 'state',
  help: "Used over requested CPU and memory of a cluster's workloads in the last 7 complete days, weighed by cost; above 1 where more is used than requested.",
  unit: 'ratio',
  labels: ['cluster', 'currency'],
  additive: false,
  level: 'organisation',
  maxSeries: 500,
  reads: ['kubernetes_costs'],
  sql: sql('kubernetes_recent', 'kubernetes_efficiency'),
});

export const teamKubernetesEfficiency = defineMetric({
  name: 'finops_team_kubernetes_efficiency_ratio',
  kind: 'state',
  help: "Used over requested CPU and memory of a team's workloads in a cluster in the last 7 complete days, weighed by cost.",
  unit: 'ratio',
  labels: ['cluster', 'team', 'currency'],
  additive: false,
  level: 'team',
  maxSeries: 5_000,
  reads: ['kubernetes_costs'],
  sql: sql('kubernetes_recent', 'kubernetes_team_efficiency'),
});

export const kubernetesAssetCost = defineMetric({
  name: 'finops_kubernetes_asset_cost',
  kind: 'state',
  help: "Cost of a cluster's assets by type in the last 7 complete days, by the cluster's own prices; a part of its bill, not on top of it.",
  unit: 'currency',
  labels: ['cluster', 'asset_type', 'currency'],
  additive: true,
  maxSeries: 2_000,
  reads: ['kubernetes_assets'],
  sql: sql('kubernetes_asset_cost'),
});

export const kubernetesReconciliationGap = defineMetric({
  name: 'finops_kubernetes_reconciliation_gap_ratio',
  kind: 'state',
  help: 'What OpenCost or Kubecost say a cluster cost less the effective cost of its lines on the bill, over the latter, on the last 30 complete days that both tell and that are no longer estimated.',
  unit: 'ratio',
  labels: ['cluster', 'currency'],
  additive: false,
  level: 'organisation',
  maxSeries: 500,
  reads: ['kubernetes_costs', 'split_costs', 'splits', 'kubernetes_clusters', 'cost_settings'],
  sql: sql('kubernetes_gap'),
});

export const kubernetesMetrics = [
  ...[kubernetesIdleRatio, kubernetesIdleCost, kubernetesEfficiency, teamKubernetesEfficiency],
  ...[kubernetesAssetCost, kubernetesReconciliationGap],
] as const;
