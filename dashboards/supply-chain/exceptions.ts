import { exceptions as counted, nextExceptionExpiry } from '../../exporters/supply-chain/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { linksToSupplyFindings, linksToTeam } from '../lib/links.ts';
import { lines, stat, table } from '../lib/panels.ts';
import { latest, minBy, not, or, type Query, sum, sumBy, times, until } from '../lib/promql.ts';
import { anyToActOn, expired } from '../thresholds.ts';
import { ofTeams } from './scope.ts';
import { classWords, exceptionWords } from './words.ts';

const told = { width: 4, height: 4 } as const;
const team = ['team'] as const;
const inForce = { ...ofTeams, status: not('expired') } as const;
const orNone = (query: Query<never, true>) => or(query, times(sum(latest(counted, ofTeams)), 0));
const noExceptions = 'no exceptions';
const list = linksToSupplyFindings('List what is excepted', { state: 'excepted' }, ['team']);

/** Ignores, dismissals, suppressions and VEX: whose, until when, and whether anybody answers for it. */
export const exceptions = details(
  'What is excepted, and until when?',
  stat({
    title: 'In force',
    description:
      'How many ignores, dismissals, suppressions and statements of VEX hold findings back, or may? All but those that have expired and hold nothing.',
    query: orNone(sum(latest(counted, inForce))),
    more: list,
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'About to expire',
    description: 'Which exceptions end soon? Within the days of the setting expiring_days, 14 unless set.',
    query: orNone(sum(latest(counted, { ...ofTeams, status: 'expiring' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'Expired, applied',
    description:
      'Which exceptions are over and hold findings back all the same? The scanner does not look at the date.',
    query: orNone(sum(latest(counted, { ...ofTeams, status: 'expired_applied' }))),
    thresholds: expired,
    otherwise: 'good',
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'To be removed',
    description: 'Which exceptions are over, hold nothing back, and still stand there?',
    query: orNone(sum(latest(counted, { ...ofTeams, status: 'expired' }))),
    whenEmpty: noExceptions,
    ...told,
  }),
  stat({
    title: 'Without an end',
    description: 'Which exceptions are for ever? Nobody will look at them again of their own accord.',
    query: orNone(sum(latest(counted, { ...ofTeams, status: 'permanent' }))),
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
    description: 'Do exceptions pile up? Of the chosen teams.',
    queries: [{ query: sumBy(['status'], latest(counted, ofTeams)), name: '{{status}}' }],
    words: exceptionWords,
    whenEmpty: noExceptions,
    width: 8,
  }),
  table({
    title: 'Which expires next',
    description:
      'When does each team have to decide? The time until its next exception ends, how many are in force and about to expire. The list behind the title has each with its end.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      { title: 'Expires in', query: until(minBy(team, latest(nextExceptionExpiry, ofTeams))), unit: 'seconds' },
      { title: 'In force', query: sumBy(team, latest(counted, inForce)) },
      { title: 'Expiring', query: sumBy(team, latest(counted, { ...ofTeams, status: 'expiring' })) },
    ],
    first: 'least',
    whenEmpty: noExceptions,
    more: list,
    width: 8,
  }),
  table({
    title: 'Exceptions by what they are of',
    description: 'What is excepted? Vulnerabilities, secrets and licences, by status.',
    columns: [
      { label: 'class', title: 'Of', words: classWords },
      { label: 'status', title: 'Is', words: exceptionWords },
    ],
    values: [{ title: 'Exceptions', query: sumBy(['class', 'status'], latest(counted, ofTeams)) }],
    whenEmpty: noExceptions,
    width: 8,
  }),
);
