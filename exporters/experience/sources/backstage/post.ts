/** A post of analytics events: what of it can be taken, and what can't and why, without a word of what it says. */
import type { Rejection } from '../../../core/rejections.ts';
import { eventDays } from '../../usage/retention.ts';
import type { UsageEvent } from '../../usage/told.ts';
import { readEvent } from './event.ts';

export interface ReadPost {
  readonly events: readonly UsageEvent[];
  readonly rejections: readonly Rejection[];
  /** Records that could not be taken, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
}

export interface PostOptions {
  /** Names the post in rejections. */
  readonly file: string;
  /** When it came. */
  readonly at: Date;
  /** True where the post may speak of the user: who posts for a team speaks of that team's people alone. */
  readonly mayTell: (user: string | undefined) => boolean;
}

const dayMs = 864e5;
/** So many records of a post are listed; all are counted. */
const mostListed = 100;

export function readPost(text: string, { file, at, mayTell }: PostOptions): ReadPost {
  const rejections: Rejection[] = [];
  const rejected: Record<string, number> = {};
  const reject = (reason: string, line?: number) => {
    rejected[reason] = (rejected[reason] ?? 0) + 1;
    if (rejections.length < mostListed) rejections.push({ file, reason, ...(line === undefined ? {} : { line }) });
  };
  const records = recordsOf(text);
  if (records === undefined) {
    reject('not_json');
    return { events: [], rejections, rejected };
  }
  const read = records.map(readEvent);
  // One browser's clock: its last event can't be later than its post, so it is ahead by as much at least.
  const times = read.flatMap(event => (typeof event === 'string' ? [] : Date.parse(event.occurredAt)));
  const ahead = times.reduce((most, time) => Math.max(most, time - at.getTime()), 0);
  const shift = ahead <= dayMs ? ahead : 0;
  const events: UsageEvent[] = [];
  for (const [index, event] of read.entries()) {
    if (typeof event === 'string') {
      reject(event, index + 1);
      continue;
    }
    const occurred = Date.parse(event.occurredAt) - shift;
    if (occurred > at.getTime()) reject('in_future', index + 1);
    else if (occurred < at.getTime() - eventDays * dayMs) reject('too_old', index + 1);
    else if (!mayTell(event.user)) reject('other_team', index + 1);
    else events.push({ ...event, occurredAt: new Date(occurred).toISOString() });
  }
  return { events, rejections, rejected };
}

/** Undefined where it is no JSON of records. */
function recordsOf(text: string): readonly unknown[] | undefined {
  try {
    const told: unknown = JSON.parse(text);
    if (Array.isArray(told)) return told;
    if (typeof told !== 'object' || told === null) return undefined;
    return 'events' in told && Array.isArray(told.events) ? told.events : [told];
  } catch {
    return undefined;
  }
}
