/** Which values of a configuration are secret, told by the names of their keys, and how a value is shown in a sentence. */
import type { KeyPath } from './problem.ts';

const secretName =
  /(^|_)(tokens?|passwords?|passphrase|secrets?|credentials?|headers|authorization|basic_auth|(api|private|access|signing)_key)$/i;

/** True where a key of this name holds a secret itself; `token_file` holds a path. */
export const isSecretKey = (key: string): boolean =>
  /(^|_)(token|password|passphrase|secret|credential|(api|private|access|signing)_key)$/i.test(key);

/** True where the value is secret: by its own key, or, in a list, by the key of the list; all of `headers` is. */
export function isSecretPath(path: KeyPath): boolean {
  const name = path.findLast(part => typeof part === 'string');
  return path.includes('headers') || (typeof name === 'string' && secretName.test(name));
}

/** A URL keeps its host and path and loses its user, password, query and fragment. */
export function withoutUrlSecrets(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/gi, '$1***@')
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^?#\s]*)[?#]\S*/gi, '$1?***');
}

const longest = 80;

/** A value as a sentence shows it: secrets masked, long text cut, maps and lists by their kind only. */
export function shown(value: unknown, path: KeyPath): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'object') return 'a map';
  if (isSecretPath(path)) return '***';
  const text = withoutUrlSecrets(String(value));
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return typeof value === 'string' ? JSON.stringify(cut) : cut;
}
