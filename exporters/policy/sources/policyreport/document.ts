/**
 * Objects of Kubernetes out of the bytes of a file: JSON, JSON Lines, YAML of one or several documents, lists of any
 * kind, and what `kubectl get -o yaml|json` and the Kyverno CLI print.
 */
import { parse } from 'yaml';
import { breather } from '../../../core/breathe.ts';
import { isObject, textOf } from '../../../formats/json.ts';

export interface ReadObject {
  readonly object: Readonly<Record<string, unknown>>;
  /** Which list of the file it stands in; undefined where it stands alone. */
  readonly list?: number;
}

export interface ReadDocuments {
  readonly objects: readonly ReadObject[];
  /** Documents that can't be read, each with its place (1-based). */
  readonly broken: readonly { readonly line: number; readonly reason: string; readonly value: string }[];
  readonly fault?: string;
  /** The kinds of its lists that have nothing in them: `List` of what kubectl found nothing of. */
  readonly emptyLists: readonly string[];
}

/** One document is parsed in one go, which takes about a second for so much. */
const mostYaml = 8 * 2 ** 20;
/** Items of a list are parsed by slices of about this many characters. */
const sliceLength = 16_384;

/** Lists of lists; nobody writes more. */
const deepestList = 10;

export async function readDocuments(bytes: Buffer): Promise<ReadDocuments> {
  const text = textOf(bytes);
  if (text === undefined) return { objects: [], broken: [], emptyLists: [], fault: 'not_text' };
  if (text.trim() === '') return { objects: [], broken: [], emptyLists: [], fault: 'empty' };
  const broken: { line: number; reason: string; value: string }[] = [];
  const objects: ReadObject[] = [];
  const emptyLists: string[] = [];
  let lists = 0;
  const take = (value: unknown, line: number, list?: number, depth = 0): void => {
    if (depth > deepestList) {
      broken.push({ line, reason: 'nested_too_deep', value: '' });
      return;
    }
    if (isObject(value)) {
      const { items, kind } = value;
      if (Array.isArray(items) && (typeof kind !== 'string' || kind.endsWith('List'))) {
        lists += 1;
        if (items.length === 0 && typeof kind === 'string') emptyLists.push(kind);
        const own = list ?? lists;
        for (const item of items) take(item, line, own, depth + 1);
      } else objects.push({ object: value, ...(list === undefined ? {} : { list }) });
    } else if (Array.isArray(value)) for (const item of value) take(item, line, list, depth + 1);
    else if (value !== null && value !== undefined)
      broken.push({ line, reason: 'not_an_object', value: String(value).slice(0, 200) });
  };
  if (/^\s*[{[]/.test(text)) {
    const fault = await readJson(text, take, broken);
    return { objects, broken, emptyLists, ...(fault === undefined ? {} : { fault }) };
  }
  await readYaml(text, take, broken, () => {
    lists += 1;
    return lists;
  });
  const fault = objects.length === 0 && broken.length > 0 && broken.every(({ reason }) => reason !== 'yaml_too_large');
  return { objects, broken, emptyLists, ...(fault ? { fault: 'not_yaml' } : {}) };
}

type Take = (value: unknown, line: number, list?: number) => void;
type Broken = { line: number; reason: string; value: string }[];

async function readJson(text: string, take: Take, broken: Broken): Promise<string | undefined> {
  try {
    take(JSON.parse(text), 1);
    return undefined;
  } catch {
    // Perhaps an object a line.
  }
  const lines = text.split('\n');
  const breathe = breather();
  let good = 0;
  for (const [index, line] of lines.entries()) {
    if (breathe.due()) await breathe.now();
    if (line.trim() === '') continue;
    try {
      take(JSON.parse(line), index + 1);
      good += 1;
    } catch {
      broken.push({ line: index + 1, reason: 'not_json', value: line.slice(0, 200) });
      // The first line of a document that is cut tells that it is none of JSON Lines.
      if (good === 0) return 'not_json';
    }
  }
  return undefined;
}

async function readYaml(text: string, take: Take, broken: Broken, newList: () => number): Promise<void> {
  const breathe = breather();
  for (const { body, line } of documentsOf(text)) {
    if (body.trim() === '') continue;
    const slices = slicesOfList(body);
    const list = slices === undefined ? undefined : newList();
    for (const slice of slices ?? [{ body, line: 0 }]) {
      if (breathe.due()) await breathe.now();
      const at = line + slice.line;
      if (slice.body.length > mostYaml) {
        broken.push({ line: at, reason: 'yaml_too_large', value: `${slice.body.length} characters` });
        continue;
      }
      try {
        // Duplicate keys are looked for in the square of a map's size.
        take(parse(slice.body, { logLevel: 'error', uniqueKeys: false, maxAliasCount: 100 }), at, list);
      } catch (error) {
        const said = error instanceof Error ? error.message.split('\n')[0] : String(error);
        broken.push({ line: at, reason: 'not_yaml', value: (said ?? '').slice(0, 200) });
      }
    }
  }
}

interface Part {
  readonly body: string;
  /** 1-based for documents; lines before it for slices. */
  readonly line: number;
}

function documentsOf(text: string): Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  let start = 1;
  const end = (next: number) => {
    parts.push({ body: lines.join('\n'), line: start });
    lines = [];
    start = next;
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    // The Kyverno CLI prints its own heading, ruled by dashes, before the report.
    if (/^-{10,}\s*$/.test(line)) {
      lines = [];
      start = index + 2;
    } else if (/^---(\s|$)/.test(line)) {
      end(index + 1);
      lines.push(line.slice(3));
    } else if (/^\.\.\.\s*$/.test(line)) end(index + 2);
    else lines.push(line);
  }
  end(0);
  return parts;
}

/** The items of a list as kubectl prints it: each begins with a dash in the first column. */
function slicesOfList(body: string): Part[] | undefined {
  const lines = body.split('\n');
  const head = lines.findIndex(line => /^items:\s*$/.test(line));
  if (head < 0 || !/^- /.test(lines[head + 1] ?? '')) return undefined;
  const slices: Part[] = [];
  let own: string[] = [];
  let length = 0;
  let start = head + 1;
  for (let at = head + 1; at <= lines.length; at += 1) {
    const line = lines[at];
    const isOver = line === undefined || !/^([ #]|- |\s*$)/.test(line);
    if (own.length > 0 && (isOver || (line.startsWith('- ') && length > sliceLength))) {
      slices.push({ body: own.join('\n'), line: start });
      own = [];
      length = 0;
      start = at;
    }
    if (isOver) break;
    own.push(line);
    length += line.length + 1;
  }
  return slices;
}
