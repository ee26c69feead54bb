/** A duration as Prometheus and Alertmanager write it. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`;

const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** Seconds of a duration of one unit. */
export function secondsOf(duration: Duration): number {
  return Number(duration.slice(0, -1)) * seconds[duration.at(-1) as keyof typeof seconds];
}
