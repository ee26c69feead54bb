/** An item of `supply_chain.kubernetes` in plumbline.yaml. */
import { z } from 'zod';
import { certificateHalf, hasWholeCertificate, kubernetesShape } from '../../../vendors/kubernetes/config.ts';

const text = z.string().trim().min(1);

export const runningKubernetesSchema = z
  .strictObject({
    cluster: text.describe('The name of the cluster: what runs is known by CLUSTER/NAMESPACE.'),
    name: text
      .optional()
      .describe('Names the source, by default running-CLUSTER; what was read is kept by this name, so keep it.'),
    every: z.int().min(1).default(60).describe('Seconds between two refreshes.'),
    ...kubernetesShape,
    namespaces: z
      .array(text.regex(/^[a-z0-9][a-z0-9-]*$/, 'expected the name of a namespace'))
      .default([])
      .describe('Only these, each with a permission of its own to list and watch its pods; all unless given.'),
    namespace_labels: z
      .boolean()
      .default(true)
      .describe('False where the namespaces themselves may not be listed; their labels then name no owner.'),
    environment: text.optional().describe('The environment of all that runs there.'),
    job_hours: z
      .number()
      .min(0)
      .default(26)
      .describe(
        'So long after its last run the image of a job counts as running, as of one that runs every night; more where jobs run less often.',
      ),
    watch_seconds: z
      .int()
      .min(1)
      .default(5)
      .describe('How long a watch stays open; shorter than about 3 it has no bookmark, and lists more often.'),
    relist_hours: z.number().positive().default(24).describe('Every so many hours all is listed anew.'),
    stale: z
      .number()
      .positive()
      .default(6)
      .describe('Hours after which what runs there is unknown unless the cluster was read again.'),
  })
  .refine(hasWholeCertificate, certificateHalf)
  .transform(item => ({ ...item, name: item.name ?? `running-${item.cluster}` }));

export type RunningKubernetesConfig = z.infer<typeof runningKubernetesSchema>;
