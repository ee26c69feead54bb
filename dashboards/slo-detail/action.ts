import { row } from '../lib/dashboard.ts';
import { linksToRunbookOf } from '../lib/links.ts';
import { lines, table } from '../lib/panels.ts';
import { activeSince, age, alerts, countBy, current, minBy } from '../lib/promql.ts';
import { ours } from './scope.ts';

const named = ['alertname', 'severity'] as const;
const inState = (alertstate: string) => countBy(named, current(alerts, { ...ours, alertstate }));

/** Its alerts: when they fired, and what fires now, with what to do about it. */
export const action = row(
  'Which of its alerts fire?',
  lines({
    title: 'Alerts over time',
    description: 'When did its alerts fire? 1 while one does; nothing else is drawn.',
    queries: [
      { query: countBy(['alertname'], current(alerts, { ...ours, alertstate: 'firing' })), name: '{{alertname}}' },
    ],
    whenEmpty: 'no alert fired',
    width: 12,
  }),
  table({
    title: 'Alerts now',
    description:
      'Which of its alerts fire or are about to, and since when? The name of an alert leads to its runbook: what it means, what to check first, and who decides.',
    columns: [
      { label: 'alertname', title: 'Alert', links: linksToRunbookOf },
      { label: 'severity', title: 'Severity' },
    ],
    values: [
      { title: 'For', query: age(minBy(named, current(activeSince, ours))) },
      { title: 'Firing', query: inState('firing'), texts: { 1: { text: 'fires', is: 'bad' } } },
      { title: 'Pending', query: inState('pending'), texts: { 1: { text: 'pending', is: 'warning' } } },
    ],
    whenEmpty: 'no alert fires',
    width: 12,
  }),
);
