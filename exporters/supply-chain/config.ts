/** The `supply_chain:` section of plumbline.yaml. */
import { z } from 'zod';

export const supplyChainSchema = z.strictObject({});

export type SupplyChainConfig = z.infer<typeof supplyChainSchema>;
