/** The `policy:` section of plumbline.yaml. */
import { z } from 'zod';
import { reportKinds } from './kinds.ts';
import { metricsShape } from './metrics-config.ts';
import { azurePolicySchema } from './sources/azure-policy/config.ts';
import { reportFilesSchema } from './sources/files/config.ts';
import { gatekeeperSchema } from './sources/gatekeeper/config.ts';
import { kyvernoSchema } from './sources/kyverno/config.ts';
import { opaSchema } from './sources/opa/config.ts';
import { postsSchema } from './sources/posts/config.ts';
import { hcpTerraformSchema } from './sources/sentinel/config.ts';

export const policySchema = z
  .strictObject({
    files: z.array(reportFilesSchema).default([]).describe('Reports in files.'),
    posts: postsSchema.prefault({}).describe('Reports that pipelines post: POST /ingest/policy/KIND.'),
    azure_policy: z.array(azurePolicySchema).default([]).describe('Azure Policy, by the Azure Resource Manager.'),
    hcp_terraform: z
      .array(hcpTerraformSchema)
      .default([])
      .describe('Sentinel and OPA in HCP Terraform or Terraform Enterprise, by its API.'),
    kyverno: z
      .array(kyvernoSchema)
      .default([])
      .describe('Kyverno and PolicyReports of any engine, by the Kubernetes API of a cluster.'),
    gatekeeper: z
      .array(gatekeeperSchema)
      .default([])
      .describe("Gatekeeper's constraints and what its audits leave in them, by the Kubernetes API of a cluster."),
    opa: z.array(opaSchema).default([]).describe('Open Policy Agents that post their decision log and status.'),
    ...metricsShape,
  })
  .check(ctx => {
    const names = new Set<string>(reportKinds.map(({ kind }) => kind));
    for (const key of ['files', 'azure_policy', 'gatekeeper', 'hcp_terraform', 'kyverno', 'opa'] as const)
      for (const [index, { name }] of ctx.value[key].entries()) {
        if (names.has(name))
          ctx.issues.push({
            ...{ code: 'custom', path: [key, index, 'name'], input: name },
            message: 'expected a name of its own for each of several sources, and none that posts have',
          });
        names.add(name);
      }
  });

export type PolicyConfig = z.infer<typeof policySchema>;
