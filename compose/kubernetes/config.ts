/** The key `kubernetes` of plumbline.yaml: what `plumbline render kubernetes` can't know of a cluster. */
import { z } from 'zod';

const text = z.string().min(1);
const label = text.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'expected a name of small letters, digits and dashes');
const quantity = text.regex(/^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/, 'expected a quantity such as 500m or 2Gi');

const volumeSchema = z
  .strictObject({
    path: text.describe('The folder that other keys name, such as bills; where relative, to this file.'),
    claim: label.optional().describe('The PersistentVolumeClaim that holds it,'),
    nfs: z.strictObject({ server: text, path: text }).optional().describe('or an NFS export.'),
    sub_path: text.optional().describe('The folder within the volume.'),
  })
  .refine(({ claim, nfs }) => (claim === undefined) !== (nfs === undefined), {
    error: 'expected one of claim and nfs beside the path',
  });

export const kubernetesSchema = z.strictObject({
  namespace: label.default('plumbline').describe('Where all of it lives; it is made.'),
  image: text.default('plumbline:0.1.0').describe('The image, as the cluster pulls it; compose/Dockerfile builds it.'),
  image_pull_secrets: z.array(label).default([]).describe('Secrets of the registry.'),
  storage: quantity.default('10Gi').describe('The volume of each exporter’s ledger.'),
  storage_class: label.optional().describe('Of these volumes; the cluster’s usual one unless given.'),
  requests: z.strictObject({ cpu: quantity.default('250m'), memory: quantity.default('1Gi') }).prefault({}),
  limits: z
    .strictObject({ cpu: quantity.default('2'), memory: quantity.default('2Gi') })
    .prefault({})
    .describe('A ledger takes some 1.5 GiB at its busiest.'),
  volumes: z.array(volumeSchema).default([]).describe('Where files are that sources read, bills above all.'),
  monitoring_namespace: label
    .default('monitoring')
    .describe('Where Prometheus runs: from there exporters are scraped.'),
  clients: z
    .array(label)
    .default([])
    .describe('Further namespaces that may reach exporters: an ingress for webhooks, OPA agents, pipelines.'),
  labels: z
    .record(z.string(), z.string())
    .default({})
    .describe('Labels by which Prometheus and Alertmanager select monitors, rules and routes, such as release.'),
  dashboards_folder: text.default('Plumbline').describe('The folder of Grafana that the sidecar puts dashboards into.'),
});

export type KubernetesConfig = z.output<typeof kubernetesSchema>;
