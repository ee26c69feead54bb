/** Ranges of versions: `vers:maven/>=2.0|<2.17.1` (package-url/vers-spec, 2024). */
import { compareVersions, orderOf } from './order.ts';

const comparators = ['!=', '<=', '>=', '<', '>', '='] as const;
type Comparator = (typeof comparators)[number];

interface Constraint {
  readonly comparator: Comparator;
  readonly version: string;
}

export interface VersionRange {
  readonly scheme: string;
  /** Absent: any version, or with `none` none. */
  readonly constraints?: readonly Constraint[];
}

export type ReadRange = VersionRange | { readonly fault: string };

/** `type`: of the package URL it is for; a range without `vers:` is of its scheme. */
export function readRange(text: string, type?: string): ReadRange {
  const bare = text.replace(/\s+/g, '');
  const [, said, list] = /^vers:([a-z][a-z0-9.+-]*)\/(.+)$/i.exec(bare) ?? [];
  if (said === undefined && /^vers:/i.test(bare)) return { fault: 'it is not vers:SCHEME/CONSTRAINTS' };
  const scheme = (said ?? type ?? '').toLowerCase();
  if (scheme === '') return { fault: 'it names no scheme; write vers:SCHEME/CONSTRAINTS' };
  const constraints = (list ?? bare).replace(/^\|+|\|+$/g, '');
  if (constraints === '') return { fault: 'it has no constraint' };
  if (scheme === 'none') return { scheme, constraints: [] };
  if (constraints === '*') return { scheme };
  const read: Constraint[] = [];
  for (const part of constraints.split('|')) {
    const comparator = comparators.find(one => part.startsWith(one));
    const version = decoded(part.slice(comparator?.length ?? 0));
    if (part === '*') return { fault: '* stands for every version, and has no other constraint beside it' };
    if (version === undefined || version === '') return { fault: `${part || 'an empty constraint'} has no version` };
    if (/^[<>=!~^*]/.test(version))
      return { fault: `${part} has no comparator that is known: ${comparators.join(' ')}` };
    if (read.some(known => known.version === version)) return { fault: `the version ${version} is in it twice` };
    read.push({ comparator: comparator ?? '=', version });
  }
  return { scheme, constraints: read };
}

/** Whether versions of a package URL's type are compared as the range's scheme says. */
export const isRangeOf = ({ scheme }: VersionRange, type: string): boolean =>
  scheme === 'all' || scheme === 'none' || type === '' || scheme === type || orderOf(scheme) === orderOf(type);

/** A function for many versions: the constraints are sorted once. */
export function containsIn({ scheme, constraints }: VersionRange): (version: string) => boolean {
  if (constraints === undefined) return () => true;
  const compare = (a: string, b: string) => compareVersions(scheme, a, b);
  const isUpper = (one: Constraint | undefined) => one?.comparator.startsWith('<') === true;
  const bounds: Constraint[] = [];
  for (const bound of constraints
    .filter(({ comparator }) => comparator !== '=' && comparator !== '!=')
    .sort((a, b) => compare(a.version, b.version))) {
    // Of two lower bounds in a row the first holds, of two upper ones the last.
    const isSame = bounds.length > 0 && isUpper(bounds.at(-1)) === isUpper(bound);
    if (isSame && isUpper(bound)) bounds.pop();
    if (!isSame || isUpper(bound)) bounds.push(bound);
  }
  const points = constraints.filter(({ comparator }) => comparator === '=' || comparator === '!=');
  const onlyExcludes = constraints.length > 0 && constraints.every(({ comparator }) => comparator === '!=');
  return version => {
    const equal = [...points, ...bounds].filter(one => compare(version, one.version) === 0);
    if (equal.some(({ comparator }) => comparator === '!=')) return false;
    if (equal.some(({ comparator }) => comparator.endsWith('='))) return true;
    if (equal.length > 0) return false;
    if (onlyExcludes) return true;
    // Between the two bounds around it: above the lower one, or below the upper one.
    const above = bounds.findIndex(bound => compare(version, bound.version) < 0);
    const [lower, upper] = above < 0 ? [bounds.at(-1), undefined] : [bounds[above - 1], bounds[above]];
    if (lower === undefined) return isUpper(upper);
    if (upper === undefined) return !isUpper(lower);
    return !isUpper(lower) && isUpper(upper);
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
