/**
 * What becomes of the demo company's policies in a year: who violates what and for how long, which policies come into
 * force, one that goes badly. It is told around the first of the month in which the demo was begun, so that all of it is
 * to be seen whenever that was, and stays as it is as long as that demo lives.
 */
import { chance, dayMs } from '../chance.ts';

export interface Episode {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** Days from the story's own day, which others are before (negative) or after. */
export const storyDay = (story: Date, days: number): number => story.getTime() + days * dayMs;

/** The Tuesday on or after such a day, 9 in the morning: policies come into force then. */
export function tuesday(story: Date, days: number): number {
  const day = new Date(storyDay(story, days));
  return day.getTime() + (((2 - day.getUTCDay() + 7) % 7) + 9 / 24) * dayMs;
}

export const monthOf = (day: Date): Date => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1));

const firstMonday = Date.UTC(2024, 0, 1);
const weekMs = 7 * dayMs;

export const weekOf = (at: Date): number => Math.floor((at.getTime() - firstMonday) / weekMs);

export interface Span {
  readonly from: Date;
  /** Of which nothing is known yet. */
  readonly until: Date;
}

/** Days before the story from which reports of each week are kept. */
const weeklyFrom = -35;

/**
 * Monday mornings at an hour of UTC of which reports are kept: each since the month before the story, and every fourth
 * before. `from` ≤ t < `until`. Every report is work for whoever reads a year of them at once.
 */
export function mondays({ from, until }: Span, story: Date, hour: number): Date[] {
  const times: Date[] = [];
  for (let week = Math.ceil((from.getTime() - firstMonday) / weekMs); ; week++) {
    const at = firstMonday + week * weekMs + (hour / 24) * dayMs;
    if (at >= until.getTime()) return times;
    if (week % 4 === 0 || at >= storyDay(story, weeklyFrom)) times.push(new Date(at));
  }
}

/** How teams keep to policies: how likely a thing is violated within four months, and for how many days, as a mean. */
const habits: Readonly<Record<string, { readonly share: number; readonly days: number }>> = {
  checkout: { share: 0.3, days: 14 },
  search: { share: 0.08, days: 9 },
  data: { share: 0.38, days: 65 },
  mobile: { share: 0.42, days: 40 },
  identity: { share: 0.16, days: 20 },
  platform: { share: 0.14, days: 6 },
  ml: { share: 0.5, days: 110 },
};

const drifting = 'payments';
const tidied = 'search';
const periodMs = 120 * dayMs;

/** When a thing of a team is violated, in the two years around the story; in order, apart from each other. */
export function episodesOf(team: string, key: string, story: Date): readonly Episode[] {
  const roll = (...more: readonly (string | number)[]) => chance('policy', team, key, ...more);
  // What nobody dares to touch.
  if (roll('forgotten') < 0.03) return [{ from: storyDay(story, -620 + 200 * roll('since')), to: Number.MAX_VALUE }];
  if (team === drifting) {
    if (roll('drifts') > 0.85) return [];
    const from = storyDay(story, -420 + 560 * Math.sqrt(roll('from')));
    return [{ from, to: roll('fixed') < 0.2 ? from + (20 + 70 * roll('days')) * dayMs : Number.MAX_VALUE }];
  }
  const episodes: Episode[] = [];
  if (team === tidied && roll('untidy') < 0.7)
    episodes.push({ from: storyDay(story, -560 + 300 * roll('from')), to: storyDay(story, -150 + 35 * roll('to')) });
  const { share, days } = habits[team] ?? { share: 0.3, days: 30 };
  const first = Math.floor((story.getTime() - 600 * dayMs) / periodMs);
  for (let period = first; period * periodMs < storyDay(story, 240); period++) {
    if (roll('opens', period) >= share) continue;
    const from = (period + roll('from', period)) * periodMs;
    const to = from + Math.max(1, days * -Math.log(1 - roll('days', period))) * dayMs;
    const before = episodes.at(-1);
    if (before && before.to >= from) episodes[episodes.length - 1] = { from: before.from, to: Math.max(before.to, to) };
    else episodes.push({ from, to });
  }
  return episodes;
}

export const isOpen = (episodes: readonly Episode[], at: number): boolean =>
  episodes.some(({ from, to }) => from <= at && at < to);

/** What a policy that is in force leaves: nothing new is let in, and what was there is mended within six weeks. */
export function enforced(episodes: readonly Episode[], inForce: readonly Episode[], roll: number) {
  const kept: Episode[] = [];
  const refused: Episode[] = [];
  for (const episode of episodes) {
    const { from } = episode;
    if (isOpen(inForce, from)) {
      refused.push(episode);
      continue;
    }
    // One that is withdrawn within days mends nothing.
    const next = inForce.find(span => span.from > from && span.to - span.from > 30 * dayMs);
    const to = Math.min(episode.to, next === undefined ? Number.MAX_VALUE : next.from + 42 * roll * dayMs);
    kept.push({ from, to });
  }
  return { kept, refused };
}
