import { dailyCost } from '../../exporters/cost/metrics.ts';
import { changeLeadTimeQuantile, deployments } from '../../exporters/dora/metrics.ts';
import { results, violations } from '../../exporters/policy/metrics.ts';
import { teamConformance, teamMeasured } from '../../exporters/scorecard/metrics.ts';
import { runningImages, slaFindings } from '../../exporters/supply-chain/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { daysSum, dividedBy, earlier, latest, maxBy, minus, oneOf, or, sumBy, times } from '../lib/promql.ts';
import { anyToActOn, conformanceMoves, coveredShares, growth, noneAllowed } from '../thresholds.ts';
import { median, money, month, open } from './scope.ts';

const team = ['team'] as const;
const spent = sumBy(team, daysSum(dailyCost, 30, money));
const conformance = maxBy(team, latest(teamConformance));
const enforced = or(
  sumBy(team, latest(violations, { ...open, enforcement: 'enforce' })),
  times(sumBy(team, latest(results)), 0),
);
const late = or(
  sumBy(team, latest(slaFindings, { state: oneOf('open', 'unknown'), status: 'breached' })),
  times(sumBy(team, latest(runningImages)), 0),
);

/** The same by team: who needs a hand. */
export const teams = row(
  'Which teams need a hand?',
  table({
    title: 'Teams',
    description:
      'Where is help needed? Of each team the cost of the last 30 complete days and its change against the 30 before, successful deployments and the median lead time of 30 days, open violations of enforced policies, findings past their limit, and its conformance with the golden path, how that moved in 30 days, and how much of it is measured. The name leads to its page; – is what is not known of it, and not 0.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team') }],
    values: [
      { title: 'Cost, 30 d', query: spent },
      {
        title: 'Change',
        query: minus(dividedBy(spent, sumBy(team, daysSum(dailyCost, 30, money, 30))), 1),
        unit: 'ratio',
        thresholds: growth,
      },
      { title: 'Deployed', query: sumBy(team, latest(deployments, { ...month, outcome: 'success' })) },
      { title: 'Lead time', query: maxBy(team, latest(changeLeadTimeQuantile.team, median)) },
      { title: 'Enforced', query: enforced, thresholds: anyToActOn },
      { title: 'Past limit', query: late, thresholds: noneAllowed },
      { title: 'Conformance', query: conformance },
      {
        title: 'Since 30 d',
        query: minus(conformance, maxBy(team, earlier(teamConformance, '30d'))),
        thresholds: conformanceMoves,
      },
      { title: 'Measured', query: maxBy(team, latest(teamMeasured)), thresholds: coveredShares },
    ],
    compact: true,
    whenEmpty: 'no team is known yet',
    width: 24,
    height: 12,
  }),
);
