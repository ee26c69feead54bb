/**
 * OpenSLO v1 as schemas. Every scalar is a text here, as it was written: 99.95 stays exact, and a time needs no quotes.
 * https://github.com/OpenSLO/OpenSLO
 */
import { z } from 'zod';
import { decimal } from '../decimal.ts';
import { sliceSeconds, timeOf } from './times.ts';

const text = z.string({ error: 'expected a text' });
const number = text.regex(/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/, 'expected a number').transform(decimal);
const within = (most: number, mostToo: boolean) =>
  number.refine(
    value => !value.isNegative() && (mostToo ? !value.greaterThan(most) : value.lessThan(most)),
    `expected a number from 0 ${mostToo ? `to ${most}` : `up to but not including ${most}`}`,
  );
const bool = z
  .enum(['true', 'false', 'True', 'False', 'TRUE', 'FALSE'], { error: 'expected true or false' })
  .transform(given => given.toLowerCase() === 'true');
const duration = text.regex(/^[1-9]\d*[mhdwMQY]$/, 'expected a duration such as 5m, 12h, 4w, 1M, 1Q or 1Y');
const description = text.max(1050, 'expected at most 1050 characters').optional();
const operator = z.enum(['lt', 'lte', 'gt', 'gte'], { error: 'expected lt, lte, gt or gte' });

export const metadataSchema = z.strictObject({
  name: text,
  displayName: text.optional(),
  labels: z.record(text, z.union([text, z.array(text)], { error: 'expected a text or a list of texts' })).optional(),
  annotations: z.record(text, text).optional(),
});

/** An object within another, which may leave out what its place tells. */
const inline = <Kind extends string, T extends z.ZodType>(kind: Kind, spec: T) =>
  z.strictObject({
    apiVersion: z.literal('openslo/v1').optional(),
    kind: z.literal(kind).optional(),
    metadata: metadataSchema.optional(),
    spec,
  });

const metric = z.strictObject({
  metricSource: z.strictObject({
    metricSourceRef: text.optional(),
    type: text.optional(),
    spec: z.record(text, z.unknown()),
  }),
});

const ratioMetric = z
  .strictObject({
    counter: bool.optional(),
    good: metric.optional(),
    bad: metric.optional(),
    total: metric.optional(),
    rawType: z.enum(['success', 'failure'], { error: 'expected success or failure' }).optional(),
    raw: metric.optional(),
  })
  .refine(
    ({ good, bad, total, raw, rawType }) =>
      raw === undefined
        ? total !== undefined && (good === undefined) !== (bad === undefined) && rawType === undefined
        : good === undefined && bad === undefined && total === undefined && rawType !== undefined,
    'expected total with either good or bad, or else raw with rawType',
  );

const sliSpec = z
  .strictObject({ description, thresholdMetric: metric.optional(), ratioMetric: ratioMetric.optional() })
  .refine(
    ({ thresholdMetric, ratioMetric: ratio }) => (thresholdMetric === undefined) !== (ratio === undefined),
    'expected either ratioMetric or thresholdMetric',
  );

const conditionSpec = z.strictObject({
  description,
  severity: text,
  condition: z.strictObject({
    kind: z.literal('burnrate', { error: 'expected burnrate' }).default('burnrate'),
    op: operator,
    threshold: number,
    lookbackWindow: duration,
    alertAfter: text.regex(/^\d+[mhdwMQY]$/, 'expected a duration such as 5m').default('0m'),
  }),
});

const targetSpec = z.strictObject({ target: text, description });

const policySpec = z.strictObject({
  description,
  alertWhenNoData: bool.default(false),
  alertWhenResolved: bool.default(false),
  alertWhenBreaching: bool.default(true),
  conditions: z
    .array(z.union([z.strictObject({ conditionRef: text }), inline('AlertCondition', conditionSpec)]))
    .length(1, 'expected one condition'),
  notificationTargets: z
    .array(z.union([z.strictObject({ targetRef: text }), inline('AlertNotificationTarget', targetSpec)]))
    .default([]),
});

const indicatorShape = { indicator: inline('SLI', sliSpec).optional(), indicatorRef: text.optional() };

const objectiveSchema = z
  .strictObject({
    displayName: text.optional(),
    op: operator.optional(),
    value: number.optional(),
    target: within(1, false).optional(),
    targetPercent: within(100, false).optional(),
    timeSliceTarget: within(1, true).optional(),
    timeSliceWindow: text
      .refine(given => sliceSeconds(given) !== undefined, 'expected minutes, or a duration such as 5m, 2h or 1d')
      .transform(given => sliceSeconds(given) ?? 0)
      .optional(),
    ...indicatorShape,
    compositeWeight: number.refine(value => value.greaterThan(0), 'expected a number above 0').optional(),
  })
  .refine(
    ({ target, targetPercent }) => (target === undefined) !== (targetPercent === undefined),
    'expected either target or targetPercent',
  );

const windowSchema = z
  .strictObject({
    duration,
    isRolling: bool.optional(),
    calendar: z
      .strictObject({
        startTime: text
          .refine(given => timeOf(given) !== undefined, 'expected a time such as 2020-01-21 12:30:00')
          .transform(given => timeOf(given) ?? ''),
        timeZone: text,
      })
      .optional(),
  })
  .refine(
    ({ isRolling, calendar }) => (isRolling ?? calendar === undefined) === (calendar === undefined),
    'expected either isRolling: true or calendar',
  );

const sloSpec = z.strictObject({
  description,
  service: text,
  ...indicatorShape,
  timeWindow: z.array(windowSchema).length(1, 'expected one time window').optional(),
  budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices'], {
    error: 'expected Occurrences, Timeslices or RatioTimeslices',
  }),
  objectives: z.array(objectiveSchema).min(1, 'expected an objective'),
  alertPolicies: z
    .array(
      z.union([
        text.transform(alertPolicyRef => ({ alertPolicyRef })),
        z.strictObject({ alertPolicyRef: text }),
        inline('AlertPolicy', policySpec),
      ]),
    )
    .default([]),
});

const documentOf = <Kind extends string, T extends z.ZodType>(kind: Kind, spec: T) =>
  z.strictObject({
    apiVersion: z.literal('openslo/v1', {
      error: ({ input }) =>
        input === 'openslo/v1alpha'
          ? 'expected openslo/v1; "plumbline slo import" reads openslo/v1alpha'
          : 'expected openslo/v1',
    }),
    kind: z.literal(kind),
    metadata: metadataSchema,
    spec,
  });

export const documentSchema = z.discriminatedUnion(
  'kind',
  [
    documentOf('SLO', sloSpec),
    documentOf('SLI', sliSpec),
    documentOf('Service', z.strictObject({ description }).default({})),
    documentOf('DataSource', z.strictObject({ description, type: text, connectionDetails: z.unknown().optional() })),
    documentOf('AlertPolicy', policySpec),
    documentOf('AlertCondition', conditionSpec),
    documentOf('AlertNotificationTarget', targetSpec),
  ],
  {
    error: 'expected SLO, SLI, Service, DataSource, AlertPolicy, AlertCondition or AlertNotificationTarget',
  },
);

export type OpenSloDocument = z.output<typeof documentSchema>;
export type Metadata = z.output<typeof metadataSchema>;
export type SloSpec = z.output<typeof sloSpec>;
export type SliSpec = z.output<typeof sliSpec>;
export type Metric = z.output<typeof metric>;
export type Objective = z.output<typeof objectiveSchema>;
export type PolicySpec = z.output<typeof policySpec>;
