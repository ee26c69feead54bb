/** What a request, a customer or another unit costs, and the two parts of it; a level is a family of its own. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const reads = ['usage_quantities', 'allocations', 'unit_costs'] as const;

export const unitCost = defineMetric({
  name: 'finops_unit_cost',
  kind: 'state',
  help: "A service's effective cost over its quantity, on the days of the unit's period that have usage; absent where the quantity is 0.",
  unit: 'currency',
  labels: ['unit', 'team', 'service', 'currency'],
  additive: false,
  level: 'service',
  maxSeries: 5_000,
  reads,
  sql: sql('unit_parts', 'unit_cost_service'),
});

export const teamUnitCost = defineMetric({
  name: 'finops_team_unit_cost',
  kind: 'state',
  help: "A team's effective cost over its quantity, on the days of the unit's period that have usage; services without a quantity count in the cost.",
  unit: 'currency',
  labels: ['unit', 'team', 'currency'],
  additive: false,
  level: 'team',
  maxSeries: 2_000,
  reads,
  sql: sql('unit_parts', 'unit_cost_team'),
});

export const organisationUnitCost = defineMetric({
  name: 'finops_organisation_unit_cost',
  kind: 'state',
  help: "The unit's whole effective cost over its whole quantity, on the days of its period that have usage.",
  unit: 'currency',
  labels: ['unit', 'currency'],
  additive: false,
  level: 'organisation',
  maxSeries: 200,
  reads,
  sql: sql('unit_parts', 'unit_cost_organisation'),
});

export const unitQuantity = defineMetric({
  name: 'finops_unit_quantity',
  kind: 'state',
  help: "Quantity of a unit in its period of complete days, their sum or their mean as configured; team and service are empty where the usage metric doesn't tell them.",
  unit: 'count',
  labels: ['unit', 'team', 'service'],
  additive: true,
  maxSeries: 5_000,
  reads,
  sql: sql('unit_parts', 'unit_quantity'),
});

export const unitAllocatedCost = defineMetric({
  name: 'finops_unit_allocated_cost',
  kind: 'state',
  help: 'Effective cost that a unit covers, on the days of its period that have usage; services without a quantity are service="other".',
  unit: 'currency',
  labels: ['unit', 'team', 'service', 'currency'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('unit_parts', 'unit_allocated_cost'),
});

export const unitMetrics = [unitCost, teamUnitCost, organisationUnitCost, unitQuantity, unitAllocatedCost] as const;
