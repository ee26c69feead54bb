/** What is needed to read issues: ids of fields, what statuses mean, and what an issue says only where it is asked for. */
import { z } from 'zod';
import { type Change, changesOf } from '../../../vendors/jira/changelog.ts';
import type { JiraClient } from '../../../vendors/jira/client.ts';
import { PlumblineError } from '../../../vendors/jira/errors.ts';
import { fieldIds } from '../../../vendors/jira/fields.ts';
import type { Issue } from '../../../vendors/jira/search.ts';
import { jiraTime } from '../../../vendors/jira/time.ts';
import type { ItemStatus } from '../../roadmap/told.ts';
import { type Comment, usualStatus, type Words, wordsOf } from '../../roadmap/words.ts';
import type { JiraRoadmapConfig } from './config.ts';

export interface Status {
  readonly name: string;
  /** `new`, `indeterminate`, `done`, or `undefined` where it has no category. */
  readonly category: string;
}

export interface Reading {
  readonly config: JiraRoadmapConfig;
  readonly words: Words;
  readonly area: string | undefined;
  readonly due: string | undefined;
  readonly sprint: string | undefined;
  readonly meaningOf: (status: Status) => ItemStatus;
  /** By their ids; those that were deleted since are absent. */
  readonly statuses: () => Promise<ReadonlyMap<string, Status>>;
  readonly changes: (issue: Issue) => Promise<readonly Change[]>;
  readonly comments: (issue: Issue) => Promise<readonly Comment[]>;
}

const fixedFields = [
  'status',
  'resolution',
  'resolutiondate',
  'statuscategorychangedate',
  'created',
  'updated',
  'labels',
];

/** The ids of all fields that a search must ask for; who has created an issue only where answers are looked for. */
export const fieldsToAsk = ({ area, due, sprint, config }: Reading): readonly string[] =>
  [
    ...new Set([
      ...fixedFields,
      ...[area, due, sprint].flatMap(id => id ?? []),
      ...(config.feedback_labels.length > 0 ? ['creator', 'reporter'] : []),
    ]),
  ].sort();

const sprintType = 'com.pyxis.greenhopper.jira:gh-sprint';
const fieldsSchema = z.array(
  z.looseObject({ id: z.string(), schema: z.looseObject({ custom: z.string().nullish() }).nullish() }),
);
const statusesSchema = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    statusCategory: z.looseObject({ key: z.string() }).nullish(),
  }),
);
const categories: Readonly<Record<string, ItemStatus>> = { new: 'todo', indeterminate: 'in_progress', done: 'done' };

/** Errors: JIRA_FIELD, JIRA_ANSWER, and those of the client. */
export async function prepareReading(client: JiraClient, config: JiraRoadmapConfig): Promise<Reading> {
  const { area_field, due_field, sprint_field } = config;
  const ids = await fieldIds(client, [
    { what: 'area_field', field: area_field },
    { what: 'due_field', field: due_field },
    ...(sprint_field === undefined ? [] : [{ what: 'sprint_field', field: sprint_field }]),
  ]);
  const words = wordsOf(config);
  return {
    ...{ config, words, area: ids.get(area_field), due: ids.get(due_field) },
    sprint: sprint_field === undefined ? await sprintField(client) : ids.get(sprint_field),
    meaningOf: ({ name, category }) => {
      const told = words.statusOf(name);
      if (told !== undefined) return told;
      const usual = usualStatus(name);
      if (category === 'new' && usual === 'backlog') return usual;
      return categories[category] ?? usual ?? 'todo';
    },
    statuses: lazily(async () => {
      const said = statusesSchema.safeParse(await client.ask({ path: 'status' }));
      if (!said.success)
        throw new PlumblineError('JIRA_ANSWER', { what: 'its statuses', reason: 'it is no list of them' });
      return new Map(
        said.data.map(({ id, name, statusCategory }) => [id, { name, category: statusCategory?.key ?? 'undefined' }]),
      );
    }),
    changes: issue => changesOf(client, issue.key),
    comments: issue => commentsOf(client, issue),
  };
}

/** Several sprint fields are possible, and never seen. */
async function sprintField(client: JiraClient): Promise<string | undefined> {
  const said = fieldsSchema.safeParse(await client.ask({ path: 'field' }));
  return said.data?.find(({ schema }) => schema?.custom === sprintType)?.id;
}

const author = z
  .looseObject({
    accountId: z.string().nullish(),
    accountType: z.string().nullish(),
    name: z.string().nullish(),
    key: z.string().nullish(),
  })
  .nullish();
const commentsSchema = z.looseObject({
  comments: z.array(z.looseObject({ created: z.string(), author })),
  total: z.number().nullish(),
});

/** Oldest first. Their texts come along, and go no further than this. */
async function commentsOf(client: JiraClient, issue: Issue): Promise<readonly Comment[]> {
  const comments: Comment[] = [];
  for (let startAt = 0; ; ) {
    const path = `issue/${encodeURIComponent(issue.key)}/comment`;
    const said = commentsSchema.safeParse(
      await client.ask({ path, query: { startAt, maxResults: 100, orderBy: 'created' } }),
    );
    if (!said.success) return comments;
    const { comments: page, total } = said.data;
    for (const { created, author } of page) {
      const at = jiraTime(created);
      if (at !== undefined) comments.push({ at, authors: author?.accountType === 'app' ? [] : personIds(author) });
    }
    startAt += page.length;
    if (page.length === 0 || startAt >= (total ?? 0)) return comments;
  }
}

/** What Jira identifies a person by: Cloud by the account, Data Center by name and key. */
export function personIds(value: unknown): readonly string[] {
  const { accountId, name, key } = author.safeParse(value).data ?? {};
  return [accountId, name, key].flatMap(one => one ?? []);
}

/** Asks once, where it is needed at all. */
function lazily<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}
