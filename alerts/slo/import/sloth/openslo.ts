/** OpenSLO v1alpha as Sloth reads it: ratios of good events to all, rolling windows of days, and no alerts. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { Slo } from '../../model.ts';
import { type ImportOptions, type Notes, Unimportable } from '../imported.ts';
import { dnsLabel, teamOf } from '../names.ts';
import { goodIndicator } from './indicator.ts';

const query = z.strictObject({ source: z.string(), queryType: z.string(), query: z.string().min(1) });
const objective = z.strictObject({
  displayName: z.string().nullish(),
  op: z.string().nullish(),
  value: z.number().nullish(),
  target: z.number().gt(0).lt(1),
  timeSliceTarget: z.number().nullish(),
  timeSliceWindow: z.string().nullish(),
  ratioMetrics: z.strictObject({ incremental: z.boolean().nullish(), good: query, total: query }).nullish(),
});

export const openSloSpec = z.strictObject({
  apiVersion: z.literal('openslo/v1alpha'),
  kind: z.literal('SLO'),
  metadata: z.strictObject({ name: z.string(), displayName: z.string().nullish() }),
  spec: z.strictObject({
    service: z.string(),
    description: z.string().nullish(),
    budgetingMethod: z.string().nullish(),
    indicator: z.unknown().optional(),
    objectives: z.array(objective).min(1),
    timeWindows: z
      .array(
        z.strictObject({
          unit: z.string(),
          count: z.number().int().gt(0),
          isRolling: z.boolean().nullish(),
          calendar: z.unknown().optional(),
        }),
      )
      .nullish(),
  }),
});

export type OpenSlo = z.infer<typeof openSloSpec>;

/** One of ours for each objective. */
export function openSlosOf({ metadata, spec }: OpenSlo, options: ImportOptions, notes: Notes): readonly Slo[] {
  if (spec.budgetingMethod && spec.budgetingMethod !== 'Occurrences')
    throw new Unimportable(
      `Sloth reads the budgeting method ${spec.budgetingMethod} as Occurrences; write it as OpenSLO v1, where it is one of its own`,
    );
  if (spec.indicator !== undefined) notes.lost('spec.indicator', 'Sloth does not read it');
  notes.changed('alerting', 'Sloth makes no alerts of OpenSLO, so there are none of budget burn or traffic here');
  return spec.objectives.map((one, index): Slo => {
    const target = new Decimal(one.target);
    for (const key of ['op', 'value', 'timeSliceTarget', 'timeSliceWindow'] as const)
      if (one[key] != null) notes.lost(`spec.objectives[${index}].${key}`, 'Sloth does not read it');
    return {
      // As Sloth names it: each objective is an SLO of its own.
      name: dnsLabel(`${metadata.name}-${index}`, `spec.objectives[${index}]`, notes),
      service: dnsLabel(spec.service, 'spec.service', notes),
      team: teamOf({}, options.team, notes),
      objective: target.times(100).toString(),
      displayName: one.displayName ?? metadata.displayName ?? metadata.name,
      description: spec.description ?? '',
      window: { kind: 'rolling', seconds: daysOf(spec) * 86_400 || options.period },
      budgeting: { kind: 'occurrences' },
      parts: [{ name: '', indicator: indicatorOf(one, notes), target, weight: new Decimal(1) }],
      alerting: {
        windows: [],
        conditions: [],
        leastBadEvents: new Decimal(0),
        noTrafficAfter: undefined,
        budget: false,
        pages: false,
      },
      labels: {},
      annotations: {},
      origin: notes.origin,
    };
  });
}

function indicatorOf({ ratioMetrics }: z.infer<typeof objective>, notes: Notes) {
  if (!ratioMetrics) throw new Unimportable('an objective has no ratioMetrics, the only indicator that Sloth reads');
  const { good, total } = ratioMetrics;
  for (const { source, queryType } of [good, total]) {
    if (source !== 'prometheus' && source !== 'sloth')
      throw new Unimportable(`its data come from ${source}, and rules are made for Prometheus alone`);
    if (queryType !== 'promql') throw new Unimportable(`a query is of the type ${queryType}, where promql is read`);
  }
  return goodIndicator(good.query, total.query, notes);
}

function daysOf({ timeWindows }: OpenSlo['spec']): number {
  const [window, ...others] = timeWindows ?? [];
  if (window === undefined) return 0;
  if (others.length > 0) throw new Unimportable('it has several time windows, where one is read');
  if (window.unit.toLowerCase() !== 'day')
    throw new Unimportable(`its time window is of the unit ${window.unit}, and Sloth reads days alone`);
  if (window.calendar != null || window.isRolling === false)
    throw new Unimportable('its time window is a calendar one, which Sloth reads as rolling; write it as OpenSLO v1');
  return window.count;
}
