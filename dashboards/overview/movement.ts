import { dailyCost } from '../../exporters/cost/metrics.ts';
import { changeLeadTimeQuantile } from '../../exporters/dora/metrics.ts';
import { nps } from '../../exporters/experience/metrics.ts';
import { violations } from '../../exporters/policy/metrics.ts';
import { organisationConformance, organisationMeasured } from '../../exporters/scorecard/metrics.ts';
import { slaFindings } from '../../exporters/supply-chain/metrics.ts';
import { tooFew } from '../experience/words.ts';
import { allOthers } from '../lib/colours.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { days, lines } from '../lib/panels.ts';
import { largestDays, latest, maxBy, oneOf, sumBy } from '../lib/promql.ts';
import { median, money, open } from './scope.ts';

const byTeam = largestDays(12, ['team'], dailyCost, money);
const { percentile: _, ...leadTimes } = median;
const size = { width: 8, height: 10 } as const;
const half = { width: 12, height: 9 } as const;

/** A chart per domain, each of the number of its line. SLOs have no past but on their own pages. */
export const movement = row(
  'How did it move?',
  days({
    title: 'Cost by team and day ($currency)',
    description:
      'Whose spending moved, and on which day? The greatest of the time range, in the colours of the page about cost; a click leads to the team.',
    queries: [
      { query: byTeam.largest, name: '{{team}}' },
      { query: byTeam.others, name: allOthers },
    ],
    links: linksToTeam(),
    width: 24,
    height: 9,
  }),
  lines({
    title: 'Change lead time',
    description: 'Do changes get to production faster? Over the commits of the 30 days before each day.',
    queries: [
      { query: maxBy(['percentile'], latest(changeLeadTimeQuantile.organisation, leadTimes)), name: '{{percentile}}' },
    ],
    whenEmpty: 'too few changes',
    ...size,
  }),
  lines({
    title: 'Open violations by mode',
    description: 'Does more violate policy, and would it be refused? By what a violation leads to.',
    queries: [{ query: sumBy(['enforcement'], latest(violations, open)), name: '{{enforcement}}' }],
    whenEmpty: 'no policy is looked at',
    ...size,
  }),
  lines({
    title: 'Findings past their limit',
    description: 'Do we keep up with vulnerabilities and secrets? By their severity.',
    queries: [
      {
        query: sumBy(['severity'], latest(slaFindings, { state: oneOf('open', 'unknown'), status: 'breached' })),
        name: '{{severity}}',
      },
    ],
    whenEmpty: 'nothing was past its limit',
    ...size,
  }),
  lines({
    title: 'NPS of the platform',
    description: 'Do developers come to recommend it? The newest wave as of each day; its page has the interval.',
    queries: [
      {
        query: maxBy(['survey', 'question'], latest(nps.organisation, { about: 'platform' })),
        name: '{{survey}}: {{question}}',
      },
    ],
    tellsZeros: true,
    whenEmpty: tooFew,
    ...half,
  }),
  lines({
    title: 'Golden path',
    description: 'Do services come nearer, and do we know of more? What is not measured is in no conformance.',
    queries: [
      { query: maxBy([], latest(organisationConformance)), name: 'conformance' },
      { query: maxBy([], latest(organisationMeasured)), name: 'measured' },
    ],
    tellsZeros: true,
    most: 1,
    whenEmpty: 'nothing is measured yet',
    ...half,
  }),
);
