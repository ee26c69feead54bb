/**
 * Walks a list by when its things were last changed. Pages by number would lose things: one that changes while we read
 * moves to the end, and whatever stood behind it moves up into a page that was read already. So each page asks anew for
 * what has changed since the last thing of the one before; things only ever move to where we still have to go.
 */
import { redactUrl } from '../../../core/secrets.ts';
import type { GitLabClient, GitLabRequest } from '../../../vendors/gitlab/client.ts';
import { PlumblineError } from '../../../vendors/gitlab/errors.ts';
import { gitlabTime } from '../../../vendors/gitlab/time.ts';

export interface ListCursor {
  /** The newest change that was read. */
  readonly after: string;
  /** What was read of the last minute before it, and when that was changed: changes may become visible late. */
  readonly recent: Readonly<Record<string, string>>;
}

export interface ListStep {
  /** What is new or has changed. */
  readonly items: readonly unknown[];
  readonly cursor: ListCursor;
  readonly isLast: boolean;
}

const overlapMs = 60_000;
const before = (at: string, milliseconds: number) => new Date(Date.parse(at) - milliseconds).toISOString();

interface Changed {
  readonly id: string;
  /** '' where it was never changed. */
  readonly at: string;
}

function changedOf(item: unknown): Changed {
  const { id, updated_at } = (item ?? {}) as { readonly id?: unknown; readonly updated_at?: unknown };
  return { id: String(id), at: (typeof updated_at === 'string' ? gitlabTime(updated_at) : undefined) ?? '' };
}

/** `since` is where a first reading begins. Errors: those of the client. */
export async function* changedSince(
  client: GitLabClient,
  request: GitLabRequest,
  { cursor, since }: { readonly cursor: ListCursor | undefined; readonly since: string },
): AsyncGenerator<ListStep> {
  let after = cursor?.after ?? since;
  let recent = cursor?.recent ?? {};
  let from = cursor === undefined ? since : before(after, overlapMs);
  let filters = true;
  const seen = new Set<string>();
  for (let at: string | undefined; ; ) {
    const query = { ...request.query, order_by: 'updated_at', sort: 'asc', updated_after: from };
    const page = await client.page({ ...request, query }, at);
    const changes = page.items.map(item => ({ item, ...changedOf(item) }));
    const stamps = changes.flatMap(({ at: stamp }) => (stamp === '' ? [] : [stamp]));
    // A GitLab that does not know the filter gives everything; then its pages are followed as they are.
    if (stamps[0] !== undefined && stamps[0] < from) filters = false;
    const items = changes.filter(({ id, at: stamp }) => stamp === '' || recent[id] !== stamp).map(({ item }) => item);
    const last = stamps.at(-1) ?? from;
    if (last > after) after = last;
    const floor = before(after, overlapMs);
    recent = Object.fromEntries(
      [...Object.entries(recent), ...changes.map(({ id, at: stamp }) => [id, stamp] as const)].filter(
        ([, stamp]) => stamp >= floor,
      ),
    );
    yield { items, cursor: { after, recent }, isLast: page.next === undefined };
    if (page.next === undefined) return;
    if (filters && last > from) {
      from = last;
      at = undefined;
    } else {
      at = page.next;
      if (seen.has(at)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: redactUrl(at) });
      seen.add(at);
    }
  }
}
