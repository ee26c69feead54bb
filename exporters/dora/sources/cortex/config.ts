/** An item of `dora.cortex` in plumbline.yaml. */
import { z } from 'zod';
import { cortexShape, hasKey, keyMissing } from '../../../vendors/cortex/config.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);
const key = (what: string) => text.optional().describe(`The key of the metric that is ${what}.`);

export const cortexSchema = z
  .strictObject({
    name: sourceName('cortex'),
    every: every(3600),
    ...cortexShape,
    deploys: z.boolean().default(true).describe('Whether to read the deploys of the catalog as deployments.'),
    types: z.array(text).min(1).default(['service']).describe('Entities of which types have deploys.'),
    eng_intelligence: z
      .boolean()
      .default(true)
      .describe('Whether to read what Eng Intelligence computes, beside ours.'),
    metrics: z
      .strictObject({
        change_lead_time: key('change lead time'),
        deployments: key('the count of deployments'),
        change_fail_ratio: key('the change failure rate'),
        recovery_time: key('the time to recover'),
      })
      .prefault({})
      .describe("Keys of Eng Intelligence's metrics; those that are called so in its registry unless given."),
    group_by: z
      .strictObject({
        team: text.optional().describe('The key by which metrics are grouped by team.'),
        service: text.optional().describe('The key by which metrics are grouped by entity.'),
      })
      .prefault({})
      .describe('Keys of groups; those that the registry offers for teams and entities unless given.'),
    history_weeks: z
      .int()
      .min(0)
      .max(26)
      .default(13)
      .describe('How many weeks of the past the first reading asks Eng Intelligence for.'),
  })
  .refine(hasKey, keyMissing);

export type CortexConfig = z.infer<typeof cortexSchema>;
