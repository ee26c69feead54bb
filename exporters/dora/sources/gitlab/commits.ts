/**
 * The commits of the default branch, with parents: the graph that lead times are computed on. A later reading asks for
 * the range OLD..NEW and not for dates: a branch that is merged late brings commits that are older than what was read.
 */
import { idOf } from '../../../vendors/gitlab/client.ts';
import { PlumblineError } from '../../../vendors/gitlab/errors.ts';
import { commitFact } from './facts.ts';
import { parseAll, type Reading, type Step } from './reading.ts';
import { commitSchema } from './shapes.ts';

interface CommitCursor {
  /** All that this commit leads to is read. */
  readonly head?: string;
  /** The reading under way: up to which commit, and its next page, from 1. */
  readonly reading?: Range;
}

interface Range {
  readonly to: string;
  readonly page: number;
  /** Where it is no range from the last head: commits since then, and it must not move while pages are read. */
  readonly since?: string;
}

const perPage = 100;

/** Pages of a range between two commits never change, so that a reading that was killed goes on with its next page. */
export async function* readCommits(reading: Reading, before: unknown): AsyncGenerator<Step> {
  const { client, project, repository, defaultBranch, since } = reading;
  if (!defaultBranch) return;
  const path = (rest: string) => `projects/${idOf(project)}/repository/${rest}`;
  let cursor = (before ?? {}) as CommitCursor;
  const { commit } = (await client.get({ path: path(`branches/${idOf(defaultBranch)}`) })) as {
    readonly commit?: { readonly id?: string };
  };
  const tip = commit?.id;
  if (tip === undefined)
    throw new PlumblineError('GITLAB_ANSWER', { what: path('branches'), reason: 'a branch has no commit' });
  for (;;) {
    const { head } = cursor;
    if (cursor.reading === undefined && head === tip) return;
    const range: Range = cursor.reading ?? { to: tip, page: 1, ...(head === undefined ? { since } : {}) };
    const from =
      range.since === undefined ? { ref_name: `${head}..${range.to}` } : { ref_name: range.to, since: range.since };
    const request = { path: path('commits'), query: { ...from, page: range.page, per_page: perPage } };
    const found = await knownRange(client.page(request), range.since !== undefined);
    if (found === undefined) {
      // The old head is gone: history was rewritten. What is known stays, the rest is read anew.
      cursor = { reading: { to: tip, page: 1, since } };
      continue;
    }
    const parsed = parseAll(commitSchema, found.items, { repository, what: 'commit' });
    const hasMore = found.next !== undefined;
    cursor = hasMore
      ? { ...(head === undefined ? {} : { head }), reading: { ...range, page: range.page + 1 } }
      : { head: range.to };
    yield {
      facts: { commits: parsed.values.map(one => commitFact(repository, one)) },
      records: found.items.length,
      ...{ read: parsed.read, rejections: parsed.rejections, cursor, hasMore },
    };
  }
}

/** Undefined where GitLab doesn't know the range. */
async function knownRange<Page>(page: Promise<Page>, isWhole: boolean): Promise<Page | undefined> {
  try {
    return await page;
  } catch (error) {
    const isUnknown =
      error instanceof PlumblineError &&
      (error.code === 'GITLAB_NOT_FOUND' || (error.code === 'HTTP_STATUS' && error.details.status === 400));
    if (isUnknown && !isWhole) return undefined;
    throw error;
  }
}
