/** How any source connects to Datadog: keys of a configuration, to be spread into its own. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const datadogShape = {
  site: text
    .regex(/^[a-z0-9.-]+$/, 'expected a site such as datadoghq.eu')
    .default('datadoghq.com')
    .describe('The Datadog site: datadoghq.com, datadoghq.eu, us3.datadoghq.com, ap1.datadoghq.com, ddog-gov.com, ….'),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://api.datadoghq.eu' })
    .optional()
    .describe('Where the API is, where it is not at its site.'),
  api_key: text.optional().describe('An API key; better in api_key_file.'),
  api_key_file: text.optional().describe('A file that holds the API key.'),
  application_key: text
    .optional()
    .describe(
      'An application key, with the scopes incident_read and dora_metrics_read; better in application_key_file.',
    ),
  application_key_file: text.optional().describe('A file that holds the application key.'),
  timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
} as const;

export interface DatadogConnection {
  readonly site: string;
  readonly url?: string | undefined;
  readonly api_key?: string | undefined;
  readonly application_key?: string | undefined;
  readonly timeout: number;
}

/** For `refine`. */
export const hasDatadogKeys = ({ api_key, application_key }: Partial<DatadogConnection>): boolean =>
  api_key !== undefined && application_key !== undefined;
export const datadogKeysMessage = 'expected api_key and application_key, or their files';

/** Where the API is. */
export const datadogApi = ({ site, url }: Pick<DatadogConnection, 'site' | 'url'>): string =>
  url ?? `https://api.${site}`;

/** Where people look: the first two sites have a name before them. */
export const datadogApp = ({ site }: Pick<DatadogConnection, 'site'>): string =>
  `https://${site.split('.').length === 2 ? 'app.' : ''}${site}`;
