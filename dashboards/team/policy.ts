import {
  exceptions,
  nextExceptionExpiry,
  remediationEpisodes,
  remediationMedian,
  results,
  services,
  violations,
} from '../../exporters/policy/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToFindings } from '../lib/links.ts';
import { lines, stat, table } from '../lib/panels.ts';
import {
  dividedBy,
  earlier,
  latest,
  maxBy,
  minBy,
  minus,
  oneOf,
  or,
  type Query,
  sum,
  sumBy,
  times,
  until,
} from '../lib/promql.ts';
import { modes } from '../policy/scope.ts';
import { requirementWords } from '../policy/words.ts';
import { anyToActOn, uncovered } from '../thresholds.ts';
import { team } from '../variables.ts';
import { list, mine, open, quarter, requirement } from './policy-scope.ts';

const evaluated = { team, outcome: oneOf('pass', 'fail') } as const;
const noPolicy = 'no policy looks at this team';

/** 0 where nothing is counted, as long as anything is looked at. */
const orNone = (query: Query<never, true>) => or(query, times(sum(latest(results, mine)), 0));

const byRequirement = sumBy(requirement, latest(results, evaluated));
// What is looked at and not violated has no series of violations: it is at 0, so that what was mended is seen to fall.
const now = or(sumBy(requirement, latest(violations, open)), times(byRequirement, 0));
const before = or(
  sumBy(requirement, earlier(violations, '30d', open)),
  times(sumBy(requirement, earlier(results, '30d', evaluated)), 0),
);

/** What is told, and under each what it is told of. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

/** What the team has to mend, whether that grows, and what ends soon. */
export const policy = row(
  'Policy of $team',
  stat({
    title: 'Open violations',
    description: 'What of the team is violated right now? The number leads to the list.',
    query: orNone(sum(latest(violations, open))),
    more: list('List open violations', { state: 'open' }),
    whenEmpty: noPolicy,
    ...told,
  }),
  stat({
    title: 'In enforce mode',
    description: 'Which of them would be refused if they were deployed anew?',
    query: orNone(sum(latest(violations, { ...open, enforcement: 'enforce' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    more: list('List violations in enforce mode', { state: 'open', enforcement: 'enforce' }),
    whenEmpty: noPolicy,
    ...told,
  }),
  stat({
    title: 'Compliance',
    description: 'How much of what was looked at is well? Passes over passes and failures of the newest reports.',
    query: dividedBy(sum(latest(results, { team, outcome: 'pass' })), sum(latest(results, evaluated))),
    whenEmpty: noPolicy,
    ...told,
  }),
  stat({
    title: 'Remedied in, p50',
    description:
      'How long do its violations stay? Over those that were open at some time in 90 days, those that still are among them (Kaplan-Meier).',
    query: maxBy([], latest(remediationMedian.team, { ...quarter, severity: 'all' })),
    whenEmpty: 'too few, or most are never resolved',
    ...told,
  }),
  stat({
    title: 'Exceptions ending',
    description: 'Which of its exceptions need a decision? Those about to expire, and expired ones still applied.',
    query: orNone(sum(latest(exceptions, { team, status: oneOf('expiring', 'expired_applied') }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    more: list('List what is excepted', { state: 'excepted' }),
    whenEmpty: noPolicy,
    ...told,
  }),
  stat({
    title: 'Services covered',
    description: 'How many of its services does any engine look at?',
    query: dividedBy(sum(latest(services, { team, coverage: 'covered' })), sum(latest(services, mine))),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: 'no services in the catalog',
    ...told,
  }),
  stat({
    title: 'Critical and high',
    description: 'How many of the open ones are of critical or high severity?',
    query: orNone(sum(latest(violations, { ...open, severity: oneOf('critical', 'high') }))),
    more: list('List critical and high ones', { state: 'open', severity: 'critical,high' }),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'No longer known',
    description: 'What was violated and is looked at no longer? Neither open nor fixed.',
    query: orNone(sum(latest(violations, { team, state: 'unknown' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'n: results',
    description: 'Over how many results is compliance told?',
    query: sum(latest(results, evaluated)),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'n: violations, 90 d',
    description: 'Over how many violations is the time to remediate told? Below the minimum it is absent.',
    query: sum(latest(remediationEpisodes, quarter)),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'Next expires in',
    description: 'When does the next of its exceptions end?',
    query: until(minBy([], latest(nextExceptionExpiry, mine))),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'n: services',
    description: 'How many services does the catalog give the team?',
    query: sum(latest(services, mine)),
    whenEmpty: 'none',
    ...over,
  }),
  table({
    title: 'Requirements and what is violated of them',
    description:
      'What does the team have to mend? Open violations, critical and high ones, those that are enforced, how many more than 30 days ago, and the share of what was looked at that is well. A click on a requirement lists them.',
    columns: [
      {
        label: 'requirement',
        title: 'Requirement',
        words: requirementWords,
        links: linksToFindings('List its open violations', { state: 'open', requirement: `\${__value.raw}` }, ['team']),
      },
    ],
    values: [
      { title: 'Open', query: now },
      {
        title: 'Critical, high',
        query: or(
          sumBy(requirement, latest(violations, { ...open, severity: oneOf('critical', 'high') })),
          times(now, 0),
        ),
      },
      {
        title: 'Enforced',
        query: or(sumBy(requirement, latest(violations, { ...open, enforcement: 'enforce' })), times(now, 0)),
      },
      { title: 'Change, 30 d', query: or(minus(now, before), now) },
      {
        title: 'Well',
        query: dividedBy(
          or(sumBy(requirement, latest(results, { team, outcome: 'pass' })), times(byRequirement, 0)),
          byRequirement,
        ),
      },
    ],
    whenEmpty: noPolicy,
    compact: true,
    width: 14,
    height: 11,
  }),
  lines({
    title: 'Its open violations by enforcement',
    description: "Does the team's drift grow, and in which mode?",
    queries: modes.map(enforcement => ({
      query: orNone(sum(latest(violations, { ...open, enforcement }))),
      name: enforcement,
    })),
    whenEmpty: 'no violations',
    width: 10,
    height: 11,
  }),
);
