import {
  changeFailRatio,
  changeLeadTimeQuantile,
  deploymentReworkRatio,
  deployments,
  failedDeploymentRecoveryQuantile,
  leadTimeChanges,
  unrecoveredDeployments,
} from '../../exporters/dora/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { stat } from '../lib/panels.ts';
import { latest, maxBy, sum } from '../lib/promql.ts';
import { unrecovered } from '../thresholds.ts';
import { chosen, chosenPeriod, lead, period, wholeOrganisation } from './scope.ts';

const median = { ...period, percentile: 'p50' } as const;

/** The five metrics of dora.dev in big numbers, and over how much they are told. */
export const answer = row(
  'How do we deliver?',
  stat({
    title: 'Change lead time, median',
    description: `How long does a change take from its author's first commit to production? The median over commits, to the end of the deployment that brought them. ${wholeOrganisation}`,
    query: maxBy([], latest(changeLeadTimeQuantile.organisation, { ...median, ...lead })),
    whenEmpty: 'too few changes',
    width: 4,
  }),
  stat({
    title: 'Deployments',
    description: 'How often do we deploy? Successful deployments to production of the chosen teams in the period.',
    query: sum(latest(deployments, { ...chosenPeriod, outcome: 'success' })),
    width: 3,
  }),
  stat({
    title: 'Change fail rate',
    description: `How often does a deployment need immediate repair? Failed over all finished production deployments, rollbacks excluded. ${wholeOrganisation}`,
    query: maxBy([], latest(changeFailRatio.organisation, period)),
    whenEmpty: 'too few deployments',
    width: 3,
  }),
  stat({
    title: 'Recovery time, median',
    description: `How long does a failed deployment hurt? From its end to the end of what remedied it, else to its incident's resolution. ${wholeOrganisation}`,
    query: maxBy([], latest(failedDeploymentRecoveryQuantile.organisation, median)),
    whenEmpty: 'too few failures',
    width: 4,
  }),
  stat({
    title: 'Rework rate',
    description: `How many deployments were not planned and repaired production? Over all deployments. ${wholeOrganisation}`,
    query: maxBy([], latest(deploymentReworkRatio.organisation, period)),
    whenEmpty: 'too few deployments',
    width: 3,
  }),
  stat({
    title: 'Changes measured',
    description: 'Over how many commits are lead times told? Those of the chosen teams in the period; few say little.',
    query: sum(latest(leadTimeChanges, { ...chosenPeriod, ...lead })),
    width: 4,
  }),
  stat({
    title: 'Not recovered',
    description: 'Which failed deployments has nothing remedied yet, whenever they were? Of the chosen teams.',
    query: sum(latest(unrecoveredDeployments, chosen)),
    thresholds: unrecovered,
    otherwise: 'good',
    width: 3,
  }),
);
