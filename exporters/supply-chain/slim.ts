/**
 * Large documents with the elements of their long lists cut down to what is read of them: descriptions and references are
 * most of a scan's bytes, and of 500 MB of them no value could be made.
 */
import { isObject, type JsonObject, listOf, objectOf } from '../formats/json.ts';
import { readParts } from './raw.ts';
import type { RawDocument } from './reading.ts';

/** What stays of an element of the list at a path such as `Results[].Vulnerabilities`; undefined: nothing. */
export type Slimming = Readonly<Record<string, (element: unknown) => unknown>>;

/** The value of a document: whole where it is there already, else with its lists slimmed. */
export async function slimValue(
  document: RawDocument,
  slimming: Slimming,
): Promise<{ readonly value: unknown } | { readonly fault: string }> {
  if (document.json !== undefined) return { value: document.json };
  const lists: { readonly path: string; readonly at: readonly number[]; readonly elements: unknown[] }[] = [];
  const each = Object.fromEntries(
    Object.entries(slimming).map(([path, slim]) => {
      let last: (typeof lists)[number] | undefined;
      return [
        path,
        (element: unknown, at: readonly number[]) => {
          if (last === undefined || last.at.some((index, level) => index !== at[level])) {
            last = { path, at: [...at], elements: [] };
            lists.push(last);
          }
          const kept = slim(element);
          if (kept !== undefined) last.elements.push(kept);
        },
      ];
    }),
  );
  const read = await readParts(document, { each });
  if ('fault' in read) return read;
  for (const { path, at, elements } of lists) put(read.value, path, at, elements);
  return read;
}

/** Back to where they were, in the list that was left empty. */
function put(root: unknown, path: string, at: readonly number[], elements: readonly unknown[]): void {
  let where = root;
  let level = 0;
  for (const step of path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
    if (step !== '[]') where = objectOf(where)[step];
    else {
      where = listOf(where)[at[level] ?? 0];
      level += 1;
    }
  }
  if (!Array.isArray(where)) return;
  for (const element of elements) where.push(element);
}

/** Some members of an object; what is no object stays as it is, to be rejected. */
export const only =
  (...keys: readonly string[]) =>
  (value: unknown): unknown => {
    if (!isObject(value)) return value;
    const kept: Record<string, unknown> = {};
    for (const key of keys) if (value[key] !== undefined && Object.hasOwn(value, key)) kept[key] = value[key];
    return kept as JsonObject;
  };

/** All members of an object but some. */
export const without =
  (...keys: readonly string[]) =>
  (value: unknown): unknown =>
    isObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) : value;
