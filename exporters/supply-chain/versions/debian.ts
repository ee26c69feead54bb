/** Debian's order of versions (deb-version(7)): [epoch:]upstream[-revision], `~` before everything, even the end. */
import { compareDigits, type Order } from './digits.ts';

export const debianOrder: Order = (a, b) => {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
};

function partsOf(version: string) {
  const [, epoch = '0', rest] = /^(?:(\d+):)?([0-9A-Za-z.+~:-]+)$/.exec(version.trim()) ?? [];
  if (rest === undefined) return undefined;
  const dash = rest.lastIndexOf('-');
  return dash < 0
    ? { epoch, upstream: rest, revision: '' }
    : { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

function rankOf(character: string | undefined): number {
  if (character === undefined || /\d/.test(character)) return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

/** By turns: letters and signs one by one, then digits as a number. */
function compareParts(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one, other] = [left[index] ?? '', right[index] ?? ''];
    if (index % 2 === 1) {
      const order = compareDigits(one, other);
      if (order !== 0) return order;
    } else
      for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
        const order = rankOf(one[at]) - rankOf(other[at]);
        if (order !== 0) return order;
      }
  }
  return 0;
}
