import {
  findingsByAge,
  oldestFinding,
  remediationEpisodes,
  remediationMedian,
  slaLimit,
  unresolvedAfter30d,
} from '../../exporters/supply-chain/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { lines, table } from '../lib/panels.ts';
import { age, latest, maxBy, minBy, not, sumBy } from '../lib/promql.ts';
import { ofSeverities, ofTeams, vulnerability, wholeOrganisation } from './scope.ts';

const aged = { ...ofTeams, ...ofSeverities, ...vulnerability };
const quarter = { window: '90d' } as const;
const by = ['severity'] as const;
const episodes = (outcome?: string) =>
  sumBy(by, latest(remediationEpisodes, { ...quarter, ...(outcome === undefined ? {} : { outcome }) }));

/** Resolved and still open ones together: of the resolved ones alone, the less is resolved the better it looks. */
export const stay = details(
  'How long do vulnerabilities stay?',
  lines({
    title: 'Median time to remediate, 90 days',
    description: `Do we get faster? From opened to resolved, over vulnerabilities that were open at some time in the 90 days before each day, those that still are among them (Kaplan-Meier). A line that ends is half of them not being resolved at any age. ${wholeOrganisation}`,
    queries: [
      {
        query: maxBy(by, latest(remediationMedian.organisation, { ...quarter, severity: not('all') })),
        name: '{{severity}}',
      },
      { query: maxBy([], latest(remediationMedian.organisation, { ...quarter, severity: 'all' })), name: 'all' },
    ],
    whenEmpty: 'too few, or most are never resolved',
    width: 9,
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
      { title: 'Oldest open', query: age(minBy(by, latest(oldestFinding, vulnerability))), unit: 'seconds' },
    ],
    whenEmpty: 'nothing was open',
    width: 15,
  }),
  lines({
    title: 'Not resolved after 30 days',
    description: `How much is never taken up? The share of vulnerabilities that are not resolved 30 days after they were opened (Kaplan-Meier), over those that were open at some time in 90 days. ${wholeOrganisation}`,
    queries: [
      {
        query: maxBy(by, latest(unresolvedAfter30d.organisation, { ...quarter, severity: not('all') })),
        name: '{{severity}}',
      },
    ],
    whenEmpty: 'too few vulnerabilities',
    width: 9,
  }),
  table({
    title: 'Limits',
    description:
      'How long may what stay open? The setting sla; and of what KEV lists, from when that was known. A dash is no limit.',
    columns: [{ label: 'severity', title: 'Severity' }],
    values: [
      { title: 'Limit', query: maxBy(by, latest(slaLimit, { exploited: 'no' })) },
      { title: 'Exploited', query: maxBy(by, latest(slaLimit, { exploited: 'yes' })) },
    ],
    first: 'least',
    whenEmpty: 'no limits',
    width: 7,
  }),
  table({
    title: 'Teams, 90 days',
    description:
      'How long does it take each team? The median and the share left after 30 days over all severities, and n. Compare a team with its own past, on its page.',
    columns: [{ label: 'team', title: 'Team' }],
    values: [
      { title: 'n', query: sumBy(['team'], latest(remediationEpisodes, quarter)) },
      { title: 'Median', query: maxBy(['team'], latest(remediationMedian.team, { ...quarter, severity: 'all' })) },
      { title: 'Left, 30 d', query: maxBy(['team'], latest(unresolvedAfter30d.team, { ...quarter, severity: 'all' })) },
    ],
    sortedBy: 'Team',
    whenEmpty: 'nothing was open',
    width: 8,
  }),
  lines({
    title: 'Open vulnerabilities by age over time',
    description: 'Does old debt grow? Of the chosen teams.',
    queries: [{ query: sumBy(['age'], latest(findingsByAge, aged)), name: '{{age}}' }],
    whenEmpty: 'nothing is open',
    width: 24,
    height: 9,
  }),
);
