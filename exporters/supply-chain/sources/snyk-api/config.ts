/** An item of `supply_chain.snyk` in plumbline.yaml. */
import { z } from 'zod';
import { hasSnykToken, snykShape, snykTokenMessage } from '../../../vendors/snyk/config.ts';

const text = z.string().trim().min(1);

export const snykApiSchema = z
  .strictObject({
    name: text
      .default('snyk-api')
      .describe('Names the source; what was read is kept by this name, so several need one each, and keep it.'),
    ...snykShape,
    orgs: z
      .array(text)
      .default([])
      .describe('The ids of the organisations that are read. With none: all that the token sees.'),
    every: z.int().min(60).default(3600).describe('Seconds between two refreshes.'),
    stale: z
      .number()
      .positive()
      .default(48)
      .describe('Hours after which what was told is unknown unless it is told again.'),
  })
  .refine(hasSnykToken, { path: ['token'], error: snykTokenMessage });

export type SnykApiConfig = z.infer<typeof snykApiSchema>;
