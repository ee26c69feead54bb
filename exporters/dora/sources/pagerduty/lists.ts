/** Reads lists of incidents whole: by pages, and by windows where a list has more records than can be paged through. */
import { PlumblineError } from '../../errors.ts';
import { type ListQuery, mostRecords, type PagerDutyClient, pageSize } from './client.ts';

const dayMs = 86_400_000;
/** PagerDuty allows six months, of which the shortest has 181 days. */
const longestMs = 180 * dayMs;
const shortestMs = 1000;

export interface Window {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

type Statuses = NonNullable<ListQuery['statuses']>;

/**
 * The incidents created in a window, page by page, oldest first. A window that is too long or has too many is halved.
 * Errors: PAGERDUTY_TOO_MANY, and those of the client.
 */
export async function* createdIn(
  api: PagerDutyClient,
  window: Window,
  statuses: Statuses = [],
): AsyncGenerator<readonly unknown[]> {
  const length = window.to - window.from;
  if (length > longestMs) {
    for (let from = window.from; from < window.to; from += longestMs)
      yield* createdIn(api, { from, to: Math.min(from + longestMs, window.to) }, statuses);
    return;
  }
  const query = {
    ...{ statuses, sort: 'created_at:asc', since: iso(window.from), until: iso(window.to) },
  } as const satisfies Partial<ListQuery>;
  for (let offset = 0; ; offset += pageSize) {
    const page = await api.list({ ...query, offset, counted: offset === 0 });
    const tooMany = (page.total ?? 0) > mostRecords || (page.more && offset + 2 * pageSize > mostRecords);
    if (tooMany) {
      if (length <= shortestMs)
        throw new PlumblineError('PAGERDUTY_TOO_MANY', { count: mostRecords, since: query.since, until: query.until });
      const middle = window.from + Math.floor(length / 2);
      yield* createdIn(api, { from: window.from, to: middle }, statuses);
      yield* createdIn(api, { from: middle, to: window.to }, statuses);
      return;
    }
    yield page.incidents;
    if (!page.more) return;
  }
}

/** All incidents of these statuses, whenever they were created; by windows where they are too many for one list. */
export async function* allOf(
  api: PagerDutyClient,
  statuses: Statuses,
  history: Window,
): AsyncGenerator<readonly unknown[]> {
  for (let offset = 0; ; offset += pageSize) {
    const page = await api.list({ ...{ statuses, sort: 'created_at:asc' }, offset, counted: offset === 0 });
    if ((page.total ?? 0) > mostRecords || (page.more && offset + 2 * pageSize > mostRecords)) {
      yield* createdIn(api, history, statuses);
      return;
    }
    yield page.incidents;
    if (!page.more) return;
  }
}

/**
 * The incidents that were resolved since, newest first, until `isBefore` says of a page that all of it was resolved
 * before. Where they are more than can be paged through, all resolved ones of the history.
 */
export async function* resolvedSince(
  api: PagerDutyClient,
  isBefore: (incidents: readonly unknown[]) => boolean,
  history: Window,
): AsyncGenerator<readonly unknown[]> {
  for (let offset = 0; offset + pageSize <= mostRecords; offset += pageSize) {
    const page = await api.list({ ...{ statuses: ['resolved'], sort: 'resolved_at:desc' }, offset });
    yield page.incidents;
    if (!page.more || isBefore(page.incidents)) return;
  }
  yield* createdIn(api, history, ['resolved']);
}

const iso = (ms: number) => new Date(ms).toISOString();
