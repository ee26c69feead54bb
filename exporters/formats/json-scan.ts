/** Where values of a JSON text begin and end, in its UTF-8 bytes: without making anything of them. */

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** The first byte from `at` on that is not white space; the text's length where there is none. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  const { length } = bytes;
  let next = at;
  while (next < length) {
    const byte = bytes[next]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return next;
    next += 1;
  }
  return next;
}

/** Behind the string that begins at `at`; -1 where it doesn't end. */
export function skipString(bytes: Uint8Array, at: number): number {
  const { length } = bytes;
  let next = at + 1;
  while (next < length) {
    const byte = bytes[next]!;
    if (byte === quote) return next + 1;
    next += byte === backslash ? 2 : 1;
  }
  return -1;
}

/**
 * Behind the value that begins at `at`; -1 where it doesn't end. Only its brackets and strings are looked at: what else
 * is in it is for JSON.parse to judge.
 */
export function skipValue(bytes: Uint8Array, at: number): number {
  const { length } = bytes;
  const first = bytes[at];
  if (first === quote) return skipString(bytes, at);
  if (first !== openBrace && first !== openBracket) return skipScalar(bytes, at);
  let depth = 0;
  let next = at;
  while (next < length) {
    const byte = bytes[next]!;
    if (byte === quote) {
      // The loop of skipString, here because it is most of the work.
      next += 1;
      while (next < length) {
        const inside = bytes[next]!;
        if (inside === quote) break;
        next += inside === backslash ? 2 : 1;
      }
    } else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth === 0) return next + 1;
    }
    next += 1;
  }
  return -1;
}

/** Behind a number or word, which whatever can't be in one ends. */
function skipScalar(bytes: Uint8Array, at: number): number {
  const { length } = bytes;
  let next = at;
  while (next < length) {
    const byte = bytes[next]!;
    const isInside =
      (byte >= 0x30 && byte <= 0x39) || (byte | 0x20) >= 0x61 || byte === 0x2d || byte === 0x2b || byte === 0x2e;
    if (!isInside || byte === openBracket || byte === closeBracket || byte === openBrace || byte === closeBrace) break;
    next += 1;
  }
  return next === at ? -1 : next;
}
