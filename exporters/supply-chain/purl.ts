/**
 * Package URLs taken apart. What is usual is read here, ten times as fast as the library, which documents of a hundred
 * thousand packages need; the library judges the rest.
 */
import { PackageURL } from 'packageurl-js';

export interface Purl {
  readonly type: string;
  /** Decoded, with `/` between its segments; '' where there is none. */
  readonly namespace: string;
  readonly name: string;
  /** '' where there is none. */
  readonly version: string;
}

/** Types whose namespaces and names are the same in any case, as the library has them. */
const lowerNamespace = new Set('alpm apk bitbucket composer deb github gitlab hex npm pypi qpkg rpm'.split(' '));
const lowerName = new Set('alpm apk bitbucket bitnami composer deb github gitlab hex npm oci pub pypi'.split(' '));

/** What is before the name, which thousands of packages of a document have in common. */
interface Prefix {
  readonly type: string;
  readonly namespace: string;
  readonly isLower: boolean;
}

const prefixes = new Map<string, Prefix | undefined>();
const mostPrefixes = 20_000;

/** Its parts, names as their type spells them; undefined for what is no package URL. */
export function purlOf(text: string): Purl | undefined {
  const { length } = text;
  let [end, at, slash, isEscaped, isPlain] = [length, -1, -1, false, true];
  for (let index = 4; index < length; index += 1) {
    const code = text.charCodeAt(index);
    // Small letters and digits are most of it.
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)) continue;
    if (code === 0x2f) slash = index;
    else if (code === 0x40) at = index;
    else if (code === 0x25) isEscaped = true;
    else if (code === 0x3f || code === 0x23) {
      end = index;
      break;
    } else if (code !== 0x2d && code !== 0x2e) isPlain = false;
  }
  // A version has no slash, so that an @ before one is part of a name: but of `pkg:golang/a@v1/b` the library shall judge.
  const hasVersion = at > slash + 1;
  if (slash < 5 || (at >= 0 && at < slash && text.charCodeAt(at - 1) !== 0x2f)) return byLibrary(text);
  const prefix = prefixOf(text.slice(0, slash + 1));
  const rawName = text.slice(slash + 1, hasVersion ? at : end);
  // Go tools write `pkg:golang/@` for a module without a name.
  if (rawName === '@') return undefined;
  if (prefix === undefined || rawName === '') return byLibrary(text);
  try {
    const name = isEscaped ? decoded(rawName) : rawName;
    const version = hasVersion ? text.slice(at + 1, end) : '';
    return {
      type: prefix.type,
      namespace: prefix.namespace,
      // Nearly all are spelt as they should be, and to find that out is what takes longest.
      name: prefix.isLower && !(isPlain && !isEscaped && prefix.type !== 'pub') ? nameIn(prefix.type, name) : name,
      version: isEscaped ? decoded(version) : version,
    };
  } catch {
    return byLibrary(text);
  }
}

function prefixOf(text: string): Prefix | undefined {
  if (prefixes.has(text)) return prefixes.get(text);
  const prefix = newPrefix(text);
  if (prefixes.size < mostPrefixes) prefixes.set(text, prefix);
  return prefix;
}

function newPrefix(text: string): Prefix | undefined {
  const [, type, path] = /^pkg:([a-z][a-z0-9.+-]*)\/(?:([^/].*)\/)?$/.exec(text) ?? [];
  if (type === undefined || path?.includes('//')) return undefined;
  try {
    const namespace = decoded(path ?? '');
    const isLower = lowerName.has(type);
    return { type, namespace: lowerNamespace.has(type) ? namespace.toLowerCase() : namespace, isLower };
  } catch {
    return undefined;
  }
}

const decoded = (text: string): string => (text.includes('%') ? decodeURIComponent(text) : text);

function nameIn(type: string, name: string): string {
  const lower = name.toLowerCase();
  if (type === 'pypi') return lower.replaceAll('_', '-');
  return type === 'pub' ? lower.replaceAll('-', '_') : lower;
}

function byLibrary(text: string): Purl | undefined {
  if (!/^\s*pkg:/i.test(text)) return undefined;
  try {
    const { type = '', namespace, name = '', version } = PackageURL.fromString(text);
    return { type, namespace: namespace ?? '', name, version: version ?? '' };
  } catch {
    return undefined;
  }
}

/** Its qualifiers, decoded; {} where there are none that can be read. */
export function qualifiersOf(text: string): Readonly<Record<string, string>> {
  const [before = ''] = text.split('#', 1);
  const question = before.indexOf('?');
  return question < 0 ? {} : Object.fromEntries(new URLSearchParams(before.slice(question + 1)));
}

/** The package without its version, qualifiers and subpath, in canonical form; undefined where it names none. */
export function packageUrl({ type, namespace, name }: Pick<Purl, 'type' | 'namespace' | 'name'>): string | undefined {
  const plain = /^[A-Za-z0-9._/~-]*$/;
  if (plain.test(namespace) && plain.test(name) && !name.includes('/'))
    return `pkg:${type}/${namespace === '' ? '' : `${namespace}/`}${name}`;
  try {
    return new PackageURL(type, namespace === '' ? undefined : namespace, name).toString();
  } catch {
    return undefined;
  }
}
