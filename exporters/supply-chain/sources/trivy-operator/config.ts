/** An item of `supply_chain.trivy_operator` in plumbline.yaml. */
import { z } from 'zod';
import { certificateHalf, hasWholeCertificate, kubernetesShape } from '../../../vendors/kubernetes/config.ts';

const text = z.string().trim().min(1);

/** What is read, and the resources that hold it. */
export const operatorResources = {
  vulnerabilities: ['vulnerabilityreports', 'clustervulnerabilityreports'],
  secrets: ['exposedsecretreports'],
  sboms: ['sbomreports', 'clustersbomreports'],
} as const;

export const trivyOperatorSchema = z
  .strictObject({
    cluster: text.describe('The name of the cluster.'),
    name: text
      .optional()
      .describe('Names the source, by default trivy-operator-CLUSTER; what was read is kept by this name, so keep it.'),
    every: z.int().min(1).default(300).describe('Seconds between two refreshes.'),
    ...kubernetesShape,
    read: z
      .array(z.enum(['vulnerabilities', 'secrets', 'sboms']))
      .min(1)
      .default(['vulnerabilities', 'secrets', 'sboms'])
      .describe('Which of its reports are read; each needs the permission to list and watch them.'),
    environment: text.optional().describe('The environment of all that runs there.'),
    watch_seconds: z
      .int()
      .min(1)
      .default(5)
      .describe('How long a watch stays open; shorter than about 3 it has no bookmark, and lists more often.'),
    relist_hours: z.number().positive().default(24).describe('Every so many hours all is listed anew.'),
    stale: z
      .number()
      .positive()
      .default(72)
      .describe('Hours after which what an image holds is unknown unless the operator scanned it again.'),
  })
  .refine(hasWholeCertificate, certificateHalf)
  .transform(item => ({ ...item, name: item.name ?? `trivy-operator-${item.cluster}` }));

export type TrivyOperatorConfig = z.infer<typeof trivyOperatorSchema>;
