/**
 * What GitLab's REST API v4 answers, as far as it is read. Absent and null are one: self-managed versions differ.
 * Sources: the API references of deployments, pipelines, merge requests, notes, issues, commits, tags and projects.
 */
import { z } from 'zod';
import { gitlabTime } from '../../../vendors/gitlab/time.ts';

const text = z.string().nullish();

/** ISO 8601 in UTC. */
export const time = z.string().transform((said, context) => {
  const at = gitlabTime(said);
  if (at !== undefined) return at;
  context.issues.push({ code: 'custom', input: said, message: 'expected a time' });
  return z.NEVER;
});
const maybeTime = time.nullish();

const user = z.looseObject({ username: text }).nullish();
/** Texts, or objects where a request asks for their details, as webhooks always bring them. */
export const labels = z
  .array(
    z.union([z.string(), z.looseObject({ title: text, name: text }).transform(one => one.title ?? one.name ?? '')]),
  )
  .nullish();

export const projectSchema = z.looseObject({
  id: z.number(),
  path_with_namespace: z.string(),
  default_branch: text,
});
export type Project = z.infer<typeof projectSchema>;

export const commitSchema = z.looseObject({
  id: z.string(),
  parent_ids: z.array(z.string()).nullish(),
  authored_date: time,
  committed_date: time,
  author_name: text,
  author_email: text,
  title: text,
  message: text,
  trailers: z.record(z.string(), z.string()).nullish(),
});
export type Commit = z.infer<typeof commitSchema>;

export const deploymentSchema = z.looseObject({
  id: z.number(),
  ref: text,
  sha: text,
  status: text,
  created_at: time,
  updated_at: maybeTime,
  user,
  environment: z.looseObject({ name: z.string() }),
  deployable: z
    .looseObject({
      id: z.number().nullish(),
      name: text,
      status: text,
      tag: z.boolean().nullish(),
      created_at: maybeTime,
      started_at: maybeTime,
      finished_at: maybeTime,
      web_url: text,
    })
    .nullish(),
});
export type Deployment = z.infer<typeof deploymentSchema>;

export const pipelineSchema = z.looseObject({
  id: z.number(),
  sha: z.string(),
  ref: text,
  status: z.string(),
  source: text,
  created_at: time,
  updated_at: maybeTime,
  started_at: maybeTime,
  finished_at: maybeTime,
  web_url: text,
});
export type Pipeline = z.infer<typeof pipelineSchema>;

export const mergeRequestSchema = z.looseObject({
  iid: z.number(),
  title: z.string(),
  description: text,
  state: z.string(),
  author: user,
  source_branch: z.string(),
  target_branch: z.string(),
  sha: text,
  merge_commit_sha: text,
  squash_commit_sha: text,
  labels,
  web_url: text,
  created_at: time,
  updated_at: time,
  merged_at: maybeTime,
  closed_at: maybeTime,
});
export type MergeRequest = z.infer<typeof mergeRequestSchema>;

export const noteSchema = z.looseObject({ body: z.string(), system: z.boolean(), created_at: time, author: user });
export type Note = z.infer<typeof noteSchema>;

export const issueSchema = z.looseObject({
  id: z.number(),
  title: z.string(),
  description: text,
  state: z.string(),
  severity: text,
  labels,
  web_url: text,
  created_at: time,
  updated_at: time,
  closed_at: maybeTime,
});
export type Issue = z.infer<typeof issueSchema>;

export const tagSchema = z.looseObject({
  name: z.string(),
  created_at: maybeTime,
  commit: commitSchema.nullish(),
});
export type Tag = z.infer<typeof tagSchema>;
