import {
  exceptions,
  nextExceptionExpiry,
  oldestException,
  remediationEpisodes,
  remediationMedian,
  results,
  ruleViolations,
  services,
  unresolvedAfter30d,
  violations,
  violationsByAge,
  violationsOpened,
  violationsReopened,
  violationsResolved,
} from '../../exporters/policy/metrics.ts';
import { details, row } from '../lib/dashboard.ts';
import { linksToFindings } from '../lib/links.ts';
import { lines, ordered, stat, table } from '../lib/panels.ts';
import {
  age,
  compare,
  dividedBy,
  earlier,
  eventsWithin,
  latest,
  maxBy,
  minBy,
  minus,
  not,
  oneOf,
  or,
  type Query,
  sum,
  sumBy,
  times,
  until,
} from '../lib/promql.ts';
import { modes, openedWithin } from '../policy/scope.ts';
import { exceptionWords, requirementWords } from '../policy/words.ts';
import { anyToActOn, uncovered } from '../thresholds.ts';
import { team } from '../variables.ts';

const mine = { team };
const open = { team, state: 'open' } as const;
const evaluated = { team, outcome: oneOf('pass', 'fail') } as const;
const quarter = { team, window: '90d' } as const;
const noPolicy = 'no policy looks at this team';
/** 0 where nothing is counted, as long as anything is looked at. */
const orNone = (query: Query<never, true>) => or(query, times(sum(latest(results, mine)), 0));
const list = (title: string, of: Readonly<Record<string, string>>) => linksToFindings(title, of, ['team']);

const requirement = ['requirement'] as const;
const now = sumBy(requirement, latest(violations, open));
const before = sumBy(requirement, earlier(violations, '30d', open));
const byRequirement = sumBy(requirement, latest(results, evaluated));

/** What is told, and under each what it is told of. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

/** What the team has to mend, whether that grows, and what ends soon. */
export const policy = row(
  'Policy of $team',
  stat({
    title: 'Open violations',
    description: 'What of the team is violated right now? The title leads to the list.',
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
    title: 'Remediated in, median',
    description:
      'How long do its violations stay? Over those that were open at some time in 90 days, those that still are among them (Kaplan-Meier).',
    query: maxBy([], latest(remediationMedian.team, { ...quarter, severity: 'all' })),
    whenEmpty: 'too few, or most are never resolved',
    ...told,
  }),
  stat({
    title: 'Exceptions to act on',
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
    title: 'Not known any more',
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
    title: 'n: violations, 90 days',
    description: 'Over how many violations is the time to remediate told? Below the minimum it is absent.',
    query: sum(latest(remediationEpisodes, quarter)),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'Next one expires in',
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
      { title: 'Open', query: or(now, times(byRequirement, 0)) },
      {
        title: 'Critical, high',
        query: sumBy(requirement, latest(violations, { ...open, severity: oneOf('critical', 'high') })),
      },
      { title: 'Enforced', query: sumBy(requirement, latest(violations, { ...open, enforcement: 'enforce' })) },
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

const exception = ['engine', 'requirement', 'status'] as const;
const ages = ['0-7d', '7-30d', '30-90d', '90-365d', '365d+'] as const;
const service = ['service', 'environment'] as const;
const severities = ['critical', 'high', 'medium', 'low', 'info', 'unknown'] as const;

/** Its services, exceptions and policies one by one. */
export const policyDetails = details(
  "Details: the team's policies",
  table({
    title: 'Violations of its services',
    description: 'Which service has what to mend? Open ones, critical and high ones, and what is not known any more.',
    columns: [
      { label: 'service', title: 'Service' },
      { label: 'environment', title: 'Environment' },
    ],
    values: [
      { title: 'Open', query: sumBy(service, latest(violations, open)) },
      {
        title: 'Critical, high',
        query: sumBy(service, latest(violations, { ...open, severity: oneOf('critical', 'high') })),
      },
      { title: 'Not known', query: sumBy(service, latest(violations, { team, state: 'unknown' })) },
    ],
    whenEmpty: 'no violations',
    width: 12,
    height: 9,
  }),
  table({
    title: 'What enforcing would block of it today',
    description: 'What has the team to mend before a policy is enforced? Open violations of policies that are not.',
    columns: [
      { label: 'engine', title: 'Engine' },
      { label: 'policy', title: 'Policy' },
      { label: 'enforcement', title: 'Mode' },
    ],
    values: [
      {
        title: 'Would block',
        query: compare(
          sumBy(['engine', 'policy', 'enforcement'], latest(ruleViolations, { team, enforcement: not('enforce') })),
          '>',
          0,
        ),
      },
    ],
    whenEmpty: 'nothing would be blocked',
    width: 12,
    height: 9,
  }),
  table({
    title: 'Its exceptions',
    description: 'What is the team allowed, and does anybody answer for it? Exceptions by requirement and status.',
    columns: [
      { label: 'engine', title: 'Engine' },
      { label: 'requirement', title: 'Requirement', words: requirementWords },
      { label: 'status', title: 'Is', words: exceptionWords },
    ],
    values: [
      { title: 'Exceptions', query: compare(sumBy(exception, latest(exceptions, mine)), '>', 0) },
      { title: 'Nobody approved', query: sumBy(exception, latest(exceptions, { team, approved: 'no' })) },
    ],
    whenEmpty: 'no exceptions',
    more: list('List what is excepted', { state: 'excepted' }),
    width: 12,
    height: 9,
  }),
  table({
    title: 'Ends and ages of its exceptions',
    description: 'When does it have to decide? The time until the next one ends, and how old the oldest in force is.',
    columns: [{ label: 'engine', title: 'Engine' }],
    values: [
      { title: 'Expires in', query: until(minBy(['engine'], latest(nextExceptionExpiry, mine))), unit: 'seconds' },
      { title: 'Oldest', query: age(minBy(['engine'], latest(oldestException, mine))), unit: 'seconds' },
    ],
    first: 'least',
    whenEmpty: 'no exceptions',
    width: 12,
    height: 9,
  }),
  ordered({
    title: 'Open violations by severity',
    description: 'How bad are they? By the severity that the engine or our map of its rules says.',
    bars: severities.map(severity => ({ query: sum(latest(violations, { ...open, severity })), name: severity })),
    whenEmpty: 'none',
    width: 5,
    height: 9,
  }),
  ordered({
    title: 'Open violations by age',
    description: 'How old is what is open?',
    bars: ages.map(each => ({ query: sum(latest(violationsByAge, { team, age: each })), name: each })),
    whenEmpty: 'nothing is open',
    width: 5,
    height: 9,
  }),
  table({
    title: 'How long its violations stay, 90 days',
    description:
      'How long, told of how many? n is all that were open at some time in 90 days; the median and the share not resolved after 30 days are over those.',
    columns: [{ label: 'severity', title: 'Severity' }],
    values: [
      { title: 'n', query: sumBy(['severity'], latest(remediationEpisodes, quarter)) },
      { title: 'Median', query: maxBy(['severity'], latest(remediationMedian.team, quarter)) },
      { title: 'Left, 30 d', query: maxBy(['severity'], latest(unresolvedAfter30d.team, quarter)) },
    ],
    whenEmpty: 'nothing was open',
    width: 7,
    height: 9,
  }),
  table({
    title: 'Opened and resolved in 30 days',
    description: 'Does it resolve as much as is opened? Exact counts, whether they are still open or not.',
    columns: [{ label: 'requirement', title: 'Requirement', words: requirementWords }],
    values: [
      { title: 'Opened', query: sumBy(requirement, openedWithin([violationsOpened, violationsReopened], '30d', mine)) },
      { title: 'Resolved', query: sumBy(requirement, eventsWithin(violationsResolved, '30d', mine)) },
    ],
    whenEmpty: 'nothing',
    width: 7,
    height: 9,
  }),
);
