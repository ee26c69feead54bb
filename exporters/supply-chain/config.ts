/** The `supply_chain:` section of plumbline.yaml. */
import { z } from 'zod';
import { verificationSchema } from './verification/config.ts';

export const supplyChainSchema = z.strictObject({
  verification: verificationSchema
    .optional()
    .describe('Whose signatures and attestations are trusted; without it they are only read, and claimed.'),
});

export type SupplyChainConfig = z.infer<typeof supplyChainSchema>;
