import { dailyCost, dailyServiceCost } from '../../exporters/cost/metrics.ts';
import { allOthers } from '../lib/colours.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { days, ranking } from '../lib/panels.ts';
import { dayBars, largestDays, rangeSum, sumBy } from '../lib/promql.ts';
import { chosen, chosenTeams, untilComplete } from './scope.ts';

const byTeam = largestDays(12, ['team'], dailyCost, chosen);
const byService = largestDays(12, ['service'], dailyCost, chosen);

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
  }),
  days({
    title: 'By charge category and day ($currency)',
    description:
      'What kind of charges are these: usage, purchases, tax, credits, adjustments, or commitments that nobody used?',
    queries: [{ query: sumBy(['charge_category'], dayBars(dailyCost, chosen)), name: '{{charge_category}}' }],
  }),
  days({
    title: 'By environment and day ($currency)',
    description: 'How much of it is production, and how much is everything else?',
    queries: [{ query: sumBy(['environment'], dayBars(dailyCost, chosen)), name: '{{environment}}' }],
  }),
  ranking({
    title: "Providers' services in the time range ($currency)",
    description:
      'Which cloud services do we buy the most of? The sum over the days of the time range, for the chosen teams.',
    query: sumBy(['provider', 'service_name'], rangeSum(dailyServiceCost, chosenTeams)),
    name: '{{provider}}: {{service_name}}',
    width: 24,
  }),
);
