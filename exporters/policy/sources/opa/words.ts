/** Whose a decision is: words of its OPA's labels and of its input, which the ownership rules then read. */
import type { OwnerAttributes } from '../../../catalog/rules.ts';
import { type OpaConfig, partsOf, pointerOf } from './config.ts';

const attributes = ['team', 'service', 'environment', 'namespace', 'repository'] as const;

export interface Words {
  /** JSON pointers into the input, whose texts `attributesOf` takes in this order. */
  readonly input: readonly string[];
  /**
   * DuckDB's type of an input with these alone, and the list of their texts: it reads only them then. Undefined where one
   * of them is part of another.
   */
  readonly typed: { readonly type: string; readonly list: string } | undefined;
  /**
   * The attributes that labels and texts of the input give: the first word of each that is one. An OPA's own are those of
   * its labels alone.
   */
  readonly attributesOf: (
    labels: Readonly<Record<string, unknown>>,
    input?: readonly (string | null)[],
  ) => OwnerAttributes;
}

export function wordsOf(owner: OpaConfig['owner']): Words {
  const input: string[] = [];
  const paths: (readonly string[])[] = [];
  const places = attributes.map(attribute => ({
    attribute,
    places: owner[attribute].map(path => {
      const [root, ...parts] = partsOf(path);
      if (root === 'labels') return { parts };
      paths.push(parts);
      return { index: input.push(pointerOf(parts)) - 1 };
    }),
  }));
  return {
    input,
    typed: typedOf(paths),
    attributesOf: (labels, texts = []) => {
      const given: Record<string, string> = {};
      for (const { attribute, places: list } of places)
        for (const place of list) {
          const text = word('index' in place ? texts[place.index] : partOf(labels, place.parts));
          if (text === undefined) continue;
          given[attribute] = text;
          break;
        }
      return given;
    },
  };
}

interface Tree extends Map<string, Tree | 'text'> {}

function typedOf(paths: readonly (readonly string[])[]): Words['typed'] {
  const root: Tree = new Map();
  for (const parts of paths) {
    let tree = root;
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const known = tree.get(part);
      if (known !== undefined && isLast !== (known === 'text')) return undefined;
      if (isLast) tree.set(part, 'text');
      else {
        const inner: Tree = known === undefined || known === 'text' ? new Map() : known;
        tree.set(part, inner);
        tree = inner;
      }
    }
  }
  if (paths.length === 0 || hasTwins(root)) return undefined;
  return {
    type: typeOf(root),
    list: `[${paths.map(parts => ['input', ...parts.map(quoted)].join('.')).join(', ')}]`,
  };
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const typeOf = (tree: Tree): string =>
  `STRUCT(${[...tree].map(([name, inner]) => `${quoted(name)} ${inner === 'text' ? 'VARCHAR' : typeOf(inner)}`).join(', ')})`;

/** DuckDB's names know no case, and JSON's do. */
const hasTwins = (tree: Tree): boolean =>
  new Set([...tree.keys()].map(name => name.toLowerCase())).size < tree.size ||
  [...tree.values()].some(inner => inner !== 'text' && hasTwins(inner));

const partOf = (value: unknown, parts: readonly string[]): unknown =>
  parts.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<string, unknown>)[part]
        : undefined,
    value,
  );

/** An object or a list is no word. */
function word(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || /^[[{]/.test(text)) return undefined;
  return text.trim().slice(0, 200) || undefined;
}
