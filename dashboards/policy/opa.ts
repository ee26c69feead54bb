import {
  decisions as counted,
  opaBundleActivation,
  opaBundleRequest,
  opaBundleRevisions,
  opaCompleteness,
  opaDropped,
  opaGaps,
  opaInstances,
  opaLastSeen,
  opaReceived,
  opaRequests,
} from '../../exporters/policy/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { days, ranking, table } from '../lib/panels.ts';
import {
  age,
  andOn,
  compare,
  eventsByDay,
  eventsWithin,
  latest,
  maxBy,
  minBy,
  not,
  oneOf,
  or,
  sum,
  sumBy,
  times,
  topk,
} from '../lib/promql.ts';
import { completeness, lateBundles } from '../thresholds.ts';
import { policedEnvironments, policedServices, policedTeams } from '../variables.ts';
import { dropWords } from './words.ts';

const owned = { team: policedTeams, service: policedServices, environment: policedEnvironments };
const by = ['team', 'service', 'environment'] as const;
const columns = [
  { label: 'service', title: 'Service' },
  { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
  { label: 'environment', title: 'Environment' },
] as const;
const noAgents = 'no Open Policy Agent posts its decisions';

/** What Open Policy Agents decided. */
export const decisions = details(
  'Details: decisions of Open Policy Agents',
  days({
    title: 'Decisions by day',
    description:
      'What do Open Policy Agents decide? Decisions that have come, by outcome; undefined is neither allowed nor denied, in error could not be evaluated, no verdict is a result that is none.',
    queries: [
      { query: sum(eventsByDay(counted, { ...owned, outcome: 'allow' })), name: 'allowed' },
      { query: sum(eventsByDay(counted, { ...owned, outcome: 'deny' })), name: 'denied' },
      { query: sum(eventsByDay(counted, { ...owned, outcome: 'undefined' })), name: 'undefined' },
      { query: sum(eventsByDay(counted, { ...owned, outcome: 'error' })), name: 'in error' },
      { query: sum(eventsByDay(counted, { ...owned, outcome: 'other' })), name: 'no verdict' },
    ],
    whenEmpty: noAgents,
    width: 12,
  }),
  table({
    title: 'Denied within a day, by path and service',
    description:
      'Which rule holds back whom? The fifty greatest; a jump is a new rule, or a client that tries for ever.',
    columns: [
      { label: 'path', title: 'Path' },
      { label: 'service', title: 'Service', width: 130 },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }), width: 120 },
    ],
    values: [
      {
        title: 'Denied',
        query: topk(
          50,
          compare(
            sumBy(['path', 'service', 'team'], eventsWithin(counted, '1d', { ...owned, outcome: 'deny' })),
            '>',
            0,
          ),
        ),
      },
    ],
    whenEmpty: 'nothing was denied',
    width: 12,
  }),
  ranking({
    title: 'Undefined and in error within a day, by path',
    description:
      'Which decision is none? A path without a rule, or one that fails: what a client makes of it is its own.',
    query: compare(
      sumBy(['path', 'outcome'], eventsWithin(counted, '1d', { ...owned, outcome: oneOf('undefined', 'error') })),
      '>',
      0,
    ),
    name: '{{path}}: {{outcome}}',
    whenEmpty: 'all were decided',
    width: 12,
    height: 8,
  }),
  ranking({
    title: 'Dropped within a day',
    description:
      'What do Open Policy Agents say they dropped? What they lose without a word is in the completeness below.',
    query: compare(sumBy(['kind'], eventsWithin(opaDropped, '1d', owned, '7d')), '>', 0),
    name: '{{kind}}',
    words: dropWords,
    whenEmpty: 'nothing',
    width: 12,
    height: 8,
  }),
);

const sending = compare(sumBy(by, latest(opaInstances, { ...owned, state: not('silent') })), '>', 0);
const all = sumBy(by, latest(opaInstances, owned));
const inState = (state: string) => or(sumBy(by, latest(opaInstances, { ...owned, state })), times(all, 0));
const bundle = [...by, 'bundle'] as const;

/** Whether their log is whole, and what they run. */
export const agents = details(
  'Details: is the decision log whole, and which bundles do agents run?',
  table({
    title: 'Open Policy Agents',
    description:
      'Does every decision come? Of the last hour the share that has, against what the agents themselves say they answered; of the last day what they answered and what has come; request numbers without a decision; and agents by state. Below 98 % "plumbline check" says which setting mends it.',
    columns,
    values: [
      { title: 'Complete', query: minBy(by, latest(opaCompleteness, owned)), thresholds: completeness },
      { title: 'Answered', query: sumBy(by, eventsWithin(opaRequests, '1d', owned, '7d')) },
      { title: 'Arrived', query: sumBy(by, eventsWithin(opaReceived, '1d', owned, '7d')) },
      { title: 'Gaps', query: maxBy(by, latest(opaGaps, owned)) },
      { title: 'Ok', query: inState('ok') },
      { title: 'Failing', query: inState('failing') },
      { title: 'Not ready', query: inState('not_ready') },
      { title: 'No status', query: inState('no_status') },
      { title: 'Silent', query: inState('silent') },
      { title: 'Seen ago', query: age(maxBy(by, latest(opaLastSeen, owned))), unit: 'seconds' },
    ],
    sortedBy: 'Service',
    whenEmpty: noAgents,
    width: 24,
    height: 8,
  }),
  table({
    title: 'Bundles',
    description:
      'Do agents run the policies that we think they run? How long ago the agent furthest behind asked for its bundle with success, when the oldest one that runs was activated, and how many revisions run at once.',
    columns: [...columns, { label: 'bundle', title: 'Bundle' }],
    values: [
      {
        title: 'Asked for, ago',
        query: andOn(by, age(minBy(bundle, latest(opaBundleRequest, owned))), sending),
        unit: 'seconds',
        thresholds: lateBundles,
      },
      {
        title: 'Activated, ago',
        query: andOn(by, age(minBy(bundle, latest(opaBundleActivation, owned))), sending),
        unit: 'seconds',
      },
      { title: 'Revisions', query: andOn(by, maxBy(bundle, latest(opaBundleRevisions, owned)), sending) },
    ],
    whenEmpty: 'no agent tells of bundles',
    width: 24,
    height: 8,
  }),
);
