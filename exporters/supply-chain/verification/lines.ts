/** The JSON values of a document: one, or one a line, or several after a preamble for people. */
import { textOf } from '../../formats/json.ts';
import type { RawDocument } from '../reading.ts';

export interface JsonLine {
  readonly value: unknown;
  /** From 1; absent where the document is one value. */
  readonly line?: number;
}

export interface JsonLines {
  readonly values: readonly JsonLine[];
  /** Lines that begin as JSON and aren't. */
  readonly broken: readonly number[];
  /** Lines of text between. */
  readonly words: readonly string[];
}

const mostLines = 100_000;

/** Lines that are no JSON are words. Undefined where it is no text. */
export function jsonLines({ bytes, json }: RawDocument): JsonLines | undefined {
  if (json !== undefined) return { values: [{ value: json }], broken: [], words: [] };
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  const values: JsonLine[] = [];
  const broken: number[] = [];
  const words: string[] = [];
  for (const [index, line] of text.split('\n', mostLines).entries()) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    const value = /^[[{]/.test(trimmed) ? parsed(trimmed) : undefined;
    if (value !== undefined) values.push({ value, line: index + 1 });
    else if (/^[[{]/.test(trimmed)) broken.push(index + 1);
    else words.push(trimmed);
  }
  // One value over several lines, maybe behind words: a bracket alone begins it, and lines within are no values.
  const start = values.length === 0 ? text.search(/^\s*[[{]/m) : text.search(/^\s*[[{]\s*$/m);
  const first = values[0]?.line === undefined ? text.length : lineStart(text, values[0].line);
  if (start < 0 || start > first) return { values, broken, words };
  const whole = parsed(text.slice(start).trim());
  return { values: whole === undefined ? [] : [{ value: whole }], broken: whole === undefined ? broken : [], words };
}

function lineStart(text: string, line: number): number {
  let at = 0;
  for (let count = 1; count < line; count += 1) at = text.indexOf('\n', at) + 1;
  return at;
}

/** The first value, for recognising: of JSON lines without reading all of them. */
export function firstValue({ bytes, json }: RawDocument): unknown {
  if (json !== undefined) return json;
  const head = textOf(bytes.subarray(0, headBytes));
  const [line = ''] = head === undefined ? [] : (/^[[{].*/m.exec(head) ?? []);
  const end = bytes.indexOf('\n');
  return parsed(line.trim()) ?? (end < headBytes ? undefined : parsed(textOf(bytes.subarray(0, end))?.trim() ?? ''));
}
const headBytes = 1 << 16;

function parsed(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
