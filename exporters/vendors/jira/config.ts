/** How any source connects to Jira: keys of a configuration, to be spread into its own. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const jiraShape = {
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://acme.atlassian.net' })
    .describe(
      'Where Jira is: https://SITE.atlassian.net, https://api.atlassian.com/ex/jira/CLOUD_ID for a scoped token, or a Data Center address with its context path.',
    ),
  site_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where people open issues, where it is another address than url.'),
  deployment: z
    .enum(['cloud', 'data_center'])
    .optional()
    .describe('Unless given, cloud at atlassian.net, api.atlassian.com and jira.com, else data_center.'),
  email: text.optional().describe("The e-mail of an Atlassian account, or the user name of a Data Center's."),
  api_token: text
    .optional()
    .describe('Its API token, or the password of a Data Center user; better in api_token_file.'),
  api_token_file: text.optional().describe('A file that holds the API token.'),
  bearer_token: text
    .optional()
    .describe('A personal access token of Data Center, or an OAuth token; better in bearer_token_file.'),
  bearer_token_file: text.optional().describe('A file that holds the personal access token.'),
  timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
} as const;

export interface JiraConnection {
  readonly url: string;
  readonly site_url?: string | undefined;
  readonly deployment?: 'cloud' | 'data_center' | undefined;
  readonly email?: string | undefined;
  readonly api_token?: string | undefined;
  readonly bearer_token?: string | undefined;
  readonly timeout: number;
}

/** For `refine`: an e-mail with its token, or a bearer token. */
export const hasJiraAuth = ({ email, api_token, bearer_token }: Partial<JiraConnection>): boolean =>
  (email !== undefined && api_token !== undefined) !== (bearer_token !== undefined);
export const jiraAuthMessage = 'expected email and api_token, or bearer_token alone';

export const isCloud = ({ url, deployment }: Pick<JiraConnection, 'url' | 'deployment'>): boolean =>
  deployment === undefined
    ? /(^|\.)(atlassian\.net|api\.atlassian\.com|jira\.com)$/i.test(new URL(url).hostname)
    : deployment === 'cloud';

/** Where people open an issue. */
export const browseUrl = ({ url, site_url }: Pick<JiraConnection, 'url' | 'site_url'>, key: string): string =>
  `${(site_url ?? url).replace(/\/+$/, '')}/browse/${encodeURIComponent(key)}`;

export const jiraHeaders = ({ email, api_token, bearer_token }: JiraConnection): Readonly<Record<string, string>> => ({
  accept: 'application/json',
  authorization:
    bearer_token === undefined
      ? `Basic ${Buffer.from(`${email ?? ''}:${api_token ?? ''}`).toString('base64')}`
      : `Bearer ${bearer_token}`,
});
