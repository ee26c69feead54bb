/** The `policy:` section of plumbline.yaml. */
import { z } from 'zod';

export const policySchema = z.strictObject({});

export type PolicyConfig = z.infer<typeof policySchema>;
