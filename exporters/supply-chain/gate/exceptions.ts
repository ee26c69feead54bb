/** What documents say does not matter: suppressions of scans that are in force, and VEX. */
import type { Artifact, Found, VexStatement } from '../document.ts';
import { versionedPackage } from '../packages.ts';

/** Why it is not counted; undefined where it is. `vex`: of its vulnerability, by any of its ids. */
export function exceptionOf(
  found: Found,
  artifact: Artifact,
  vex: readonly VexStatement[],
  now: Date,
): string | undefined {
  const { suppressed } = found;
  if (suppressed && !(Date.parse(suppressed.expiresAt ?? '') <= now.getTime()))
    return suppressed.reason ?? suppressed.by;
  if (found.class !== 'vulnerability') return undefined;
  // Of several statements the newest holds.
  const [newest] = vex
    .filter(one => isAbout(one, found, artifact))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? -1 : 1));
  if (newest?.status !== 'not_affected' && newest?.status !== 'fixed') return undefined;
  return newest.justification ?? newest.statement ?? newest.status;
}

function isAbout({ artifact: of, purl }: VexStatement, found: Found, artifact: Artifact): boolean {
  if (of !== undefined) {
    const isSame =
      of.digests.length > 0
        ? of.digests.some(digest => artifact.digests.includes(digest))
        : of.name === artifact.name && (of.tag === undefined || of.tag === artifact.tag);
    if (!isSame) return false;
  }
  // Of nothing that is named here it says nothing.
  if (purl === undefined || purl === '') return of !== undefined;
  const bare = versionedPackage(purl).replace(/[?#].*$/, '');
  const [, named = bare, version = ''] = /^(.+?)(?:@([^@/]+))?$/.exec(bare) ?? [];
  return named === found.package && (version === '' || decoded(version) === found.version);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
