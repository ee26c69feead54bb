import { linksToTeam } from '../lib/links.ts';
import { currency, teams } from '../variables.ts';

export const budgets = { currency, team: teams };
/** The review is of effective cost, which forecasts and changes are made of. */
export const effective = { ...budgets, cost_basis: 'effective' };
/** The review has no choice of basis to hand on. */
export const toTeam = linksToTeam('Team', { costBasis: false });
