/**
 * Times as people's tools write them: `12/13/2024 9:12:35` of Google Sheets in its sheet's zone, `2024/03/21 12:05:19 PM
 * AST` of Google Forms, `2024-03-21 12:05:19`, `21.03.2024 12:05`, ISO 8601, and halves of the day in the languages that Google
 * writes them in (`5:34:13 오후 GMT+9`, `9:40:00 p. m. GMT-3`, `2024/3/21 下午 2:05:10`); months may have their names. A local
 * time needs a zone; one that its zone skipped is taken as if the clock had not been put forward, and one that it had twice
 * is the first of the two.
 */
import { withoutMonthName } from './month-names.ts';

export const dateOrders = ['ymd', 'mdy', 'dmy'] as const;
export type DateOrder = (typeof dateOrders)[number];

export interface TimeOptions {
  /** IANA name of the zone of local times. */
  readonly timeZone?: string | undefined;
  /** Unless given, what all times of the column allow; the month first where slashes allow both. */
  readonly order?: DateOrder | undefined;
}

export type TimeRead =
  /** ISO 8601 in UTC. */
  { readonly at: string } | { readonly fault: 'bad_time' | 'no_time_zone' };

interface Parts {
  readonly numbers: readonly [number, number, number];
  readonly isYearFirst: boolean;
  readonly mark: string;
  /** Milliseconds of the day. */
  readonly clock: number;
  readonly zone: string;
}

const pattern =
  /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:(?:\s*T|,)?\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*(?:([ap])\.?m\.?)?)?\s*(z|[a-z]{2,5}(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2})?$/i;

/** As the tools that write English abbreviations mean them: those of North America, and Europe's. Hours from UTC. */
const abbreviations: Readonly<Record<string, number>> = {
  ...{ Z: 0, UTC: 0, GMT: 0, NST: -3.5, NDT: -2.5, AST: -4, ADT: -3, EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7 },
  ...{ MDT: -6, PST: -8, PDT: -7, AKST: -9, AKDT: -8, HST: -10, WET: 0, WEST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3 },
  ...{ BST: 1, MEZ: 1, MESZ: 2, MSK: 3, SAST: 2, BRT: -3, ART: -3, JST: 9, KST: 9, SGT: 8, HKT: 8, AWST: 8, ACST: 9.5 },
  ...{ ACDT: 10.5, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
};

const halves =
  /(?<=[\s\d])(?:(a\. ?m\.|上午|오전|午前|vorm\.|π\.μ\.|öö)|(p\. ?m\.|下午|오후|午後|nachm\.|μ\.μ\.|ös))(?=[\s\d]|$)/i;

/** With a half of the day behind the clock and in English, as in `2024/3/21 2:05:10 pm GMT+8`. */
function plainly(text: string): string {
  // Spaces that don't break and digits of full width become plain ones.
  const plain = text
    .normalize('NFKC')
    .trim()
    .replace(/\[(.*)\]$/, '$1')
    .replace(/^(\d{1,4})\. ?(\d{1,2})\. ?(\d{1,4})\.?(?=\s|$)/, '$1.$2.$3')
    .replace(/ klo /i, ' ');
  const half = halves.exec(plain);
  if (half === null) return plain;
  const rest = `${plain.slice(0, half.index)} ${plain.slice(half.index + half[0].length)}`.replace(/\s+/g, ' ').trim();
  const english = half[1] === undefined ? 'pm' : 'am';
  return rest.replace(/\d{1,2}([:.])\d{2}(\1\d{2})?(?=\s*([a-z+-]|$))/i, clock => `${clock} ${english}`);
}

/** Reads a whole column, since one time alone does not tell whether `4/3/2026` is in April or in March. */
export function readTimes(texts: readonly string[], { timeZone, order }: TimeOptions): readonly TimeRead[] {
  const parts = texts.map(partsOf);
  const found = order ?? orderOf(parts);
  return parts.map(part => {
    if (part === undefined) return { fault: 'bad_time' };
    const local = localOf(part, part.isYearFirst ? 'ymd' : found);
    if (local === undefined) return { fault: 'bad_time' };
    const hours = offsetHours(part.zone);
    if (hours !== undefined) return { at: iso(local - hours * hourMs) };
    return timeZone === undefined ? { fault: 'no_time_zone' } : { at: iso(instantOf(local, timeZone)) };
  });
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const iso = (ms: number) => new Date(ms).toISOString();

function partsOf(text: string): Parts | undefined {
  const match = pattern.exec(plainly(withoutMonthName(text.normalize('NFKC').trim())));
  if (!match) return undefined;
  const [, a = '', mark = '', b = '', c = '', hour = '0', minute = '0', second = '0', half, zone = ''] = match;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  if (hours > 23 || Number(minute) > 59 || Number(second) > 60 || (half !== undefined && Number(hour) > 12))
    return undefined;
  return {
    numbers: [Number(a), Number(b), Number(c)],
    isYearFirst: a.length === 4,
    ...{ mark, zone },
    clock: ((hours * 60 + Number(minute)) * 60 + Number(second)) * 1000,
  };
}

function orderOf(parts: readonly (Parts | undefined)[]): DateOrder {
  const open = parts.filter(part => part !== undefined && !part.isYearFirst);
  const isDayFirst = open.some(part => part!.numbers[0] > 12);
  const isMonthFirst = open.some(part => part!.numbers[1] > 12);
  if (isDayFirst !== isMonthFirst) return isDayFirst ? 'dmy' : 'mdy';
  return open[0]?.mark === '.' ? 'dmy' : 'mdy';
}

function localOf({ numbers: [a, b, c], clock }: Parts, order: DateOrder): number | undefined {
  const [year, month, day] = order === 'ymd' ? [a, b, c] : order === 'mdy' ? [c, a, b] : [c, b, a];
  const whole = year < 100 ? 2000 + year : year;
  const ms = Date.UTC(whole, month - 1, day);
  const date = new Date(ms);
  // The 31st of February is none, and LimeSurvey writes 1980 where a survey is not to know times.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || whole < 1990 || whole > 9998) return undefined;
  return ms + clock;
}

function offsetHours(zone: string): number | undefined {
  if (zone === '') return undefined;
  const numeric = /^(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone);
  if (numeric) return (numeric[1] === '-' ? -1 : 1) * (Number(numeric[2]) + Number(numeric[3] ?? 0) / 60);
  return abbreviations[zone.toUpperCase()];
}

/** The instant of a local time, given as if it were UTC, in ms. */
function instantOf(local: number, timeZone: string): number {
  const before = offsetAt(local - dayMs, timeZone);
  const after = offsetAt(local + dayMs, timeZone);
  for (const offset of [before, after]) if (offsetAt(local - offset, timeZone) === offset) return local - offset;
  return local - before;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetAt(ms: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      ...({ timeZone, hourCycle: 'h23', era: 'short' } as const),
      ...({ year: 'numeric', month: 'numeric', day: 'numeric' } as const),
      ...({ hour: 'numeric', minute: 'numeric', second: 'numeric' } as const),
    });
  formats.set(timeZone, format);
  const of = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(of.year!, of.month! - 1, of.day, of.hour, of.minute, of.second);
  return local - Math.floor(ms / 1000) * 1000;
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
