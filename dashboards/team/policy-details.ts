import {
  exceptions,
  nextExceptionExpiry,
  oldestException,
  remediationEpisodes,
  remediationMedian,
  ruleViolations,
  unresolvedAfter30d,
  violations,
  violationsByAge,
  violationsOpened,
  violationsReopened,
  violationsResolved,
} from '../../exporters/policy/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { ordered, table } from '../lib/panels.ts';
import { age, compare, eventsWithin, latest, maxBy, minBy, not, oneOf, sum, sumBy, until } from '../lib/promql.ts';
import { openedWithin } from '../policy/scope.ts';
import { exceptionWords, requirementWords } from '../policy/words.ts';
import { team } from '../variables.ts';
import { list, mine, open, quarter, requirement } from './policy-scope.ts';

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
      { label: 'status', title: 'Is', words: exceptionWords, width: 115 },
    ],
    values: [
      { title: 'Exceptions', query: compare(sumBy(exception, latest(exceptions, mine)), '>', 0) },
      { title: 'Unapproved', query: sumBy(exception, latest(exceptions, { team, approved: 'no' })) },
    ],
    whenEmpty: 'no exceptions',
    compact: true,
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
    title: 'Violations by severity',
    description: 'How bad are they? By the severity that the engine or our map of its rules says.',
    bars: severities.map(severity => ({ query: sum(latest(violations, { ...open, severity })), name: severity })),
    whenEmpty: 'none',
    width: 12,
    height: 7,
  }),
  ordered({
    title: 'Open violations by age',
    description: 'How old is what is open?',
    bars: ages.map(each => ({ query: sum(latest(violationsByAge, { team, age: each })), name: each })),
    whenEmpty: 'nothing is open',
    width: 12,
    height: 7,
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
    width: 12,
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
    width: 12,
    height: 9,
  }),
);
