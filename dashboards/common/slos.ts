import { budgetRemaining, objective } from '../../alerts/slo/metrics.ts';
import { alerts, countBy, current, type Matchers, matching, maxBy, or, type Query, times } from '../lib/promql.ts';

type Label = 'team' | 'service' | 'slo' | 'objective';

/** What tells an SLO from all others. */
export const identity = ['service', 'slo', 'objective'] as const;

/** Alerts of burn: a page, a ticket, or what an alert policy asked for. */
export const burns = { alertname: matching('SloBudgetBurn.*'), alertstate: 'firing' } as const;

export const noSlos = 'no SLO has rules yet';

/** The SLOs that `of` chooses, each one series by the labels `by`. */
export function slosOf<By extends Label>(by: readonly By[], of: Matchers<Label> = {}) {
  const all = maxBy(by, current(objective, of));
  return {
    all,
    /** What is left of their budgets; of one that nothing was counted of, nothing. */
    left: maxBy(by, current(budgetRemaining, of)),
    burning: maxBy(by, current(alerts, { ...of, ...burns })),
    /** 0 as long as there is any SLO at all: without one, nothing is kept. */
    orNone: <Counted extends By>(counted: readonly Counted[], query: Query<Counted, true>): Query<Counted, true> =>
      or(query, times(countBy(counted, all), 0)),
  };
}
