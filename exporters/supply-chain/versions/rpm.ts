/** RPM's order of versions (rpmvercmp): [epoch:]version[-release], `~` before the end, `^` behind it; and Arch's of old. */
import { compareDigits, compareTexts, isDigits, type Order } from './digits.ts';

export const rpmOrder: Order = (a, b) => compareEvr(a, b, compareSegments);
export const archOrder: Order = (a, b) => compareEvr(a, b, compareArchSegments);

function compareEvr(a: string, b: string, compare: (a: string, b: string) => number): number | undefined {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  const order = compareDigits(left.epoch, right.epoch) || compare(left.version, right.version);
  // A version without a release stands for all of its releases.
  if (order !== 0 || left.release === '' || right.release === '') return order;
  return compare(left.release, right.release);
}

function partsOf(version: string) {
  const [, epoch = '0', rest] = /^(?:(\d+):)?([^\s:]+)$/.exec(version.trim()) ?? [];
  if (rest === undefined) return undefined;
  const dash = rest.lastIndexOf('-');
  return dash < 0
    ? { epoch, version: rest, release: '' }
    : { epoch, version: rest.slice(0, dash), release: rest.slice(dash + 1) };
}

const segmentsOf = (text: string): readonly string[] => text.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];

function compareSegments(a: string, b: string): number {
  const [left, right] = [segmentsOf(a), segmentsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one, other] = [left[index], right[index]];
    if (one === '~' || other === '~') {
      if (one !== other) return one === '~' ? -1 : 1;
    } else if (one === '^' || other === '^') {
      if (one !== other) return one === undefined ? -1 : other === undefined ? 1 : one === '^' ? -1 : 1;
    } else if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    else {
      const order = compareSegment(one, other);
      if (order !== 0) return order;
    }
  }
  return 0;
}

/** A number is newer than letters. */
function compareSegment(a: string, b: string): number {
  if (isDigits(a) !== isDigits(b)) return isDigits(a) ? 1 : -1;
  return isDigits(a) ? compareDigits(a, b) : compareTexts(a, b);
}

/** pacman's: letters behind a number are older than its end (1.0rc < 1.0), those behind a sign newer (1.0 < 1.0.a). */
function compareArchSegments(a: string, b: string): number {
  const [left, right] = [archSegmentsOf(a), archSegmentsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one, other] = [left[index], right[index]];
    if (one === undefined || other === undefined) {
      const rest = (one ?? other)!;
      const isOlder = rest.signs === 0 && !isDigits(rest.text);
      return (one === undefined) === isOlder ? 1 : -1;
    }
    const order = one.signs - other.signs || compareSegment(one.text, other.text);
    if (order !== 0) return order;
  }
  return 0;
}

const archSegmentsOf = (text: string) =>
  [...text.matchAll(/([^0-9A-Za-z]*)(\d+|[A-Za-z]+)/g)].map(([, signs = '', segment = '']) => ({
    signs: signs.length,
    text: segment,
  }));
