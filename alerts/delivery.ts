/** Alerts on delivery. Verdicts are windowed state: one that is taken back resolves what it fired. */
import {
  age,
  andOn,
  compare,
  dividedBy,
  joinOn,
  latest,
  maxBy,
  minBy,
  minus,
  oneOf,
  sumBy,
} from '../dashboards/lib/promql.ts';
import {
  changeDeployments,
  changeFailBaselineRatio,
  changeFailRatio,
  deploymentInterval,
  deploymentRanges,
  lastDeployment,
  oldestUnrecoveredFailure,
  unrecoveredDeployments,
} from '../exporters/dora/metrics.ts';
import * as cases from './cases/delivery.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, decimal, duration, label, percentage, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

const by = ['team', 'service', 'environment'] as const;
const month = { window: '30d' } as const;

/** The alerts of `delivery.rules.yml`. */
export function deliveryAlerts({ alerts }: Settings) {
  const { fail_ratio_rise: rise, fail_ratio_deployments: enough } = alerts;
  const { recovery_hours: hours, deployment_pause_ratio: pause, deployment_pause_days: pauseDays } = alerts;
  const { unknown_lead_time_ratio: unknown } = alerts;

  const failed = maxBy(['team'], latest(changeFailRatio.team, month));
  const usually = maxBy(['team'], latest(changeFailBaselineRatio.team));
  const deployed = sumBy(['team'], latest(changeDeployments, month));
  const changeFailRateRising = defineAlert({
    name: 'ChangeFailRateRising',
    severity: 'ticket',
    expr: andOn(['team'], compare(minus(failed, usually), '>', rise), compare(deployed, '>=', enough)),
    for: '6h',
    summary: text`Team ${label('team')}'s deployments fail more often than usual, by ${percentage}`,
    description: text`Of team ${label('team')}'s production deployments of the last 30 days a share failed that is ${percentage} above that of the 90 days before; more than ${asPercentage(rise)} over at least ${enough} deployments is unlikely to be chance.`,
    value: text`${percentage} of the deployments above the usual share`,
    page: 'team',
    cases: cases.changeFailRateRising(rise, enough),
  });

  const recoveryRunningLong = defineAlert({
    name: 'RecoveryRunningLong',
    severity: 'ticket',
    // When it was goes on being read for a day after it was remedied; how many there are falls to 0 at once.
    expr: andOn(
      by,
      compare(age(minBy(by, latest(oldestUnrecoveredFailure))), '>', hours * 3600),
      compare(maxBy(by, latest(unrecoveredDeployments)), '>', 0),
    ),
    for: '15m',
    summary: text`${label('service')} runs a failed deployment for ${duration}`,
    description: text`A deployment of ${label('service')} to ${label('environment')} (team ${label('team')}) failed ${duration} ago, and no rollback, revert, fix or end of its incident is known; ${hours} hours are let pass.`,
    value: text`${duration} since the deployment`,
    page: 'team',
    cases: cases.recoveryRunningLong(hours),
  });

  const lastOne = age(maxBy(by, latest(lastDeployment)));
  const usualPause = maxBy(by, latest(deploymentInterval, { percentile: 'p90' }));
  const deploymentsStopped = defineAlert({
    name: 'DeploymentsStopped',
    severity: 'digest',
    expr: andOn(
      by,
      compare(joinOn(by, lastOne, '/', usualPause), '>', pause),
      compare(lastOne, '>', pauseDays * 86_400),
    ),
    for: '1h',
    summary: text`${label('service')} has not been deployed for ${decimal} times its usual pause`,
    description: text`The last successful deployment of ${label('service')} to ${label('environment')} (team ${label('team')}) is ${decimal} times as long ago as nine of ten of its pauses of 90 days were; more than ${pause} times and ${pauseDays} days is no pause any more.`,
    value: text`${decimal} times the usual pause`,
    page: 'team',
    cases: cases.deploymentsStopped(pause, pauseDays),
  });

  const without = ['unknown_commit', 'no_sha'] as const;
  const leadTimesUnknown = defineAlert({
    name: 'LeadTimesUnknown',
    severity: 'digest',
    expr: compare(
      dividedBy(
        sumBy(['team'], latest(deploymentRanges, { ...month, basis: oneOf(...without) })),
        sumBy(['team'], latest(deploymentRanges, month)),
      ),
      '>',
      unknown,
    ),
    for: '6h',
    summary: text`${percentage} of team ${label('team')}'s deployments have no lead time`,
    description: text`Of team ${label('team')}'s successful deployments of 30 days ${percentage} name no commit, or one that no source has read; above ${asPercentage(unknown)} its lead times tell of something else.`,
    value: text`${percentage} of the deployments`,
    page: 'delivery',
    cases: cases.leadTimesUnknown(unknown),
  });

  return defineGroup('delivery', [changeFailRateRising, recoveryRunningLong, deploymentsStopped, leadTimesUnknown]);
}
