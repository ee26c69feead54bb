/** Alerts on what is committed to and on clusters, whose own sums are held against the bill. */
import { absolute, compare, latest, maxBy } from '../dashboards/lib/promql.ts';
import { commitmentUtilisation, kubernetesReconciliationGap } from '../exporters/cost/metrics.ts';
import * as cases from './cases/cost-commitments.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, label, percentage, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

/** The alerts of `cost-commitments.rules.yml`. */
export function costCommitmentAlerts({ alerts }: Settings) {
  const { platform_team: platform, commitment_utilisation_ratio: least, kubernetes_gap_ratio: gapLimit } = alerts;

  const commitmentUnderused = defineAlert({
    name: 'CommitmentUnderused',
    severity: 'ticket',
    expr: compare(maxBy(commitmentUtilisation.labels, latest(commitmentUtilisation)), '<', least),
    for: '1h',
    summary: text`Only ${percentage} of commitment ${label('commitment')} is used`,
    description: text`Over the last 30 complete days ${percentage} of what commitment ${label('commitment')} (${label('provider')}, ${label('currency')}) costs was used; below ${asPercentage(least)} it is wasted. The rest was paid for nothing.`,
    value: text`${percentage} used`,
    team: platform,
    page: 'cost',
    cases: cases.commitmentUnderused(least),
  });

  const kubernetesGap = defineAlert({
    name: 'KubernetesReconciliationGap',
    severity: 'digest',
    expr: compare(
      absolute(maxBy(kubernetesReconciliationGap.labels, latest(kubernetesReconciliationGap))),
      '>',
      gapLimit,
    ),
    for: '1h',
    summary: text`What cluster ${label('cluster')} says it cost and its bill differ by ${percentage}`,
    description: text`On settled days of the last 30 the costs that OpenCost or Kubecost computes for cluster ${label('cluster')} (${label('currency')}) differ from the lines of the bill that they split by ${percentage}; up to ${asPercentage(gapLimit)} is let pass. The shares of teams are in doubt.`,
    value: text`${percentage} of the bill`,
    team: platform,
    page: 'cost',
    cases: cases.kubernetesReconciliationGap(gapLimit),
  });

  return defineGroup('cost-commitments', [commitmentUnderused, kubernetesGap]);
}
