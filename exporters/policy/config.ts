/** The `policy:` section of plumbline.yaml. */
import { z } from 'zod';
import { opaSchema } from './sources/opa/config.ts';

export const policySchema = z.strictObject({
  opa: z.array(opaSchema).default([]).describe('Open Policy Agents that post their decision log and status.'),
});

export type PolicyConfig = z.infer<typeof policySchema>;
