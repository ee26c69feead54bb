/** When a report was made, and what identifies it. */
import { createHash } from 'node:crypto';

const daysAhead = 1;
const dayMs = 86_400_000;

export interface Times {
  /** When it was made, where it doesn't say. */
  readonly at: Date;
  readonly now: Date;
}

/** What the report says, as ISO 8601, unless it can't be: then the time of its post or file. */
export function evaluatedAt(said: string | undefined, { at, now }: Times): string {
  const time = Date.parse(said ?? '');
  const isTime = time >= Date.UTC(2000, 0) && time <= now.getTime() + daysAhead * dayMs;
  return (isTime ? new Date(time) : at).toISOString();
}

/**
 * Of a report's bytes, time and part. The time belongs to it: a scan that finds today what it found yesterday is another
 * look, and what keeps its findings from being stale.
 */
export const digestOf = (bytes: Buffer, at: string, part = ''): string =>
  createHash('sha256').update(bytes).update(`\n${at}\n${part}`).digest('hex');

/** As `digestOf`, of a part of a document: of its bytes where the part is nested too deep to be written down. */
export function digestOfPart(value: unknown, bytes: Buffer, at: string, part: string): string {
  try {
    return digestOf(Buffer.from(JSON.stringify(value) ?? ''), at, part);
  } catch {
    return digestOf(bytes, at, part);
  }
}
