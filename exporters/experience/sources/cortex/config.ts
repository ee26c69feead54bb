/** An item of `experience.cortex` in plumbline.yaml. */
import { z } from 'zod';
import { cortexShape, hasKey, keyMissing } from '../../../vendors/cortex/config.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const cortexSchema = z
  .strictObject({
    name: sourceName('cortex'),
    every: every(3600),
    ...cortexShape,
    scorecards: z.array(text).min(1).optional().describe('Tags of the scorecards to read; all unless given.'),
    drafts: z.boolean().default(false).describe('Whether to read scorecards that are drafts too.'),
    lowest_level: z
      .enum(['first', 'last'])
      .default('first')
      .describe(
        'Which number the lowest level has: 1 (first), as descriptors of scorecards count, or the highest (last), as the API is documented.',
      ),
    types: z
      .array(text)
      .default(['service'])
      .describe('Entities of which types are looked up in the catalog, for their repository and team; none with [].'),
    services: z
      .record(text, text)
      .default({})
      .describe(
        'The service that an entity is, by its tag; where it is not named here, the Component of that name or of its repository, else its tag.',
      ),
  })
  .refine(hasKey, keyMissing);

export type CortexConfig = z.infer<typeof cortexSchema>;
