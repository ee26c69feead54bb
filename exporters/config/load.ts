/** From a file to checked values, or to all of its mistakes at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { rememberSecrets } from '../core/secrets.ts';
import { type ConfigDocument, readDocument } from './document.ts';
import type { Environment } from './environment.ts';
import { PlumblineError } from './errors.ts';
import { problemsOf } from './issues.ts';
import { inFileOrder, type KeyPath, type Problem, problemSentence } from './problem.ts';
import { keysAt } from './schema-keys.ts';
import { secretsIn, shownFile } from './secrecy.ts';
import { withAbsolutePaths, withSecretsRead } from './secret-files.ts';

type Issue = z.core.$ZodIssue;

/**
 * Reads `file` and checks it by `schema`. Errors: CONFIG_MISSING, CONFIG_INVALID, whose detail `problems` has one
 * sentence a line, each with file, line, column, key path, what was given and what was expected; never a secret.
 */
export function loadFile<Schema extends z.ZodType>(file: string, schema: Schema, env: Environment): z.output<Schema> {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  const document = readDocument(textOf(file, absolute), env);
  const problems: Problem[] = [...document.problems];
  if (document.readable && document.value === undefined)
    problems.push({ at: { line: 1, column: 1 }, path: [], text: 'the file is empty; expected a map of keys' });
  if (!document.readable || document.value === undefined) throw invalid(file, problems);

  const jsonSchema = jsonSchemaOf(schema);
  const raw = withSecretsRead(withAbsolutePaths(document.value, folder), {
    keysAt: at => keysAt(jsonSchema, at),
    report: (at, text) => problems.push({ at: document.placeOf(at).value, path: at, text }),
    shown: (name, at) => shownFile(name, document.placeOf(at)),
  });
  rememberSecrets([...document.secrets, ...secretsIn(raw)]);
  const result = parse(schema, raw, document);
  if (!result.success) {
    const unknown = document.problems.map(problem => problem.path);
    const issues = result.error.issues.filter(issue => !isAbout(issue, unknown));
    problems.push(...problemsOf(issues, document, jsonSchema));
  }
  if (problems.length > 0 || !result.success) throw invalid(file, problems);
  return withAbsolutePaths(result.data, folder) as z.output<Schema>;
}

/** The JSON Schema of what people write; what a default fills in may be left out. */
export const jsonSchemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

function textOf(file: string, absolute: string): string {
  try {
    return readFileSync(absolute, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new PlumblineError('CONFIG_MISSING', { file });
    throw new PlumblineError('CONFIG_UNREADABLE', { file, reason: code }, error);
  }
}

/** `${NAME}` may stand for a number or a boolean: where the schema wants one, its text is read as one. */
function parse<Schema extends z.ZodType>(schema: Schema, raw: unknown, document: ConfigDocument) {
  const first = schema.safeParse(raw);
  if (first.success) return first;
  let value = raw;
  for (const issue of first.error.issues) {
    const at = issue.path as KeyPath;
    if (issue.code !== 'invalid_type' || !document.placeOf(at).fromEnvironment) continue;
    value = replaced(value, at, text => (typeof text === 'string' ? scalarOf(text, issue.expected) : text));
  }
  return value === raw ? first : schema.safeParse(value);
}

function scalarOf(text: string, wanted: string): unknown {
  if (wanted === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  if ((wanted === 'number' || wanted === 'int') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text;
}

function replaced(value: unknown, [part, ...rest]: KeyPath, change: (old: unknown) => unknown): unknown {
  if (part === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item, index) => (index === part ? replaced(item, rest, change) : item));
  const map = value as Record<string, unknown>;
  return { ...map, [part]: replaced(map[part], rest, change) };
}

/** True for what the schema says only because a value was missing in the environment, or a key stood there twice. */
function isAbout(issue: Issue, paths: readonly KeyPath[]): boolean {
  const about = JSON.stringify(issue.path).slice(0, -1);
  return paths.some(path => {
    const known = JSON.stringify(path).slice(0, -1);
    return known === about || (issue.code === 'invalid_union' && known.startsWith(about));
  });
}

function invalid(file: string, problems: readonly Problem[]): Error {
  const sentences = inFileOrder(problems).map(problem => problemSentence(file, problem));
  const count = sentences.length === 1 ? '1 mistake' : `${sentences.length} mistakes`;
  return new PlumblineError('CONFIG_INVALID', { file, count, problems: sentences.join('\n') });
}
