/** Which packages are asked for: a package URL, with `*` for any text, or a name alone. */

/** `*` and `?` are patterns. Absent: any. */
export interface PackagePattern {
  /** Names are compared as they are written: two that differ in case are two. Else texts are in lower case. */
  readonly isExact: boolean;
  readonly type?: string;
  readonly namespace?: string;
  readonly name: string;
  /** As it is written: two spellings of one version are one only where they are compared. */
  readonly version?: string;
  /** `arch=amd64`: those of them that the package has to have. */
  readonly qualifiers: readonly string[];
}

export type ReadPattern = PackagePattern | { readonly fault: string };

/** Of whose packages the namespace is the distribution, and rarely known to who asks. */
const ofDistributions = new Set(['deb', 'rpm', 'apk', 'alpm']);

/** Where case matters; others' names are one however they are spelt, or are often spelt otherwise. */
const exactTypes = new Set(['maven', 'npm', 'deb', 'rpm', 'apk', 'alpm', 'cargo', 'gem', 'hex', 'conan']);

/** `pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1`, `pkg:npm/@babel/*`, `pkg:deb/openssl`, `log4j-core`. */
export function readPattern(text: string): ReadPattern {
  const asked = text.trim();
  if (!/^pkg:/i.test(asked)) {
    if (asked === '' || /[\s@?#]/.test(asked.slice(1)))
      return { fault: 'expected a package URL such as pkg:maven/org.apache.logging.log4j/log4j-core, or a name alone' };
    return { isExact: false, name: asked.toLowerCase(), qualifiers: [] };
  }
  const [beforeSubpath = ''] = asked.slice(4).replace(/^\/+/, '').split('#');
  const question = qualifiersAt(beforeSubpath);
  const [path, query] =
    question < 0 ? [beforeSubpath, ''] : [beforeSubpath.slice(0, question), beforeSubpath.slice(question + 1)];
  // A scope of npm begins with the same sign as a version.
  const at = path.lastIndexOf('@');
  const hasVersion = at > path.lastIndexOf('/') + (path.lastIndexOf('/') === at - 1 ? 1 : 0);
  const [named, said] = hasVersion && at > 0 ? [path.slice(0, at), path.slice(at + 1)] : [path, undefined];
  const parts = named
    .split('/')
    .filter(part => part !== '')
    .map(decoded);
  const version = said === undefined ? undefined : decoded(said);
  const [type, ...names] = parts;
  const name = names.pop();
  if (parts.includes(undefined) || (said !== undefined && (version === undefined || version === '')))
    return { fault: `${asked} has a part that can't be decoded` };
  if (type === undefined || !/^[a-z*?][a-z0-9.+*?-]*$/i.test(type) || name === undefined)
    return { fault: `${asked} is no package URL: it has to be pkg:TYPE/NAMESPACE/NAME` };
  const kind = type.toLowerCase();
  const isExact = exactTypes.has(kind) && !names.concat(name).some(part => part !== undefined && isPattern(part));
  const spelt = (part: string) => {
    if (isExact) return part;
    return kind === 'pypi' ? part.toLowerCase().replaceAll('_', '-') : part.toLowerCase();
  };
  const namespace = spelt(names.join('/'));
  return {
    isExact,
    ...(kind === '*' ? {} : { type: kind }),
    // Where a pattern says nothing of the distribution, any; of another type nothing is none.
    ...(namespace === '' && (kind === '*' || ofDistributions.has(kind)) ? {} : { namespace }),
    name: spelt(name),
    ...(version === undefined ? {} : { version }),
    qualifiers: query.split('&').filter(Boolean),
  };
}

/** The `?` of qualifiers, and not of a pattern: what is behind it is `key=value`. */
const qualifiersAt = (text: string): number => text.search(/\?[a-z][a-z0-9._-]*=/i);

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export const isPattern = (text: string): boolean => /[*?]/.test(text);

/** As SQL's LIKE with `\` before its own signs. */
export const likeOf = (pattern: string): string =>
  pattern
    .replace(/[\\%_]/g, String.raw`\$&`)
    .replaceAll('*', '%')
    .replaceAll('?', '_');
