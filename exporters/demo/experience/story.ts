/**
 * What developers of the demo company live through in a year, around the day that policies are told around: a golden path
 * to a new service arrives and is taken up, a technology radar is forgotten, and payments grows unhappy.
 */
import { dayMs } from '../chance.ts';
import { tuesday } from '../policy/story.ts';

/** The template to a new service is there from then on, and the portal is better for it. */
export const goldenPathFrom = (story: Date): number => tuesday(story, -200);

/** Whoever takes the golden path has done so by then. */
export const goldenPathKnown = (story: Date): number => story.getTime() + 60 * dayMs;

/** How much of what was read of the technology radar is read still, 0..1. */
export const radarInterest = (story: Date, at: number): number =>
  Math.min(1, Math.max(0.02, 1 - (at - story.getTime() + 240 * dayMs) / (220 * dayMs)));

/** How far the golden path has lifted what people think of the platform, 0..1: it takes eight months. */
export const lifted = (story: Date, at: number): number =>
  Math.min(1, Math.max(0, (at - goldenPathFrom(story)) / (240 * dayMs)));

/** Payments is unhappy from the newest survey on that was asked before the story's month. */
export function paymentsUnhappyFrom(story: Date): number {
  const months = story.getUTCFullYear() * 12 + story.getUTCMonth() - 1;
  const middle = months - ((months - 1) % 3);
  return Date.UTC(Math.floor(middle / 12), middle % 12, 1);
}
