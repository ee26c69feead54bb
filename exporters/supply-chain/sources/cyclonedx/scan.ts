/** The vulnerabilities of a bill of materials as one look of the tool that wrote it. */
import type { Artifact, Found, Scan } from '../../document.ts';
import { packageOf } from '../../packages.ts';
import { purlOf } from '../../purl.ts';
import type { Refs } from './refs.ts';
import { type Meant, meantIn } from './refs.ts';
import { standings } from './vex.ts';
import type { Vulnerability } from './vulnerability.ts';

export interface ScanMeans {
  readonly artifact: Artifact;
  readonly owner: string;
  readonly at: string;
  readonly tool: string;
  readonly rejected: number;
  readonly digest: string;
  /** It lists no packages: what else is in the artifact it doesn't say. */
  readonly isVexOnly: boolean;
  readonly os?: { readonly family: string; readonly version: string };
}

/** Undefined where it lists none: a tool that wasn't asked for vulnerabilities writes the same as one that found none. */
export function scanOf(
  vulnerabilities: readonly Vulnerability[],
  refs: Refs,
  { artifact, owner, at, tool, rejected, digest, isVexOnly, os }: ScanMeans,
): Scan | undefined {
  if (vulnerabilities.length === 0) return undefined;
  const found = vulnerabilities.flatMap(one => meantIn(one, refs).map(what => foundOf(one, what)));
  const reason = rejected > 0 ? 'records_rejected' : isVexOnly ? 'no_components' : undefined;
  return {
    ...{ artifact, owner, scannedAt: at, classes: ['vulnerability'], found, digest },
    scanner:
      tool === ''
        ? 'cyclonedx'
        : tool
            .toLowerCase()
            .replaceAll(/[^a-z0-9]+/g, '_')
            .replaceAll(/^_|_$/g, ''),
    completeness: reason === undefined ? 'complete' : 'partial',
    ...(reason === undefined ? {} : { reason }),
    ...(os && { os }),
  };
}

function foundOf(one: Vulnerability, meant: Meant): Found {
  const { id, aliases, severity, originalSeverity, score, fix, fixedVersions, url, analysis } = one;
  const standing = analysis && standings[analysis.state];
  const isDone = standing === 'not_affected' || standing === 'fixed';
  return {
    ...{ class: 'vulnerability', id, severity, originalSeverity, fix, ...packageIn(meant) },
    ...(aliases.length > 0 && { aliases }),
    ...(score === undefined ? {} : { score }),
    ...(fixedVersions.length > 0 && { fixedVersions }),
    ...(url === undefined ? {} : { url }),
    ...(isDone && {
      suppressed: {
        by: 'vex',
        reason: analysis?.justification ?? analysis?.state ?? standing,
        ...(analysis?.at === undefined ? {} : { createdAt: analysis.at }),
      },
    }),
  };
}

function packageIn(meant: Meant): Pick<Found, 'package' | 'version'> {
  if (meant.is === 'package') {
    const { purl, namespace, name, version } = meant.package;
    return { package: packageOf({ purl, name: namespace === '' ? name : `${namespace}/${name}` }), version };
  }
  if (meant.is === 'purl') {
    return { package: packageOf({ purl: meant.purl, name: meant.purl }), version: purlOf(meant.purl)?.version ?? '' };
  }
  if (meant.is === 'linked') return meant.own ? packageIn(meant.own) : { package: meant.bom.ref, version: '' };
  return { package: meant.is === 'unknown' ? meant.ref : '', version: '' };
}
