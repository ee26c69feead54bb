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

/** Its parts, names as their type spells them; undefined for what is no package URL. */
export function purlOf(text: string): Purl | undefined {
  const slash = text.indexOf('/');
  const type = text.slice(4, slash);
  if (slash < 5 || !text.startsWith('pkg:') || !/^[a-z][a-z0-9.+-]*$/.test(type)) return byLibrary(text);
  const end = endOf(text);
  const at = text.lastIndexOf('@', end - 1);
  const hasVersion = at > slash + 1 && text.charCodeAt(at - 1) !== 0x2f;
  const nameEnd = hasVersion ? at : end;
  const nameStart = text.lastIndexOf('/', nameEnd - 1) + 1;
  const isUsual = nameStart > slash && nameStart < nameEnd && text.charCodeAt(slash + 1) !== 0x2f;
  if (!isUsual || text.includes('//')) return byLibrary(text);
  try {
    const namespace = nameStart - 1 > slash ? decoded(text.slice(slash + 1, nameStart - 1)) : '';
    const name = decoded(text.slice(nameStart, nameEnd));
    return {
      type,
      namespace: lowerNamespace.has(type) ? namespace.toLowerCase() : namespace,
      name: nameIn(type, name),
      version: hasVersion ? decoded(text.slice(at + 1, end)) : '',
    };
  } catch {
    return byLibrary(text);
  }
}

/** Where qualifiers or a subpath begin. */
function endOf(text: string): number {
  const question = text.indexOf('?');
  if (question >= 0) return question;
  const hash = text.indexOf('#');
  return hash >= 0 ? hash : text.length;
}

const decoded = (text: string): string => (text.includes('%') ? decodeURIComponent(text) : text);

function nameIn(type: string, name: string): string {
  const lower = lowerName.has(type) ? name.toLowerCase() : name;
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
