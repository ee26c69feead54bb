import {
  oldestViolation,
  remediationEpisodes,
  remediationMedian,
  unresolvedAfter30d,
  violationsByAge,
} from '../../exporters/policy/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { lines, ordered, table } from '../lib/panels.ts';
import { age, latest, maxBy, not, sum, sumBy } from '../lib/promql.ts';
import { ofTeams, wholeOrganisation } from './scope.ts';

const quarter = { window: '90d' } as const;
const by = ['severity'] as const;
const episodes = (outcome?: string) =>
  sumBy(by, latest(remediationEpisodes, { ...quarter, ...(outcome === undefined ? {} : { outcome }) }));

/** By the time since they were opened. */
const ages = ['0-7d', '7-30d', '30-90d', '90-365d', '365d+'] as const;
const ageWords = ['under a week', 'a week to a month', 'a month to a quarter', 'a quarter to a year', 'over a year'];

/** Resolved and still open ones together: of the resolved ones alone, the less is resolved the better it looks. */
export const stay = row(
  'How long do violations stay?',
  lines({
    title: 'Median time to remediate, 90 days',
    description: `Do we get faster? From opened to resolved, over violations that were open at some time in the 90 days before each day, those that still are among them (Kaplan-Meier). A line that ends is half of them not being resolved at any age. ${wholeOrganisation}`,
    queries: [
      {
        query: maxBy(by, latest(remediationMedian.organisation, { ...quarter, severity: not('all') })),
        name: '{{severity}}',
      },
      { query: maxBy([], latest(remediationMedian.organisation, { ...quarter, severity: 'all' })), name: 'all' },
    ],
    whenEmpty: 'too few, or most are never resolved',
    width: 8,
  }),
  table({
    title: 'By severity, 90 days',
    description: `How long, told of how many? The median, the share not resolved after 30 days, n as all that were open at some time, and of those what was resolved, is open, and is not known or excepted now. ${wholeOrganisation}`,
    columns: [{ label: 'severity', title: 'Severity' }],
    values: [
      { title: 'n', query: episodes() },
      { title: 'Median', query: maxBy(by, latest(remediationMedian.organisation, quarter)) },
      { title: 'Left, 30 d', query: maxBy(by, latest(unresolvedAfter30d.organisation, quarter)) },
      { title: 'Resolved', query: episodes('resolved') },
      { title: 'Open', query: episodes('open') },
      { title: 'Censored', query: episodes('censored') },
      { title: 'Oldest open', query: maxBy(by, age(latest(oldestViolation))), unit: 'seconds' },
    ],
    whenEmpty: 'nothing was open',
    width: 16,
  }),
  ordered({
    title: 'Open violations by age',
    description: 'How old is what is open? Of the chosen teams, by the time since it was opened.',
    bars: ages.map((each, index) => ({
      query: sum(latest(violationsByAge, { ...ofTeams, age: each })),
      name: ageWords[index] ?? each,
    })),
    whenEmpty: 'nothing is open',
    width: 8,
  }),
  lines({
    title: 'Open violations by age over time',
    description: 'Does old debt grow? Of the chosen teams.',
    queries: [{ query: sumBy(['age'], latest(violationsByAge, ofTeams)), name: '{{age}}' }],
    whenEmpty: 'nothing is open',
    width: 8,
  }),
  lines({
    title: 'Not resolved after 30 days',
    description: `How much is never taken up? The share of violations that are not resolved 30 days after they were opened (Kaplan-Meier), over those that were open at some time in 90 days. ${wholeOrganisation}`,
    queries: [{ query: maxBy(by, latest(unresolvedAfter30d.organisation, quarter)), name: '{{severity}}' }],
    whenEmpty: 'too few violations',
    width: 8,
  }),
);
