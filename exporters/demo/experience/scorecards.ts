/** How far the demo company's services have come by its scorecards: most rise over the year, payments' fall behind. */
import { chance, dayMs } from '../chance.ts';
import { services } from '../world.ts';
import { paymentsUnhappyFrom } from './story.ts';

/** Names by number, 1 is the lowest. */
export const levels = { Bronze: 1, Silver: 2, Gold: 3 } as const;
export const mostPoints = 12;

export const scorecards = [
  { tag: 'production-readiness', name: 'Production readiness', head: 0 },
  { tag: 'documentation', name: 'Documentation', head: -0.15 },
] as const;

export interface DemoScore {
  readonly service: string;
  readonly team: string;
  readonly evaluatedAt: string;
  readonly points: number;
  readonly level: keyof typeof levels | undefined;
}

/** As they were evaluated in the night before a day. */
export function scoresOn(day: Date, story: Date, { tag, head }: (typeof scorecards)[number]): readonly DemoScore[] {
  const evaluated = new Date(day.getTime() - dayMs / 12);
  return services.map(({ name, team }) => {
    const year = (day.getTime() - story.getTime()) / (365 * dayMs);
    const fallen = team === 'payments' && day.getTime() > paymentsUnhappyFrom(story) ? 0.35 : 0;
    const risen = (0.2 + 0.4 * chance(tag, 'rises', name)) * (1 + year);
    const share = 0.35 + 0.35 * chance(tag, name) + head + risen - fallen;
    const points = Math.min(mostPoints, Math.max(0, Math.floor(share * mostPoints)));
    return { service: name, team, evaluatedAt: evaluated.toISOString(), points, level: levelOf(points / mostPoints) };
  });
}

const levelOf = (share: number) =>
  share >= 0.85 ? 'Gold' : share >= 0.6 ? 'Silver' : share >= 0.4 ? 'Bronze' : undefined;
