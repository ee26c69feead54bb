/**
 * What a JSON document looks like, for telling what it is without reading it: objects down to a depth, of lists the first
 * element, long strings left out.
 */
import { breather } from '../core/breathe.ts';
import { skipSpace, skipString, skipValue } from './json-scan.ts';

const deepest = 5;
const longestString = 2000;

const ended = Symbol('ended');

/**
 * The outline of what begins in these bytes (UTF-8); of a piece of a document what there is of it. Undefined where that is
 * no JSON.
 */
export async function outlineOf(bytes: Buffer): Promise<unknown> {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const breathe = breather();
  let next = skipSpace(bytes, mark);

  const passed = (at: number): number => {
    const end = skipValue(bytes, at);
    if (end < 0) throw ended;
    return end;
  };
  const goesOn = (): boolean => {
    next = skipSpace(bytes, next);
    const isComma = bytes[next] === 0x2c;
    next = isComma ? skipSpace(bytes, next + 1) : next + 1;
    return isComma;
  };

  async function list(depth: number): Promise<unknown> {
    const found: unknown[] = [];
    next = skipSpace(bytes, next + 1);
    if (bytes[next] === 0x5d) {
      next += 1;
      return found;
    }
    try {
      found.push(await value(depth + 1));
      while (goesOn()) {
        next = passed(next);
        if (breathe.due()) await breathe.now();
      }
    } catch (error) {
      stop(error);
    }
    return found;
  }

  async function object(depth: number): Promise<unknown> {
    const found: [string, unknown][] = [];
    next = skipSpace(bytes, next + 1);
    if (bytes[next] === 0x7d) {
      next += 1;
      return {};
    }
    try {
      do {
        const end = bytes[next] === 0x22 ? skipString(bytes, next) : -1;
        if (end < 0) throw ended;
        const key = JSON.parse(bytes.toString('utf8', next, end)) as string;
        next = skipSpace(bytes, end) + 1;
        next = skipSpace(bytes, next);
        found.push([key, await value(depth + 1)]);
      } while (goesOn());
    } catch (error) {
      stop(error);
    }
    return Object.fromEntries(found);
  }

  /** In a piece the end may be anywhere: what is open there ends too. */
  const stop = (error: unknown): void => {
    if (error !== ended && !(error instanceof SyntaxError)) throw error;
    next = bytes.length;
  };

  async function value(depth: number): Promise<unknown> {
    const first = bytes[next];
    if (first === 0x7b && depth < deepest) return object(depth);
    if (first === 0x5b && depth < deepest) return list(depth);
    const from = next;
    next = passed(next);
    if (first === 0x7b) return {};
    if (first === 0x5b) return [];
    return next - from > longestString ? '' : (JSON.parse(bytes.toString('utf8', from, next)) as unknown);
  }

  try {
    return await value(0);
  } catch (error) {
    stop(error);
    return undefined;
  }
}
