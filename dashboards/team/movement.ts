import {
  budgetAmount,
  dailyCost,
  dailyServiceCost,
  monthToDate,
  teamForecast,
  usageDayCost,
  usageDayDeviation,
  usageDayExpected,
  usageDayScore,
} from '../../exporters/cost/metrics.ts';
import { movers } from '../common/changes.ts';
import { allOthers } from '../lib/colours.ts';
import { row } from '../lib/dashboard.ts';
import { days, lines, ranking, table } from '../lib/panels.ts';
import { absolute, dayBars, largestDays, latest, maxBy, rangeSum, sum, sumBy } from '../lib/promql.ts';
import { anomalyScores } from '../thresholds.ts';
import { servicesOfTeam } from '../variables.ts';
import { budgets, chosen, effective, ofTeam } from './scope.ts';

const byService = largestDays(12, ['service'], dailyCost, chosen);
const moving = movers(15, { ...budgets, service: servicesOfTeam, period: '30d' });
const usageDay = { ...effective, service: servicesOfTeam };
const service = ['service'] as const;

/** How the team's cost moved, where the month ends, and what stands out. */
export const moved = row(
  'How did its cost move?',
  days({
    title: 'By service and day ($currency)',
    description: 'Which of its services moved, and on which day? The twelve greatest of the time range.',
    queries: [
      { query: byService.largest, name: '{{service}}' },
      { query: byService.others, name: allOthers },
    ],
    width: 24,
  }),
  lines({
    title: 'Month to date, its forecast and budgets ($currency)',
    description:
      "Where does this month end, and is that within the budgets? Effective cost of the month so far, the forecast of the whole month with its 80 % interval, and each budget's amount, which may cover a part of the team alone.",
    queries: [
      { query: sum(latest(monthToDate, effective)), name: 'month to date' },
      { query: maxBy(['bound'], latest(teamForecast, effective)), name: '{{bound}}' },
      { query: maxBy(['budget'], latest(budgetAmount, effective)), name: 'budget {{budget}}' },
    ],
    between: ['lower', 'upper'],
    whenEmpty: 'needs 14 days of bills',
    width: 12,
  }),
  table({
    title: 'What explains the change of 30 days ($currency)',
    description:
      'Which services changed most, and why? Effective cost of the last 30 days less the 30 before: by usage, by price, by its share of what teams split, or because it is new or gone.',
    columns: [
      { label: 'team', title: 'Team' },
      { label: 'service', title: 'Service' },
    ],
    values: [
      { title: 'Change', query: moving.change },
      { title: 'By usage', query: moving.because('usage') },
      { title: 'By price', query: moving.because('price') },
      { title: 'By shares', query: moving.because('shared') },
    ],
    whenEmpty: 'needs 60 days of history',
    width: 12,
  }),
  table({
    title: 'Newest settled day against what was expected ($currency)',
    description:
      'Does a service stand out? Usage of its newest settled day, what its weekday let expect, and the distance in robust standard deviations of the days before it.',
    columns: [{ label: 'service', title: 'Service' }],
    values: [
      {
        title: 'Score',
        query: maxBy(service, absolute(latest(usageDayScore, usageDay))),
        unit: 'score',
        thresholds: anomalyScores,
      },
      { title: 'Deviation', query: maxBy(service, latest(usageDayDeviation, usageDay)) },
      { title: 'Usage', query: maxBy(service, latest(usageDayCost, usageDay)) },
      { title: 'Expected', query: maxBy(service, latest(usageDayExpected, usageDay)) },
    ],
    whenEmpty: 'needs 14 days of bills',
    width: 24,
    height: 7,
  }),
);

/** What the team's cost is made of. */
export const breakdown = row(
  'Where does its money go?',
  days({
    title: 'By environment and day ($currency)',
    description: 'How much is production, and how much is everything else?',
    queries: [{ query: sumBy(['environment'], dayBars(dailyCost, chosen)), name: '{{environment}}' }],
    width: 8,
  }),
  days({
    title: 'By charge category and day ($currency)',
    description: 'What kind of charges are these: usage, purchases, tax, credits, or commitments that nobody used?',
    queries: [{ query: sumBy(['charge_category'], dayBars(dailyCost, chosen)), name: '{{charge_category}}' }],
    width: 8,
  }),
  ranking({
    title: "Providers' services in the time range ($currency)",
    description: 'Which cloud services does the team buy the most of? The sum over the days of the time range.',
    query: sumBy(['provider', 'service_name'], rangeSum(dailyServiceCost, ofTeam)),
    name: '{{provider}}: {{service_name}}',
    width: 8,
  }),
);
