import { monthToDate } from '../exporters/cost/metrics.ts';
import { oneValue, someValues } from './lib/variables.ts';

/** Currencies and bases of cost are different kinds of money: a page shows one of each at a time. */
export const currency = oneValue(monthToDate, 'currency', { title: 'Currency', commonestFirst: true });
export const costBasis = oneValue(monthToDate, 'cost_basis', { title: 'Cost basis', initially: 'effective' });

const ofCurrency = { currency };
export const teams = someValues(monthToDate, 'team', { title: 'Team', matchers: ofCurrency });
export const services = someValues(monthToDate, 'service', {
  title: 'Service',
  matchers: { ...ofCurrency, team: teams },
});
export const environments = someValues(monthToDate, 'environment', { title: 'Environment', matchers: ofCurrency });

/** For the page of one team: the same name as `teams`, so that a link carries it over. */
export const team = oneValue(monthToDate, 'team', { title: 'Team' });
export const servicesOfTeam = someValues(monthToDate, 'service', {
  title: 'Service',
  matchers: { ...ofCurrency, team },
});
