/** An item of `dora.pagerduty` in plumbline.yaml. */
import { z } from 'zod';
import { serviceWordsShape } from '../../service-words.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);
const ids = (what: string) => z.array(text).default([]).describe(what);

export const pagerdutySchema = z
  .strictObject({
    name: sourceName('pagerduty'),
    every: every(300),
    region: z.enum(['us', 'eu']).default('us').describe('The service region of the account.'),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://api.pagerduty.com' })
      .optional()
      .describe('Where the REST API is, where it is not at its region.'),
    api_token: text
      .optional()
      .describe('A REST API key, read-only is enough; better in api_token_file. Without one only webhooks are taken.'),
    api_token_file: text.optional().describe('A file that holds the REST API key.'),
    webhook_secret: text
      .optional()
      .describe('The secret of a v3 webhook subscription that posts to /push/dora/NAME-webhooks.'),
    webhook_secret_file: text.optional().describe('A file that holds that secret.'),
    webhook_secrets: z
      .array(text)
      .default([])
      .describe('Further secrets: one for each subscription, or both while one is rotated.'),
    history_days: z
      .int()
      .min(1)
      .max(3650)
      .default(365)
      .describe('How many days of incidents the first reading goes back.'),
    service_ids: ids('Only incidents of these services.'),
    team_ids: ids('Only incidents of these teams.'),
    urgencies: z
      .array(z.enum(['high', 'low']))
      .min(1)
      .default(['high'])
      .describe('Only incidents of these urgencies; one whose urgency is lowered is none any more.'),
    ...serviceWordsShape,
    timeout: z.number().positive().default(30).describe('Seconds that an answer may take.'),
  })
  .refine(
    ({ api_token, webhook_secret, webhook_secrets }) =>
      api_token !== undefined || webhook_secret !== undefined || webhook_secrets.length > 0,
    { path: ['api_token'], error: 'expected api_token, api_token_file or a webhook secret' },
  );

export type PagerDutyConfig = z.infer<typeof pagerdutySchema>;

/** Where the API is. */
export const apiUrl = ({ region, url }: Pick<PagerDutyConfig, 'region' | 'url'>): string =>
  url ?? (region === 'eu' ? 'https://api.eu.pagerduty.com' : 'https://api.pagerduty.com');

export const webhookSecrets = ({ webhook_secret, webhook_secrets }: PagerDutyConfig): readonly string[] => [
  ...(webhook_secret === undefined ? [] : [webhook_secret]),
  ...webhook_secrets,
];
