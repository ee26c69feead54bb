/** Brings lists of what runs into temporary tables. */
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { instantOf, ledgerTime, optionalTime, ownerOf } from '../../findings/staged-values.ts';
import type { Artifact, RunningList } from '../document.ts';
import type { Event } from './schedule.ts';

/** One list of each place and time: what is told twice is told once, and what several parts tell of one moment together. */
export function mergedLists(lists: readonly RunningList[]): readonly RunningList[] {
  const merged = new Map<string, RunningList>();
  for (const list of lists) {
    const key = JSON.stringify([list.place, Date.parse(list.at), list.lists]);
    const known = merged.get(key);
    if (!known) merged.set(key, list);
    else {
      const images = new Map([...known.images, ...list.images].map(one => [JSON.stringify(one), one]));
      merged.set(key, { ...known, images: [...images.values()] });
    }
  }
  return [...merged.values()];
}

/** What a list changes: all of it may change anything in its place. */
export const runningEvents = (lists: readonly RunningList[], now: Date): readonly Event[] =>
  lists.map(({ place, at, lists: kind, images }) => ({
    at: instantOf(at, now),
    isWhole: kind === 'all',
    keys:
      kind === 'all'
        ? []
        : images.flatMap(({ artifact, workload, container }) => [
            `name ${artifact.name}`,
            `slot ${JSON.stringify([place, workload, container])}`,
          ]),
  }));

export async function stageRunning(
  tx: Transaction,
  lists: readonly RunningList[],
  {
    keyOf,
    rounds,
    now,
  }: { readonly keyOf: (artifact: Artifact) => string; readonly rounds: readonly number[]; readonly now: Date },
): Promise<void> {
  await stage(
    tx,
    'told_places',
    {
      ...{ list: 'BIGINT', round: 'BIGINT', place: 'VARCHAR', lists_all: 'BOOLEAN', images: 'BIGINT' },
      ...{ owner: 'VARCHAR', told_at: 'TIMESTAMP' },
    },
    lists.map(({ place, at, lists: kind, images }, list) => ({
      ...{ list, round: rounds[list]!, place, lists_all: kind === 'all', images: images.length },
      ...{ owner: ownerOf(images[0]?.owner ?? ''), told_at: ledgerTime(instantOf(at, now)) },
    })),
  );
  await stage(
    tx,
    'told_images',
    {
      ...{ list: 'BIGINT', workload: 'VARCHAR', container: 'VARCHAR', artifact: 'VARCHAR', name: 'VARCHAR' },
      ...{ tag: 'VARCHAR', digest: 'VARCHAR', replicas: 'BIGINT', owner: 'VARCHAR', started_at: 'TIMESTAMP' },
    },
    lists.flatMap(({ images }, list) =>
      images.map(({ artifact, workload, container, replicas, owner, startedAt }) => ({
        ...{ list, workload, container, artifact: keyOf(artifact), name: artifact.name, tag: artifact.tag ?? '' },
        ...{ digest: artifact.digests[0] ?? '', replicas: Math.max(0, Math.trunc(replicas)), owner: ownerOf(owner) },
        started_at: optionalTime(startedAt),
      })),
    ),
  );
}
