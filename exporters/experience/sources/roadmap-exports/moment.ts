/** The moment that an export speaks of: a date in the name of its file, or when it was last written. */
import path from 'node:path';
import type { FileStat } from '../../../core/files.ts';
import { utcDay } from '../../../core/time.ts';
import { readTimes } from '../../sheet/local-time.ts';
import { withoutMonthName } from '../../sheet/month-names.ts';

/** The files of one moment. */
export interface Export {
  readonly at: Date;
  readonly files: readonly FileStat[];
}

export interface MomentOptions {
  readonly moment: 'name' | 'modified' | undefined;
  readonly timeZone: string | undefined;
  readonly now: Date;
}

const dayMs = 86_400_000;

/**
 * Oldest first; files whose names have one date are parts of one. Those without a date where one is asked for are in
 * `undated`.
 */
export function exportsOf(
  files: readonly FileStat[],
  options: MomentOptions,
): { readonly exports: readonly Export[]; readonly undated: readonly FileStat[] } {
  const groups = new Map<string, { at: number; readonly files: FileStat[] }>();
  const undated: FileStat[] = [];
  for (const file of files) {
    const dated = options.moment === 'modified' ? undefined : dateIn(path.basename(file.path), options.timeZone);
    if (dated === undefined && options.moment === 'name') {
      undated.push(file);
      continue;
    }
    const key = dated?.key ?? file.path;
    const now = options.now.getTime();
    const at = dated === undefined ? Math.min(file.mtimeMs, now) : momentOf(dated, file.mtimeMs, now);
    const group = groups.get(key) ?? { at, files: [] };
    group.at = Math.max(group.at, at);
    group.files.push(file);
    groups.set(key, group);
  }
  const exports = [...groups.values()].map(({ at, files: parts }) => ({ at: new Date(at), files: parts }));
  return { exports: exports.sort((a, b) => a.at.getTime() - b.at.getTime()), undated };
}

interface Dated {
  readonly key: string;
  /** Milliseconds; without a time of the day, the day's first and last. */
  readonly from: number;
  readonly until: number;
}

/** A file that was written on the day of its name was exported then, and one that was copied later by its end. */
function momentOf({ from, until }: Dated, modified: number, now: number): number {
  const isOfDay = modified >= from - (until > from ? dayMs : 0) && modified <= until;
  return Math.min(isOfDay ? modified : until, now);
}

const numeric =
  /(?<!\d)(20\d{2})([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:[-_T .]?([01]\d|2[0-3])[-_:.]?([0-5]\d)(?:[-_:.]?([0-5]\d))?(Z|[+-]\d{4})?)?(?!\d)/;
const named = /\p{L}{3}\.? \d{1,2},? 20\d{2}|(?<!\d)\d{1,2}[ _-]\p{L}{3,}[ _-]20\d{2}/u;

/** `jira-2026-01-05.csv`, `Jira 2026-01-05T09_30_00+0100.csv`, `20260105093000`, `Export Mon Jan 05 2026.csv`. */
function dateIn(name: string, timeZone = 'UTC'): Dated | undefined {
  const found = numeric.exec(name);
  if (found) {
    const [key, year, , month, day, hour, minute, second = '00', zone = ''] = found;
    if (hour === undefined) return dayOf(`${year}-${month}-${day}`);
    const [time] = readTimes([`${year}-${month}-${day} ${hour}:${minute}:${second}${zone}`], { timeZone });
    return time === undefined || 'fault' in time
      ? undefined
      : { key, from: Date.parse(time.at), until: Date.parse(time.at) };
  }
  const words = named.exec(name)?.[0].replaceAll('_', ' ');
  return words === undefined ? undefined : dayOf(withoutMonthName(words));
}

function dayOf(day: string): Dated | undefined {
  const from = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  // The 31st of February is none.
  if (Number.isNaN(from) || utcDay(new Date(from)) !== day) return undefined;
  return { key: day, from, until: from + dayMs - 1_000 };
}
