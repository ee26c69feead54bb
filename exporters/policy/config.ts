/** The `policy:` section of plumbline.yaml. */
import { z } from 'zod';
import { reportKinds } from './kinds.ts';
import { metricsShape } from './metrics-config.ts';
import { reportFilesSchema } from './sources/files/config.ts';
import { kyvernoSchema } from './sources/kyverno/config.ts';
import { opaSchema } from './sources/opa/config.ts';
import { postsSchema } from './sources/posts/config.ts';

export const policySchema = z
  .strictObject({
    files: z.array(reportFilesSchema).default([]).describe('Reports in files.'),
    posts: postsSchema.prefault({}).describe('Reports that pipelines post: POST /ingest/policy/KIND.'),
    kyverno: z
      .array(kyvernoSchema)
      .default([])
      .describe('Kyverno and PolicyReports of any engine, by the Kubernetes API of a cluster.'),
    opa: z.array(opaSchema).default([]).describe('Open Policy Agents that post their decision log and status.'),
    ...metricsShape,
  })
  .check(ctx => {
    const names = new Set<string>(reportKinds.map(({ kind }) => kind));
    for (const key of ['files', 'kyverno', 'opa'] as const)
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
