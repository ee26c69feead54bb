/** What the demo's numbers are made from: nothing is drawn, all depends on a key. */
import { createHash } from 'node:crypto';

export const dayMs = 86_400_000;

/** `2026-11-24`, of UTC. */
export const isoDay = (day: Date): string => day.toISOString().slice(0, 10);

/** A number in 0..1 that depends on nothing but the key. */
export function chance(...key: readonly (string | number)[]): number {
  return createHash('md5').update(key.join('\u0000')).digest().readUInt32BE(0) / 4_294_967_296;
}

/** Rounded up, as people set budgets. */
export const roughly = (amount: number, step: number): number => Math.ceil(amount / step) * step;
