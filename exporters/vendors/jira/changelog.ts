/** An issue's changes: Cloud lists them page by page, Data Center with the issue. */
import { z } from 'zod';
import type { JiraClient } from './client.ts';
import { jiraTime } from './time.ts';

export interface Change {
  /** ISO 8601. */
  readonly at: string;
  readonly field: string;
  /** Ids, of statuses for instance; '' where there is none. */
  readonly from: string;
  readonly to: string;
}

const itemSchema = z.looseObject({ field: z.string(), from: z.string().nullish(), to: z.string().nullish() });
const historySchema = z.looseObject({ created: z.string(), items: z.array(itemSchema) });
const pageSchema = z.looseObject({
  values: z.array(historySchema),
  isLast: z.boolean().nullish(),
  total: z.number().nullish(),
});
const issueSchema = z.looseObject({ changelog: z.looseObject({ histories: z.array(historySchema) }) });

/** Oldest first. Empty where Jira has no such issue, or says nothing that can be read. */
export async function changesOf(client: JiraClient, key: string): Promise<readonly Change[]> {
  const histories = client.isCloud ? await cloudHistories(client, key) : await serverHistories(client, key);
  return histories
    .flatMap(({ created, items }) => {
      const at = jiraTime(created);
      return at === undefined
        ? []
        : items.map(({ field, from, to }) => ({ at, field, from: from ?? '', to: to ?? '' }));
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

type History = z.infer<typeof historySchema>;

async function cloudHistories(client: JiraClient, key: string): Promise<readonly History[]> {
  const histories: History[] = [];
  for (let startAt = 0; ; startAt = histories.length) {
    const path = `issue/${encodeURIComponent(key)}/changelog`;
    const said = pageSchema.safeParse(await client.ask({ path, query: { startAt, maxResults: 100 } }));
    if (!said.success) return histories;
    const { values, isLast, total } = said.data;
    histories.push(...values);
    if (values.length === 0 || isLast === true || histories.length >= (total ?? Number.POSITIVE_INFINITY))
      return histories;
  }
}

async function serverHistories(client: JiraClient, key: string): Promise<readonly History[]> {
  const path = `issue/${encodeURIComponent(key)}`;
  const said = issueSchema.safeParse(await client.ask({ path, query: { expand: 'changelog', fields: 'status' } }));
  return said.success ? said.data.changelog.histories : [];
}
