/**
 * Reads what DuckDB's reader refuses as a whole: a file with a broken record, half a surrogate pair, lines that are no
 * JSON, container logs around the lines. What can be read is written anew, and the rest is told with its line.
 */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { breather } from '../../../core/breathe.ts';
import { isGzip } from '../../../core/inflate.ts';
import { wholeEscapes } from '../../../core/ledger-reader.ts';
import type { Rejection } from '../../../core/rejections.ts';

export type Mended = readonly Omit<Rejection, 'file'>[];

const most = { bytes: 512 * 2 ** 20, rejections: 1000, record: 16 << 20 } as const;
const columns = [
  'decision_id',
  'timestamp',
  'path',
  'query',
  'result',
  'error',
  'labels',
  'input',
  'req_id',
  'metrics',
] as const;

/** Writes the decisions of `from` to `to`, an object a line; returns what can't be read. Never throws for its bytes. */
export async function mend(from: string, to: string, isLines: boolean): Promise<Mended> {
  const rejections: Omit<Rejection, 'file'>[] = [];
  const reject = (reason: string, line: number, value: string) => {
    if (rejections.length < most.rejections) rejections.push({ reason, line, value: value.slice(0, 200) });
  };
  const out = createWriteStream(to);
  const breathe = breather();
  const bytes = await unpacked(from);
  if (typeof bytes === 'string') reject(bytes, 1, '');
  else
    for (const piece of isLines ? lines(bytes) : objects(bytes)) {
      if (breathe.due()) await breathe.now();
      if (piece.text.length > most.record) {
        reject('too_large', piece.number, piece.text);
        continue;
      }
      const told = isLines ? decisionOfLine(piece.text) : parsed(piece.text);
      if (told === undefined) continue;
      const text = typeof told === 'string' ? undefined : canonical(told);
      if (text === undefined) reject(typeof told === 'string' ? told : 'nested_too_deep', piece.number, piece.text);
      else if (!out.write(`${text}\n`)) await new Promise<void>(resolve => out.once('drain', () => resolve()));
    }
  out.end();
  await finished(out);
  return rejections;
}

async function unpacked(file: string): Promise<Buffer | string> {
  const bytes = await readFile(file);
  if (!isGzip(bytes)) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: most.bytes });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'corrupt_gzip';
  }
}

interface Piece {
  readonly text: string;
  /** 1-based: of the line, or of the object in its array. */
  readonly number: number;
}

function* lines(bytes: Buffer): Generator<Piece> {
  let start = 0;
  for (let number = 1; start < bytes.length; number += 1) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end === -1 ? bytes.length : end;
    const text = bytes.toString('utf8', start, stop).trim();
    start = stop + 1;
    if (text !== '') yield { text, number };
  }
}

const [quote, backslash, open, close, openList, closeList] = [...Buffer.from('"\\{}[]')];

/** The elements of an array, or objects one after another, broken or not; what is cut is the last. */
function* objects(bytes: Buffer): Generator<Piece> {
  let [depth, start, number, inText] = [0, -1, 0, false];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inText) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inText = false;
    } else if (depth === 0) {
      // The array around them, commas and white space; anything else is an element that is no object.
      if (byte === open) [depth, start] = [1, at];
      else if (byte === quote) [inText, number] = [true, number + 1];
      else if (byte !== undefined && byte >= 0x30 && byte <= 0x39 && !isDigit(bytes[at - 1])) {
        number += 1;
        yield { text: String.fromCharCode(byte), number };
      }
    } else if (byte === quote) inText = true;
    else if (byte === open || byte === openList) depth += 1;
    else if (byte === close || byte === closeList) {
      depth -= 1;
      if (depth > 0) continue;
      number += 1;
      yield { text: bytes.toString('utf8', start, at + 1), number };
      start = -1;
    }
  }
  if (depth > 0 || inText) yield { text: bytes.toString('utf8', Math.max(start, 0)), number: number + 1 };
  else if (number === 0 && !/^\s*\[\s*\]\s*$/.test(bytes.toString('utf8', 0, 1000)))
    yield { text: bytes.toString('utf8', 0, 200), number: 1 };
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;

type Told = Readonly<Record<string, unknown>>;

function parsed(text: string): Told | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Told) : 'not_an_object';
  } catch {
    return 'not_json';
  }
}

/**
 * What shippers put a program's line into, as text or as a value: Docker and fluent-bit (`{"log":"{…}\\n"}`), Google Cloud
 * (`jsonPayload`), OpenTelemetry (`body`) and others.
 */
export const wrapping = [
  'log',
  'message',
  'line',
  'textPayload',
  'jsonPayload',
  'log_processed',
  'body',
  'event',
] as const;
const mostDeep = 4;

/** CRI (`TIME stderr F {…}`) puts words in front, and shippers objects around a program's lines. */
function decisionOfLine(line: string): Told | string | undefined {
  const text = line.startsWith('{') ? line : line.slice(Math.max(line.indexOf('{'), 0));
  const told = unwrapped(parsed(text));
  const isDecision = /"decision_id"|openpolicyagent\.org\/decision_logs/.test(line);
  if (typeof told === 'string') return isDecision || line.includes('\\"decision_id\\"') ? told : undefined;
  const isOther = told.type === undefined ? told.msg !== undefined : told.type !== 'openpolicyagent.org/decision_logs';
  return isOther || told.decision_id === undefined ? undefined : told;
}

function unwrapped(told: Told | string, depth = 0): Told | string {
  if (typeof told === 'string' || told.decision_id !== undefined || depth >= mostDeep) return told;
  let broken: string | undefined;
  for (const name of wrapping) {
    const inner = told[name];
    const value = typeof inner === 'string' && inner.includes('{') ? parsed(inner.slice(inner.indexOf('{'))) : inner;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const found = unwrapped(value as Told, depth + 1);
      if (typeof found !== 'string' && found.decision_id !== undefined) return found;
      if (typeof found === 'string') broken ??= found;
    } else if (value === 'not_json') broken ??= value;
  }
  return broken ?? told;
}

function canonical(told: Told): string | undefined {
  try {
    return wholeEscapes(JSON.stringify(Object.fromEntries(columns.map(name => [name, told[name]]))));
  } catch {
    return undefined;
  }
}
