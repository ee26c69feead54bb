/** Which values of a configuration are secret, told by the names of their keys, and how a value is shown in a sentence. */
import { maskSecrets, secretsOfHeaders } from '../core/secrets.ts';
import type { KeyPath } from './problem.ts';

const mask = '***';

const secretName =
  /(^|_)(tokens?|passwords?|passphrase|secrets?|credentials?|headers|authorization|basic_auth|(api|application|private|access|signing|pseudonym)_key)$/i;

/** True where a key of this name holds a secret itself; `token_file` holds a path. */
export const isSecretKey = (key: string): boolean =>
  /(^|_)(token|password|passphrase|secret|credential|(api|application|private|access|signing|pseudonym)_key)$/i.test(
    key,
  );

/** True where the value is secret: by its own key, or, in a list, by the key of the list; all of `headers` is. */
export function isSecretPath(path: KeyPath): boolean {
  const name = path.findLast(part => typeof part === 'string');
  return path.includes('headers') || (typeof name === 'string' && secretName.test(name));
}

const urlName = /(^|_)(urls?|uri|endpoint|address|origin|server|target)$/i;

/**
 * A URL keeps its host and path and loses its user, password, query and fragment, whether or not it has a scheme. What
 * is no URL loses what looks like a secret.
 */
function withoutSecrets(text: string, path: KeyPath): string {
  const isUrl = urlName.test(String(path.findLast(part => typeof part === 'string') ?? ''));
  const withoutUser = isUrl
    ? text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1***@')
    : // A password with a slash in it must not pass for a path.
      text.replace(/([a-z][a-z0-9+.-]*:\/\/)\S*@/gi, '$1***@');
  return maskSecrets(
    withoutUser.replace(/([a-z][a-z0-9+.-]*:\/\/[^?#\s]*)[?#]\S*/gi, '$1?***').replace(/[?#][^\s?#]*=\S*/g, '?***'),
  );
}

/** Every text under a secret key; of `headers` those that hold a secret, and not a tenant's name. */
export function secretsIn(value: unknown, path: KeyPath = []): string[] {
  const name = path.findLast(part => typeof part === 'string') ?? '';
  if (typeof value === 'string') {
    if (path.includes('headers')) return secretsOfHeaders({ [name]: value });
    return isSecretPath(path) ? [value] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, [...path, index]));
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, [...path, key]));
}

/** The name of a secret's file; a secret that stands there by mistake is not a path, or comes from the environment. */
export function shownFile(
  name: string,
  place: { readonly written: unknown; readonly fromEnvironment: boolean },
): string {
  const written = String(place.written);
  if (place.fromEnvironment) return JSON.stringify(written);
  return written.length >= 16 && !/[./]/.test(written) ? mask : JSON.stringify(maskSecrets(name));
}

const longest = 80;

/** A key that nobody knows, as a sentence shows it: `{admin:hunter2}` is one key to YAML, and all of it a secret. */
export function shownKey(key: string, parent: KeyPath, isNearKnown: boolean): string {
  if (isNearKnown) return key;
  if (isSecretPath(parent)) return mask;
  return maskSecrets(key.replace(/([:=]).+$/s, '$1***'));
}

/** A value as a sentence shows it: secrets masked, long text cut, maps and lists by their kind only. */
export function shown(value: unknown, path: KeyPath): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'object') return 'a map';
  if (isSecretPath(path)) return mask;
  const text = withoutSecrets(String(value), path);
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return typeof value === 'string' ? JSON.stringify(cut) : cut;
}
