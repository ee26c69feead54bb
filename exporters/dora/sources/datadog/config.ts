/** An item of `dora.datadog` in plumbline.yaml. */
import { z } from 'zod';
import { datadogKeysMessage, datadogShape, hasDatadogKeys } from '../../../vendors/datadog/config.ts';
import { serviceWordsShape } from '../../service-words.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const datadogSchema = z
  .strictObject({
    name: sourceName('datadog'),
    every: every(600),
    ...datadogShape,
    history_days: z
      .int()
      .min(1)
      .max(730)
      .default(365)
      .describe('How many days the first reading goes back; Datadog keeps DORA events for two years.'),
    incidents: z
      .strictObject({
        query: text
          .optional()
          .describe('Only incidents that the query finds, such as: severity:(SEV-1 OR SEV-2). All unless given.'),
        started: z
          .enum(['impact', 'detected', 'created'])
          .default('impact')
          .describe('When an incident started: at its customer impact, else as it was detected, else created.'),
        resolved_states: z
          .array(text)
          .min(1)
          .default(['resolved', 'completed'])
          .describe('States in which an incident is resolved.'),
        deployment_field: text.optional().describe('The incident field that names the deployment that caused it.'),
        environment_field: text.optional().describe('The incident field that names the environment.'),
        sweep_hours: z
          .number()
          .positive()
          .default(24)
          .describe('Every so many hours all incidents are listed, so that deleted ones and late changes are found.'),
      })
      .optional()
      .describe("Incidents of Datadog's Incident Management."),
    dora: z
      .strictObject({
        query: text.optional().describe('Only DORA events that the query finds, such as: env:production.'),
        deployments: z
          .boolean()
          .default(false)
          .describe('Whether its deployments are deployments here too; not where GitHub, GitLab or events tell them.'),
        failures: z
          .boolean()
          .default(false)
          .describe('Whether its failures are incidents here too; not where their own system tells them.'),
        metrics: z.boolean().default(true).describe('Whether what Datadog computes is shown beside ours.'),
        metrics_days: z
          .int()
          .min(0)
          .max(640)
          .default(90)
          .describe('For how many past days that is computed at first; each looks back 90 days more.'),
        look_back_days: z
          .int()
          .min(1)
          .max(90)
          .default(14)
          .describe('So many days are read again at each refresh: Datadog judges deployments later.'),
      })
      .optional()
      .describe("Datadog's DORA metrics (Delivery Performance): deployments and failures."),
    ...serviceWordsShape,
  })
  .refine(hasDatadogKeys, { path: ['api_key'], error: datadogKeysMessage })
  .refine(({ incidents, dora }) => incidents !== undefined || dora !== undefined, {
    path: ['incidents'],
    error: 'expected incidents: {} or dora: {}, which say what is read',
  });

export type DatadogConfig = z.infer<typeof datadogSchema>;
export type DatadogDora = NonNullable<DatadogConfig['dora']>;
export type DatadogIncidents = NonNullable<DatadogConfig['incidents']>;
