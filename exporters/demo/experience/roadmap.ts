/**
 * What the platform team of the demo company plans, promises and ships, and what developers ask of it: made of weeks, each
 * of which is what it is whatever was asked before. A board shows of it what was known on a day.
 */
import { chance, dayMs, isoDay } from '../chance.ts';
import { weekOf } from '../policy/story.ts';
import { goldenPathFrom } from './story.ts';

export const areas = ['CI', 'Portal', 'Golden paths', 'Observability', 'Cost'] as const;
export type Area = (typeof areas)[number];

export const columns = ['Backlog', 'Todo', 'In Progress', 'Done'] as const;
export type Column = (typeof columns)[number];

type Kind = 'promise' | 'work' | 'feedback' | 'visit';

/** Times in ms since 1970. */
export interface DemoItem {
  readonly id: string;
  readonly number: number;
  readonly kind: Kind;
  readonly area: Area;
  readonly author: string;
  readonly createdAt: number;
  /** When it was taken up, first answered, ended; undefined where it never is. */
  readonly startedAt: number | undefined;
  readonly answeredAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly isGivenUp: boolean;
  /** Days it was promised for, the newest last, each since a time. */
  readonly due: readonly { readonly since: number; readonly on: string }[];
}

const weekMs = 7 * dayMs;
/** Monday, 2024-01-01. */
const firstMonday = Date.UTC(2024, 0, 1);
const mostOfWeek = 60;

/** All items that are written down in a week. */
export function itemsOfWeek(week: number, story: Date): readonly DemoItem[] {
  const monday = firstMonday + week * weekMs;
  const kinds: Kind[] = [];
  const times = (kind: Kind, count: number) => {
    for (let index = 0; index < count; index++) kinds.push(kind);
  };
  // A quarter is planned in the three weeks before its first day.
  const untilQuarter = (nextQuarter(monday) - monday) / dayMs;
  times('promise', untilQuarter <= 24 ? 5 : 0);
  times('work', 2 + Math.floor(3 * chance('roadmap', 'work', week)));
  times('feedback', 1 + Math.floor(3 * chance('roadmap', 'feedback', week)));
  // A new path brings questions.
  const isNew = Math.abs(monday - goldenPathFrom(story) - 30 * dayMs) < 45 * dayMs;
  times('visit', Math.floor((isNew ? 6 : 4) * chance('roadmap', 'visits', week)));
  return kinds.map((kind, index) => itemOf({ week, index, kind, monday }));
}

interface Place {
  readonly week: number;
  readonly index: number;
  readonly kind: Kind;
  readonly monday: number;
}

function itemOf({ week, index, kind, monday }: Place): DemoItem {
  const roll = (what: string) => chance('roadmap', week, index, what);
  const area = areas[Math.floor(roll('area') * areas.length)] ?? 'CI';
  const createdAt = monday + Math.floor(roll('day') * 5) * dayMs + (8 + 9 * roll('hour')) * (dayMs / 24);
  const days = (least: number, most: number, what: string) => (least + (most - least) * roll(what)) * dayMs;
  const base = {
    ...{ id: `PVTI_demo_${week}_${index}`, number: week * mostOfWeek + index, kind, area, createdAt },
    author: `developer-${Math.floor(roll('author') * 40)}`,
  };
  if (kind === 'visit')
    return {
      ...{ ...base, startedAt: undefined, answeredAt: undefined, endedAt: createdAt + dayMs / 24 },
      ...{ isGivenUp: false, due: [] },
    };
  if (kind === 'promise') return promised(base, roll);
  // A part of what is written down is never taken up, and a part of what developers say is closed without a word.
  const isHeard = kind !== 'feedback' || roll('answered') < 0.8;
  const isTaken = isHeard && roll('taken') < (kind === 'feedback' ? 0.55 : 0.8);
  const startedAt = isTaken ? createdAt + days(1, 24, 'starts') : undefined;
  const isGivenUp = !isHeard || (!isTaken && roll('given up') < 0.6);
  const endedAt = isGivenUp
    ? createdAt + days(20, 90, 'given up after')
    : startedAt && startedAt + 2 * dayMs + days(0, 26, 'takes') * roll('takes');
  const answeredAt =
    kind === 'feedback' && isHeard ? createdAt + dayMs / 12 + days(0, 6, 'answer') * roll('answer') : undefined;
  return { ...base, startedAt, answeredAt, endedAt, isGivenUp, due: [] };
}

/** Most promises are kept; of the others most slip into the next quarter, and some are given up. */
function promised(
  base: Pick<DemoItem, 'id' | 'number' | 'kind' | 'area' | 'author' | 'createdAt'>,
  roll: (what: string) => number,
): DemoItem {
  const from = nextQuarter(base.createdAt);
  const until = nextQuarter(from);
  const dueAt = from + (until - from) * (0.25 + 0.7 * roll('due'));
  const due = [{ since: base.createdAt, on: isoDay(new Date(dueAt)) }];
  const fate = roll('fate');
  const startedAt = from + (dueAt - from) * 0.7 * roll('starts');
  const common = { ...base, answeredAt: undefined };
  if (fate < 0.72) {
    const endedAt = Math.min(until - dayMs, startedAt + (dueAt - startedAt) * (0.5 + 0.6 * roll('takes')));
    return { ...common, startedAt, endedAt, isGivenUp: false, due };
  }
  const movedAt = until - (3 + 12 * roll('moves')) * dayMs;
  if (fate > 0.93) return { ...common, startedAt: undefined, endedAt: movedAt, isGivenUp: true, due };
  const later = until + (20 + 50 * roll('later')) * dayMs;
  return {
    ...{ ...common, startedAt, endedAt: later - 4 * dayMs, isGivenUp: false },
    due: [...due, { since: movedAt, on: isoDay(new Date(later)) }],
  };
}

/** The first day of the quarter after a time. */
export function nextQuarter(at: number): number {
  const day = new Date(at);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - (day.getUTCMonth() % 3) + 3, 1);
}

/** Two weeks each, from Mondays on. */
const iterationMs = 2 * weekMs;
export const iterationOf = (at: number) => {
  const index = Math.floor((at - firstMonday) / iterationMs);
  return { id: `iteration-${index}`, title: `Iteration ${index}`, from: firstMonday + index * iterationMs, days: 14 };
};

export type Iteration = ReturnType<typeof iterationOf>;

/** Those of half a year back, and the one to come. */
export const iterationsAround = (at: number): readonly Iteration[] =>
  Array.from({ length: 15 }, (_, index) => iterationOf(at + (index - 13) * iterationMs));

/** What is kept on the board: two years of it, whatever is archived meanwhile. */
const historyWeeks = 104;

export function itemsKnown(until: Date, story: Date): readonly DemoItem[] {
  const newest = weekOf(until);
  return Array.from({ length: historyWeeks }, (_, index) => itemsOfWeek(newest - historyWeeks + 1 + index, story))
    .flat()
    .filter(item => item.createdAt < until.getTime());
}

/** Of which nobody has heard for two months is archived. */
export const isArchived = ({ endedAt }: DemoItem, until: Date): boolean =>
  endedAt !== undefined && endedAt < until.getTime() - 60 * dayMs;
