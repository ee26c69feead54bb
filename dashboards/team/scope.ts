import { costBasis, currency, environments, servicesOfTeam, team } from '../variables.ts';

export const money = { currency, cost_basis: costBasis };
export const ofTeam = { ...money, team };
/** Everything that the page's variables choose. */
export const chosen = { ...ofTeam, service: servicesOfTeam, environment: environments };
/** Budgets, and shares of effective cost, have a basis of their own. */
export const budgets = { currency, team };
/** Forecasts are made of effective cost alone. */
export const effective = { ...budgets, cost_basis: 'effective' };
