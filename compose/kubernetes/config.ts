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

const webSchema = z.strictObject({
  secret: label
    .default('plumbline-web')
    .describe(
      'The Secret that holds the web configuration file and the files that it names; NOTES.md has the command.',
    ),
  tls_secret: label
    .optional()
    .describe(
      'A Secret with tls.crt and tls.key, as cert-manager makes and renews: they stand for cert_file and key_file.',
    ),
  client_secret: label
    .default('plumbline-scrape')
    .describe(
      'The Secret that Prometheus and the scorecard connect with: ca.crt, username and password where users are asked for, tls.crt and tls.key where client certificates are.',
    ),
  ca: z
    .enum(['secret', 'config_map', 'system'])
    .default('secret')
    .describe(
      'Where the authorities of the certificate are: ca.crt in client_secret, ca.crt in the ConfigMap plumbline-ca, or among those that are trusted anyway.',
    ),
  server_name: text
    .optional()
    .describe('The name in the certificate; the Services’ names, such as plumbline-cost.plumbline.svc, unless given.'),
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
  web: webSchema.prefault({}).describe('Where server.web_config_file comes from, and what its clients need.'),
  dashboards_folder: text.default('Plumbline').describe('The folder of Grafana that the sidecar puts dashboards into.'),
});

export type KubernetesConfig = z.output<typeof kubernetesSchema>;
