/** An item of `scorecard.exporters`: an exporter that another Plumbline serves. */
import { z } from 'zod';
import { authShape } from '../../auth.ts';

const text = z.string().trim().min(1);

export const remoteSchema = z
  .strictObject({
    exporter: text.describe('Its name: cost, dora, policy, supply-chain or experience.'),
    name: text.optional().describe('Names the source; the exporter’s name unless given.'),
    url: z.url({ protocol: /^https?$/, error: 'expected an address such as https://plumbline.example:9464' }),
    every: z.int().min(10).default(300).describe('Seconds between two looks.'),
    timeout: z.number().positive().default(120).describe('Seconds that an answer may take.'),
    ...authShape,
  })
  .transform(given => ({ ...given, name: given.name ?? given.exporter }));

export type RemoteConfig = z.output<typeof remoteSchema>;
