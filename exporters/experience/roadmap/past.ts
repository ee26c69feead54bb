/** Versions of the past that an item's own times imply, where its tracker tells the newest alone. */
import type { ItemStatus, RoadmapItem } from './told.ts';

/**
 * The versions of each item, oldest first, with those that must have been before the first one told: it was to do when it
 * was created, in progress when it was started, and what it is now when it came to its end. Where several are told with
 * one time, the last counts.
 */
export function versionsOf(items: readonly RoadmapItem[]): readonly RoadmapItem[] {
  const byId = new Map<string, Map<number, RoadmapItem>>();
  for (const item of items) {
    const versions = byId.get(item.id) ?? new Map<number, RoadmapItem>();
    versions.set(Date.parse(item.changedAt), item);
    byId.set(item.id, versions);
  }
  return [...byId.values()].flatMap(versions => {
    const told = [...versions.values()].sort((a, b) => Date.parse(a.changedAt) - Date.parse(b.changedAt));
    return [...implied(told[0]!), ...told];
  });
}

const isEnd = (status: ItemStatus) => status === 'done' || status === 'cancelled';

function implied(first: RoadmapItem): readonly RoadmapItem[] {
  const { startedAt, endedAt, answeredAt, isDeleted: _, ...rest } = first;
  const told = Date.parse(first.changedAt);
  const steps: { readonly at: string; readonly version: RoadmapItem }[] = [];
  const add = (at: string | undefined, version: Omit<RoadmapItem, 'changedAt'>) => {
    const ms = Date.parse(at ?? '');
    const last = steps.at(-1);
    if (at !== undefined && ms < told && (last === undefined || ms > Date.parse(last.at)))
      steps.push({ at, version: { ...version, changedAt: at } });
  };
  add(first.createdAt, { ...rest, status: first.status === 'backlog' ? 'backlog' : 'todo' });
  const hasStarted = first.status === 'in_progress' || isEnd(first.status);
  if (hasStarted && startedAt !== undefined) add(startedAt, { ...rest, status: 'in_progress', startedAt });
  if (isEnd(first.status) && endedAt !== undefined)
    add(endedAt, { ...rest, endedAt, ...(startedAt === undefined ? {} : { startedAt }) });
  return steps.map(({ version }) => version);
}

export interface Step {
  readonly at: string;
  readonly status: ItemStatus;
}

/**
 * The versions of an item whose steps from status to status are known, oldest first and from its creation on; the item
 * itself, as it is now, is the last. When it was started and came to its end is as the item says, and follows from the
 * steps where it does not.
 */
export function withSteps(item: RoadmapItem, steps: readonly Step[]): readonly RoadmapItem[] {
  const sorted = [...steps].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (sorted.at(-1)?.status !== item.status) return [item];
  const { startedAt: _, endedAt: __, answeredAt: ___, isDeleted: ____, ...rest } = item;
  const told = Date.parse(item.changedAt);
  const past: RoadmapItem[] = [];
  let times: { readonly startedAt?: string; readonly endedAt?: string } = {};
  for (const { at, status } of sorted) {
    const { startedAt, endedAt } = times;
    const started = startedAt ?? (status === 'in_progress' ? at : undefined);
    const ended = isEnd(status) ? ((isEnd(past.at(-1)?.status ?? 'todo') ? endedAt : undefined) ?? at) : undefined;
    times = {
      ...(started === undefined ? {} : { startedAt: started }),
      ...(ended === undefined ? {} : { endedAt: ended }),
    };
    past.push({ ...rest, ...times, status, changedAt: at });
  }
  const now = { ...times, ...item };
  return [...past.filter(({ changedAt }) => Date.parse(changedAt) < told), now];
}
