import {
  exceptions as counted,
  nextExceptionExpiry,
  oldestException,
  ruleExceptions,
} from '../../exporters/policy/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToFindings, linksToTeam } from '../lib/links.ts';
import { lines, ranking, stat, table } from '../lib/panels.ts';
import { age, compare, latest, minBy, not, or, type Query, sum, sumBy, times, until } from '../lib/promql.ts';
import { anyToActOn, expired } from '../thresholds.ts';
import { chosenNames, ofPolicies, ofTeams, ofTeamsPolicies } from './scope.ts';
import { exceptionWords } from './words.ts';

const told = { width: 4, height: 4 } as const;
const by = ['team', 'engine'] as const;
const ofOwners = { team: ofTeams.team, engine: ofPolicies.engine };
const inForce = { ...ofTeamsPolicies, status: not('expired') } as const;
const orNone = (query: Query<never, true>) => or(query, times(sum(latest(counted, ofTeamsPolicies)), 0));
const noExceptions = 'no exceptions';

/** What someone allowed, whichever engine it is of: whose, until when, and whether anybody answers for it. */
export const exceptions = row(
  'What is excepted, and until when?',
  stat({
    title: 'In force',
    description: 'How many exceptions hold anything back, or may? All but those that have expired and hold nothing.',
    query: orNone(sum(latest(counted, inForce))),
    more: linksToFindings('List what is excepted', { state: 'excepted' }, chosenNames),
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'About to expire',
    description: 'Which exceptions end soon? Within the days of the setting expiring_days, 14 unless set.',
    query: orNone(sum(latest(counted, { ...ofTeamsPolicies, status: 'expiring' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'Expired, applied',
    description: 'Which exceptions are over and hold results back all the same? The engine does not look at the date.',
    query: orNone(sum(latest(counted, { ...ofTeamsPolicies, status: 'expired_applied' }))),
    thresholds: expired,
    otherwise: 'good',
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'To be removed',
    description: 'Which exceptions are over, hold nothing back, and still stand there?',
    query: orNone(sum(latest(counted, { ...ofTeamsPolicies, status: 'expired' }))),
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'Without an end',
    description: 'Which exceptions are for ever? Nobody will look at them again of their own accord.',
    query: orNone(sum(latest(counted, { ...ofTeamsPolicies, status: 'permanent' }))),
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'Nobody approved',
    description: 'Which exceptions in force name nobody who approved them?',
    query: orNone(sum(latest(counted, { ...inForce, approved: 'no' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noExceptions,
    ...told,
  }),
  lines({
    title: 'Exceptions by status',
    description: 'Do exceptions pile up? Of the chosen teams, engines and requirements.',
    queries: [{ query: sumBy(['status'], latest(counted, ofTeamsPolicies)), name: '{{status}}' }],
    words: exceptionWords,
    whenEmpty: noExceptions,
    width: 10,
  }),
  table({
    title: 'Which expires next',
    description:
      'When does each team have to decide? The time until its next exception ends, how many are in force and about to expire, how old the oldest is. The list behind the title has each exception with its end.',
    columns: [
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
      { label: 'engine', title: 'Engine' },
    ],
    values: [
      { title: 'Expires in', query: until(minBy(by, latest(nextExceptionExpiry, ofOwners))), unit: 'seconds' },
      { title: 'In force', query: sumBy(by, latest(counted, inForce)) },
      { title: 'Expiring', query: sumBy(by, latest(counted, { ...ofTeamsPolicies, status: 'expiring' })) },
      { title: 'Oldest', query: age(minBy(by, latest(oldestException, ofOwners))), unit: 'seconds' },
    ],
    first: 'least',
    whenEmpty: noExceptions,
    more: linksToFindings('List what is excepted', { state: 'excepted' }, chosenNames),
    width: 14,
  }),
  ranking({
    title: 'Exceptions by policy',
    description: 'Which policy needs so many exceptions that it asks for too much? "*" is an exception from all.',
    query: compare(sumBy(['policy'], latest(ruleExceptions, ofPolicies)), '>', 0),
    name: '{{policy}}',
    whenEmpty: noExceptions,
    width: 24,
  }),
);
