/**
 * The source `gitlab`: commits, tags, merge requests, pipelines, deployments and incidents of projects, read by what has
 * changed since the last reading; and what GitLab computes itself. Each page is a batch with the cursor of its part, so
 * that a reading that was killed goes on where it was. One project's trouble keeps no other from being read.
 */

import { keepRejections } from '../../../core/rejections.ts';
import type { Batch, PullSource, Source, SourceContext } from '../../../core/source.ts';
import { daySeconds, utcDay } from '../../../core/time.ts';
import { type GitLabClient, type GitLabClientOptions, gitlabClient } from '../../../vendors/gitlab/client.ts';
import { PlumblineError } from '../../../vendors/gitlab/errors.ts';
import { noteBackfill } from '../../marks.ts';
import { storeFacts } from '../../store-facts.ts';
import type { GitLabConfig, Part } from './config.ts';
import { type Cursors, forgetProject, readCursors, writeCursor } from './cursors.ts';
import { type DoraScope, readDoraMetrics } from './dora-metrics.ts';
import { readers } from './parts.ts';
import { planText } from './plan.ts';
import { type FoundProject, findProjects } from './projects.ts';
import type { Reading, Step } from './reading.ts';
import { gitlabWebhooks } from './webhooks.ts';

/** The cursor of a project as a whole. */
interface ProjectCursor {
  readonly repository: string;
  /** True when its past has been read. */
  readonly isRead: boolean;
}

type ReadPart = keyof typeof readers;

/** Errors of a refresh: those of the client; GITLAB_NOT_FOUND for a project or group that is configured. */
export function gitlabSource(config: GitLabConfig, options: GitLabClientOptions = {}): PullSource {
  const { name } = config;
  const parts = (Object.keys(readers) as ReadPart[]).filter(part => config.read.includes(part));
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async context => planText(config, await context.ledger.read(reader => readCursors(reader, name))),
    batches: async function* (context): AsyncGenerator<Batch> {
      const client = gitlabClient(config, context, options);
      const cursors = await context.ledger.read(reader => readCursors(reader, name));
      const found = await findProjects(client, config);
      const failures = [...found.failures];
      const outcome: Outcome = { failures, refusals: [], answers: 0 };
      for (const [index, project] of found.projects.entries()) {
        context.progress(index, found.projects.length, 'projects');
        yield* readProject({ client, config, context, cursors, outcome, parts }, project);
      }
      context.progress(found.projects.length, found.projects.length, 'projects');
      if (config.read.includes('dora_metrics'))
        yield* readOwnMetrics({ client, config, context, cursors, outcome }, found.projects);
      // A token that may read nothing at all is no set of features that are switched off.
      if (outcome.answers === 0) failures.push(...outcome.refusals);
      for (const err of failures.slice(1)) context.log.error({ err }, 'a part of the refresh failed');
      if (failures.length > 0) throw failures[0];
    },
  };
}

interface Outcome {
  readonly failures: unknown[];
  /** Parts that GitLab refuses to show. */
  readonly refusals: unknown[];
  answers: number;
}

interface Run {
  readonly client: GitLabClient;
  readonly config: GitLabConfig;
  readonly context: SourceContext;
  readonly cursors: Cursors;
  readonly outcome: Outcome;
}

async function* readProject(
  run: Run & { readonly parts: readonly ReadPart[] },
  { id, repository, defaultBranch }: FoundProject,
): AsyncGenerator<Batch> {
  const { client, config, context, cursors, outcome } = run;
  const source = config.name;
  const project = String(id);
  const known = cursors.of(project, '') as ProjectCursor | undefined;
  const isRenamed = known !== undefined && known.repository !== repository;
  const isFirst = known === undefined || isRenamed;
  const nothing = { records: 0, changed: 0, rejected: {} };
  if (isFirst)
    yield {
      cursor: { repository },
      write: async tx => {
        const now = context.now();
        if (isRenamed) await noteBackfill(tx, source, known.repository, 'done');
        await forgetProject(tx, source, project);
        await noteBackfill(tx, source, repository, 'running');
        const cursor: ProjectCursor = { repository, isRead: false };
        await writeCursor(tx, { source, project, part: '' }, cursor, now);
        return nothing;
      },
    };
  const isPast = isFirst || !known.isRead;
  const since = new Date(context.now().getTime() - config.history_days * daySeconds * 1000).toISOString();
  const reading: Reading = { client, config, context, project: id, repository, defaultBranch, since };
  let failed = false;
  for (const part of run.parts) {
    try {
      for await (const step of readers[part](reading, isFirst ? undefined : cursors.of(project, part)))
        yield stepBatch({ source, project, part, repository, context }, step, isPast);
      outcome.answers += 1;
      if (await isRefused(context, source, refusalName(repository, part)))
        yield refusalBatch({ source, repository, part, context }, undefined);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof PlumblineError) || error.code === 'GITLAB_UNAUTHORIZED') throw error;
      if (error.code === 'GITLAB_FORBIDDEN' || error.code === 'GITLAB_NOT_FOUND') {
        outcome.refusals.push(error);
        yield refusalBatch({ source, repository, part, context }, error);
      } else {
        failed = true;
        outcome.failures.push(error);
      }
    }
  }
  if (isPast && !failed)
    yield {
      cursor: { repository },
      write: async tx => {
        await noteBackfill(tx, source, repository, 'done');
        const cursor: ProjectCursor = { repository, isRead: true };
        await writeCursor(tx, { source, project, part: '' }, cursor, context.now());
        return nothing;
      },
    };
}

interface At {
  readonly source: string;
  readonly project: string;
  readonly part: Part;
  readonly repository: string;
  readonly context: SourceContext;
}

function stepBatch({ source, project, part, repository, context }: At, step: Step, isPast: boolean): Batch {
  return {
    cursor: { repository, part },
    write: async tx => {
      const now = context.now();
      const changed = await storeFacts(tx, source, step.facts, now);
      const rejected = await keepRejections(tx, source, step, now);
      await writeCursor(tx, { source, project, part }, step.cursor, now);
      // A child without its parents would be a change of its own.
      if (part === 'commits' && !isPast) await noteBackfill(tx, source, repository, step.hasMore ? 'running' : 'done');
      return { records: step.records, changed, rejected };
    },
  };
}

const refusalName = (repository: string, part: Part) => `${repository} ${part}`;

/** What a project has switched off, or the token may not see, is said among the rejects until it is there. */
function refusalBatch(
  { source, repository, part, context }: Omit<At, 'project'>,
  error: InstanceType<typeof PlumblineError> | undefined,
): Batch {
  const file = refusalName(repository, part);
  const reason = error?.code === 'GITLAB_NOT_FOUND' ? 'not_found' : 'forbidden';
  return {
    cursor: { repository, part },
    write: async tx => ({
      ...{ records: 0, changed: 0 },
      rejected: await keepRejections(
        tx,
        source,
        { read: [file], rejections: error === undefined ? [] : [{ file, reason, value: String(error.details.said) }] },
        context.now(),
      ),
    }),
  };
}

const isRefused = async (context: SourceContext, source: string, file: string) =>
  Number(
    await context.ledger.read(reader =>
      reader.scalar('SELECT count(*) FROM rejects WHERE source = $source AND file = $file', { source, file }),
    ),
  ) > 0;

/** Of each project and configured group, once a day. That a tier lacks it is said, and is no failure. */
async function* readOwnMetrics(run: Run, projects: readonly FoundProject[]): AsyncGenerator<Batch> {
  const { client, config, context, cursors, outcome } = run;
  const source = config.name;
  const now = context.now();
  const today = utcDay(now);
  const scopes: { readonly project: string; readonly scope: DoraScope }[] = [
    ...config.groups.map(group => ({
      project: `group ${group}`,
      scope: { path: 'groups', id: group, words: { team: group } } as const,
    })),
    ...projects.map(({ id, repository }) => ({
      project: String(id),
      scope: { path: 'projects', id, words: { service: repository } } as const,
    })),
  ];
  const lacking: string[] = [];
  for (const { project, scope } of scopes) {
    if (cursors.of(project, 'dora_metrics') === today) continue;
    try {
      const externalMetrics = await readDoraMetrics(client, scope, now);
      if (externalMetrics === undefined) lacking.push(String(scope.id));
      yield {
        cursor: { project, part: 'dora_metrics' },
        write: async tx => {
          await writeCursor(tx, { source, project, part: 'dora_metrics' }, today, context.now());
          const changed = await storeFacts(tx, source, { externalMetrics: externalMetrics ?? [] }, context.now());
          return { records: externalMetrics?.length ?? 0, changed, rejected: {} };
        },
      };
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof PlumblineError) || error.code === 'GITLAB_UNAUTHORIZED') throw error;
      outcome.failures.push(error);
    }
  }
  if (lacking.length > 0)
    context.log.info(
      { scopes: lacking.length, first: lacking[0] },
      "GitLab's own DORA metrics are not to be had here: they need GitLab Ultimate and the role Reporter",
    );
}

/** The reading of its projects, where it has any, and its webhooks. */
export const gitlabSources = (config: GitLabConfig, options: GitLabClientOptions = {}): readonly Source[] => [
  ...(config.projects.length + config.groups.length > 0 ? [gitlabSource(config, options)] : []),
  gitlabWebhooks(config),
];
