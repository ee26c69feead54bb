import { burnRate, timeToExhaustion } from '../../alerts/slo/metrics.ts';
import { burns, identity, noSlos } from '../common/slos.ts';
import { row } from '../lib/dashboard.ts';
import { stat } from '../lib/panels.ts';
import { alerts, compare, countBy, current, dividedBy, maxBy, minBy, unlessOn } from '../lib/promql.ts';
import { anyToActOn, budgetLeft, noneAllowed, soonSpent } from '../thresholds.ts';
import { allSlos, budgets, burning, chosen, orNone, owned, spent } from './scope.ts';

/** What is told, and under each what it is told of. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

const firing = (severity: string) => maxBy(owned, current(alerts, { ...chosen, ...burns, severity }));

/** How many promises are kept, which are about to be broken, and which nobody knows of. */
export const answer = row(
  'Are our promises kept?',
  stat({
    title: 'Within budget',
    description:
      'How many SLOs have anything left of their error budget? Of those that had traffic: one without is neither kept nor broken.',
    query: dividedBy(orNone([], countBy([], compare(budgets, '>', 0))), countBy([], budgets)),
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'Burn now',
    description:
      'How many SLOs spend their budget so fast that an alert fires? Pages and tickets; the table below says which.',
    query: orNone([], countBy([], burning)),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'Budget spent',
    description: 'How many SLOs have nothing left of their budget? What was agreed for then applies now.',
    query: orNone([], countBy([], spent)),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'Least budget left',
    description: 'How much is left of the budget of the SLO that is worst off? Below 0 it is overspent.',
    query: minBy([], budgets),
    thresholds: budgetLeft,
    otherwise: 'bad',
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'First one spent in',
    description:
      'When is the next budget spent, if it burns on as within the last hours? Of those that are not spent yet and burn at all.',
    query: minBy([], compare(current(timeToExhaustion, chosen), '>', 0)),
    thresholds: soonSpent,
    whenEmpty: 'none burns',
    ...told,
  }),
  stat({
    title: 'Without traffic',
    description:
      'Of how many SLOs does nobody know whether they are kept? Nothing was counted within their window, so that callers, metrics or rules may be gone.',
    query: orNone([], countBy([], unlessOn(identity, allSlos, budgets))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'n: SLOs',
    description: 'Of how many SLOs is this told? Each objective of an SLO counts as one.',
    query: countBy([], allSlos),
    whenEmpty: noSlos,
    ...over,
  }),
  stat({
    title: 'Of these, page',
    description: 'How many SLOs burn so fast that someone is got up?',
    query: orNone([], countBy([], firing('page'))),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...over,
  }),
  stat({
    title: '75 % spent',
    description: 'How many SLOs have a quarter of their budget left or less? Those that are spent among them.',
    query: orNone([], countBy([], compare(budgets, '<=', 0.25))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...over,
  }),
  stat({
    title: 'Fastest burn, 1 h',
    description:
      'How many times faster than allowed does the fastest SLO spend its budget within the last hour? Of those whose slices are no longer.',
    query: maxBy([], current(burnRate, { ...chosen, window: '1h' })),
    unit: 'score',
    whenEmpty: 'no traffic',
    ...over,
  }),
  stat({
    title: 'Burn above 1',
    description: 'How many SLOs would not last their window, at the burn of the last hour? Not all of them for long.',
    query: orNone([], countBy([], compare(maxBy(owned, current(burnRate, { ...chosen, window: '1h' })), '>', 1))),
    whenEmpty: noSlos,
    ...over,
  }),
  stat({
    title: 'n: with traffic',
    description: 'Of how many SLOs was anything counted within their window?',
    query: orNone([], countBy([], budgets)),
    whenEmpty: noSlos,
    ...over,
  }),
);
