import {
  dailyCost,
  dailyServiceCost,
  lastRestatement,
  monthToDate,
  newestCharge,
  openDays,
  organisationForecast,
} from '../../exporters/cost/metrics.ts';
import { movers } from '../common/changes.ts';
import { allOthers } from '../lib/colours.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { days, lines, ranking, table } from '../lib/panels.ts';
import {
  age,
  dayBars,
  daysSum,
  dividedBy,
  largestDays,
  latest,
  maxBy,
  minus,
  not,
  rangeSum,
  sum,
  sumBy,
} from '../lib/promql.ts';
import { growth } from '../thresholds.ts';
import { services } from '../variables.ts';
import { budgets, chosen, chosenTeams, effective, untilComplete } from './scope.ts';

const byTeam = largestDays(12, ['team'], dailyCost, chosen);
const moving = movers(15, { ...budgets, service: services, period: '30d' });
const byService = largestDays(12, ['service'], dailyCost, chosen);

const thirtyDays = (before = 0) => sumBy(['provider'], daysSum(dailyServiceCost, 30, chosenTeams, before));

/** How the whole moved, day by day. */
export const moved = row(
  'How did it move?',
  days({
    title: 'Cost by team and day ($currency)',
    description: `Which team's spending moved, and on which day? The twelve greatest of the time range; a click leads to the team. ${untilComplete}`,
    queries: [
      { query: byTeam.largest, name: '{{team}}' },
      { query: byTeam.others, name: allOthers },
    ],
    links: linksToTeam(),
    width: 24,
    height: 10,
  }),
  lines({
    title: 'Month to date and its forecast, all teams ($currency)',
    description:
      'Where does this month end? Effective cost of the month so far, and the forecast of the whole month with its 80 % interval, as they stood each day.',
    queries: [
      { query: sum(latest(monthToDate, effective)), name: 'month to date' },
      { query: maxBy(['bound'], latest(organisationForecast, effective)), name: '{{bound}}' },
    ],
    between: ['lower', 'upper'],
    whenEmpty: 'needs 14 days of bills',
    width: 12,
  }),
  table({
    title: 'Biggest movers of 30 days ($currency)',
    description:
      'What changed most, and why? Effective cost of the last 30 days less the 30 before; the rest of a change is what is new, gone, shared or not metered.',
    columns: [
      { label: 'team', title: 'Team', links: linksToTeam('Team') },
      { label: 'service', title: 'Service' },
    ],
    values: [
      { title: 'Change', query: moving.change },
      { title: 'By usage', query: moving.because('usage') },
      { title: 'By price', query: moving.because('price') },
    ],
    whenEmpty: 'needs 60 days of history',
    width: 12,
  }),
);

/** What the whole is made of. */
export const breakdown = row(
  'Where does it go?',
  days({
    title: 'By service and day ($currency)',
    description:
      'Which of our services cost the most? The twelve greatest of the time range; "other" holds those that the exporter folds.',
    queries: [
      { query: byService.largest, name: '{{service}}' },
      { query: byService.others, name: allOthers },
    ],
    width: 24,
    height: 12,
  }),
  days({
    title: 'By provider and day ($currency)',
    description: 'Who sends the bills, for the chosen teams?',
    queries: [{ query: sumBy(['provider'], dayBars(dailyServiceCost, chosenTeams)), name: '{{provider}}' }],
    width: 8,
  }),
  days({
    title: 'By charge category and day ($currency)',
    description:
      'What kind of charges are these: usage, purchases, tax, credits, adjustments, or commitments that nobody used?',
    queries: [{ query: sumBy(['charge_category'], dayBars(dailyCost, chosen)), name: '{{charge_category}}' }],
    width: 8,
  }),
  days({
    title: 'By environment and day ($currency)',
    description: 'How much of it is production, and how much is everything else?',
    queries: [{ query: sumBy(['environment'], dayBars(dailyCost, chosen)), name: '{{environment}}' }],
    width: 8,
  }),
  ranking({
    title: "Providers' services in the time range ($currency)",
    description:
      'Which cloud services do we buy the most of? The sum over the days of the time range, for the chosen teams.',
    query: sumBy(['provider', 'service_name'], rangeSum(dailyServiceCost, chosenTeams)),
    name: '{{provider}}: {{service_name}}',
    width: 12,
  }),
  table({
    title: 'Providers ($currency)',
    description:
      'How much is bought of each provider, how far behind is its bill, and when did it last change the past? Cost is that of the time range, for the chosen teams.',
    columns: [{ label: 'provider', title: 'Provider' }],
    compact: true,
    values: [
      { title: 'Cost', query: sumBy(['provider'], rangeSum(dailyServiceCost, chosenTeams)) },
      { title: '30 days', query: minus(dividedBy(thirtyDays(), thirtyDays(30)), 1), thresholds: growth },
      { title: 'Newest', query: maxBy(['provider'], age(latest(newestCharge))) },
      { title: 'Not closed', query: sumBy(['provider'], latest(openDays, { finality: not('closed') })) },
      { title: 'Restated', query: maxBy(['provider'], age(latest(lastRestatement))) },
    ],
    width: 12,
  }),
);
