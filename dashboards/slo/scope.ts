import { budgetRemaining, objective } from '../../alerts/slo/metrics.ts';
import { alerts, compare, countBy, current, matching, maxBy, or, type Query, times } from '../lib/promql.ts';
import { objectives, promisingServices, promisingTeams, slos } from '../variables.ts';

/** What the page's variables choose. */
export const chosen = { team: promisingTeams, service: promisingServices, slo: slos, objective: objectives };

/** What tells an SLO from all others. */
export const identity = ['service', 'slo', 'objective'] as const;
/** With whoever owns it now. */
export const owned = ['team', ...identity] as const;

/** Alerts of burn: a page, a ticket, or what an alert policy asked for. */
export const burns = { alertname: matching('SloBudgetBurn.*'), alertstate: 'firing' } as const;

/** One series per SLO. */
export const allSlos = maxBy(owned, current(objective, chosen));
export const budgets = maxBy(owned, current(budgetRemaining, chosen));
export const spent = compare(budgets, '<=', 0);
export const burning = maxBy(owned, current(alerts, { ...chosen, ...burns }));

/** 0 as long as there is any SLO at all: without one, nothing is kept. */
export const orNone = <Label extends 'team' | 'service' | 'slo' | 'objective'>(
  by: readonly Label[],
  counted: Query<Label, true>,
): Query<Label, true> => or(counted, times(countBy(by, allSlos), 0));

export const noSlos = 'no SLO has rules yet';
