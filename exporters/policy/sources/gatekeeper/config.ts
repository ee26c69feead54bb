/** An item of `policy.gatekeeper` in plumbline.yaml. */
import { z } from 'zod';
import { staleHours } from '../../../findings/stale.ts';
import { certificateHalf, hasWholeCertificate, kubernetesShape } from '../../../vendors/kubernetes/config.ts';

const text = z.string().trim().min(1);

/** What is read, each with a permission of its own. */
export const gatekeeperParts = ['constraints', 'templates', 'namespaces'] as const;

export const gatekeeperSchema = z
  .strictObject({
    cluster: text.describe('The name of the cluster: what is looked at as a whole, and part of the resources.'),
    name: text
      .optional()
      .describe('Names the source, by default gatekeeper-CLUSTER; several of one cluster need one each.'),
    every: z.int().min(1).default(60).describe('Seconds between two refreshes.'),
    ...kubernetesShape,
    environment: text.optional().describe('The environment of all that runs there.'),
    read: z
      .array(z.enum(gatekeeperParts))
      .min(1)
      .default([...gatekeeperParts])
      .refine(parts => parts.includes('constraints'), 'expected constraints among them')
      .describe(
        'What is read, each with the permission to list it: constraints (modes, violations), templates (titles), namespaces (labels for owners).',
      ),
    violations: z
      .enum(['unless_logged', 'always', 'never'])
      .default('unless_logged')
      .describe(
        "Whether violations are taken from constraints, which list 20 each unless told otherwise (--constraint-violations-limit). unless_logged: only while no audit of the last 6 hours came whole by the audit's log, in files or posts of the same cluster; of a list that is cut the rest is unknown.",
      ),
    stale: staleHours
      .default(6)
      .describe('Hours after an audit until findings are unknown unless a newer one tells of them.'),
  })
  .refine(hasWholeCertificate, certificateHalf)
  .transform(item => ({ ...item, name: item.name ?? `gatekeeper-${item.cluster}` }));

export type GatekeeperConfig = z.infer<typeof gatekeeperSchema>;
