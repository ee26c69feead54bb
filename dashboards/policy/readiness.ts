import {
  blocked,
  ruleClean,
  ruleExceptions,
  ruleLastViolation,
  ruleScopes,
  ruleServices,
  rules,
  ruleViolations,
} from '../../exporters/policy/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToFindings, linksToTeam } from '../lib/links.ts';
import { days, lines, table } from '../lib/panels.ts';
import {
  age,
  compare,
  countBy,
  earlier,
  eventsByDay,
  eventsWithin,
  joinOn,
  latest,
  maxBy,
  minus,
  not,
  oneOf,
  or,
  type Query,
  sumBy,
  times,
  topk,
} from '../lib/promql.ts';
import { ofEngines, ofPolicies, ofTeamsPolicies, open } from './scope.ts';
import { readinessWords, requirementWords } from './words.ts';

const unenforced = { enforcement: not('enforce') } as const;
const rule = ['engine', 'policy', 'enforcement'] as const;
const would = { ...ofTeamsPolicies, ...unenforced };
const wouldBlock = compare(sumBy(rule, latest(ruleViolations, would)), '>', 0);
const before = sumBy(rule, earlier(ruleViolations, '30d', would));

const policy = ['engine', 'policy'] as const;
/** Policies that are clean and not enforced, at 0, so that what is told of a policy can be added. */
const clean = times(
  compare(
    sumBy([...policy, 'readiness'], latest(rules, { ...ofPolicies, readiness: oneOf('ready', 'settling') })),
    '>',
    0,
  ),
  0,
);
const ofClean = (told: Query<(typeof policy)[number]>) => joinOn(policy, clean, '+', told);

const listOfPolicy = linksToFindings(
  'List its open violations',
  { ...open, engine: `\${__data.fields.Engine}`, policy: `\${__value.raw}` },
  ['team', 'service', 'environment'],
);

/** How a policy goes from warn to enforce without a broken Tuesday. */
export const readiness = row(
  'What can be enforced?',
  table({
    title: 'What enforcing would block today',
    description:
      'Whom would it hit if a policy were enforced today? Open violations of each policy that is not, in how many services and of how many teams, how many more than 30 days ago, and since when the newest is there. A click on a policy lists them.',
    columns: [
      { label: 'engine', title: 'Engine' },
      { label: 'policy', title: 'Policy', links: listOfPolicy },
      { label: 'enforcement', title: 'Mode' },
    ],
    values: [
      { title: 'Would block', query: wouldBlock },
      { title: 'Services', query: compare(sumBy(rule, latest(ruleServices, would)), '>', 0) },
      {
        title: 'Teams',
        query: countBy(rule, compare(sumBy([...rule, 'team'], latest(ruleViolations, would)), '>', 0)),
      },
      { title: 'Change, 30 d', query: or(minus(wouldBlock, before), wouldBlock) },
      {
        title: 'Newest ago',
        query: joinOn(policy, times(wouldBlock, 0), '+', age(maxBy(policy, latest(ruleLastViolation, ofEngines)))),
        unit: 'seconds',
      },
    ],
    whenEmpty: 'nothing would be blocked',
    width: 24,
    height: 12,
  }),
  table({
    title: 'Clean policies that are not enforced',
    description:
      'What can be enforced now, without anybody being hit? The time since the last violation was resolved or excepted, in how many scopes it is looked at, and how many exceptions it needs for that.',
    columns: [
      { label: 'engine', title: 'Engine' },
      { label: 'policy', title: 'Policy' },
      { label: 'readiness', title: 'Readiness', words: readinessWords },
    ],
    values: [
      { title: 'Clean for', query: ofClean(age(maxBy(policy, latest(ruleClean, ofEngines)))), unit: 'seconds' },
      { title: 'Scopes', query: ofClean(sumBy(policy, latest(ruleScopes, ofEngines))) },
      { title: 'Exceptions', query: ofClean(sumBy(policy, latest(ruleExceptions, ofPolicies))) },
    ],
    whenEmpty: 'no policy is clean, or all are enforced',
    width: 24,
    height: 9,
  }),
  table({
    title: 'Whom it would hit',
    description:
      'Who has to be talked to before a policy is enforced? Open violations of policies that are not, by team; the hundred greatest.',
    columns: [
      { label: 'policy', title: 'Policy' },
      { label: 'enforcement', title: 'Mode' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }), width: 130 },
    ],
    values: [
      {
        title: 'Would block',
        query: topk(100, compare(sumBy(['policy', 'enforcement', 'team'], latest(ruleViolations, would)), '>', 0)),
      },
    ],
    whenEmpty: 'nobody',
    width: 16,
  }),
  lines({
    title: 'Policies by readiness',
    description:
      'Do policies get nearer to being enforced? ready is clean for as long as the setting clean_days says, 14 unless set; enforced is enforced in all scopes.',
    queries: [{ query: sumBy(['readiness'], latest(rules, ofPolicies)), name: '{{readiness}}' }],
    words: readinessWords,
    whenEmpty: 'no policies yet',
    width: 8,
    height: 10,
  }),
);

const refused = { ...ofTeamsPolicies, enforcement: 'enforce' } as const;

/** After the switch. */
export const afterwards = row(
  'What was blocked?',
  days({
    title: 'Refused by day',
    description:
      'Do people run into what is enforced? Requests and runs that a policy refused on each UTC day, by the requirement it stands for.',
    queries: [{ query: sumBy(['requirement'], eventsByDay(blocked, refused)), name: '{{requirement}}' }],
    words: requirementWords,
    whenEmpty: 'nothing was refused, or no engine tells it',
    width: 8,
  }),
  table({
    title: 'Refused in 30 days',
    description: 'Which policy holds whom back? Many refusals of one team soon after a switch are a switch too early.',
    columns: [
      { label: 'engine', title: 'Engine' },
      { label: 'policy', title: 'Policy' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }), width: 130 },
    ],
    values: [
      {
        title: 'Refused',
        query: topk(100, compare(sumBy(['engine', 'policy', 'team'], eventsWithin(blocked, '30d', refused)), '>', 0)),
      },
    ],
    whenEmpty: 'nothing was refused, or no engine tells it',
    width: 16,
  }),
);
