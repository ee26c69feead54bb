/** An item of `policy.azure_policy` in plumbline.yaml. */
import { z } from 'zod';
import { staleHours } from '../../../findings/stale.ts';
import { azureCredentialsSchema } from '../../../vendors/azure/config.ts';

const text = z.string().trim().min(1);
const named = (form: RegExp, what: string) =>
  z
    .array(
      text
        .transform(id => id.replace(/^\/+|\/+$/g, '').replace(form, ''))
        .refine(id => /^[\w.()-]+$/.test(id), `expected ${what}`),
    )
    .default([]);

export const azurePolicySchema = z
  .strictObject({
    name: text
      .default('azure-policy-api')
      .describe('Names the source; what was read is kept by this name, so several need one each, and keep it.'),
    subscriptions: named(/^subscriptions\//i, 'the id of a subscription').describe(
      'The ids of the subscriptions that are read. With none and no management group: all that the identity sees.',
    ),
    management_groups: named(
      /^providers\/Microsoft\.Management\/managementGroups\//i,
      'the name of a management group',
    ).describe('Management groups, by their ids: all subscriptions below them are read.'),
    every: z
      .int()
      .min(60)
      .default(6 * 3600)
      .describe('Seconds between two refreshes. Azure evaluates once a day, and what is changed after some minutes.'),
    window_hours: z
      .number()
      .min(1)
      .max(168)
      .default(36)
      .describe(
        'How far back the newest evaluation of a resource may lie; what is deleted stays open for as long. Azure evaluates about once a day, and not to the hour: with its own default of 24 what comes late would be gone, and back.',
      ),
    exemptions: z.boolean().default(true).describe('Whether exemptions are read, with their expiry.'),
    denials: z
      .boolean()
      .default(true)
      .describe(
        'Whether requests that a policy refused are read from the Activity Log. It is read whole: its list knows no category.',
      ),
    titles: z.boolean().default(true).describe("Whether definitions' display names are read, a request for each."),
    environment: text.optional().describe('The environment of all that runs there.'),
    stale: staleHours
      .default(48)
      .describe('Hours after which findings are unknown unless the subscription was read again.'),
    timeout: z.int().min(1).max(600).default(120).describe('Seconds that one request may take.'),
    credentials: azureCredentialsSchema
      .prefault({})
      .describe('Who asks; the role Reader on what is read is enough, for management groups on them.'),
  })
  .describe(
    'Azure Policy: what is compliant with which assignment, exemptions and modes, by the Azure Resource Manager.',
  );

export type AzurePolicyConfig = z.infer<typeof azurePolicySchema>;
