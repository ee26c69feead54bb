/** The `supply_chain:` section of plumbline.yaml. */
import { z } from 'zod';
import { metricsShape } from './metrics-config.ts';

export const supplyChainSchema = z.strictObject({ ...metricsShape });

export type SupplyChainConfig = z.infer<typeof supplyChainSchema>;
