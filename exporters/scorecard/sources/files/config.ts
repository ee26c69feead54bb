/** An item of `scorecard.files`: facts of checks in a CSV file. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const factFilesSchema = z.strictObject({
  name: text
    .regex(/^[a-z][a-z0-9-]*$/, 'expected lower case letters, digits and dashes')
    .default('facts-csv')
    .describe('Names the source.'),
  path: text.describe(
    'A CSV file with the columns check, service and state (pass, fail, unknown), and where they are told detail and since. It is all that there is: what it lacks is no longer said. Of a check and service that two files tell of, the first file here counts, and the other’s line is a reject.',
  ),
  every: z.int().min(10).default(600).describe('Seconds between two looks at it.'),
});

export type FactFilesConfig = z.infer<typeof factFilesSchema>;
