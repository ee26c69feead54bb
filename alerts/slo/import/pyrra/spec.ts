/** Pyrra's resource `ServiceLevelObjective` of `pyrra.dev/v1alpha1`. */
import { z } from 'zod';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const labels = z.record(z.string(), text).nullish();
const query = z.strictObject({ metric: z.string().min(1, 'is empty') });
const grouping = z.array(z.string()).nullish();

export const pyrraSpec = z.strictObject({
  apiVersion: z.literal('pyrra.dev/v1alpha1'),
  kind: z.literal('ServiceLevelObjective'),
  metadata: z.strictObject({ name: z.string().min(1), namespace: z.string().nullish(), labels, annotations: labels }),
  spec: z.strictObject({
    description: z.string().nullish(),
    target: z.string().regex(/^\d+(?:\.\d+)?$/, 'is no percentage'),
    window: z.string(),
    indicator: z.strictObject({
      ratio: z.strictObject({ errors: query, total: query, grouping }).nullish(),
      latency: z.strictObject({ success: query, total: query, grouping }).nullish(),
      latencyNative: z.strictObject({ latency: z.string(), total: query, grouping }).nullish(),
      bool_gauge: z.strictObject({ metric: z.string().min(1), grouping }).nullish(),
    }),
    alerting: z
      .strictObject({
        disabled: z.boolean().nullish(),
        burnrates: z.boolean().nullish(),
        absent: z.boolean().nullish(),
        name: z.string().nullish(),
        absentName: z.string().nullish(),
        severities: z
          .strictObject({
            absent: z.string().nullish(),
            fastBurn: z.string().nullish(),
            mediumBurn: z.string().nullish(),
            slowBurn: z.string().nullish(),
            longTermBurn: z.string().nullish(),
          })
          .nullish(),
      })
      .nullish(),
    partial_response_strategy: z.string().nullish(),
    performanceOverAccuracy: z.boolean().nullish(),
    ruleOutput: z
      .strictObject({
        shortRulesLabels: labels,
        longRulesLabels: labels,
        enableDescriptionAsLabel: z.boolean().nullish(),
      })
      .nullish(),
  }),
  status: z.unknown().optional(),
});

export type PyrraSpec = z.infer<typeof pyrraSpec>;
