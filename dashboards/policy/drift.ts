import {
  results,
  violations,
  violationsOpened,
  violationsReopened,
  violationsResolved,
} from '../../exporters/policy/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { days, lines, ordered, table } from '../lib/panels.ts';
import { earlier, eventsByDay, eventsWithin, latest, minus, or, sum, sumBy, times } from '../lib/promql.ts';
import { chosen, modes, ofTeamsPolicies, open, openedWithin } from './scope.ts';
import { requirementWords } from './words.ts';

const by = ['requirement'] as const;
const found = { ...chosen, ...open };
// What is looked at and not violated has no series of violations: it is at 0, so that what was mended is seen to fall.
const now = or(sumBy(by, latest(violations, found)), times(sumBy(by, latest(results, chosen)), 0));
/** By how much there are more than a while ago; all of them where nothing was known then. */
const more = (before: '7d' | '30d') => {
  const then = or(sumBy(by, earlier(violations, before, found)), times(sumBy(by, earlier(results, before, chosen)), 0));
  return or(minus(now, then), now);
};
const opened = openedWithin([violationsOpened, violationsReopened], '30d', ofTeamsPolicies);
const resolved = eventsWithin(violationsResolved, '30d', ofTeamsPolicies);

const severities = ['critical', 'high', 'medium', 'low', 'info', 'unknown'] as const;

/** Whether it grows, and whether what is opened is resolved too. */
export const drift = row(
  'Do we drift?',
  lines({
    title: 'Open violations by enforcement',
    description:
      'Does drift grow, and in which mode? enforce is refused when it is deployed anew, warn told to who deploys, dryrun and audit only counted.',
    // a mode that has none is at 0: its line would else end, and its last value stand below for ever
    queries: modes.map(enforcement => ({
      query: or(sum(latest(violations, { ...found, enforcement })), times(sum(latest(violations, found)), 0)),
      name: enforcement,
    })),
    whenEmpty: 'no violations',
    width: 8,
  }),
  days({
    title: 'Opened and resolved by day',
    description:
      'Do we resolve as much as is opened? Violations that were opened on each UTC day (up), and that were resolved (down); of the chosen teams, engines and requirements.',
    queries: [
      { query: sum(eventsByDay(violationsOpened, ofTeamsPolicies)), name: 'opened' },
      { query: sum(eventsByDay(violationsReopened, ofTeamsPolicies)), name: 'opened again' },
      { query: times(sum(eventsByDay(violationsResolved, ofTeamsPolicies)), -1), name: 'resolved' },
    ],
    whenEmpty: 'nothing was opened or resolved',
    width: 10,
  }),
  ordered({
    title: 'Open violations by severity',
    description:
      'How bad are they? By the severity that the engine or our map of its rules says; unknown where neither does.',
    bars: severities.map(severity => ({ query: sum(latest(violations, { ...found, severity })), name: severity })),
    whenEmpty: 'none',
    width: 6,
  }),
  table({
    title: 'Requirements and how they moved',
    description:
      'Where does it move? Open violations now, how many more than 7 and 30 days ago, and how many were opened and resolved within 30 days, exactly.',
    columns: [{ label: 'requirement', title: 'Requirement', words: requirementWords }],
    values: [
      { title: 'Open', query: now },
      { title: 'Change, 7 d', query: more('7d') },
      { title: 'Change, 30 d', query: more('30d') },
      { title: 'Opened, 30 d', query: sumBy(by, opened) },
      { title: 'Resolved, 30 d', query: sumBy(by, resolved) },
    ],
    whenEmpty: 'no violations',
    compact: true,
    width: 16,
    height: 12,
  }),
  lines({
    title: 'Open violations by state',
    description:
      'Is less open, or is less known? A fall of what is open that is a rise of what is unknown or excepted is no repair.',
    queries: [{ query: sumBy(['state'], latest(violations, chosen)), name: '{{state}}' }],
    whenEmpty: 'no violations',
    width: 8,
    height: 12,
  }),
);
