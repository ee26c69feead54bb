/** YAML files of several documents, and reading one by a schema without losing the keys that the schema doesn't know. */
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

export interface SpecDocument {
  /** `slos/checkout.yaml`, with `, document 2` where there are several. */
  readonly origin: string;
  readonly value: unknown;
  /** Why it is no YAML. */
  readonly fault?: string;
}

/** The documents of a file; empty ones are left out. */
export function documentsOf(text: string, file: string): readonly SpecDocument[] {
  const parsed = parseAllDocuments(text, { version: '1.2', prettyErrors: true });
  const documents = (Array.isArray(parsed) ? parsed : [])
    .map(document => {
      const fault = document.errors[0]?.message.split('\n')[0];
      return fault === undefined ? contentOf(document) : { value: undefined, fault };
    })
    // OpenSLO's own tools read lists of objects.
    .flatMap((document): readonly Omit<SpecDocument, 'origin'>[] =>
      Array.isArray(document.value) ? document.value.map((value: unknown) => ({ value })) : [document],
    )
    .filter(({ value, fault }) => fault !== undefined || value != null);
  return documents.map((document, index) => ({
    origin: documents.length === 1 ? file : `${file}, document ${index + 1}`,
    ...document,
  }));
}

/** Aliases are only followed here: one may name nothing, or stand for more than fits. */
function contentOf(document: { toJS(): unknown }): Omit<SpecDocument, 'origin'> {
  try {
    return { value: document.toJS() };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { value: undefined, fault: error.message };
  }
}

export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly unknown: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Keys that a strict schema doesn't know are taken out and listed; whatever else is wrong is the reason of a refusal. */
export function readBy<T>(schema: z.ZodType<T>, input: unknown): Read<T> {
  const first = schema.safeParse(input);
  if (first.success) return { ok: true, value: first.data, unknown: [] };
  const surplus = first.error.issues.flatMap(issue =>
    issue.code === 'unrecognized_keys' ? issue.keys.map(key => [...issue.path, key]) : [],
  );
  const second = schema.safeParse(surplus.reduce(without, input));
  if (second.success) return { ok: true, value: second.data, unknown: surplus.map(pathText) };
  const issue = second.error.issues[0];
  return {
    ok: false,
    reason: `${issue ? `${pathText(issue.path)}: ${issue.message}` : z.prettifyError(second.error)}`,
  };
}

/** `slos[0].alerting.name`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  ) || 'the document';

function without(value: unknown, path: readonly PropertyKey[]): unknown {
  const [head, ...rest] = path;
  if (typeof value !== 'object' || value === null || head === undefined) return value;
  if (Array.isArray(value))
    return value.map((each, index) => (index === head ? without(each, rest) : (each as unknown)));
  const entries = Object.entries(value);
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([key]) => key !== head)
      : entries.map(([key, each]) => [key, key === head ? without(each, rest) : each]),
  );
}
