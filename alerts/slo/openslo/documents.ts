/** Files of OpenSLO documents, read as texts and found by kind and name. */
import { parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { SloError } from '../errors.ts';
import { pathText } from '../import/documents.ts';
import { documentSchema, type OpenSloDocument } from './schema.ts';

export type Kind = OpenSloDocument['kind'];
export type OfKind<K extends Kind> = OpenSloDocument & { readonly kind: K };

export interface Located<T = OpenSloDocument> {
  /** `slos/checkout.yaml, document 2`. */
  readonly origin: string;
  readonly document: T;
}

export interface OpenSloFile {
  readonly file: string;
  readonly text: string;
}

export type RefuseDocument = (reason: string) => never;

export const refuserOf =
  (document: string): RefuseDocument =>
  reason => {
    throw new SloError('SLO_DOCUMENT', { document, reason });
  };

/** Throws SLO_DOCUMENT with every unknown field and wrong type of a document, by its path. */
export function readDocuments({ file, text }: OpenSloFile): readonly Located[] {
  // failsafe: each scalar is the text that was written
  const parsed = parseAllDocuments(text, { schema: 'failsafe' });
  return (Array.isArray(parsed) ? parsed : []).flatMap((document, index) => {
    const origin = `${file}, document ${index + 1}`;
    const refuse = refuserOf(origin);
    const [fault] = document.errors;
    if (fault) return refuse(`it is no YAML: ${fault.message.split('\n')[0]}`);
    const value = given(contentOf(document, refuse));
    if (value === undefined) return [];
    const read = documentSchema.safeParse(value);
    if (!read.success) return refuse(read.error.issues.map(faultOf).join('; '));
    return [{ origin, document: read.data }];
  });
}

/** Aliases are only followed here: one may name nothing, or stand for more than fits. */
function contentOf(document: { toJS(): unknown }, refuse: RefuseDocument): unknown {
  try {
    return document.toJS();
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

/** Objects by kind and name. Throws SLO_DOCUMENT for two of one name. */
export function libraryOf(documents: readonly Located[]) {
  const byName = new Map<string, Located>();
  for (const located of documents) {
    const { kind, metadata } = located.document;
    const id = `${kind} ${metadata.name}`;
    const other = byName.get(id);
    if (other) refuserOf(located.origin)(`${id} is in ${other.origin} already`);
    byName.set(id, located);
  }
  return {
    find<K extends Kind>(kind: K, name: string): OfKind<K> | undefined {
      return byName.get(`${kind} ${name}`)?.document as OfKind<K> | undefined;
    },
  };
}

export type Library = ReturnType<typeof libraryOf>;
