/** What moved: the change of cost between two periods, and what explains it. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

/** The SQL of `cost_changes`: every service's parts, none of them folded. */
export const changesSql = sql('cost_changes');

export const costChange = defineMetric({
  name: 'finops_cost_change',
  kind: 'state',
  help: 'Change of effective cost by what explains it (price, usage, new, gone, unmetered, shared): period month is the last complete UTC calendar month less the one before, 30d the last 30 complete days less the 30 before; services beyond the top N movers are service="other".',
  unit: 'currency',
  labels: ['team', 'service', 'currency', 'period', 'reason'],
  additive: true,
  maxSeries: 20_000,
  everySeconds: 3_600,
  reads: ['charges', 'charge_keys', 'allocations', 'owners', 'cost_settings'],
  sql: sql('cost_changes', 'cost_changes_folded'),
});

export const changeMetrics = [costChange] as const;
