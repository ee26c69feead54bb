/**
 * JSON objects out of the text of a log, whatever wrote its lines down: a container runtime (CRI, Docker), kubectl, a
 * shipper that put each line into an object of its own. Lines that were never JSON, such as klog's, are another's, and
 * passed over; the rest of a line that a rotation cut in two is broken.
 */
import { breather } from '../../../core/breathe.ts';
import { isObject, type JsonObject, listOf } from '../../../formats/json.ts';

export interface ReadLine {
  /** From 1; of what stands in one document, the line that the document begins in. */
  readonly line: number;
  readonly value: JsonObject;
  /** When it was written, as whatever wrapped it says. */
  readonly at?: string;
}

export interface BrokenLine {
  readonly line: number;
  readonly reason: string;
  readonly value: string;
}

/** Is told of each line as it is read, so that a log need not fit into memory as objects. */
export type Take = (read: ReadLine | BrokenLine) => void;

/** The runtime's own format: `2026-11-20T09:00:00.1Z stderr F {…}`; P is a part of a line that was too long. */
const cri = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)) (stdout|stderr) ([FP])\S* ?/;
/** `[pod/gatekeeper-audit-1/manager] ` of `kubectl logs --prefix`, and the time of `--timestamps`. */
const prefix = /^(?:\[[^\]]{1,300}\] ?|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d) +)+/;
/** With `--log-level=DEBUG`: time, level, name, (caller,) message and fields, with tabs between. */
const consoleLine = /^(\S+)\t\S+\t[^\t]*\t(?:[\w./-]+:\d+\t)?(.*)\t(\{.*\})$/;
const event = /"(?:event_?[tT]ype|audit_id)"/;

const wrapping = ['log', 'message', 'line', 'textPayload', 'jsonPayload', 'log_processed', 'body', 'event'] as const;
const wrappedAt = ['time', 'timestamp', '@timestamp'] as const;
const mostDeep = 4;
const mostLength = 4 << 20;

const isGatekeepers = (value: JsonObject): boolean =>
  'event_type' in value || 'eventType' in value || 'audit_id' in value || 'apiVersion' in value;

type Found = { readonly value: JsonObject; readonly at?: string } | { readonly broken: string };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The text that is JSON, without what stands before it; undefined where none is. */
function jsonIn(
  text: string,
): { readonly text: string; readonly message?: string; readonly at?: string; readonly isSure: boolean } | undefined {
  const bare = text.replace(prefix, '');
  if (bare.startsWith('{') || bare.startsWith('[{')) return { text: bare, isSure: true };
  const [, at, message, fields] = consoleLine.exec(bare) ?? [];
  if (message !== undefined && fields !== undefined)
    return { text: fields, message, isSure: event.test(fields), ...(at === undefined ? {} : { at }) };
  const start = bare.indexOf('{"');
  return start >= 0 && event.test(bare) ? { text: bare.slice(start), isSure: true } : undefined;
}

function foundIn(text: string, at: string | undefined, depth = 0): readonly Found[] {
  const json = jsonIn(text);
  if (json === undefined) return event.test(text) ? [{ broken: text.slice(0, 200) }] : [];
  const value = parsed(json.text);
  if (value === undefined) return json.isSure ? [{ broken: text.slice(0, 200) }] : [];
  return objectsOf(
    isObject(value) && json.message !== undefined ? { msg: json.message, ...value } : value,
    json.at ?? at,
    depth,
  );
}

/** The objects in a value, out of what they were wrapped in. */
function objectsOf(value: unknown, at: string | undefined, depth = 0): readonly Found[] {
  if (depth > mostDeep) return [{ broken: 'nested too deep' }];
  if (Array.isArray(value)) return value.flatMap(item => objectsOf(item, at, depth + 1));
  if (!isObject(value)) return [];
  if (!isGatekeepers(value)) {
    const said = wrappedAt.map(key => value[key]).find(time => typeof time === 'string') as string | undefined;
    for (const key of wrapping) {
      const inner = value[key];
      if (isObject(inner)) return objectsOf(inner, said ?? at, depth + 1);
      if (typeof inner !== 'string') continue;
      const [, time] = cri.exec(inner) ?? [];
      const text = inner.replace(cri, '').trim();
      if (jsonIn(text)?.isSure) return foundIn(text, time ?? said ?? at, depth + 1);
    }
  }
  return [{ value, ...(at === undefined ? {} : { at }) }];
}

const told = (line: number, found: Found): ReadLine | BrokenLine =>
  'value' in found ? { line, ...found } : { line, reason: 'not_json', value: found.broken };

/** Tells the objects of a document of JSON, a list's one by one. */
export function readDocument(document: unknown, take: Take): void {
  const items = isObject(document) && String(document.kind).endsWith('List') ? listOf(document.items) : [document];
  for (const item of items) for (const found of objectsOf(item, undefined)) take(told(1, found));
}

/** True for text that is objects line by line: the first is one by itself, and something follows. */
export function isLines(texts: readonly string[]): boolean {
  const [first, second] = linesOf(texts.slice(0, 1), line => line.trim() !== '');
  return first !== undefined && second !== undefined && isObject(parsed(first.text));
}

function* linesOf(texts: readonly string[], wanted: (line: string) => boolean = () => true) {
  let rest = '';
  for (const text of texts) {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const line = rest + text.slice(start, end);
      rest = '';
      start = end + 1;
      if (wanted(line)) yield { text: line, isEnded: true };
    }
    rest += text.slice(start);
  }
  if (rest !== '' && wanted(rest)) yield { text: rest, isEnded: false };
}

/**
 * Of text in pieces that end anywhere. A last line without an end is one that is still being written, unless it can be
 * read.
 */
export async function readLines(texts: readonly string[], take: Take): Promise<void> {
  const breathe = breather();
  const parts = new Map<string, string>();
  let line = 0;
  let pretty: { start: number; lines: string[] } | undefined;
  const tell = (found: readonly Found[], from = line) => {
    for (const one of found) take(told(from, one));
  };
  for (const { text, isEnded } of linesOf(texts)) {
    if (breathe.due()) await breathe.now();
    const whole = text.replace(/\r$/, '');
    line += 1;
    if (pretty !== undefined || whole === '{') {
      // What `jq .` printed: an object over several lines.
      pretty ??= { start: line, lines: [] };
      pretty.lines.push(whole);
      if (whole !== '}' && pretty.lines.length < 10_000) continue;
      tell(foundIn(pretty.lines.join('\n'), undefined), pretty.start);
      pretty = undefined;
      continue;
    }
    const runtime = cri.exec(whole);
    const [head = '', time, stream = '', tag] = runtime ?? [];
    const docker = runtime ? undefined : dockerPart(whole);
    const isPart = tag === 'P' || docker?.isPart === true;
    const key = runtime ? stream : (docker?.stream ?? '');
    const known = runtime || docker ? parts.get(key) : undefined;
    const body = (known ?? '') + (docker?.text ?? whole.slice(head.length));
    if (isPart && isEnded && body.length < mostLength) {
      parts.set(key, body);
      continue;
    }
    if (known !== undefined) parts.delete(key);
    const found = foundIn(body.trimEnd(), time ?? docker?.time);
    if (isEnded || found.every(one => 'value' in one)) tell(found);
  }
  if (pretty !== undefined) tell(foundIn(pretty.lines.join('\n'), undefined), pretty.start);
}

/** `{"log":"…\n","stream":"stderr","time":"…"}`: a log without an end goes on in the next one. */
function dockerPart(text: string) {
  if (!text.startsWith('{"log":"')) return undefined;
  const value = parsed(text);
  if (!isObject(value) || typeof value.log !== 'string' || typeof value.stream !== 'string') return undefined;
  const time = typeof value.time === 'string' ? value.time : undefined;
  return { text: value.log, stream: value.stream, time, isPart: !value.log.endsWith('\n') };
}
