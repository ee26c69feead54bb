import { previousMonth, previousMonthForecast } from '../../exporters/cost/metrics.ts';
import { budgetsTable } from '../common/budgets.ts';
import { row } from '../lib/dashboard.ts';
import { ranking, table } from '../lib/panels.ts';
import { absolute, dividedBy, latest, maxBy, minus, sumBy } from '../lib/promql.ts';
import { forecastErrors } from '../thresholds.ts';
import { budgets, effective, toTeam } from './scope.ts';

const team = ['team'] as const;
const actual = sumBy(team, latest(previousMonth, effective));
const forecast = (day: string) =>
  maxBy(team, latest(previousMonthForecast, { ...effective, forecast_day: day, bound: 'mean' }));
const error = (day: string) => minus(dividedBy(forecast(day), actual), 1);

/** Whether last month's forecast held, and this month's budgets will. */
export const foreseen = row(
  'Was it foreseen?',
  table({
    title: 'Forecasts of last month, and what came ($currency)',
    description:
      'How far off was the forecast? Forecasts are made anew from the days that were complete on the 8th, 15th and 22nd, as billed by now; an error above 0 had expected too much.',
    columns: [{ label: 'team', title: 'Team', links: toTeam }],
    values: [
      { title: 'Last month', query: actual },
      { title: 'On the 8th', query: forecast('8') },
      { title: 'Error', query: error('8') },
      { title: 'On the 15th', query: forecast('15') },
      { title: 'Error then', query: error('15') },
      { title: 'On the 22nd', query: forecast('22') },
      { title: 'Error at last', query: error('22') },
    ],
    compact: true,
    whenEmpty: 'needs two months of history',
    width: 24,
    height: 9,
  }),
  ranking({
    title: 'Error of the forecast on the 15th',
    description: 'Whose forecast cannot be planned with? The distance of the mean from what came, up or down.',
    query: maxBy(team, absolute(error('15'))),
    name: '{{team}}',
    thresholds: forecastErrors,
    otherwise: 'good',
    whenEmpty: 'needs two months of history',
    width: 24,
  }),
  budgetsTable(budgets, { links: toTeam }),
);
