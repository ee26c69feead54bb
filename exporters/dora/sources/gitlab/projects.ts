/** Which projects a source reads: those it names, and those of its groups. */
import { fold } from '../../../catalog/refs.ts';
import { wildcard } from '../../../catalog/wildcard.ts';
import { type GitLabClient, idOf } from '../../../vendors/gitlab/client.ts';
import { PlumblineError } from '../../../vendors/gitlab/errors.ts';
import type { GitLabConfig } from './config.ts';
import { projectSchema } from './shapes.ts';

export interface FoundProject {
  readonly id: number;
  /** As the catalog writes repositories. */
  readonly repository: string;
  readonly defaultBranch: string | undefined;
}

export interface Found {
  readonly projects: readonly FoundProject[];
  /** Projects and groups that could not be asked for; the others are read all the same. */
  readonly failures: readonly unknown[];
}

/** Errors: GITLAB_UNAUTHORIZED, where nothing else could be asked for either. */
export async function findProjects(
  client: GitLabClient,
  { projects, groups, exclude }: Pick<GitLabConfig, 'projects' | 'groups' | 'exclude'>,
): Promise<Found> {
  const found = new Map<number, FoundProject>();
  const failures: unknown[] = [];
  const isExcluded = exclude.length === 0 ? () => false : wildcard(exclude, true);
  const attempt = async (what: string, ask: () => Promise<readonly unknown[]>, skips: (path: string) => boolean) => {
    try {
      for (const item of await ask()) {
        const parsed = projectSchema.safeParse(item);
        if (!parsed.success) throw new PlumblineError('GITLAB_ANSWER', { what, reason: 'it is no project' });
        const { id, path_with_namespace: path, default_branch } = parsed.data;
        if (skips(path)) continue;
        found.set(id, { id, repository: fold(path), defaultBranch: default_branch ?? undefined });
      }
    } catch (error) {
      if (!(error instanceof PlumblineError) || error.code === 'GITLAB_UNAUTHORIZED') throw error;
      const named =
        error.code === 'GITLAB_NOT_FOUND'
          ? new PlumblineError(error.code, { ...error.details, what, url: String(error.details.url) }, error)
          : error;
      failures.push(named);
    }
  };
  for (const project of projects)
    await attempt(
      `project ${project}`,
      async () => [await client.get({ path: `projects/${idOf(project)}` })],
      () => false,
    );
  for (const group of groups) {
    const query = { include_subgroups: true, with_shared: false, archived: false, order_by: 'id', sort: 'asc' };
    await attempt(
      `group ${group}`,
      () => client.all({ path: `groups/${idOf(group)}/projects`, query }),
      path => isExcluded(path),
    );
  }
  return { projects: [...found.values()], failures };
}
