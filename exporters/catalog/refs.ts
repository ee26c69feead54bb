/**
 * Entity references as Backstage writes them: `[kind:][namespace/]name`, compared without regard to case
 * (backstage.io/docs/features/software-catalog/references).
 */

export interface RefDefaults {
  readonly kind?: string;
  readonly namespace?: string;
}

const form = /^(?:(?<kind>[^:/\s]+):)?(?:(?<namespace>[^:/\s]+)\/)?(?<name>[^:/\s]+)$/;

/** Text without the differences that people don't see: outer blanks, case, Unicode composition. */
export const fold = (text: string): string => text.trim().normalize('NFC').toLowerCase();

/** The key of an entity: `kind:namespace/name` in lower case. */
export const refOf = (kind: string, namespace: string, name: string): string => fold(`${kind}:${namespace}/${name}`);

/**
 * Completes a reference with the defaults of the field it stands in. Undefined where the text is no reference, or
 * says no kind and the field has no default.
 */
export function parseRef(text: string, defaults: RefDefaults = {}): string | undefined {
  const parts = form.exec(text.trim())?.groups;
  const kind = parts?.kind ?? defaults.kind;
  if (parts?.name === undefined || kind === undefined) return undefined;
  return refOf(kind, parts.namespace ?? defaults.namespace ?? 'default', parts.name);
}

/** The kind of a complete reference. */
export const kindOf = (ref: string): string => ref.slice(0, ref.indexOf(':'));

/** How an entity is called in a label: its name, with its namespace before it unless that is `default`. */
export const labelOf = (namespace: string, name: string): string =>
  fold(namespace) === 'default' ? name : `${namespace}/${name}`;
