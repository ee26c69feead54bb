import {
  changeDeployments,
  changeFailRatio,
  changeLeadTimeQuantile,
  deploymentReworkRatio,
  deployments,
  failedDeploymentRecoveryQuantile,
  incidents,
  leadTimeChanges,
  recoveredDeployments,
  unrecoveredDeployments,
} from '../../exporters/dora/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { stat } from '../lib/panels.ts';
import { compare, countBy, earlier, latest, maxBy, not, or, sum, sumBy, times } from '../lib/promql.ts';
import { unrecovered } from '../thresholds.ts';
import { chosen, chosenPeriod, lead, period, wholeOrganisation } from './scope.ts';

const median = { ...period, percentile: 'p50' } as const;
/** What is told, under each the n that it is told of, and below what it was. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

const then = 'Of the period that ended 30 days ago.';
const notKnownThen = 'not known then';

/** The five metrics of dora.dev in big numbers, over how much they are told, and the same 30 days ago. */
export const answer = row(
  'How do we deliver? Times and rates of the whole organisation',
  stat({
    title: 'Lead time, median',
    description: `How long does a change take from its author's first commit to production? The median over commits, to the end of the deployment that brought them. ${wholeOrganisation}`,
    query: maxBy([], latest(changeLeadTimeQuantile.organisation, { ...median, ...lead })),
    whenEmpty: 'too few changes',
    ...told,
  }),
  stat({
    title: 'Deployments',
    description: 'How often do we deploy? Successful deployments to production of the chosen teams in the period.',
    query: sum(latest(deployments, { ...chosenPeriod, outcome: 'success' })),
    ...told,
  }),
  stat({
    title: 'Change fail rate',
    description: `How often does a deployment need immediate repair? Failed over all finished production deployments, rollbacks excluded. ${wholeOrganisation}`,
    query: maxBy([], latest(changeFailRatio.organisation, period)),
    whenEmpty: 'too few deployments',
    ...told,
  }),
  stat({
    title: 'Recovery, median',
    description: `How long does a failed deployment hurt? From its end to the end of what remedied it, else to its incident's resolution. ${wholeOrganisation}`,
    query: maxBy([], latest(failedDeploymentRecoveryQuantile.organisation, median)),
    whenEmpty: 'too few failures',
    ...told,
  }),
  stat({
    title: 'Rework rate',
    description: `How many deployments were not planned and repaired production? Over all deployments. ${wholeOrganisation}`,
    query: maxBy([], latest(deploymentReworkRatio.organisation, period)),
    whenEmpty: 'too few deployments',
    ...told,
  }),
  stat({
    title: 'Not recovered',
    description: 'Which failed deployments has nothing remedied yet, whenever they were? Of the chosen teams.',
    query: sum(latest(unrecoveredDeployments, chosen)),
    thresholds: unrecovered,
    otherwise: 'good',
    ...told,
  }),
  stat({
    title: 'n: changes',
    description: `Over how many commits are lead times told? Few say little. ${wholeOrganisation}`,
    query: sum(latest(leadTimeChanges, { ...period, ...lead })),
    ...over,
  }),
  stat({
    title: 'Services deployed',
    description: 'How many services were deployed at all? Those of the chosen teams with a success in the period.',
    query: countBy(
      [],
      compare(
        sumBy(['team', 'service', 'environment'], latest(deployments, { ...chosenPeriod, outcome: 'success' })),
        '>',
        0,
      ),
    ),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'n: no rollbacks',
    description: `Over how many deployments is the fail rate told? All that finished, rollbacks excluded. ${wholeOrganisation}`,
    query: sum(latest(changeDeployments, period)),
    ...over,
  }),
  stat({
    title: 'n: recovered',
    description: `Over how many failed deployments is the recovery time told? Those recovered in the period. ${wholeOrganisation}`,
    query: sum(latest(recoveredDeployments, period)),
    ...over,
  }),
  stat({
    title: 'n: finished',
    description: `Over how many deployments is the rework rate told? All that finished, rollbacks among them. ${wholeOrganisation}`,
    query: sum(latest(deployments, { ...period, outcome: not('cancelled') })),
    ...over,
  }),
  stat({
    title: 'Incidents open',
    description:
      'What is broken right now, whatever the cause? Incidents of the chosen teams that began in the period.',
    query: or(
      sum(latest(incidents, { ...chosenPeriod, status: 'open' })),
      times(sum(latest(incidents, chosenPeriod)), 0),
    ),
    whenEmpty: 'none',
    thresholds: unrecovered,
    otherwise: 'good',
    ...over,
  }),
  stat({
    title: '30 d ago: lead',
    description: `Did a change take longer before? The median lead time. ${then} ${wholeOrganisation}`,
    query: maxBy([], earlier(changeLeadTimeQuantile.organisation, '30d', { ...median, ...lead })),
    whenEmpty: 'too few changes',
    ...over,
  }),
  stat({
    title: '30 d ago: count',
    description: `Did we deploy more often before? Successful deployments of the chosen teams. ${then}`,
    query: sum(earlier(deployments, '30d', { ...chosenPeriod, outcome: 'success' })),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: failed',
    description: `Did more deployments need immediate repair before? The change fail rate. ${then} ${wholeOrganisation}`,
    query: maxBy([], earlier(changeFailRatio.organisation, '30d', period)),
    whenEmpty: 'too few deployments',
    ...over,
  }),
  stat({
    title: '30 d ago: restore',
    description: `Did a failure hurt for longer before? The median recovery time. ${then} ${wholeOrganisation}`,
    query: maxBy([], earlier(failedDeploymentRecoveryQuantile.organisation, '30d', median)),
    whenEmpty: 'too few failures',
    ...over,
  }),
  stat({
    title: '30 d ago: rework',
    description: `Was more of what was deployed repair before? The rework rate. ${then} ${wholeOrganisation}`,
    query: maxBy([], earlier(deploymentReworkRatio.organisation, '30d', period)),
    whenEmpty: 'too few deployments',
    ...over,
  }),
  stat({
    title: '30 d ago: failing',
    description:
      'Were more failures not remedied 30 days ago? Failed deployments of the chosen teams, whenever they were.',
    query: sum(earlier(unrecoveredDeployments, '30d', chosen)),
    whenEmpty: notKnownThen,
    ...over,
  }),
);
