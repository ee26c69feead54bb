/** A random life of a roadmap: what two trackers tell of their items, in the order that we hear of it. */
import type { ItemStatus, RoadmapItem } from '../../../exporters/experience/roadmap/told.ts';
import { seededRandom } from '../../core/random.ts';
import type { Telling } from './books.ts';

export interface Piece {
  readonly at: Date;
  readonly told: Telling;
}

const dayMs = 86_400_000;
const statuses: readonly ItemStatus[] = ['backlog', 'todo', 'in_progress', 'in_progress', 'done', 'done', 'cancelled'];
const iso = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString();

/** Each piece is told `stepDays` after the one before; what it tells of has happened since, and now and then before. */
export function randomLife(
  seed: number,
  pieces: number,
  stepDays: number,
  start = Date.UTC(2026, 0, 5),
): readonly Piece[] {
  const random = seededRandom(seed);
  const chance = (share: number) => random() < share;
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!;
  const known = new Map<string, RoadmapItem>();
  const change = (id: string, at: number): RoadmapItem => {
    const before = known.get(id);
    const changed = at - random() * stepDays * dayMs * (chance(0.1) ? 3 : 1);
    const createdAt = before?.createdAt ?? iso(changed - random() * 60 * dayMs);
    const changedMs = Math.max(changed, Date.parse(createdAt));
    const status = pick(statuses);
    const isEnd = status === 'done' || status === 'cancelled';
    const between = (from: number) => iso(from + random() * Math.max(0, changedMs - from));
    const started = before?.startedAt ?? between(Date.parse(createdAt));
    const due = chance(0.5) ? iso(at + (random() * 2 - 0.5) * 80 * dayMs) : undefined;
    const cycle = Math.floor(at / (14 * dayMs)) * 14 * dayMs;
    return {
      ...{ id, key: `K-${id}`, status, createdAt, changedAt: iso(changedMs) },
      area: pick(['ci', 'portal', 'runtime', 'docs', '']),
      ...(status !== 'backlog' && status !== 'todo' && chance(0.8) ? { startedAt: started } : {}),
      ...(isEnd && chance(0.8) ? { endedAt: between(Date.parse(started)) } : {}),
      ...(due === undefined ? {} : { dueOn: due.slice(0, 10) }),
      ...(chance(0.4)
        ? { cycle: { name: 'c', from: iso(cycle).slice(0, 10), until: iso(cycle + 13 * dayMs).slice(0, 10) } }
        : {}),
      isFeedback: Number(id) % 3 === 0,
      isOfficeHours: Number(id) % 11 === 0,
      ...(Number(id) % 3 === 0 && (before?.answeredAt !== undefined || chance(0.4))
        ? { answeredAt: before?.answeredAt ?? between(Date.parse(createdAt)) }
        : {}),
      ...(chance(0.03) ? { isDeleted: true } : {}),
    };
  };
  return Array.from({ length: pieces }, (_, index): Piece => {
    const at = start + index * stepDays * dayMs;
    const source = index % 2 === 0 ? 'linear' : 'jira';
    const most = 25 + index * 3;
    const offset = source === 'linear' ? 0 : 1_000;
    const all = Array.from({ length: most }, (_, number) => String(offset + number));
    const items = all
      .filter(id => !known.has(id) || chance(0.4))
      .map(id => {
        const item = change(id, at);
        known.set(id, item);
        return item;
      });
    const isWhole = index < 2 || chance(0.3);
    // A whole reading tells all but what has been deleted for good.
    const told = isWhole ? all.flatMap(id => (chance(0.03) ? [] : [known.get(id)!])) : items;
    return {
      at: new Date(at),
      told: { items: told, isWhole, source, team: source === 'linear' ? 'platform' : 'lake' },
    };
  });
}
