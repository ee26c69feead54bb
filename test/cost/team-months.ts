/**
 * Made-up teams whose daily Usage the forecaster has never seen: none of these ways to make a series is the forecaster's
 * own model, and it was not built on them. Every way has what makes bills hard: trend, weekday, step, spike, gap, and more.
 */
import { seededRandom } from '../core/random.ts';

export interface MadeUpTeam {
  readonly generator: string;
  readonly team: string;
  /** Usage of each day from the first on. */
  readonly usage: readonly number[];
}

type Random = () => number;
/** Usage by day number; the series may keep a state of its own. */
type Generator = (random: Random, days: number) => (day: number) => number;

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const between = (random: Random, low: number, high: number): number => low + random() * (high - low);
const poisson = (random: Random, mean: number): number => {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
};
const isWeekend = (day: number): boolean => day % 7 >= 5;

const generators: Readonly<Record<string, Generator>> = {
  // grows or shrinks by a straight line, and weekends are cheaper by an amount and not by a factor
  trend: random => {
    const base = between(random, 200, 2000);
    const slope = base * between(random, -0.002, 0.006);
    const [weekend, noise] = [base * between(random, 0, 0.4), base * between(random, 0.02, 0.08)];
    return day => Math.max(0, base + slope * day - (isWeekend(day) ? weekend : 0) + noise * normal(random));
  },
  // every weekday is its own
  weekday: random => {
    const base = between(random, 50, 5000);
    const shape = Array.from({ length: 7 }, () => between(random, 0.1, 1.6));
    const noise = between(random, 0.03, 0.15);
    return day => base * (shape[day % 7] ?? 1) * Math.exp(noise * normal(random));
  },
  // something is turned on or off for good, at any time, the month that is forecast included
  step: (random, days) => {
    let level = between(random, 100, 3000);
    const at = [between(random, 20, days), between(random, 20, days)].map(Math.floor);
    const noise = between(random, 0.02, 0.1);
    return day => {
      if (at.includes(day)) level *= random() < 0.5 ? between(random, 1.15, 1.7) : between(random, 0.6, 0.9);
      return level * (isWeekend(day) ? 0.7 : 1) * (1 + noise * normal(random));
    };
  },
  // a forgotten load test, with sizes that have a long tail
  spike: random => {
    const base = between(random, 100, 1000);
    return day =>
      base * (isWeekend(day) ? 0.8 : 1) * (1 + 0.05 * normal(random)) +
      (random() < 1 / 30 ? base * Math.min(8, 0.5 / (1 - random()) ** 0.8) : 0);
  },
  // days on which nothing runs at all
  gap: random => {
    const base = between(random, 100, 1000);
    let closedUntil = -1;
    return day => {
      if (random() < 1 / 60) closedUntil = day + Math.floor(between(random, 1, 4));
      return day < closedUntil ? 0 : base * (isWeekend(day) ? 0.4 : 1) * (1 + 0.06 * normal(random));
    };
  },
  // a number of jobs a day, each with a cost of its own
  jobs: random => {
    const rate = between(random, 5, 60);
    const size = between(random, 1, 20);
    return day => {
      let total = size * rate * 0.2;
      for (let job = poisson(random, rate * (isWeekend(day) ? 0.3 : 1)); job > 0; job -= 1)
        total += size * Math.exp(0.9 * normal(random));
      return total;
    };
  },
  // no level to come back to: a random walk
  walk: random => {
    let level = Math.log(between(random, 100, 5000));
    const stride = between(random, 0.005, 0.02);
    return day => {
      level += stride * normal(random);
      return Math.exp(level) * (isWeekend(day) ? 0.6 : 1) * (1 + 0.03 * normal(random));
    };
  },
  // a migration that begins slowly and ends, with sprints of two weeks on top
  migration: (random, days) => {
    const [before, after] = [between(random, 200, 800), between(random, 400, 1600)];
    const [middle, width] = [between(random, 0.2, 1) * days, between(random, 8, 30)];
    return day =>
      (before + (after - before) / (1 + Math.exp((middle - day) / width))) *
      (1 + 0.1 * Math.sin((2 * Math.PI * day) / 14)) *
      (1 + 0.04 * normal(random));
  },
  // two ways to run that take turns for weeks
  regimes: random => {
    const levels = [between(random, 100, 500), between(random, 120, 700)];
    let regime = 0;
    return day => {
      if (random() < 1 / 40) regime = 1 - regime;
      return (levels[regime] ?? 0) * (isWeekend(day) ? 0.9 : 1) * Math.exp(0.07 * normal(random));
    };
  },
};

export const generatorNames: readonly string[] = Object.keys(generators);

/** So many teams of every generator, the same for the same seed. */
export function madeUpTeams(seed: number, teams: number, days: number): readonly MadeUpTeam[] {
  const random = seededRandom(seed);
  return Object.entries(generators).flatMap(([generator, make]) =>
    Array.from({ length: teams }, (_, index) => {
      const usageOf = make(random, days);
      const usage = Array.from({ length: days }, (_unused, day) => Math.round(usageOf(day) * 1e4) / 1e4);
      return { generator, team: `${generator}-${index}`, usage };
    }),
  );
}
