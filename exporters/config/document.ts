/**
 * Reads a YAML document into plain values and remembers where each stands, so that a mistake found later names its line.
 * Map keys are kept as written: an account `012345678901` is text, not a number without its zero.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { isSecretName } from '../core/secrets.ts';
import { type Environment, substitute } from './environment.ts';
import type { KeyPath, Position, Problem } from './problem.ts';

export interface Place {
  /** Where the value stands. */
  readonly value: Position;
  /** Where its key stands; the value's own place in a list. */
  readonly key: Position;
  /** The value as the file has it, before the environment was put in. */
  readonly written: unknown;
  /** True where `${NAME}` stands in it, which may stand for a number or a boolean. */
  readonly fromEnvironment: boolean;
}

export interface ConfigDocument {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The place of a key path, or of the nearest thing around it that the file has. */
  readonly placeOf: (path: KeyPath) => Place;
  /** What the environment gave for names such as API_TOKEN, wherever it was put in. */
  readonly secrets: readonly string[];
  /** False where the text is no YAML, so that the values mean nothing. */
  readonly readable: boolean;
}

const deepest = 40;
const start: Position = { line: 1, column: 1 };
const pathKey = (path: KeyPath) => JSON.stringify(path);

export function readDocument(text: string, env: Environment): ConfigDocument {
  const lines = new LineCounter();
  // `prettyErrors` would quote the line, and with it a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true });
  const positionAt = (offset: number | undefined): Position => {
    if (offset === undefined) return start;
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const places = new Map<string, Place>([
    [pathKey([]), { value: start, key: start, written: undefined, fromEnvironment: false }],
  ]);
  const problems: Problem[] = [];
  const secrets: string[] = [];
  let readable = true;
  for (const error of document.errors) {
    if (error.code === 'DUPLICATE_KEY') continue;
    // What follows the first one is mostly its consequence.
    if (!readable) continue;
    readable = false;
    problems.push({
      at: positionAt(error.pos[0]),
      path: [],
      text: syntaxSentence(error.code, error.message, text, error.pos[0]),
    });
  }
  if (!readable) return { value: undefined, problems, placeOf: () => places.get(pathKey([]))!, secrets, readable };

  const read = (node: unknown, path: KeyPath, key: Position): unknown => {
    const target = isAlias(node) ? node.resolve(document) : (node as Node | null | undefined);
    const at = positionAt((node as Node | null | undefined)?.range?.[0]);
    if ((isAlias(node) && target === undefined) || path.length > deepest) {
      problems.push({
        at,
        path,
        text: 'is an alias that leads nowhere; expected a value, in quotes where it begins with *',
      });
      return unknownValue;
    }
    if (isMap(target)) {
      places.set(pathKey(path), { value: at, key, written: {}, fromEnvironment: false });
      return mapOf(target, path);
    }
    if (isSeq(target)) {
      places.set(pathKey(path), { value: at, key, written: [], fromEnvironment: false });
      return target.items.map((item, index) => {
        const itemPath = [...path, index];
        return read(item, itemPath, positionAt((item as Node | null)?.range?.[0]));
      });
    }
    const written = isScalar(target) ? target.value : null;
    if (typeof written !== 'string') {
      places.set(pathKey(path), {
        value: written === null ? key : at,
        key,
        written: isScalar(target) ? (target.source ?? written) : null,
        fromEnvironment: false,
      });
      return written;
    }
    const { value, missing, used } = substitute(written, env);
    places.set(pathKey(path), { value: at, key, written, fromEnvironment: Object.keys(used).length > 0 });
    secrets.push(...Object.entries(used).flatMap(([name, given]) => (isSecretName(name) ? [given] : [])));
    for (const name of missing)
      problems.push({
        at,
        path,
        text: `reads \${${name}}, which the environment does not have; expected it to be set, or a default written as \${${name}:-value}`,
      });
    return missing.length > 0 ? unknownValue : value;
  };

  const mapOf = (map: YAMLMap, path: KeyPath): Record<string, unknown> => {
    const result: Record<string, unknown> = {};
    const seen = new Set<string>();
    const merged: Record<string, unknown> = {};
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const at = positionAt(pair.key.range?.[0]);
      const name = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : undefined;
      if (name === undefined) {
        problems.push({ at, path, text: 'has a key that is a map or a list; expected text' });
      } else if (name === '<<') {
        const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
        for (const source of sources) Object.assign(merged, read(source, path, at), { ...merged });
      } else if (seen.has(name)) {
        const first = places.get(pathKey([...path, name]))!.key;
        problems.push({
          at,
          path: [...path, name],
          text: `is given a second time; expected it once, and line ${first.line} has it already`,
        });
      } else {
        seen.add(name);
        const value = read(pair.value, [...path, name], at);
        // A key with nothing behind it, such as a list whose lines are comments, is a key that is not there.
        if (value !== null) result[name] = value;
      }
    }
    return { ...merged, ...result };
  };

  const value = document.contents === null ? undefined : read(document.contents, [], start);
  const placeOf = (path: KeyPath): Place => places.get(pathKey(path)) ?? placeOf(path.slice(0, -1));
  return { value, problems, placeOf, secrets, readable };
}

/** Stands for a value that the environment did not have; what the schema says of it is left out. */
export const unknownValue: unique symbol = Symbol('value missing in the environment');

function syntaxSentence(code: string, message: string, text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', lineStart);
  const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  if (code === 'TAB_AS_INDENT' || /^\s*\t/.test(line)) return 'the line is indented with a tab; expected spaces';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; expected one document in the file';
  if (line.includes('$' + '{'))
    return `the line is not YAML; expected quotes around \${NAME} where it stands inside { } or [ ]`;
  // What follows a colon in the parser's message may be the file's own text, and so a secret.
  return `this is not YAML; the parser says: ${message.split(/[\n:\\]/)[0]!.trim()}`;
}
