/** JSON as tools write it: with or without a byte order mark, in UTF-8 or (from PowerShell's `>`) UTF-16. */
import { breather } from '../core/breathe.ts';

export type JsonFault = 'empty' | 'not_json' | 'not_text';

const encodingOf = (bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' => {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // JSON begins with an ASCII character; without a mark its zero byte tells (RFC 4627, section 3).
  if (first !== 0 && second === 0) return 'utf-16le';
  return first === 0 && second !== 0 && bytes.length > 1 ? 'utf-16be' : 'utf-8';
};

/** The text without its mark; undefined where it is none. */
export function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const pieceBytes = 1 << 20;

/** As `textOf`, in pieces that end anywhere: to decode hundreds of MiB at once would hold up the event loop. */
export async function textsOf(bytes: Buffer): Promise<readonly string[] | undefined> {
  const decoder = new TextDecoder(encodingOf(bytes), { fatal: true });
  const breathe = breather();
  const pieces: string[] = [];
  try {
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      pieces.push(decoder.decode(bytes.subarray(start, start + pieceBytes), { stream: true }));
      if (breathe.due()) await breathe.now();
    }
    pieces.push(decoder.decode());
    return pieces;
  } catch {
    return undefined;
  }
}

export function readJson(bytes: Buffer): { readonly value: unknown } | { readonly fault: JsonFault } {
  const text = textOf(bytes);
  if (text === undefined) return { fault: 'not_text' };
  if (text.trim() === '') return { fault: 'empty' };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { fault: 'not_json' };
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Looks into JSON whose shape nobody vouches for. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** Trimmed and cut; undefined where it is no text or empty. */
export const wordOf = (value: unknown, most = 1000): string | undefined => {
  const word = typeof value === 'string' ? value.trim().slice(0, most) : '';
  return word === '' ? undefined : word;
};
