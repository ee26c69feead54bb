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
    ca_file: text.optional().describe('The certificate authorities of the server (PEM), where it has its own.'),
    client_certificate_file: text.optional().describe('A client certificate (PEM), where the server asks for one.'),
    client_key_file: text.optional().describe('The key of the client certificate (PEM).'),
    server_name: text.optional().describe('The name in its certificate; that of the address unless given.'),
  })
  .refine(given => (given.client_certificate_file === undefined) === (given.client_key_file === undefined), {
    path: ['client_key_file'],
    error: 'expected client_certificate_file and client_key_file together',
  })
  .transform(given => ({ ...given, name: given.name ?? given.exporter }));

export type RemoteConfig = z.output<typeof remoteSchema>;
