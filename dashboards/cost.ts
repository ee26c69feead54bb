import {
  budgetAmount,
  budgetConsumption,
  budgetSpent,
  dailyCost,
  dailyServiceCost,
  dayFinality,
  foldedCost,
  foldedServices,
  monthToDate,
  newestCharge,
  openDays,
  previousMonth,
  reconciliationGap,
  residual,
  restated,
  teamUntaggedRatio,
  unallocatedRatio,
  untaggedRatio,
} from '../exporters/cost/metrics.ts';
import { allOthers } from './lib/colours.ts';
import { type DashboardJson, dashboard, row } from './lib/dashboard.ts';
import { linksToTeam } from './lib/links.ts';
import { days, lines, ranking, stat, table } from './lib/panels.ts';
import {
  absolute,
  age,
  compare,
  dayBars,
  dayIncrease,
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
  topk,
} from './lib/promql.ts';
import { budgetShares, growth, untaggedShares } from './thresholds.ts';
import { costBasis, currency, environments, services, teams } from './variables.ts';

const money = { currency, cost_basis: costBasis };
const chosen = { ...money, team: teams, service: services, environment: environments };
const chosenTeams = { ...money, team: teams };
const budgets = { currency, team: teams };
const budgetLabels = ['budget', 'team', 'cost_basis'] as const;
const untilComplete = 'Days are UTC days and count once they are complete.';

const answer = row(
  'What do we spend?',
  stat({
    title: 'Month to date ($currency)',
    description: `What has this calendar month cost so far, for the chosen teams, services and environments? ${untilComplete}`,
    query: sum(latest(monthToDate, chosen)),
    decimals: 0,
  }),
  stat({
    title: 'Previous month ($currency)',
    description: 'What did the whole previous calendar month cost, as known by now? Bills may still restate it.',
    query: sum(latest(previousMonth, chosen)),
    decimals: 0,
  }),
  stat({
    title: 'Last 30 days against the 30 before',
    description:
      'Do we spend more or less than before? The last 30 complete days over the 30 days before them, less 1.',
    query: minus(dividedBy(sum(daysSum(dailyCost, 30, chosen)), sum(daysSum(dailyCost, 30, chosen, 30))), 1),
    thresholds: growth,
    whenEmpty: 'needs 60 days of history',
  }),
  stat({
    title: 'Budget consumed most',
    description: 'Which budget has the least left? Its month to date over its amount; 100 % is all of it.',
    query: topk(1, maxBy(['budget'], latest(budgetConsumption, budgets))),
    name: '{{budget}}',
    thresholds: budgetShares,
    otherwise: 'good',
    whenEmpty: 'no budgets configured',
  }),
  stat({
    title: 'Unowned',
    description:
      "How much can nobody be asked about? Share of the last 30 days' effective cost that no ownership rule gives to a team, over what can be tagged.",
    query: maxBy(['currency'], latest(unallocatedRatio, { currency })),
    thresholds: [
      { from: 0.05, is: 'warning' },
      { from: 0.1, is: 'bad' },
    ],
    otherwise: 'good',
  }),
  stat({
    title: 'Untagged',
    description:
      "How much carries no tag that a rule reads, though it could? Share of the last 30 days' effective cost. An account or resource rule may own it all the same.",
    query: maxBy(['currency'], latest(untaggedRatio, { currency })),
    thresholds: untaggedShares,
    otherwise: 'good',
  }),
);

const trust = row(
  'Can these numbers be trusted?',
  stat({
    title: 'Age of the newest charge',
    description: 'How far behind is the slowest provider? Time since the end of the newest day that its bill holds.',
    query: maxBy([], age(latest(newestCharge))),
    thresholds: [
      { from: 2 * 86_400, is: 'warning' },
      { from: 3 * 86_400, is: 'bad' },
    ],
    otherwise: 'good',
    width: 6,
  }),
  stat({
    title: 'Days not closed',
    description:
      'How many of the last 62 days may still change? Days that are estimated or whose billing period is open, of the provider with the most.',
    query: maxBy([], sumBy(['provider'], latest(openDays, { finality: not('closed') }))),
    width: 6,
  }),
  stat({
    title: 'Allocation residual ($currency)',
    description:
      'Do the parts sum to the bill? The bill less everything allocated to teams; anything but 0 is a defect of ours.',
    query: sum(latest(residual, money)),
    thresholds: [{ from: 0.005, is: 'bad' }],
    otherwise: 'good',
    decimals: 2,
    width: 6,
  }),
  stat({
    title: 'Widest gap to an invoice',
    description:
      'Does the bill agree with the invoice? Billed cost less the total of the newest configured invoice, over that total; the account with the widest gap.',
    query: maxBy([], absolute(latest(reconciliationGap, { currency }))),
    thresholds: [
      { from: 0.001, is: 'warning' },
      { from: 0.01, is: 'bad' },
    ],
    otherwise: 'good',
    whenEmpty: 'no invoice configured',
    width: 6,
  }),
);

const byTeam = largestDays(12, ['team'], dailyCost, chosen);
const byService = largestDays(12, ['service'], dailyCost, chosen);

const moved = row(
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

const breakdown = row(
  'Where does it go?',
  days({
    title: 'By service and day ($currency)',
    description:
      'Which of our services cost the most? The twelve greatest of the time range; "other" holds those that the exporter folds.',
    queries: [
      { query: byService.largest, name: '{{service}}' },
      { query: byService.others, name: allOthers },
    ],
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
    width: 12,
  }),
);

const finality = row(
  'How final is it?',
  days({
    title: 'Finality of days',
    description:
      'Which days may still change? One per provider and day: estimated, open (its billing period is not closed), or closed.',
    queries: [{ query: sumBy(['finality'], dayBars(dayFinality)), name: '{{finality}}' }],
    width: 8,
  }),
  days({
    title: 'Restated, by the day we learned it ($currency)',
    description:
      'How much did bills change days that we already knew? Up and down are counted apart and are both positive.',
    queries: [{ query: sumBy(['direction'], dayIncrease(restated, money)), name: '{{direction}}' }],
    width: 8,
  }),
  table({
    title: 'Folded into "other" this month ($currency)',
    description:
      'How much detail is missing? What each daily family shows as "other", since only the greatest get a series of their own.',
    columns: [{ label: 'family', title: 'Family' }],
    values: [
      { title: 'Cost', query: maxBy(['family'], latest(foldedCost, money)) },
      { title: 'Names', query: maxBy(['family'], latest(foldedServices)) },
    ],
    whenEmpty: 'nothing is folded',
    width: 8,
  }),
);

const budgetRow = row(
  'Budgets',
  table({
    title: 'Budgets of this month ($currency)',
    description:
      'Which budgets are running out, and whose are they? Each reads its own cost basis; budgets may overlap, so they have no total.',
    columns: [
      { label: 'budget', title: 'Budget' },
      { label: 'team', title: 'Team', links: linksToTeam('Team') },
      { label: 'cost_basis', title: 'Basis' },
    ],
    values: [
      { title: 'Consumed', query: maxBy(budgetLabels, latest(budgetConsumption, budgets)), thresholds: budgetShares },
      { title: 'Spent', query: maxBy(budgetLabels, latest(budgetSpent, budgets)) },
      { title: 'Amount', query: maxBy(budgetLabels, latest(budgetAmount, budgets)) },
    ],
    whenEmpty: 'no budgets configured',
  }),
  lines({
    title: 'Consumption of budgets',
    description: 'How fast are budgets used up over the month? Each starts at 0 on the first day.',
    queries: [{ query: maxBy(['budget'], latest(budgetConsumption, budgets)), name: '{{budget}}' }],
    thresholds: budgetShares,
  }),
);

const unownedBy = ['provider', 'service_category', 'service_name'] as const;

const act = row(
  'What is to be done?',
  table({
    title: 'Unowned spend in the time range ($currency)',
    description:
      'What should get an owner first? Spend that no rule gives to a team, by what it was bought as: add a tag, an account or a resource rule.',
    columns: [
      { label: 'provider', title: 'Provider' },
      { label: 'service_category', title: 'Category' },
      { label: 'service_name', title: 'Service' },
    ],
    values: [
      {
        title: 'Cost',
        query: compare(sumBy(unownedBy, rangeSum(dailyServiceCost, { ...money, team: 'unowned' })), '!=', 0),
      },
    ],
    whenEmpty: 'everything has an owner',
  }),
  table({
    title: 'Untagged share by team',
    description:
      "Who should tag first? Share of a team's effective cost of the last 30 days that could carry a tag and carries none that a rule reads.",
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team') }],
    values: [
      {
        title: 'Untagged',
        query: maxBy(['team'], latest(teamUntaggedRatio, budgets)),
        thresholds: untaggedShares,
      },
    ],
  }),
);

/** The organisation's cost: what it is, whether to trust it, how it moved, where it goes, what to do. */
export const costDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-cost',
    title: 'Cost',
    description: 'What the organisation spends, who bears it, and what nobody answers for.',
    tags: ['finops'],
    variables: [currency, costBasis, teams, services, environments],
    rows: [answer, trust, moved, breakdown, finality, budgetRow, act],
    from: 'now-90d',
  });
