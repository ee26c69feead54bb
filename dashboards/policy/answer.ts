import {
  exceptions,
  results,
  scopes,
  services,
  violations,
  violationsOpened,
  violationsReopened,
} from '../../exporters/policy/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToFindings } from '../lib/links.ts';
import { stat } from '../lib/panels.ts';
import { dividedBy, earlier, latest, not, oneOf, or, type Query, sum, times } from '../lib/promql.ts';
import { anyToActOn, uncovered } from '../thresholds.ts';
import { chosen, chosenNames, ofTeams, ofTeamsPolicies, open, openedWithin } from './scope.ts';

/** What is told, under each what it is told of, and below what it was. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

/** 0 where nothing is counted, as long as anything at all is looked at; `before` ago, where that was so then. */
const orNone = (query: Query<never, true>, before?: '30d'): Query<never, true> => {
  const looked = before === undefined ? latest(results, ofTeamsPolicies) : earlier(results, before, ofTeamsPolicies);
  return or(query, times(sum(looked), 0));
};
const notKnownThen = 'not known then';
const list = (title: string, of: Readonly<Record<string, string>>) => linksToFindings(title, of, chosenNames);

const evaluated = { outcome: oneOf('pass', 'fail') } as const;

/** Violations, how much of everything is well, and what waits for someone; the same 30 days ago. */
export const answer = row(
  'Are we within policy?',
  stat({
    title: 'Open violations',
    description:
      'What is violated right now? Each policy and resource once, however often it is reported. The number leads to the list.',
    query: orNone(sum(latest(violations, { ...chosen, ...open }))),
    more: list('List open violations', open),
    ...told,
  }),
  stat({
    title: 'In enforce mode',
    description:
      'Which of them would be refused if they were deployed anew? Open violations of policies that are enforced: they were there before, or came around the gate.',
    query: orNone(sum(latest(violations, { ...chosen, ...open, enforcement: 'enforce' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    more: list('List violations in enforce mode', { ...open, enforcement: 'enforce' }),
    ...told,
  }),
  stat({
    title: 'Compliance',
    description:
      'How much of what was looked at is well? Passes over passes and failures of the newest reports; what is excepted, skipped or could not be evaluated is in neither. An engine that tells only failures weighs it down.',
    query: dividedBy(
      sum(latest(results, { ...chosen, outcome: 'pass' })),
      sum(latest(results, { ...chosen, ...evaluated })),
    ),
    ...told,
  }),
  stat({
    title: 'Services covered',
    description:
      'How many services of the catalog does any engine look at? Of the chosen teams; one whose last report has grown stale is not covered.',
    query: dividedBy(sum(latest(services, { ...ofTeams, coverage: 'covered' })), sum(latest(services, ofTeams))),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: 'no catalog',
    ...told,
  }),
  stat({
    title: 'Exceptions ending',
    description: 'Which exceptions need a decision? Those about to expire, and those that have and still hold back.',
    query: orNone(sum(latest(exceptions, { ...ofTeamsPolicies, status: oneOf('expiring', 'expired_applied') }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    ...told,
  }),
  stat({
    title: 'No longer known',
    description:
      'What was violated and is looked at no longer? Neither open nor fixed: its scope is silent, its report partial or its list cut.',
    query: orNone(sum(latest(violations, { ...chosen, state: 'unknown' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    more: list('List what is not known', { state: 'unknown' }),
    ...told,
  }),
  stat({
    title: 'Critical and high',
    description: 'How many open violations are of critical or high severity, as far as their engine or our map says?',
    query: orNone(sum(latest(violations, { ...chosen, ...open, severity: oneOf('critical', 'high') }))),
    more: list('List critical and high ones', { ...open, severity: 'critical,high' }),
    ...over,
  }),
  stat({
    title: 'Opened, 30 days',
    description:
      'How many violations were opened, or opened again? An exact count, whether they are still open or not.',
    query: orNone(sum(openedWithin([violationsOpened, violationsReopened], '30d', ofTeamsPolicies))),
    ...over,
  }),
  stat({
    title: 'n: results',
    description: 'Over how many results is compliance told? Passes and failures.',
    query: sum(latest(results, { ...chosen, ...evaluated })),
    ...over,
  }),
  stat({
    title: 'n: services',
    description: 'Over how many services of the catalog is coverage told?',
    query: sum(latest(services, ofTeams)),
    whenEmpty: 'no catalog',
    ...over,
  }),
  stat({
    title: 'n: in force',
    description: 'How many exceptions hold anything back, or may? All but those that have expired and hold nothing.',
    query: orNone(sum(latest(exceptions, { ...ofTeamsPolicies, status: not('expired') }))),
    ...over,
  }),
  stat({
    title: 'n: scopes',
    description: 'How many clusters, repositories, subscriptions and workspaces has any engine ever reported on?',
    query: sum(latest(scopes, { team: ofTeams.team, engine: ofTeamsPolicies.engine })),
    ...over,
  }),
  stat({
    title: '30 d ago: open',
    description: 'Was more violated 30 days ago?',
    query: orNone(sum(earlier(violations, '30d', { ...chosen, ...open })), '30d'),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: enforce',
    description: 'Were more of them of enforced policies 30 days ago?',
    query: orNone(sum(earlier(violations, '30d', { ...chosen, ...open, enforcement: 'enforce' })), '30d'),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: well',
    description:
      'Was more of what was looked at well 30 days ago? Passes over passes and failures of the reports of then.',
    query: dividedBy(
      sum(earlier(results, '30d', { ...chosen, outcome: 'pass' })),
      sum(earlier(results, '30d', { ...chosen, ...evaluated })),
    ),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: covered',
    description: 'Did an engine look at more services of the catalog 30 days ago?',
    query: dividedBy(
      sum(earlier(services, '30d', { ...ofTeams, coverage: 'covered' })),
      sum(earlier(services, '30d', ofTeams)),
    ),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: ending',
    description: 'Did more exceptions need a decision 30 days ago?',
    query: orNone(
      sum(earlier(exceptions, '30d', { ...ofTeamsPolicies, status: oneOf('expiring', 'expired_applied') })),
      '30d',
    ),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: unseen',
    description: 'Was more of what had been violated not looked at 30 days ago?',
    query: orNone(sum(earlier(violations, '30d', { ...chosen, state: 'unknown' })), '30d'),
    whenEmpty: notKnownThen,
    ...over,
  }),
);
