/** Whose a decision is: words of its OPA's labels and of its input, which the ownership rules then read. */
import type { OwnerAttributes } from '../../../catalog/ownership.ts';
import { type OpaConfig, partsOf, pointerOf } from './config.ts';

const attributes = ['team', 'service', 'environment', 'namespace', 'repository'] as const;

export interface Words {
  /** JSON pointers into the input, whose texts `attributesOf` takes in this order. */
  readonly input: readonly string[];
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
  const places = attributes.map(attribute => ({
    attribute,
    places: owner[attribute].map(path => {
      const [root, ...parts] = partsOf(path);
      return root === 'labels' ? { parts } : { index: input.push(pointerOf(parts)) - 1 };
    }),
  }));
  return {
    input,
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
