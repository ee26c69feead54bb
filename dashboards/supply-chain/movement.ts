import {
  exploitedFindings,
  findings,
  findingsOpened,
  findingsReopened,
  findingsResolved,
  slaFindings,
} from '../../exporters/supply-chain/metrics.ts';
import { whereListed } from '../common/exploited.ts';
import { row } from '../lib/dashboard.ts';
import { days, lines, table } from '../lib/panels.ts';
import {
  andOn,
  earlier,
  eventsByDay,
  eventsWithin,
  latest,
  minus,
  oneOf,
  or,
  type Query,
  sum,
  sumBy,
  times,
} from '../lib/promql.ts';
import { openedWithin } from '../policy/scope.ts';
import {
  chosen,
  found,
  looked,
  notScanned,
  ofPlaces,
  ofServices,
  ofSeverities,
  open,
  orNone,
  vulnerability,
} from './scope.ts';
import { limitWords } from './words.ts';

const by = ['severity'] as const;
const events = { ...ofPlaces, ...ofSeverities, ...vulnerability };
const limited = { ...ofServices, ...ofSeverities, state: oneOf('open', 'unknown') } as const;
// A severity of which all was remedied or excepted has other states still: it is at 0, so that it is seen to fall.
const now = or(sumBy(by, latest(findings, found)), times(sumBy(by, latest(findings, chosen)), 0));
const then = or(sumBy(by, earlier(findings, '30d', found)), times(now, 0));
/** By how much there are more than 30 days ago; all of them where nothing was known then. */
const more = minus(or(now, times(then, 0)), then);
/** What was ever found, at 0 as long as anything is looked at: a line would else end at its last value. */
const overTime = or(now, times(andOn([], sumBy(by, latest(findingsOpened, events)), looked()), 0));
const ofEach = (query: Query<'severity', true>) => or(query, times(overTime, 0));

// A count begins with its first event: before, it is 0 as long as anything has been counted.
const onDays = (query: Query<never, true>) => or(query, times(sum(eventsByDay(findingsOpened, events)), 0));
const resolvedOnDays = (reason: string) => times(onDays(sum(eventsByDay(findingsResolved, { ...events, reason }))), -1);

/** Whether it grows, and whether what is found is remedied too. */
export const movement = row(
  'Does it get better?',
  lines({
    title: 'Open vulnerabilities by severity',
    description: 'Does it grow, and how bad is it? As it was known on each day.',
    queries: [{ query: overTime, name: '{{severity}}' }],
    whenEmpty: notScanned,
    width: 8,
    height: 12,
  }),
  days({
    title: 'Found and resolved by day',
    description:
      'Do we remedy as much as is found? Vulnerabilities that were found on each UTC day (up), and that were resolved (down): fixed, or gone with what had them.',
    queries: [
      { query: onDays(sum(eventsByDay(findingsOpened, events))), name: 'opened' },
      { query: onDays(sum(eventsByDay(findingsReopened, events))), name: 'opened again' },
      { query: resolvedOnDays('fixed'), name: 'fixed' },
      { query: resolvedOnDays('gone'), name: 'gone' },
    ],
    whenEmpty: 'nothing was found or resolved',
    width: 8,
    height: 12,
  }),
  lines({
    title: 'Vulnerabilities and secrets by their limit',
    description:
      'Do we keep what we promised? By how they stand to the limit of their severity, that of what is exploited being shorter; what is not scanned any more is counted as it was last seen.',
    queries: Object.keys(limitWords).map(status => ({
      query: orNone(sum(latest(slaFindings, { ...limited, status }))),
      name: status,
    })),
    words: limitWords,
    whenEmpty: notScanned,
    width: 8,
    height: 12,
  }),
  table({
    title: 'Severities and how they moved',
    description:
      'Where does it move? Open vulnerabilities, how many more than 30 days ago, how many were found and resolved within 30 days (exact counts), and of the open ones how many are past their limit, can be remedied by a version that is known, and are known to be exploited.',
    columns: [{ label: 'severity', title: 'Severity' }],
    values: [
      { title: 'Open', query: overTime },
      { title: 'Change, 30 d', query: more },
      { title: 'Found', query: sumBy(by, openedWithin([findingsOpened, findingsReopened], '30d', events)) },
      { title: 'Resolved', query: sumBy(by, eventsWithin(findingsResolved, '30d', events)) },
      {
        title: 'Past limit',
        query: ofEach(
          sumBy(
            by,
            latest(slaFindings, { ...ofServices, ...ofSeverities, ...vulnerability, ...open, status: 'breached' }),
          ),
        ),
      },
      { title: 'With a fix', query: ofEach(sumBy(by, latest(findings, { ...found, fix: 'available' }))) },
      {
        title: 'Exploited',
        query: whereListed(ofEach(sumBy(by, latest(exploitedFindings, { ...ofPlaces, ...ofSeverities, ...open })))),
      },
    ],
    whenEmpty: notScanned,
    compact: true,
    width: 16,
    height: 9,
  }),
  lines({
    title: 'Vulnerabilities by state',
    description:
      'Is less open, or is less known? A fall of what is open that is a rise of what is unknown (not scanned any more) or excepted is no repair.',
    queries: ['open', 'excepted', 'unknown'].map(state => ({
      query: orNone(sum(latest(findings, { ...chosen, state }))),
      name: state,
    })),
    whenEmpty: notScanned,
    width: 8,
    height: 9,
  }),
);
