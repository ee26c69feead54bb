import { row } from '../lib/dashboard.ts';
import { linksToRunbookOf, linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { activeSince, age, alerts, countBy, current, minBy, oneOf, or, plus, times } from '../lib/promql.ts';

const named = ['alertname', 'severity', 'team'] as const;
/** How loudly alerts of ours speak; what always fires speaks to nobody. */
const spoken = { severity: oneOf('page', 'ticket', 'digest') } as const;
const inState = (alertstate: 'firing' | 'pending') => countBy(named, current(alerts, { ...spoken, alertstate }));

/** What fires, whose it is, and what to do about it. */
export const action = row(
  'What is to be done?',
  table({
    title: 'Alerts',
    description:
      'What asks for someone now, and since when? Alerts that fire, and that will if what they saw lasts, with how many there are of each. The name leads to its runbook, the team to its page.',
    columns: [
      { label: 'alertname', title: 'Alert', links: linksToRunbookOf },
      { label: 'severity', title: 'Severity' },
      { label: 'team', title: 'Team', links: linksToTeam('Team') },
    ],
    values: [
      { title: 'For', query: age(minBy(named, current(activeSince, spoken))) },
      {
        title: 'State',
        query: or(plus(times(inState('firing'), 0), 1), times(inState('pending'), 0)),
        unit: 'count',
        texts: { 1: { text: 'fires', is: 'bad' }, 0: { text: 'pending', is: 'warning' } },
      },
      { title: 'n', query: or(inState('firing'), inState('pending')) },
    ],
    whenEmpty: 'no alert fires, or the rules are not loaded',
    width: 24,
    height: 14,
  }),
);
