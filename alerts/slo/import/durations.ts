/** Durations as Prometheus reads them: `4w`, `1d12h`, `200ms`. */
const units = { y: 31_536_000, w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 } as const;

/** Seconds, or undefined where it is none. */
export function durationSeconds(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|[ywdhms]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[ywdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units],
    0,
  );
}

/** In the largest unit that divides it: `30d`, `90m`. */
export function durationText(seconds: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find(each => Number.isInteger(seconds / units[each]));
  return unit === undefined ? `${Math.round(seconds * 1000)}ms` : `${seconds / units[unit]}${unit}`;
}
