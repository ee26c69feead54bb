/** Sloth's specifications, `prometheus/v1` and its Kubernetes resource, as one shape. https://sloth.dev/specs/default/ */
import { z } from 'zod';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const labels = z.record(z.string(), text).nullish();

const plugins = z
  .strictObject({
    overridePrevious: z.boolean().nullish(),
    chain: z
      .array(z.strictObject({ id: z.string(), config: z.unknown().optional(), priority: z.number().nullish() }))
      .nullish(),
  })
  .transform(({ overridePrevious, chain }) => ({ overridePrevious: overridePrevious ?? false, chain: chain ?? [] }));

export type Plugins = z.infer<typeof plugins>;

const name = z
  .string()
  .regex(/^[A-Za-z0-9][-A-Za-z0-9_.]*$/, 'is no name of letters, digits, hyphens, underscores and dots');
const objective = z.number().gt(0, 'is not above 0').max(100, 'is above 100');
const alert = z.strictObject({ disable: z.boolean().nullish(), labels, annotations: labels }).nullish();

const slo = {
  name,
  objective,
  description: z.string().nullish(),
  labels,
  plugins: plugins.nullish(),
};
const sliPlugin = z.strictObject({ id: z.string(), options: z.record(z.string(), text).nullish() }).nullish();
const alerting = { name: z.string().nullish(), labels, annotations: labels };

const fileSlo = z
  .strictObject({
    ...slo,
    sli: z.strictObject({
      events: z.strictObject({ error_query: z.string().min(1), total_query: z.string().min(1) }).nullish(),
      raw: z.strictObject({ error_ratio_query: z.string().min(1) }).nullish(),
      plugin: sliPlugin,
    }),
    alerting: z.strictObject({ ...alerting, page_alert: alert, ticket_alert: alert }).nullish(),
  })
  .transform(({ sli, alerting, ...rest }) => ({
    ...rest,
    events: sli.events && { error: sli.events.error_query, total: sli.events.total_query },
    raw: sli.raw?.error_ratio_query,
    sliPlugin: sli.plugin?.id,
    alerting: alerting && { ...alerting, page: alerting.page_alert, ticket: alerting.ticket_alert },
  }));

export type SlothSlo =
  z.infer<typeof fileSlo> extends infer S ? Omit<S, 'alerting'> & { readonly alerting: SlothAlerting } : never;
type Alert = z.infer<typeof alert>;
export type SlothAlerting =
  | {
      readonly name?: string | null | undefined;
      readonly labels?: Record<string, string> | null | undefined;
      readonly annotations?: Record<string, string> | null | undefined;
      readonly page?: Alert;
      readonly ticket?: Alert;
    }
  | null
  | undefined;

const resourceSlo = z
  .strictObject({
    ...slo,
    sli: z.strictObject({
      events: z.strictObject({ errorQuery: z.string().min(1), totalQuery: z.string().min(1) }).nullish(),
      raw: z.strictObject({ errorRatioQuery: z.string().min(1) }).nullish(),
      plugin: sliPlugin,
    }),
    alerting: z.strictObject({ ...alerting, pageAlert: alert, ticketAlert: alert }).nullish(),
  })
  .transform(({ sli, alerting, ...rest }) => ({
    ...rest,
    events: sli.events && { error: sli.events.errorQuery, total: sli.events.totalQuery },
    raw: sli.raw?.errorRatioQuery,
    sliPlugin: sli.plugin?.id,
    alerting: alerting && { ...alerting, page: alerting.pageAlert, ticket: alerting.ticketAlert },
  }));

export const fileSpec = z
  .strictObject({
    version: z.literal('prometheus/v1'),
    service: name,
    labels,
    slo_plugins: plugins.nullish(),
    slos: z.array(fileSlo).min(1),
  })
  .transform(({ slo_plugins, ...rest }) => ({ ...rest, plugins: slo_plugins }));

export const resourceSpec = z
  .strictObject({
    apiVersion: z.literal('sloth.slok.dev/v1'),
    kind: z.literal('PrometheusServiceLevel'),
    metadata: z.strictObject({
      name: z.string(),
      namespace: z.string().nullish(),
      labels,
      annotations: labels,
    }),
    spec: z.strictObject({
      service: name,
      labels,
      sloPlugins: plugins.nullish(),
      slos: z.array(resourceSlo).min(1),
    }),
    status: z.unknown().optional(),
  })
  .transform(({ spec: { sloPlugins, ...rest }, metadata }) => ({ ...rest, plugins: sloPlugins, metadata }));

export interface SlothSpec {
  readonly service: string;
  readonly labels?: Record<string, string> | null | undefined;
  readonly plugins?: Plugins | null | undefined;
  readonly slos: readonly SlothSlo[];
}
