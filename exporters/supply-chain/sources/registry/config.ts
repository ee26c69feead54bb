/** An item of `supply_chain.registries` in plumbline.yaml. */
import { z } from 'zod';
import { hasRegistry, hasWholeUser, hostOf, ociShape, registryMissing, userHalf } from '../../../vendors/oci/config.ts';

const text = z.string().trim().min(1);

export const registrySchema = z
  .strictObject({
    ...ociShape,
    name: text
      .optional()
      .describe('Names the source, by default registry-HOST; what was read is kept by this name, so keep it.'),
    every: z.int().min(1).default(300).describe('Seconds between two refreshes.'),
    repositories: z
      .array(text)
      .min(1)
      .optional()
      .describe('Only these of its repositories, `*` is any text: acme/*; where several accounts read one registry.'),
    images: z
      .array(text)
      .min(1)
      .optional()
      .describe('References of images that are looked at, such as acme/shop:1.2; those that run unless given.'),
    platform: text
      .regex(/^[a-z0-9]+\/[a-z0-9_]+$/, 'expected a platform such as linux/amd64')
      .default('linux/amd64')
      .describe('Of an image of several platforms, the one that runs: what is attested of it is the image’s.'),
    refresh: z.number().positive().default(24).describe('Hours after which an image is looked at again.'),
    documents: z
      .boolean()
      .default(true)
      .describe('True to read the bills of materials, scans and VEX that are attested or attached.'),
    stale: z
      .number()
      .positive()
      .default(72)
      .describe('Hours after which an image’s signatures are unknown unless it was looked at again.'),
  })
  .refine(hasRegistry, registryMissing)
  .refine(hasWholeUser, userHalf)
  .refine(({ refresh, stale }) => stale > refresh, { path: ['stale'], error: 'expected more hours than refresh' })
  .transform(item => ({ ...item, name: item.name ?? `registry-${hostOf(item)}` }));

export type RegistryConfig = z.infer<typeof registrySchema>;
