/** Files of OpenSLO documents, read as texts and found by kind and name. */
import { type Document, isNode, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import type { PlumblineError } from '../../../exporters/core/errors.ts';
import { SloError } from '../errors.ts';
import { pathText } from '../import/documents.ts';
import { documentSchema, type OpenSloDocument } from './schema.ts';

export type Kind = OpenSloDocument['kind'];
export type OfKind<K extends Kind> = OpenSloDocument & { readonly kind: K };

export interface Located<T = OpenSloDocument> {
  /** `slos/checkout.yaml, document 2`, with `, item 3` where the document is a list of objects. */
  readonly origin: string;
  /** Throws SLO_DOCUMENT for a reason such as `spec.objectives[0].target: …`, with file and line. */
  readonly refuse: RefuseDocument;
  readonly document: T;
}

export interface OpenSloFile {
  readonly file: string;
  readonly text: string;
}

export type RefuseDocument = (reason: string) => never;

const refusing =
  (document: string): RefuseDocument =>
  reason => {
    throw new SloError('SLO_DOCUMENT', { document, reason });
  };

/** What is wrong with several documents, so that all of it is told at once. */
export interface Faults {
  readonly found: PlumblineError[];
  /** `kind name` of documents that can't be read: what refers to one of them is no further fault. */
  readonly unread: Set<string>;
}

/** Refers to a document that is a fault of its own. */
class RefersToUnread extends Error {}

/** What the work makes; undefined where it throws a fault, which is kept. */
export function keepingFaults<T>({ found }: Faults, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SloError) found.push(error);
    else if (!(error instanceof RefersToUnread)) throw error;
    return undefined;
  }
}

/** Throws SLO_DOCUMENT where there is one fault, SLO_DOCUMENTS with all of them where there are more. */
export function throwFaults({ found }: Faults): void {
  const [first, ...others] = found;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const list = found.map(({ details: { document, reason } }) => `\n- ${document}: ${reason}`).join('');
  throw new SloError('SLO_DOCUMENTS', { count: found.length, faults: list });
}

/** Those that can be read. Faults are SLO_DOCUMENT with every unknown field and wrong type of a document, by its path. */
export function readDocuments({ file, text }: OpenSloFile, faults: Faults): readonly Located[] {
  // failsafe: each scalar is the text that was written
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { schema: 'failsafe', lineCounter: lines });
  return (Array.isArray(parsed) ? parsed : []).flatMap((document, index) =>
    placesIn(document).flatMap(place => {
      const item = place.length === 0 ? '' : `, item ${place[0]! + 1}`;
      const origin = `${file}, document ${index + 1}${item}`;
      const name = nameOf(document, place);
      const at = (offset: number) =>
        `${file}:${lines.linePos(offset).line}, document ${index + 1}${item}${name === undefined ? '' : ` (${name})`}`;
      const refuse: RefuseDocument = reason => refusing(at(offsetOf(document, place, reason)))(reason);
      return (
        keepingFaults(faults, (): readonly Located[] => {
          const [fault] = document.errors;
          if (fault) return refusing(at(fault.pos[0]))(`it is no YAML: ${fault.message.split('\n')[0]}`);
          const value = given(contentOf(document, place, refuse));
          if (value === undefined) return [];
          const read = documentSchema.safeParse(value);
          if (read.success) return [{ origin, refuse, document: read.data }];
          faults.unread.add(`${document.getIn([...place, 'kind'])} ${name}`);
          return refuse(read.error.issues.map(faultOf).join('; '));
        }) ?? []
      );
    }),
  );
}

/** Where an object stands in its YAML document: the whole of it, or an item of its list, as OpenSLO's own tools read it. */
type Place = readonly [] | readonly [number];

const placesIn = ({ contents, errors }: Document.Parsed): readonly Place[] =>
  isSeq(contents) && errors.length === 0 ? contents.items.map((_, index) => [index] as const) : [[]];

function nameOf(document: Document.Parsed, place: Place): string | undefined {
  const name: unknown = document.getIn([...place, 'metadata', 'name']);
  return typeof name === 'string' ? name : undefined;
}

/** Where the path stands that a reason begins with; of what is missing, where it would be; else where the document does. */
function offsetOf(document: Document.Parsed, place: Place, reason: string): number {
  const [, text = ''] = /^([\w.[\]/-]+): /.exec(reason) ?? [];
  const path = text.split(/[.[\]]+/).filter(part => part !== '');
  for (; path.length > 0; path.pop()) {
    const node = document.getIn([...place, ...path], true);
    if (isNode(node) && node.range) return node.range[0];
  }
  const whole = document.getIn(place, true);
  if (isNode(whole) && whole.range) return whole.range[0];
  return document.contents?.range?.[0] ?? document.range[0];
}

/** Aliases are only followed here: one may name nothing, or stand for more than fits. */
function contentOf(document: { toJS(): unknown }, [item]: Place, refuse: RefuseDocument): unknown {
  try {
    const value = document.toJS();
    return item === undefined || !Array.isArray(value) ? value : (value[item] as unknown);
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return refuse(`it is no YAML: ${error.message}`);
  }
}

/** Keys without a value are left out, as in OpenSLO's examples; undefined for a document that is empty. */
function given(value: unknown): unknown {
  if (value === '' || value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(given).filter(each => each !== undefined);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const inner = given(each);
      return inner === undefined ? [] : [[key, inner] as const];
    }),
  );
}

function faultOf(issue: z.core.$ZodIssue): string {
  const at = pathText(issue.path);
  if (issue.code === 'unrecognized_keys')
    return `${at}: there is no field ${issue.keys.map(key => JSON.stringify(key)).join(', ')} in OpenSLO v1`;
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return `${at}: ${issue.message}`;
  // the form that was meant is the one with the deepest fault
  const deepest = issue.errors
    .toSorted((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))
    .flatMap(each => each.slice(0, 1))[0];
  return deepest ? faultOf({ ...deepest, path: [...issue.path, ...deepest.path] }) : `${at}: ${issue.message}`;
}

/** Objects by kind and name; two of one name are a fault. */
export function libraryOf(documents: readonly Located[], faults: Faults) {
  const byName = new Map<string, Located>();
  for (const located of documents) {
    const { kind, metadata } = located.document;
    const id = `${kind} ${metadata.name}`;
    const other = byName.get(id);
    if (other) keepingFaults(faults, () => located.refuse(`metadata.name: ${id} is in ${other.origin} already`));
    else byName.set(id, located);
  }
  return {
    find<K extends Kind>(kind: K, name: string): OfKind<K> | undefined {
      const id = `${kind} ${name}`;
      if (!byName.has(id) && faults.unread.has(id)) throw new RefersToUnread(id);
      return byName.get(id)?.document as OfKind<K> | undefined;
    },
  };
}

export type Library = ReturnType<typeof libraryOf>;
