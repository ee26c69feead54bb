/** An entry of `cost.kubernetes`: a cluster whose allocation OpenCost or Kubecost tells. */
import { z } from 'zod';
import { authShape, oneAuth, oneAuthMessage } from '../../api-auth.ts';

const text = z.string().trim().min(1);

export const kubernetesSchema = z
  .strictObject({
    cluster: text.describe(
      'Names the cluster: the label "cluster", and the usage metric by which a split shares out its lines on the bill.',
    ),
    url: z
      .url({ protocol: /^https?$/ })
      .describe('Where the API is, such as http://opencost.opencost:9003 or http://kubecost.kubecost:9090.'),
    product: z
      .enum(['opencost', 'kubecost'])
      .default('opencost')
      .describe('Whose API it is; the paths of Kubecost begin with /model.'),
    cluster_id: text.optional().describe('Only this cluster, where one API tells of several, by the id it has there.'),
    currency: text.toUpperCase().default('USD').describe('The currency in which it computes costs.'),
    idle: z
      .enum(['shared', 'kept'])
      .default('shared')
      .describe(
        'shared: what is idle is borne by all workloads in proportion; kept: it is service "idle" of the team that owns the cluster.',
      ),
    environment: text.toLowerCase().optional().describe('The environment of workloads for which no rule gives one.'),
    labels: z
      .array(text)
      .optional()
      .describe('Pod labels to tell costs apart by; the tags that ownership rules read, unless given.'),
    assets: z.boolean().default(true).describe('Whether the cost of nodes, disks and load balancers is read too.'),
    cloud_cost: z
      .boolean()
      .default(false)
      .describe('Whether the cloud costs it has are read, to reconcile the bills with.'),
    every: z.int().min(60).default(21_600).describe('Seconds between two refreshes.'),
    days: z
      .int()
      .min(1)
      .max(62)
      .default(7)
      .describe('How many complete days are read again at every refresh; reconciliation changes them for some days.'),
    history_days: z
      .int()
      .min(1)
      .max(800)
      .default(400)
      .describe('How many days back are read once, as far as it has them; thirteen months unless given.'),
    timeout: z.int().min(1).default(120).describe('Seconds that an answer may take.'),
    ...authShape,
  })
  .refine(oneAuth, { path: ['username'], error: oneAuthMessage });

export type KubernetesConfig = z.output<typeof kubernetesSchema>;
