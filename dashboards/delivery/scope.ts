import { deployedServices, deployingTeams, lookBack, productions } from '../variables.ts';

/** The period that a number looks back on, as chosen on the page. */
export const period = { window: lookBack };
/** What the page's variables choose, for what adds up; quantiles and ratios are of the whole organisation. */
export const chosen = { team: deployingTeams, service: deployedServices, environment: productions };
export const chosenPeriod = { ...chosen, ...period };
/** Lead times start at the author date and end where all regions have the change. */
export const lead = { clock: 'authored', reach: 'all' } as const;

export const wholeOrganisation = 'Of the whole organisation, whatever teams are chosen.';
