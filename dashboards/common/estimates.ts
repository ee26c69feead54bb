import { actualChange, estimateAttribution, estimatedChange } from '../../exporters/cost/metrics.ts';
import { linksToTeam, type TeamLinks } from '../lib/links.ts';
import { type Panel, table } from '../lib/panels.ts';
import { joinOn, type LabelValue, latest, plus, sumBy, times } from '../lib/promql.ts';

const pullRequest = ['team', 'service', 'repository', 'pull_request'] as const;
const labels = [...pullRequest, 'currency'] as const;

/** Pull requests of some teams by what they were estimated to change, and what they did. */
export function estimatesTable(
  of: { readonly team: LabelValue },
  { links = linksToTeam('Team'), width = 16 }: { readonly links?: TeamLinks; readonly width?: number } = {},
): Panel {
  const estimate = sumBy(labels, latest(estimatedChange, of));
  const is = (state: string) => sumBy(pullRequest, latest(estimateAttribution, { ...of, state }));
  const state = plus(is('pending'), times(is('unattributable'), 2));
  return table({
    title: 'Pull requests: estimated and actual change a month',
    description:
      "Did changes cost what they were said to cost? The estimate of each pull request, and how the service's usage changed between the 14 days before its merge and days 3 to 17 after it; none where that is too early to say, or others overlap.",
    columns: [
      { label: 'team', title: 'Team', links },
      { label: 'service', title: 'Service' },
      { label: 'repository', title: 'Repository' },
      { label: 'pull_request', title: 'Pull request', width: 110 },
      { label: 'currency', title: 'Currency' },
    ],
    values: [
      { title: 'Estimate', query: estimate },
      { title: 'Actual', query: sumBy(labels, latest(actualChange, of)) },
      {
        title: 'State',
        // the state knows no currency: it takes the estimate's
        query: joinOn(pullRequest, times(estimate, 0), '+', state),
        unit: 'count',
        texts: {
          0: { text: 'measured', is: 'good' },
          1: { text: 'pending', is: 'neutral' },
          2: { text: 'overlaps', is: 'warning' },
        },
      },
    ],
    whenEmpty: 'no estimates of pull requests',
    width,
  });
}
