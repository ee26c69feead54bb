import { badEvents, burnRateThreshold, totalEvents, windowEvents } from '../../alerts/slo/metrics.ts';
import { current, type Duration, matching, maxBy, minus, recordedByDay, recordedSum, sum } from '../lib/promql.ts';
import { objectiveOfSlo, promisingService, slo } from '../variables.ts';

/** One SLO; its team is no part of what it is, and may change within the window. */
export const chosen = { service: promisingService, slo, objective: objectiveOfSlo };
/** Other alerts of the service have no SLO. */
export const ours = { ...chosen, alertname: matching('Slo.*') } as const;

export const noTraffic = 'no traffic';
export const noRules = 'no rules yet';

/** Of all parts together; nothing where nothing was counted. */
export const badWithin = (window: Duration) => sum(recordedSum(badEvents, window, chosen));
export const eventsWithin = (window: Duration) => sum(recordedSum(totalEvents, window, chosen));
export const goodWithin = (window: Duration) => minus(eventsWithin(window), badWithin(window));
export const badByDay = sum(recordedByDay(badEvents, chosen));
export const goodByDay = minus(sum(recordedByDay(totalEvents, chosen)), badByDay);

export const eventsOfWindow = maxBy([], current(windowEvents, chosen));

/** What its alerts compare burn with. */
export const thresholds = (severity: 'page' | 'ticket' | 'digest') =>
  maxBy(['long', 'window'], current(burnRateThreshold, { ...chosen, severity }));
