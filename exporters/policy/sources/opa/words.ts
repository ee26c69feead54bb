/** Whose a decision is: words of its OPA's labels and of its input, which the ownership rules then read. */
import { ownerText } from '../../../catalog/keys.ts';
import type { OwnerAttributes } from '../../../catalog/ownership.ts';
import { type OpaConfig, partsOf, pointerOf } from './config.ts';

/** The attributes, in the order of their columns. */
export const attributes = ['team', 'service', 'environment', 'namespace', 'repository'] as const;

/** Where the words of each attribute stand: `labels` and `input` hold pointers, `places` what of them to take first. */
export interface Words {
  readonly labels: readonly string[];
  readonly input: readonly string[];
  readonly places: readonly (readonly { readonly of: 'labels' | 'input'; readonly index: number }[])[];
}

export function wordsOf(owner: OpaConfig['owner']): Words {
  const pointers = { labels: [] as string[], input: [] as string[] };
  const places = attributes.map(attribute =>
    owner[attribute].map(path => {
      const [root, ...parts] = partsOf(path);
      const of = root === 'labels' ? ('labels' as const) : ('input' as const);
      return { of, index: pointers[of].push(pointerOf(parts)) - 1 };
    }),
  );
  return { ...pointers, places };
}

/** SQL columns of the words, of `labels_words` and `input_words`; a label's alone where `of` says so. */
export const wordColumns = ({ places }: Words): string =>
  places
    .map((list, index) => {
      const found = list.map(({ of, index: at }) => `opa_word(${of}_words[${at + 1}])`);
      return `${found.length === 0 ? 'NULL::VARCHAR' : `coalesce(${found.join(', ')})`} AS ${attributes[index]}`;
    })
    .join(', ');

/** The words that labels alone give: those of the OPA itself. */
export function labelAttributes(owner: OpaConfig['owner'], labels: Readonly<Record<string, unknown>>): OwnerAttributes {
  const found = attributes.map(attribute => {
    for (const path of owner[attribute]) {
      const [root, ...parts] = partsOf(path);
      if (root !== 'labels') continue;
      let value: unknown = labels;
      for (const part of parts)
        value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
      if (typeof value === 'string' && value.trim() !== '') return [attribute, value.trim().slice(0, 200)] as const;
    }
    return undefined;
  });
  return Object.fromEntries(found.filter(entry => entry !== undefined));
}

export const textOf = (row: Readonly<Record<string, unknown>>): string =>
  ownerText(Object.fromEntries(attributes.map(name => [name, typeof row[name] === 'string' ? row[name] : ''])));
