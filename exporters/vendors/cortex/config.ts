/** How any source reaches Cortex: keys of its item in plumbline.yaml. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const cortexShape = {
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://api.getcortexapp.com' })
    .default('https://api.getcortexapp.com')
    .describe('Where the API is.'),
  api_key: text.optional().describe('An API key of the workspace, read-only is enough; better in api_key_file.'),
  api_key_file: text.optional().describe('A file that holds the API key.'),
  timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
} as const;

export interface CortexAccess {
  readonly url: string;
  readonly api_key?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
}

/** For `refine`. */
export const hasKey = ({ api_key }: { readonly api_key?: string | undefined }): boolean => api_key !== undefined;
export const keyMissing = { path: ['api_key'], error: 'expected api_key or api_key_file' };
