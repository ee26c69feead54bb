import { costBasis, currency, environments, services, teams } from '../variables.ts';

/** One kind of money: what every sum of money is restricted to. */
export const money = { currency, cost_basis: costBasis };
/** Everything that the page's variables choose. */
export const chosen = { ...money, team: teams, service: services, environment: environments };
/** For families that know no service or environment of ours. */
export const chosenTeams = { ...money, team: teams };
/** Budgets, and shares of effective cost, have a basis of their own. */
export const budgets = { currency, team: teams };
/** Forecasts are made of effective cost alone. */
export const effective = { currency, cost_basis: 'effective' };

export const untilComplete = 'Days are UTC days and count once they are complete.';
