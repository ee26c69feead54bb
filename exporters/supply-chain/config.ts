/** The `supply_chain:` section of plumbline.yaml. */
import { z } from 'zod';
import { gateSchema } from './gate/config.ts';
import { licensesSchema } from './licenses/config.ts';
import { metricsShape } from './metrics-config.ts';
import { kindNames } from './raw-document.ts';
import { dependabotApiSchema } from './sources/dependabot-api/config.ts';
import { epssSchema, kevSchema } from './sources/exploited/config.ts';
import { documentFilesSchema } from './sources/files/config.ts';
import { runningKubernetesSchema } from './sources/kubernetes/config.ts';
import { postsSchema } from './sources/posts/config.ts';
import { registrySchema } from './sources/registry/config.ts';
import { snykApiSchema } from './sources/snyk-api/config.ts';
import { trivyOperatorSchema } from './sources/trivy-operator/config.ts';
import { verificationSchema } from './verification/config.ts';
import { watchesSchema } from './watch/config.ts';

export const supplyChainSchema = z
  .strictObject({
    files: z
      .array(documentFilesSchema)
      .default([])
      .describe('Scans, bills of materials, signatures, VEX and lists of what runs, in files.'),
    posts: postsSchema
      .prefault({})
      .describe('Documents that pipelines post: POST /ingest/supply-chain/KIND, or /auto for any kind.'),
    dependabot: z
      .array(dependabotApiSchema)
      .default([])
      .describe('Dependabot alerts, by the REST API of GitHub and by its webhooks.'),
    gate: gateSchema.prefault({}).describe('What may be deployed: plumbline gate, and what of it would be blocked.'),
    watch: watchesSchema.describe('Packages whose exposure is a metric.'),
    licenses: licensesSchema.optional().describe('Which licences packages may have, by bills of materials.'),
    snyk: z.array(snykApiSchema).default([]).describe('Issues of Snyk, by its REST API.'),
    kev: kevSchema
      .optional()
      .describe("Known exploited vulnerabilities from where CISA publishes them, or a mirror; {} takes CISA's."),
    epss: epssSchema
      .optional()
      .describe("Exploit prediction scores from where FIRST publishes them, or a mirror; {} takes FIRST's."),
    kubernetes: z.array(runningKubernetesSchema).default([]).describe('What runs, by the Kubernetes API of a cluster.'),
    trivy_operator: z
      .array(trivyOperatorSchema)
      .default([])
      .describe('Reports of trivy-operator, by the Kubernetes API of a cluster.'),
    registries: z
      .array(registrySchema)
      .default([])
      .describe('OCI registries, which are asked whether what runs is signed and attested.'),
    verification: verificationSchema
      .optional()
      .describe('Whose signatures and attestations are trusted; without it they are only read, and claimed.'),
    ...metricsShape,
  })
  .check(ctx => {
    const names = new Set<string>(kindNames);
    for (const key of ['files', 'kubernetes', 'trivy_operator', 'registries', 'dependabot', 'snyk'] as const)
      for (const [index, { name }] of ctx.value[key].entries()) {
        if (names.has(name))
          ctx.issues.push({
            ...{ code: 'custom', path: [key, index, 'name'], input: name },
            message: 'expected a name of its own for each of several sources, and none that posts have',
          });
        names.add(name);
      }
  });

export { operatorResources } from './sources/trivy-operator/config.ts';

export type SupplyChainConfig = z.infer<typeof supplyChainSchema>;
