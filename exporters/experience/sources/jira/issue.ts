/** An issue of Jira as an item of the roadmap. */
import type { Rejection } from '../../../core/rejections.ts';
import { browseUrl } from '../../../vendors/jira/config.ts';
import { wordsIn } from '../../../vendors/jira/fields.ts';
import type { Issue } from '../../../vendors/jira/search.ts';
import { jiraTime } from '../../../vendors/jira/time.ts';
import { type Step, withSteps } from '../../roadmap/past.ts';
import type { ItemStatus, RoadmapItem } from '../../roadmap/told.ts';
import { personIds, type Reading, type Status } from './reading.ts';
import { sprintOf } from './sprint.ts';

export const placeOf = (id: string) => `issue ${id}`;

const isEnd = (status: ItemStatus) => status === 'done' || status === 'cancelled';
const minuteMs = 60_000;

/** Its versions, oldest first; or why it can't be read. */
export async function versionsOfIssue(issue: Issue, reading: Reading): Promise<readonly RoadmapItem[] | Rejection> {
  const { fields } = issue;
  const { config, words } = reading;
  const createdAt = jiraTime(fields.created);
  const changedAt = jiraTime(fields.updated);
  const now = statusIn(fields.status);
  if (createdAt === undefined || changedAt === undefined || now === undefined) {
    const field = createdAt === undefined ? 'created' : changedAt === undefined ? 'updated' : 'status';
    return { file: placeOf(issue.id), reason: 'unreadable_issue', field, value: 'absent, or none that can be read' };
  }
  const told = reading.meaningOf(now);
  const resolution = wordsIn(fields.resolution)[0]?.toLowerCase() ?? '';
  const isCancelled = told === 'done' && config.cancelled_resolutions.some(one => one.toLowerCase() === resolution);
  const status = isCancelled ? 'cancelled' : told;
  const labels = words.ofLabels(wordsIn(fields.labels));
  const area = labels.area ?? (reading.area === undefined ? undefined : wordsIn(fields[reading.area])[0]);
  const sprint = reading.sprint === undefined ? undefined : sprintOf(fields[reading.sprint]);
  const dueOn = reading.due === undefined ? undefined : jiraTime(fields[reading.due])?.slice(0, 10);
  const answeredAt = labels.isFeedback
    ? words.firstAnswer(await reading.comments(issue), [...personIds(fields.creator), ...personIds(fields.reporter)])
    : undefined;
  const item: RoadmapItem = {
    ...{ id: issue.id, key: issue.key, url: browseUrl(config, issue.key), changedAt, status, createdAt },
    area: area ?? '',
    ...(dueOn === undefined ? {} : { dueOn }),
    ...(sprint === undefined ? {} : { cycle: { name: sprint.name, from: sprint.from, until: sprint.until } }),
    ...{ isFeedback: labels.isFeedback, isOfficeHours: labels.isOfficeHours },
    ...(answeredAt === undefined ? {} : { answeredAt }),
  };
  const { steps, isComplete } =
    config.changelog && hasMoved(fields, now) ? await stepsOf(issue, item, now, reading) : nothingKnown;
  const endedAt = isEnd(status)
    ? ownEnd(fields, now.category === 'done' && words.statusOf(now.name) === undefined)
    : {};
  const isOwn = endedAt.isSure || !isComplete;
  const versions = withSteps(isOwn && endedAt.at !== undefined ? { ...item, endedAt: endedAt.at } : item, steps);
  const last = versions.at(-1)!;
  if (!isEnd(status) || last.endedAt !== undefined || endedAt.at === undefined) return versions;
  return [...versions.slice(0, -1), { ...last, endedAt: endedAt.at }];
}

const nothingKnown: Steps = { steps: [], isComplete: false };

/**
 * When it came to its end by its own dates: its resolution's, unless its category has changed since, for then that is of
 * an end before it was reopened; else when it came to the category Done, which only Cloud knows. Data Center's date of a
 * resolution alone may be of any end; and of a status before Done that is configured to be one, no date is.
 */
function ownEnd(fields: Issue['fields'], isByCategory: boolean): { readonly at?: string; readonly isSure?: boolean } {
  const resolution = jiraTime(fields.resolutiondate);
  const category = jiraTime(fields.statuscategorychangedate);
  const isStale =
    resolution !== undefined && category !== undefined && Date.parse(category) - Date.parse(resolution) > minuteMs;
  const at = isStale ? category : (resolution ?? category);
  return at === undefined ? {} : { at, isSure: isByCategory && category !== undefined };
}

/** Names of statuses are anyone's own, their categories are Jira's. */
function statusIn(value: unknown): Status | undefined {
  const { name, statusCategory } = (value ?? {}) as {
    readonly name?: unknown;
    readonly statusCategory?: { readonly key?: unknown } | null;
  };
  if (typeof name !== 'string') return undefined;
  return { name, category: typeof statusCategory?.key === 'string' ? statusCategory.key : 'undefined' };
}

/** Where its category has never changed it is what it was created as, and costs no request. */
function hasMoved(fields: Issue['fields'], { category }: Status): boolean {
  if (category !== 'new') return true;
  const since = jiraTime(fields.statuscategorychangedate);
  return since !== undefined && Date.parse(since) - Date.parse(jiraTime(fields.created)!) > minuteMs;
}

interface Steps {
  readonly steps: readonly Step[];
  /** False where something of it isn't known: a status was deleted since. */
  readonly isComplete: boolean;
}

/**
 * From its creation on. A status that was deleted since is left out, but for one that it was given a resolution with,
 * which was an end; what it ends as now is what its last end was.
 */
async function stepsOf(issue: Issue, item: RoadmapItem, now: Status, reading: Reading): Promise<Steps> {
  const statuses = await reading.statuses();
  const all = await reading.changes(issue);
  const changes = all.filter(({ field }) => field === 'status');
  // Was it created so, or does nobody know its changes any more? Its own dates tell more.
  if (changes.length === 0 && isEnd(item.status)) return nothingKnown;
  const resolved = new Set(
    all.flatMap(({ field, from, to, at }) => (field === 'resolution' && from === '' && to !== '' ? at : [])),
  );
  const meaning = (id: string) => {
    const known = statuses.get(id);
    return known && reading.meaningOf(known);
  };
  const first = changes.length === 0 ? reading.meaningOf(now) : meaning(changes[0]!.from);
  const steps: Step[] = [
    { at: item.createdAt, status: first ?? 'todo' },
    ...changes.flatMap(({ at, to }) => {
      const status = meaning(to) ?? (resolved.has(at) ? 'done' : undefined);
      return status === undefined ? [] : [{ at, status }];
    }),
  ];
  const isComplete = changes.every(({ to }) => statuses.has(to));
  if (item.status !== 'cancelled') return { steps, isComplete };
  const lastOpen = steps.findLastIndex(({ status }) => !isEnd(status));
  return {
    steps: steps.map((step, index) => (index > lastOpen ? { ...step, status: 'cancelled' } : step)),
    isComplete,
  };
}
