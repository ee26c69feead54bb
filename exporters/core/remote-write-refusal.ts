/** What a target means by refusing a request, and how a request is divided to find the samples it means. */
import { countSamples, type Part } from './remote-write-format.ts';

export const refusalReasons = ['too_old', 'too_new', 'out_of_order', 'duplicate', 'too_large', 'invalid'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Reads the reason from the answer's text, as Prometheus, Mimir, Thanos and Cortex word it. */
export function reasonOf(status: number, said: string): RefusalReason {
  if (status === 413) return 'too_large';
  if (/future|too[ -]new/i.test(said)) return 'too_new';
  if (/too[ -]old|out[ -]of[ -]bounds|in the past/i.test(said)) return 'too_old';
  if (/out[ -]of[ -]order/i.test(said)) return 'out_of_order';
  if (/duplicate/i.test(said)) return 'duplicate';
  return 'invalid';
}

type Halves = readonly [older: readonly Part[], newer: readonly Part[]];

/** The samples before an instant (milliseconds), and those from it on. */
export function splitInTime(parts: readonly Part[], instant: number): Halves {
  const older: Part[] = [];
  const newer: Part[] = [];
  for (const part of parts) {
    const found = part.times.findIndex(time => time >= instant);
    const [before, after] = cut(part, found < 0 ? part.times.length : found);
    older.push(...before);
    newer.push(...after);
  }
  return [older, newer];
}

/** Two halves of as many samples, series kept together but for the one in the middle. */
export function splitInHalf(parts: readonly Part[]): Halves {
  const first: Part[] = [];
  const second: Part[] = [];
  let room = countSamples(parts) >> 1;
  for (const part of parts) {
    const [before, after] = cut(part, Math.min(room, part.times.length));
    first.push(...before);
    second.push(...after);
    room -= before[0]?.times.length ?? 0;
  }
  return [first, second];
}

function cut({ labels, times, values }: Part, at: number): readonly [Part[], Part[]] {
  const part = (from: number, to: number) =>
    from < to ? [{ labels, times: times.slice(from, to), values: values.slice(from, to) }] : [];
  return [part(0, at), part(at, times.length)];
}
