/** Walks a JSON Schema beside a key path, to know which keys may stand there. */
import type { KeyPath } from './problem.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean | Node;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
}

/** The keys that a map at `path` may have, in the schema's order. */
export function keysAt(schema: unknown, path: KeyPath): string[] {
  const root = schema as Node;
  let nodes = alternatives(root, root);
  for (const part of path)
    nodes = nodes.flatMap(node => {
      const inner = typeof part === 'number' ? node.items : (node.properties?.[part] ?? additional(node));
      return inner === undefined ? [] : alternatives(inner, root);
    });
  return [...new Set(nodes.flatMap(node => Object.keys(node.properties ?? {})))];
}

const additional = (node: Node) =>
  typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;

function alternatives(node: Node, root: Node): Node[] {
  const target = node.$ref === undefined ? node : (root.$defs?.[node.$ref.replace('#/$defs/', '')] ?? node);
  const inner = [...(target.anyOf ?? []), ...(target.oneOf ?? []), ...(target.allOf ?? [])];
  return [target, ...inner.flatMap(each => alternatives(each, root))];
}
