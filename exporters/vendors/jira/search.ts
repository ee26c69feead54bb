/**
 * Searches issues by JQL: Cloud by POST search/jql with nextPageToken, which gives no total and is consistent only after
 * a while; Data Center by POST search with startAt.
 */
import { z } from 'zod';
import type { JiraClient } from './client.ts';
import { PlumblineError } from './errors.ts';

export interface Search {
  readonly jql: string;
  /** Ids of fields; without any, issues come with their ids alone. */
  readonly fields: readonly string[];
  /** 100 unless given; Jira may give fewer. */
  readonly pageSize?: number;
}

export interface Issue {
  readonly id: string;
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const issueSchema = z.looseObject({
  id: z.string(),
  key: z.string(),
  fields: z.record(z.string(), z.unknown()).default({}),
});
const cloudSchema = z.looseObject({
  issues: z.array(z.unknown()),
  nextPageToken: z.string().nullish(),
  isLast: z.boolean().nullish(),
});
const serverSchema = z.looseObject({
  issues: z.array(z.unknown()),
  startAt: z.number(),
  total: z.number(),
});

/** One issue as Jira has it; undefined where it has no key. */
export function readIssue(record: unknown): Issue | undefined {
  const read = issueSchema.safeParse(record);
  return read.success ? read.data : undefined;
}

/** Pages of records as they are. Errors: JIRA_QUERY, JIRA_ANSWER, HTTP_PAGING_LOOP, and those of the client. */
export async function* searchIssues(client: JiraClient, search: Search): AsyncGenerator<readonly unknown[]> {
  if (client.isCloud) yield* cloudPages(client, search);
  else yield* serverPages(client, search);
}

async function* cloudPages(client: JiraClient, { jql, fields, pageSize = 100 }: Search) {
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const body = { ...{ jql, fields, maxResults: pageSize }, ...(token === undefined ? {} : { nextPageToken: token }) };
    const said = read(cloudSchema, await ask(client, 'search/jql', body));
    yield said.issues;
    // A last page may come without isLast, and one that isn't the last without issues.
    const next = said.isLast === true ? undefined : (said.nextPageToken ?? undefined);
    if (next === undefined) return;
    if (seen.has(next)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: 'search/jql' });
    seen.add(next);
    token = next;
  }
}

async function* serverPages(client: JiraClient, { jql, fields, pageSize = 100 }: Search) {
  for (let startAt = 0; ; ) {
    const said = read(serverSchema, await ask(client, 'search', { ...{ jql, fields, startAt }, maxResults: pageSize }));
    yield said.issues;
    startAt += said.issues.length;
    // Fewer than asked for may come, whatever maxResults was: Data Center has a limit of its own.
    if (said.issues.length === 0 || startAt >= said.total) return;
  }
}

async function ask(client: JiraClient, path: string, body: Search & { readonly maxResults: number }): Promise<unknown> {
  try {
    return await client.ask({ path, body });
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'HTTP_STATUS' && error.details.status === 400)
      throw new PlumblineError('JIRA_QUERY', { jql: body.jql, said: String(error.details.said) }, error);
    throw error;
  }
}

function read<T>(schema: z.ZodType<T>, said: unknown): T {
  const parsed = schema.safeParse(said);
  if (parsed.success) return parsed.data;
  const reason = said === undefined ? 'it has no such search' : z.prettifyError(parsed.error).replace(/\s+/g, ' ');
  throw new PlumblineError('JIRA_ANSWER', { what: 'a search', reason: reason.slice(0, 300) });
}

/** The query without its ORDER BY, in brackets, so that conditions can be added. */
export function withoutOrder(jql: string): string {
  const order = jql.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, quoted => ' '.repeat(quoted.length));
  const at = order.search(/\border\s+by\b/i);
  return `(${(at < 0 ? jql : jql.slice(0, at)).trim()})`;
}
