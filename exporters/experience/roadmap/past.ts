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
