/**
 * JSON too large to be made into values at once, or to hold up the event loop for: its long lists are given element by
 * element. A string of V8 ends at 512 MiB, and what JSON.parse makes of 500 MB takes several times as much memory.
 */
import { isUtf8 } from 'node:buffer';
import { breather } from '../core/breathe.ts';
import { isObject, type JsonFault, textsOf } from './json.ts';
import { skipSpace, skipString, skipValue } from './json-scan.ts';

export interface Parts {
  /**
   * By path from the root, such as `artifacts` or `Results[].Vulnerabilities` (`[]` is each element of a list): called
   * for each element of the list there, in their order. `at`: which elements of the lists on the way it is in, so that
   * what stands behind it in the document can be joined to it.
   */
  readonly each?: Readonly<Record<string, (element: unknown, at: readonly number[]) => void>>;
  /** Paths of values to pass over: of them only brackets and quotes are looked at. */
  readonly without?: readonly string[];
}

export type LargeJsonFault = JsonFault | 'too_large';

/** What is at a path, and what is to be done there. */
interface Node {
  readonly members: Map<string, Node>;
  element?: Node;
  each?: (element: unknown, at: readonly number[]) => void;
  isPassed?: boolean;
}

/** Bytes of elements that are parsed together: less costs calls, more holds up the event loop. */
const batchBytes = 1 << 16;

const broken = Symbol('broken');

/**
 * Reads a document of any size; `value` is all of it except the elements given to `each`, whose lists are empty in it, and
 * what is passed over. Fault `too_large`: one element is beyond what a string can hold. Throws what `each` throws.
 */
export async function readLargeJson(
  bytes: Buffer,
  parts: Parts,
): Promise<{ readonly value: unknown } | { readonly fault: LargeJsonFault }> {
  const text = await utf8Of(bytes);
  if (text === undefined) return { fault: 'not_text' };
  const start = skipSpace(text, 0);
  if (start === text.length) return { fault: 'empty' };
  const reader = readerOf(text);
  try {
    const value = await reader.value(start, treeOf(parts), []);
    return skipSpace(text, reader.at()) === text.length ? { value } : { fault: 'not_json' };
  } catch (error) {
    if (error === broken) return { fault: 'not_json' };
    if ((error as { readonly code?: string }).code === 'ERR_STRING_TOO_LONG') return { fault: 'too_large' };
    throw error;
  }
}

/** The same of a value that is there already; it is returned as it is. */
export function eachPart(value: unknown, parts: Parts): unknown {
  walk(value, treeOf({ ...(parts.each && { each: parts.each }) }), []);
  return value;
}

function walk(value: unknown, { members, element, each }: Node, at: readonly number[]): void {
  if (Array.isArray(value)) {
    if (each) for (const one of value) each(one, at);
    else if (element) for (const [index, one] of value.entries()) walk(one, element, [...at, index]);
    return;
  }
  if (isObject(value)) for (const [key, node] of members) if (Object.hasOwn(value, key)) walk(value[key], node, at);
}

function treeOf({ each = {}, without = [] }: Parts): Node {
  const root: Node = { members: new Map() };
  for (const [path, call] of Object.entries(each)) nodeAt(root, path).each = call;
  for (const path of without) nodeAt(root, path).isPassed = true;
  return root;
}

function nodeAt(root: Node, path: string): Node {
  let node = root;
  for (const step of path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
    const next = step === '[]' ? node.element : node.members.get(step);
    const made: Node = next ?? { members: new Map() };
    if (step === '[]') node.element = made;
    else node.members.set(step, made);
    node = made;
  }
  return node;
}

/** The bytes in UTF-8 without a mark; undefined where they are no text. */
async function utf8Of(bytes: Buffer): Promise<Buffer | undefined> {
  const isPlain = bytes[0] !== 0 && bytes[1] !== 0 && isUtf8(bytes);
  if (isPlain) return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  const texts = await textsOf(bytes);
  return texts && Buffer.concat(texts.map(text => Buffer.from(text)));
}

function readerOf(bytes: Buffer) {
  const breathe = breather();
  let next = 0;

  const parsed = (from: number, to: number): unknown => parse(bytes.toString('utf8', from, to));
  const passed = (at: number): number => {
    const end = skipValue(bytes, at);
    if (end < 0) throw broken;
    return end;
  };
  /** Whether another follows behind a comma; moves behind the comma or the end. */
  const goesOn = (close: number): boolean => {
    next = skipSpace(bytes, next);
    const byte = bytes[next];
    if (byte !== 0x2c && byte !== close) throw broken;
    next = byte === close ? next + 1 : skipSpace(bytes, next + 1);
    return byte === 0x2c;
  };

  async function elements(at: number, each: NonNullable<Node['each']>, path: readonly number[]): Promise<unknown[]> {
    next = skipSpace(bytes, at + 1);
    if (bytes[next] === 0x5d) {
      next += 1;
      return [];
    }
    let between: Buffer | undefined;
    for (let [start, more] = [next, true]; more; start = next) {
      const guess = between && guessed(start, between);
      const batch = guess?.batch ?? scanned(start);
      more = guess === undefined ? batch.more : true;
      if (guess) next = guess.next;
      between ??= more ? bytes.subarray(batch.end, Math.min(next + 8, bytes.length)) : undefined;
      for (const element of batch.elements) each(element, path);
      if (breathe.due()) await breathe.now();
    }
    return [];
  }

  /** The elements from here on that a batch holds; moves to the next one. */
  function scanned(start: number) {
    for (;;) {
      next = passed(next);
      const end = next;
      const more = goesOn(0x5d);
      if (more && end - start < batchBytes) continue;
      return { elements: parse(`[${bytes.toString('utf8', start, end)}]`) as unknown[], end, more };
    }
  }

  /**
   * The same without looking at each byte: where what is between two elements (`},{"name"`) stands again. It may also stand
   * inside of an element or a string, or behind the list; then brackets or quotes are left open, and parsing fails.
   */
  function guessed(start: number, between: Buffer) {
    const end = bytes.indexOf(between, start + batchBytes);
    if (end < 0 || end - start > 4 * batchBytes) return undefined;
    try {
      const elements = JSON.parse(`[${bytes.toString('utf8', start, end)}]`) as unknown[];
      return { batch: { elements, end, more: true }, next: end + between.length - 8 };
    } catch {
      return undefined;
    }
  }

  async function list(at: number, node: Node, path: readonly number[]): Promise<unknown[]> {
    const found: unknown[] = [];
    next = skipSpace(bytes, at + 1);
    if (bytes[next] === 0x5d) next += 1;
    else
      do {
        found.push(await value(next, node, [...path, found.length]));
      } while (goesOn(0x5d));
    return found;
  }

  async function object(at: number, node: Node, path: readonly number[]): Promise<unknown> {
    const found: [string, unknown][] = [];
    next = skipSpace(bytes, at + 1);
    if (bytes[next] === 0x7d) next += 1;
    else
      do {
        const end = bytes[next] === 0x22 ? skipString(bytes, next) : -1;
        if (end < 0) throw broken;
        const key = parsed(next, end) as string;
        next = skipSpace(bytes, end);
        if (bytes[next] !== 0x3a) throw broken;
        next = skipSpace(bytes, next + 1);
        const member = node.members.get(key);
        if (member?.isPassed) next = passed(next);
        else found.push([key, member ? await value(next, member, path) : plain(next)]);
        if (breathe.due()) await breathe.now();
      } while (goesOn(0x7d));
    return Object.fromEntries(found);
  }

  function plain(at: number): unknown {
    next = passed(at);
    return parsed(at, next);
  }

  async function value(at: number, node: Node, path: readonly number[]): Promise<unknown> {
    if (bytes[at] === 0x5b && node.each) return elements(at, node.each, path);
    if (bytes[at] === 0x5b && node.element) return list(at, node.element, path);
    if (bytes[at] === 0x7b && node.members.size > 0) return object(at, node, path);
    return plain(at);
  }

  return { value, at: () => next };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw broken;
  }
}
