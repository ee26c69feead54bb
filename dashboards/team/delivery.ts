import {
  changeDeployments,
  changeFailBaselineRatio,
  changeFailRatio,
  changeLeadTimeQuantile,
  deploymentReworkRatio,
  deployments,
  excludedChanges,
  failedBeforeChangeDeployments,
  failedDeploymentRecoveryQuantile,
  failedDeployments,
  incidents,
  lastDeployment,
  leadTimeChanges,
  oldestUnrecoveredFailure,
  pullRequestStageQuantile,
  recoveredDeployments,
  unmatchedIncidents,
  unrecoveredDeployments,
} from '../../exporters/dora/metrics.ts';
import { incidentsTable } from '../common/incidents.ts';
import { exclusionWords, unmatchedWords } from '../delivery/words.ts';
import { details, row } from '../lib/dashboard.ts';
import { lines, ranking, stat, table } from '../lib/panels.ts';
import { age, andOn, compare, latest, maxBy, minBy, not, or, sum, sumBy, times } from '../lib/promql.ts';
import { unrecovered } from '../thresholds.ts';
import { team } from '../variables.ts';

/** The page has no room for a period of its own; 30 days hold enough, and 90 days stand in the details. */
const month = { team, window: '30d' } as const;
const quarter = { team, window: '90d' } as const;
const lead = { clock: 'authored', reach: 'all' } as const;
const noDelivery = 'nothing deployed, or too little to tell';

/** What is told, and under each the n that it is told of. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

/** The five metrics of the team, each with how much it is told of. */
export const delivery = row(
  'Delivery of $team, 30 days',
  stat({
    title: 'Lead time, median',
    description:
      "How long do the team's changes take from the first commit to production? Over commits of the last 30 days.",
    query: maxBy([], latest(changeLeadTimeQuantile.team, { ...month, ...lead, percentile: 'p50' })),
    whenEmpty: noDelivery,
    ...told,
  }),
  stat({
    title: 'Deployments',
    description: 'How often does the team deploy? Successful deployments to production in 30 days.',
    query: sum(latest(deployments, { ...month, outcome: 'success' })),
    whenEmpty: 'none',
    ...told,
  }),
  stat({
    title: 'Change fail rate',
    description: 'How many of its deployments needed immediate repair? Rollbacks themselves are not counted.',
    query: maxBy([], latest(changeFailRatio.team, month)),
    whenEmpty: noDelivery,
    ...told,
  }),
  stat({
    title: 'Recovery, 90 days',
    description: 'How long did its failed deployments hurt? The median over 90 days, as failures are few.',
    query: maxBy([], latest(failedDeploymentRecoveryQuantile.team, { ...quarter, percentile: 'p50' })),
    whenEmpty: 'too few failures',
    ...told,
  }),
  stat({
    title: 'Rework rate',
    description: 'How many of its deployments were unplanned repairs of production?',
    query: maxBy([], latest(deploymentReworkRatio.team, month)),
    whenEmpty: noDelivery,
    ...told,
  }),
  stat({
    title: 'Not recovered',
    description: 'How many failed deployments of the team has nothing remedied yet?',
    query: sum(latest(unrecoveredDeployments, { team })),
    thresholds: unrecovered,
    otherwise: 'good',
    whenEmpty: 'nothing deployed',
    ...told,
  }),
  stat({
    title: 'n: changes',
    description: 'Over how many commits is the lead time told? Below the minimum it is absent.',
    query: sum(latest(leadTimeChanges, { ...month, ...lead })),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'Last one ago',
    description: 'When did the team deploy last? The time since its last successful deployment to production.',
    query: minBy([], age(latest(lastDeployment, { team }))),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'n: no rollbacks',
    description: 'Over how many deployments is the fail rate told? All that finished, rollbacks excluded.',
    query: sum(latest(changeDeployments, month)),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'n: recovered, 90 d',
    description: 'Over how many failed deployments is the recovery time told? Those recovered in 90 days.',
    query: sum(latest(recoveredDeployments, quarter)),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'n: finished',
    description: 'Over how many deployments is the rework rate told? All that finished, rollbacks among them.',
    query: sum(latest(deployments, { ...month, outcome: not('cancelled') })),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'Incidents open',
    description: "What is broken right now, whatever the cause? The team's incidents of 90 days that are open.",
    query: or(sum(latest(incidents, { ...quarter, status: 'open' })), times(sum(latest(incidents, quarter)), 0)),
    thresholds: unrecovered,
    otherwise: 'good',
    whenEmpty: 'none',
    ...over,
  }),
  lines({
    title: 'Change lead time over time',
    description:
      'Do its changes get to production faster? Exact quantiles over the commits of the 30 days before each day.',
    queries: [
      {
        query: maxBy(['percentile'], latest(changeLeadTimeQuantile.team, { ...month, ...lead })),
        name: '{{percentile}}',
      },
    ],
    whenEmpty: noDelivery,
    width: 8,
    height: 12,
  }),
  lines({
    title: 'Where its pull requests wait, median',
    description: 'Which stage is slow? First commit to opened, to the last approval, to the merge, to production.',
    queries: [
      {
        query: maxBy(['stage'], latest(pullRequestStageQuantile.team, { ...month, percentile: 'p50' })),
        name: '{{stage}}',
      },
    ],
    whenEmpty: noDelivery,
    width: 8,
    height: 12,
  }),
  lines({
    title: 'Change fail rate and rework rate over time',
    description: 'Does more of what it deploys break? Against its own usual rate, of the 90 days before the last 30.',
    queries: [
      { query: maxBy([], latest(changeFailRatio.team, month)), name: 'failed' },
      { query: maxBy([], latest(changeFailBaselineRatio.team, { team })), name: 'failed, usually' },
      { query: maxBy([], latest(deploymentReworkRatio.team, month)), name: 'rework' },
    ],
    whenEmpty: noDelivery,
    width: 8,
    height: 12,
  }),
);

const service = ['service', 'environment'] as const;

/** Its services one by one, and what no number counts. */
export const deliveryDetails = details(
  "Details: the team's deployments",
  table({
    title: 'Deployments of its services',
    description:
      'How is each service doing? Deployments and failures not remedied, the last deployment, and the median lead time of 90 days.',
    columns: [
      { label: 'service', title: 'Service' },
      { label: 'environment', title: 'Environment' },
    ],
    values: [
      { title: 'Deployments', query: sumBy(service, latest(deployments, { ...month, outcome: 'success' })) },
      { title: 'Last one ago', query: age(maxBy(service, latest(lastDeployment, { team }))), unit: 'seconds' },
      {
        title: 'Lead time, 90 d',
        query: maxBy(
          service,
          latest(changeLeadTimeQuantile.service, { ...lead, team, window: '90d', percentile: 'p50' }),
        ),
      },
      { title: 'Failures open', query: maxBy(service, latest(unrecoveredDeployments, { team })) },
      {
        title: 'Failed ago',
        query: andOn(
          service,
          age(maxBy(service, latest(oldestUnrecoveredFailure, { team }))),
          compare(maxBy(service, latest(unrecoveredDeployments, { team })), '>', 0),
        ),
        unit: 'seconds',
      },
      { title: 'Recovered, 90 d', query: sumBy(service, latest(recoveredDeployments, { team, window: '90d' })) },
    ],
    whenEmpty: 'nothing was deployed yet',
    width: 24,
    height: 7,
  }),
  table({
    title: 'Incidents of 90 days',
    description: 'Where did production break, whatever the cause? By service and status.',
    columns: [
      { label: 'service', title: 'Service' },
      { label: 'status', title: 'Status' },
    ],
    values: [
      {
        title: 'Incidents',
        query: compare(sumBy(['service', 'status'], latest(incidents, { team, window: '90d' })), '>', 0),
      },
    ],
    whenEmpty: 'no incidents',
    width: 12,
    height: 8,
  }),
  ranking({
    title: 'Changes without a lead time',
    description: 'Which commits of 30 days are in no quantile, and why?',
    query: compare(sumBy(['reason'], latest(excludedChanges, month)), '>', 0),
    name: '{{reason}}',
    words: exclusionWords,
    whenEmpty: 'none',
    width: 12,
    height: 8,
  }),
  incidentsTable({ team }),
  ranking({
    title: 'Failed deployments, by what tells it',
    description:
      'Why do deployments of 90 days count as failed? "incident" is one that an incident is linked to; "plumbline explain deployment" names it.',
    query: compare(sumBy(['service', 'reason'], latest(failedDeployments, { team, window: '90d' })), '>', 0),
    name: '{{service}}: {{reason}}',
    whenEmpty: 'none',
    width: 8,
    height: 8,
  }),
  ranking({
    title: 'Incidents that match no deployment',
    description: 'Which incidents of 90 days count for no deployment, and why?',
    query: compare(sumBy(['reason'], latest(unmatchedIncidents, { team, window: '90d' })), '>', 0),
    name: '{{reason}}',
    words: unmatchedWords,
    whenEmpty: 'all match',
    width: 8,
    height: 8,
  }),
  ranking({
    title: 'Failed before they changed production',
    description: 'Which deployments of 30 days failed without harm? They are no failures, and in no rate.',
    query: compare(sumBy(['service'], latest(failedBeforeChangeDeployments, month)), '>', 0),
    name: '{{service}}',
    whenEmpty: 'none',
    width: 8,
    height: 8,
  }),
);
