/** An item of `policy.kyverno` in plumbline.yaml. */
import { z } from 'zod';
import { staleHours } from '../../../findings/stale.ts';
import { certificateHalf, hasWholeCertificate, kubernetesShape } from '../../../vendors/kubernetes/config.ts';

const text = z.string().trim().min(1);

/** What is read, each with a permission of its own. */
export const kyvernoParts = ['policies', 'namespaces', 'exceptions', 'reports', 'events'] as const;

export const kyvernoSchema = z
  .strictObject({
    cluster: text.describe('The name of the cluster: what is looked at as a whole, and part of the resources.'),
    name: text
      .optional()
      .describe('Names the source, by default kyverno-CLUSTER; what was read is kept by this name, so keep it.'),
    every: z.int().min(1).default(60).describe('Seconds between two refreshes.'),
    ...kubernetesShape,
    environment: text.optional().describe('The environment of all that runs there.'),
    read: z
      .array(z.enum(kyvernoParts))
      .min(1)
      .default([...kyvernoParts])
      .describe(
        'What is read, each with the permission to list and watch it: policies (for modes), namespaces (labels for owners and overrides), exceptions, reports, events (blocked requests).',
      ),
    watch_seconds: z
      .int()
      .min(1)
      .default(5)
      .describe('How long a watch stays open; shorter than about 3 it has no bookmark, and lists more often.'),
    relist_hours: z.number().positive().default(24).describe('Every so many hours all is listed anew.'),
    hold_minutes: z
      .number()
      .min(0)
      .max(60 * 24 * 366)
      .default(75)
      .describe(
        'So long a vanished report may be made anew, and its findings are unknown; then they are gone. Kyverno scans every hour unless told otherwise.',
      ),
    silent_hours: z
      .number()
      .positive()
      .default(24)
      .describe('Kyverno is silent where no result is newer than this while a policy is looked at in the background.'),
    stale: staleHours.default(6).describe('Hours after which findings are unknown unless the cluster was read again.'),
  })
  .refine(hasWholeCertificate, certificateHalf)
  .transform(item => ({ ...item, name: item.name ?? `kyverno-${item.cluster}` }));

export type KyvernoConfig = z.infer<typeof kyvernoSchema>;
