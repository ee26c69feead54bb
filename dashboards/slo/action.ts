import { burnRate, errorRatio, timeToExhaustion } from '../../alerts/slo/metrics.ts';
import { noSlos } from '../common/slos.ts';
import { row } from '../lib/dashboard.ts';
import { linksToRunbookOf, linksToSlo, linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { activeSince, age, alerts, and, countBy, current, matching, maxBy, minBy, or } from '../lib/promql.ts';
import { budgetsLeft, errorBurn, noneAllowed, soonSpent } from '../thresholds.ts';
import { allSlos, budgets, burning, chosen, orNone, owned } from './scope.ts';

const columns = [
  { label: 'service', title: 'Service' },
  { label: 'slo', title: 'SLO', links: linksToSlo },
  { label: 'objective', title: 'Objective' },
  { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
] as const;

const burn = (window: string) => maxBy(owned, current(burnRate, { ...chosen, window }));

/** Alerts of SLOs alone: others have no SLO, which any choice of all takes as well. */
const ours = { ...chosen, alertname: matching('Slo.*') } as const;
const named = ['alertname', ...owned] as const;
const firing = countBy(named, current(alerts, { ...ours, alertstate: 'firing' }));

/** What fires now, and every SLO with what is left of its budget: where to begin. */
export const action = row(
  'What is to be done?',
  table({
    title: 'Alerts that fire',
    description:
      'Which alerts of SLOs fire now, and since when? The name of the alert leads to its runbook, that of the SLO to its page.',
    columns: [{ label: 'alertname', title: 'Alert', links: linksToRunbookOf }, ...columns],
    values: [
      {
        title: 'For',
        query: and(age(minBy(named, current(activeSince, ours))), firing),
      },
      {
        title: 'Firing',
        query: firing,
        texts: { 1: { text: 'fires', is: 'bad' } },
      },
    ],
    whenEmpty: 'no alert fires',
    width: 24,
  }),
  table({
    title: 'SLOs, the least budget first',
    description:
      'Which SLO needs someone? What is left of its budget, whether an alert of burn fires, how fast it burned within the last hour and the last 6 (or 2 days, where its data are of days), when the budget is spent at that rate, and which part of the events was bad within its window. The name leads to its page; – is what nothing was counted of.',
    columns,
    values: [
      { title: 'Budget left', query: budgets, thresholds: budgetsLeft },
      {
        title: 'Burns',
        query: orNone(owned, countBy(owned, burning)),
        thresholds: noneAllowed,
        texts: { 0: { text: 'no', is: 'good' }, 1: { text: 'fires', is: 'bad' } },
      },
      { title: 'Burn, 1 h', query: burn('1h'), unit: 'score', thresholds: errorBurn },
      { title: 'Burn, 6 h', query: or(burn('6h'), burn('2d')), unit: 'score', thresholds: errorBurn },
      { title: 'Spent in', query: maxBy(owned, current(timeToExhaustion, chosen)), thresholds: soonSpent },
      { title: 'Bad', query: maxBy(owned, current(errorRatio, chosen)), unit: 'small_share' },
      { title: 'To be good', query: allSlos, unit: 'small_share' },
    ],
    first: 'least',
    whenEmpty: noSlos,
    width: 24,
    height: 14,
  }),
);
