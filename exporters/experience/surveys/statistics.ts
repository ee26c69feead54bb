/**
 * Numbers of a survey with what they are uncertain by, at 95 %. Where the population is known the error shrinks by
 * sqrt((N - n) / (N - 1)): who asks half of a small team knows it better than who asks half of a country, and who has
 * asked everybody knows it.
 */

export interface Estimate {
  readonly n: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Of the normal distribution, two-sided 95 %. */
export const z95 = 1.959964;

export interface NpsCounts {
  readonly promoters: number;
  readonly passives: number;
  readonly detractors: number;
}

/** Standard error of the share of promoters less that of detractors: sqrt((p + d - (p - d)^2) / n). */
export function netError(promoters: number, detractors: number, n: number): number {
  const p = promoters / n;
  const d = detractors / n;
  return Math.sqrt((p + d - (p - d) ** 2) / n);
}

/**
 * NPS, -100 to 100. Its interval is the adjusted Wald of Rocks (2016, The American Statistician 70:4): 0.75 promoters, 1.5
 * passives and 0.75 detractors are added, without which a small sample pretends to be sure. They are added in the measure
 * in which the population is not known.
 */
export function npsOf({ promoters, passives, detractors }: NpsCounts, population?: number): Estimate {
  const n = promoters + passives + detractors;
  const factor = populationFactor(n, population);
  const added = 3 * factor ** 2;
  const [p, d] = [promoters + added / 4, detractors + added / 4];
  const centre = (p - d) / (n + added);
  const half = z95 * netError(p, d, n + added) * factor;
  return {
    n,
    value: (100 * (promoters - detractors)) / n,
    low: 100 * Math.max(-1, centre - half),
    high: 100 * Math.min(1, centre + half),
  };
}

/** The mean of answers between two bounds, with Student's t. */
export function meanOf(values: readonly number[], bounds: Bounds, population?: number): Estimate {
  const n = values.length;
  const value = values.reduce((sum, one) => sum + one, 0) / n;
  const variance = n < 2 ? 0 : values.reduce((sum, one) => sum + (one - value) ** 2, 0) / (n - 1);
  const half = n < 2 ? Infinity : t95(n - 1) * Math.sqrt(variance / n) * populationFactor(n, population);
  return { n, value, low: Math.max(bounds.min, value - half), high: Math.min(bounds.max, value + half) };
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/**
 * The mean of several questions' means, each as important as the other. As nothing but what is told of each is used, it
 * tells nothing of who left one of them out. Its interval is as wide as theirs are on average, which is what it is at the
 * most, however much the answers of a person resemble each other. n is that of the question which fewest answered.
 */
export function meanOfMeans(parts: readonly Estimate[]): Estimate {
  const mean = (of: (part: Estimate) => number) => parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
  return {
    n: Math.min(...parts.map(({ n }) => n)),
    value: mean(({ value }) => value),
    low: mean(({ low }) => low),
    high: mean(({ high }) => high),
  };
}

export interface Change {
  readonly change: number;
  readonly low: number;
  readonly high: number;
  /** 1 has risen, -1 has fallen, 0: within what chance does. */
  readonly direction: -1 | 0 | 1;
}

/**
 * What has changed between two estimates, from their intervals (MOVER; Zou and Donner 2008, Statistics in Medicine 27).
 * They count as independent; the same people answering both makes the true interval narrower.
 */
export function changeOf(now: Estimate, before: Estimate): Change {
  const change = now.value - before.value;
  const low = change - Math.hypot(now.value - now.low, before.high - before.value);
  const high = change + Math.hypot(now.high - now.value, before.value - before.low);
  return { change, low, high, direction: low > 0 ? 1 : high < 0 ? -1 : 0 };
}

/** 1 where the population is not known, or is said to be fewer than have answered. */
export const populationFactor = (n: number, population?: number): number =>
  population === undefined || population < n || population < 2 ? 1 : Math.sqrt((population - n) / (population - 1));

/** Student's t, two-sided 95 %, by degrees of freedom (Hill 1970, algorithm 396 of the ACM). */
export function t95(freedom: number): number {
  const p = 0.05;
  if (freedom === 1) return 1 / Math.tan((p * Math.PI) / 2);
  if (freedom === 2) return Math.sqrt(2 / (p * (2 - p)) - 2);
  const a = 1 / (freedom - 0.5);
  const b = 48 / a ** 2;
  let c = ((20_700 * a) / b - 98) * a - 16;
  c = c * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * freedom;
  const x = d * p;
  let y = x ** (2 / freedom);
  if (y > 0.05 + a) {
    const normal = -z95;
    y = normal ** 2;
    const more = freedom < 5 ? 0.3 * (freedom - 4.5) * (normal + 0.6) : 0;
    const e = (((0.05 * d * normal - 5) * normal - 7) * normal - 2) * normal + b + c + more;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / e - y - 3) / b + 1) * normal;
    y = a * y ** 2;
    y = y > 0.002 ? Math.expm1(y) : 0.5 * y ** 2 + y;
  } else {
    y =
      ((1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y - 1) *
        ((freedom + 1) / (freedom + 2)) +
      1 / y;
  }
  return Math.sqrt(freedom * y);
}
