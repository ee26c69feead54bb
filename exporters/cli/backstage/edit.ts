/**
 * Puts annotations into the text of a catalog file, and changes nothing else of it: not a comment, a blank or a quote. It
 * is text that is put in, at places that the parser names, and the result is read again.
 */
import { isAlias, isMap, isScalar, type Pair, parseAllDocuments, type Scalar, type YAMLMap } from 'yaml';
import { isOurs } from './annotations.ts';

export interface Wanted {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Edited {
  readonly text: string;
  /** Annotations that somebody has set otherwise, and that stay. */
  readonly kept: readonly { readonly entity: string; readonly annotation: string; readonly value: string }[];
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Throws a TypeError that says why where it can't be done. */
export function withAnnotations(text: string, wanted: readonly Wanted[]): Edited {
  const edits: Edit[] = [];
  const kept: { entity: string; annotation: string; value: string }[] = [];
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  for (const document of parseAllDocuments(text)) {
    if (document.errors.length > 0) continue;
    const metadata = document.get('metadata');
    if (!isMap(metadata)) continue;
    const entity = wanted.find(
      ({ kind, namespace, name }) =>
        same(document.get('kind'), kind) &&
        same(metadata.get('namespace') ?? 'default', namespace) &&
        same(metadata.get('name'), name),
    );
    if (entity === undefined) continue;
    const held = metadata.get('annotations', true);
    if (isAlias(held)) throw new TypeError(`the annotations of ${entity.name} stand elsewhere, under an anchor`);
    const map = isMap(held) && held.items.length > 0 ? held : undefined;
    const missing: [string, string][] = [];
    for (const [annotation, value] of Object.entries(entity.annotations)) {
      const given = map?.get(annotation, true);
      if (given === undefined) missing.push([annotation, value]);
      else if (!isScalar(given) || String(given.value) !== value) {
        const now = isScalar(given) ? String(given.value) : 'no text';
        const [from, to] = (given as Scalar).range ?? [];
        if (isScalar(given) && isOurs(now) && isOurs(value) && from !== undefined && to !== undefined)
          edits.push({ from, to, text: JSON.stringify(value) });
        else kept.push({ entity: entity.name, annotation, value: now });
      }
    }
    if (missing.length === 0) continue;
    const lines = missing.map(([annotation, value]) => `${annotation}: ${JSON.stringify(value)}`);
    if (map !== undefined) edits.push(inserted(text, map, lines, newline));
    else edits.push(...added(text, metadata, lines, newline));
  }
  return { text: applied(text, edits), kept };
}

const same = (a: unknown, b: string) => String(a ?? '').toLowerCase() === b.toLowerCase();

/** Before the first key of a map that has one, as that stands. */
function inserted(text: string, map: YAMLMap, lines: readonly string[], newline: string): Edit {
  const at = startOf(map);
  if (map.flow) return { from: at, to: at, text: `${lines.join(', ')}, ` };
  const indent = ' '.repeat(columnOf(text, at));
  return { from: at, to: at, text: lines.map(line => `${line}${newline}${indent}`).join('') };
}

/** A key `annotations` for metadata without it, or with an empty one, which is filled. */
function added(text: string, metadata: YAMLMap, lines: readonly string[], newline: string): readonly Edit[] {
  const empty = metadata.items.find(({ key }) => isScalar(key) && key.value === 'annotations') as
    | Pair<Scalar, { readonly range?: readonly [number, number, number] | null } | null>
    | undefined;
  const flow = `{ ${lines.join(', ')} }`;
  const from = empty?.key.range?.[1];
  if (empty !== undefined && from !== undefined) {
    // `annotations:` and `annotations: {}` alike: what stands after the colon gives way.
    const colon = text.indexOf(':', from) + 1;
    const range = empty.value?.range;
    return [{ from: colon, to: range && range[1] > range[0] ? range[1] : colon, text: ` ${flow}` }];
  }
  const at = startOf(metadata);
  if (metadata.flow) return [{ from: at, to: at, text: `annotations: ${flow}, ` }];
  const indent = ' '.repeat(columnOf(text, at));
  const block = ['annotations:', ...lines.map(line => `  ${line}`)];
  return [{ from: at, to: at, text: block.map(line => `${line}${newline}${indent}`).join('') }];
}

function startOf(map: YAMLMap): number {
  const [first] = map.items as Pair<Scalar>[];
  const at = first?.key.range?.[0];
  if (at === undefined) throw new TypeError('an entity has no key that could be found in its text');
  return at;
}

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1);

function applied(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { from, to, text: put } of edits.toSorted((a, b) => b.from - a.from))
    result = result.slice(0, from) + put + result.slice(to);
  return result;
}

/** Whether a changed text says what the first said, and the annotations, and nothing else. */
export function saysTheSame(before: string, after: string, wanted: readonly Wanted[]): boolean {
  const names = new Set(wanted.flatMap(({ annotations }) => Object.keys(annotations)));
  const stripped = (text: string) =>
    JSON.stringify(
      parseAllDocuments(text).map(document => {
        if (document.errors.length > 0) return document.errors.map(({ code }) => code);
        const value = document.toJS() as { metadata?: { annotations?: Record<string, unknown> | null } } | null;
        const annotations = Object.entries(value?.metadata?.annotations ?? {}).filter(([name]) => !names.has(name));
        if (value?.metadata === undefined || value.metadata === null) return value;
        const { annotations: _, ...metadata } = value.metadata;
        return { ...value, metadata, annotations };
      }),
    );
  return stripped(before) === stripped(after);
}
