/**
 * Secrets from files, and relative paths, both told by the names of keys: `token_file` fills `token` where the schema
 * has both; a key named path, file, files or dir, or ending so, is a path relative to the configuration file.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { KeyPath } from './problem.ts';
import { isSecretKey } from './secrecy.ts';

/** Called with the path of a key that is wrong and what follows the key path in its sentence. */
export type Report = (at: KeyPath, text: string) => void;

export interface SecretHooks {
  readonly keysAt: (at: KeyPath) => readonly string[];
  readonly report: Report;
  readonly shown: (file: string, at: KeyPath) => string;
}

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

const pathName = /^(path|file|files|dir)$|_(path|file|files|dir)$/;
/** Alertmanager reads the files that are named below one, from the folder that it is started in; those of the other are a pod's. */
const foreign: ReadonlySet<string> = new Set(['alerts', 'kubernetes']);
const isLocal = (value: string) => !/^[a-z][a-z0-9+.-]+:\/\//i.test(value);

/** The same values with every local path absolute. A URL (s3://…) stays as it is. */
export function withAbsolutePaths(value: unknown, folder: string, isPath = false, isRoot = true): unknown {
  if (typeof value === 'string') return isPath && isLocal(value) ? path.resolve(folder, value) : value;
  if (Array.isArray(value)) return value.map(item => withAbsolutePaths(item, folder, isPath, false));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isRoot && foreign.has(key) ? inner : withAbsolutePaths(inner, folder, pathName.test(key), false),
    ]),
  );
}

/**
 * The same values with each secret read from its file; the `_file` key stays for messages. Paths must be absolute.
 * `keysAt` tells which keys the schema has at a path, `shown` how a file's name is shown.
 */
export function withSecretsRead(value: unknown, hooks: SecretHooks, at: KeyPath = []): unknown {
  const { keysAt, report, shown } = hooks;
  if (Array.isArray(value)) return value.map((item, index) => withSecretsRead(item, hooks, [...at, index]));
  if (!isTree(value)) return value;
  const result: Tree = {};
  for (const [key, inner] of Object.entries(value)) {
    if (foreign.has(key) && at.length === 0) {
      result[key] = inner;
      continue;
    }
    result[key] = withSecretsRead(inner, hooks, [...at, key]);
    const secret = key.endsWith('_file') ? key.slice(0, -'_file'.length) : undefined;
    if (secret === undefined || !isSecretKey(secret) || typeof inner !== 'string') continue;
    if (!keysAt(at).includes(secret)) continue;
    if (value[secret] !== undefined) {
      report([...at, key], `stands beside ${secret}; expected one of the two`);
      continue;
    }
    const read = readSecret(inner);
    if ('error' in read)
      report(
        [...at, key],
        `is ${shown(inner, [...at, key])}, which ${read.error}; expected a file that holds the secret`,
      );
    else result[secret] = read.value;
  }
  return result;
}

/** What a file holds but its last newline; else why it holds no secret. */
export function readSecret(file: string): { value: string } | { error: string } {
  try {
    const value = readFileSync(file, 'utf8').replace(/(\r?\n)+$/, '');
    return value === '' ? { error: 'is empty' } : { value };
  } catch (error) {
    return { error: `could not be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}
