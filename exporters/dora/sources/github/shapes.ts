/**
 * What is read of GitHub's objects, as its REST API and its webhooks write them (API version 2022-11-28); other keys are
 * left alone. Times are ISO 8601.
 */
import { z } from 'zod';

const time = z.string().refine(text => !Number.isNaN(Date.parse(text)), 'expected a time');
const optionalTime = time.nullish();

const userSchema = z.object({ login: z.string(), type: z.string().nullish() }).nullish();
const labelsSchema = z.array(z.object({ name: z.string() })).nullish();

export const deploymentSchema = z.object({
  id: z.int(),
  node_id: z.string().nullish(),
  sha: z.string(),
  ref: z.string().nullish(),
  task: z.string().nullish(),
  environment: z.string(),
  payload: z.unknown().optional(),
  creator: userSchema,
  created_at: time,
  updated_at: time,
});

export const deploymentStatusSchema = z.object({ state: z.string(), created_at: time });

export const runSchema = z.object({
  id: z.int(),
  name: z.string().nullish(),
  path: z.string().nullish(),
  head_branch: z.string().nullish(),
  head_sha: z.string(),
  event: z.string(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  html_url: z.string().nullish(),
  created_at: time,
  updated_at: time,
  run_attempt: z.int().nullish(),
  run_started_at: optionalTime,
  actor: userSchema,
  triggering_actor: userSchema,
});

const refSchema = z.object({ ref: z.string(), sha: z.string().nullish() });

export const pullRequestSchema = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  user: userSchema,
  state: z.enum(['open', 'closed']),
  html_url: z.string().nullish(),
  base: refSchema,
  head: refSchema,
  merge_commit_sha: z.string().nullish(),
  labels: labelsSchema,
  created_at: time,
  updated_at: time,
  merged_at: optionalTime,
  closed_at: optionalTime,
});

export const reviewSchema = z.object({
  id: z.union([z.int(), z.bigint(), z.string()]),
  user: userSchema,
  state: z.string(),
  /** Absent of a review that is still being written. */
  submitted_at: optionalTime,
});

export const pullRequestCommitSchema = z.object({
  sha: z.string(),
  commit: z.object({ author: z.object({ date: time }), committer: z.object({ date: time }) }),
});

export const issueSchema = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  /** Not in every event's payload. */
  state: z.enum(['open', 'closed']).nullish(),
  state_reason: z.string().nullish(),
  labels: labelsSchema,
  html_url: z.string().nullish(),
  created_at: time,
  updated_at: time,
  closed_at: optionalTime,
  /** Present where the issue is a pull request. */
  pull_request: z.unknown().optional(),
});

export const releaseSchema = z.object({
  id: z.int(),
  tag_name: z.string(),
  name: z.string().nullish(),
  target_commitish: z.string().nullish(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  html_url: z.string().nullish(),
  created_at: time,
  published_at: optionalTime,
  updated_at: optionalTime,
});

export type RestDeployment = z.infer<typeof deploymentSchema>;
export type RestRun = z.infer<typeof runSchema>;
export type RestPullRequest = z.infer<typeof pullRequestSchema>;
export type RestReview = z.infer<typeof reviewSchema>;
export type RestIssue = z.infer<typeof issueSchema>;
export type RestRelease = z.infer<typeof releaseSchema>;

/** What could not be read: a reject without its source. */
export interface Unread {
  /** The repository, and the thing in it where it is known. */
  readonly file: string;
  readonly reason: string;
  readonly field?: string;
  readonly value?: string;
}

/** Reads each item by the schema; what doesn't fit is told and left out. */
export function readAll<T>(
  schema: z.ZodType<T>,
  items: readonly unknown[],
  { file, kind }: { readonly file: string; readonly kind: string },
): { readonly read: T[]; readonly unread: Unread[] } {
  const read: T[] = [];
  const unread: Unread[] = [];
  for (const item of items) {
    const parsed = schema.safeParse(item);
    if (parsed.success) read.push(parsed.data);
    else {
      const path = parsed.error.issues[0]?.path ?? [];
      const found = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null)?.[key], item);
      const { id, number } = (item ?? {}) as { readonly id?: unknown; readonly number?: unknown };
      unread.push({
        file: `${file} ${kind} ${String(number ?? id ?? '?')}`,
        reason: `bad_${kind}`,
        field: path.join('.'),
        value: (JSON.stringify(found) ?? 'absent').slice(0, 200),
      });
    }
  }
  return { read, unread };
}
