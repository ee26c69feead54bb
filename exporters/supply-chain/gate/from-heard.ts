/** What a gate is told by documents alone: scans, and beside them SBOMs, VEX, signatures and lists of what is exploited. */

import { severities } from '../../findings/report.ts';
import { followed, isLinked } from '../bom-links.ts';
import type { Artifact, Attestation, FindingClass, Found, Heard, Scan, VexStatement } from '../document.ts';
import { findingClasses } from '../document.ts';
import { vulnerabilityId } from '../ledger/vulnerabilities.ts';
import { exceptionOf } from './exceptions.ts';
import type { GateFinding, GateSubject, ScanStatus } from './subject.ts';

export interface HeardOptions {
  readonly now: Date;
  readonly environment?: string;
  /** Gaps that a bill of materials may have and be complete. */
  readonly sbomOptional: readonly string[];
  readonly sbomStaleDays: number;
}

/** One of each artifact that anything but a list of what is exploited tells of. */
export function subjectsOfHeard(heard: readonly Heard[], options: HeardOptions): readonly GateSubject[] {
  const groups = artifactGroups(
    heard
      .flatMap(({ scans = [], sboms = [], signatures = [] }) => [...scans, ...sboms, ...signatures])
      .map(({ artifact }) => artifact),
  );
  return groups.map(group => subjectOf(group, heard, options));
}

/** Artifacts that share a digest, or where one has none a name, are one. */
function artifactGroups(artifacts: readonly Artifact[]): readonly (readonly Artifact[])[] {
  const groups: Artifact[][] = [];
  for (const artifact of artifacts) {
    const same = groups.filter(group => group.some(other => isSame(other, artifact)));
    const joined = [...same.flat(), artifact];
    groups.splice(0, groups.length, ...groups.filter(group => !same.includes(group)), joined);
  }
  return groups;
}

const isSame = (a: Artifact, b: Artifact): boolean =>
  a.digests.length > 0 && b.digests.length > 0
    ? a.digests.some(digest => b.digests.includes(digest))
    : a.kind === b.kind && a.name === b.name && (a.tag ?? b.tag) === (b.tag ?? a.tag);

function subjectOf(group: readonly Artifact[], heard: readonly Heard[], options: HeardOptions): GateSubject {
  const own = <Of extends { readonly artifact: Artifact }>(list: readonly Of[]) =>
    list.filter(({ artifact }) => group.includes(artifact));
  const { now, environment } = options;
  const scans = own(heard.flatMap(one => one.scans ?? []));
  const looks = own(heard.flatMap(one => one.signatures ?? []));
  const attestations = looks.flatMap(look => look.attestations);
  const wasAsked = looks.some(({ seen, outcome }) => seen === 'all' && outcome !== 'unknown');
  const artifact = group.find(({ digests }) => digests.length > 0) ?? group[0]!;
  const signature = standingOf(attestations.filter(isSignature));
  const provenance = standingOf(attestations.filter(one => one.provenance !== undefined));
  const levels = attestations.flatMap(one => (one.standing === 'verified' ? (one.provenance?.level ?? []) : []));
  return {
    title: titleOf(artifact),
    image: artifact.name,
    ...(environment === undefined ? {} : { environment }),
    scans: Object.fromEntries(findingClasses.map(kind => [kind, statusOf(scans, kind)])) as GateSubject['scans'],
    findings: findingsOf(scans, heard, now),
    signature: signature ?? (wasAsked ? 'unsigned' : 'unknown'),
    provenance: provenance ?? (wasAsked ? 'missing' : 'unknown'),
    level: Math.max(0, ...levels),
    sbom: sbomOf(own(heard.flatMap(one => one.sboms ?? [])), options),
  };
}

const isSignature = ({ claim, predicateType }: Attestation): boolean =>
  claim === 'signature' || predicateType === 'https://sigstore.dev/cosign/sign/v1';

const standingOf = (list: readonly Attestation[]) =>
  (['verified', 'failed', 'claimed'] as const).find(standing => list.some(one => one.standing === standing));

const titleOf = ({ name, tag, digests: [digest] }: Artifact): string =>
  `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;

function sbomOf(sboms: readonly NonNullable<Heard['sboms']>[number][], options: HeardOptions): GateSubject['sbom'] {
  const [newest] = [...sboms].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  if (newest === undefined) return 'unknown';
  if (options.now.getTime() - Date.parse(newest.createdAt) >= options.sbomStaleDays * 24 * 3_600_000) return 'stale';
  return newest.gaps.every(gap => options.sbomOptional.includes(gap)) ? 'complete' : 'incomplete';
}

/** Of several scanners the best; of one the newest of each part. */
function statusOf(scans: readonly Scan[], kind: FindingClass): ScanStatus {
  const newest = newestOf(scans.filter(({ classes }) => classes.includes(kind)));
  if (newest.length === 0) return 'never';
  const byScanner = Map.groupBy(newest, ({ scanner }) => scanner);
  const ranked = ['fresh', 'partial', 'failed'] as const;
  const states = [...byScanner.values()].map(list =>
    list.some(one => one.completeness === 'failed')
      ? 'failed'
      : list.some(one => one.completeness === 'partial')
        ? 'partial'
        : 'fresh',
  );
  return ranked.find(state => states.includes(state)) ?? 'never';
}

function newestOf(scans: readonly Scan[]): readonly Scan[] {
  const newest = new Map<string, Scan>();
  for (const scan of scans) {
    const key = JSON.stringify([scan.scanner, scan.part ?? '']);
    const known = newest.get(key);
    if (known === undefined || Date.parse(known.scannedAt) < Date.parse(scan.scannedAt)) newest.set(key, scan);
  }
  return [...newest.values()];
}

function findingsOf(scans: readonly Scan[], heard: readonly Heard[], now: Date): readonly GateFinding[] {
  const kev = heard.flatMap(one => one.kev ?? []);
  const epss = heard.flatMap(one => one.epss ?? []);
  const exploited = new Set(kev.flatMap(({ entries }) => entries.map(one => vulnerabilityId(one.vulnerability))));
  const scores = new Map(
    epss.flatMap(({ scores: list }) => list.map(one => [vulnerabilityId(one.vulnerability), one.score])),
  );
  const vex = new Map<string, VexStatement[]>();
  const sboms = heard.flatMap(one => one.sboms ?? []);
  const spoken = heard.flatMap(({ vex: list }) => list ?? []);
  const linked = spoken.filter(isLinked).flatMap(one => sboms.flatMap(sbom => followed(one, sbom) ?? []));
  for (const one of [...spoken, ...linked])
    for (const id of new Set([one.vulnerability, ...(one.aliases ?? [])].map(vulnerabilityId)))
      vex.set(id, [...(vex.get(id) ?? []), one]);
  const merged = new Map<string, GateFinding>();
  for (const scan of newestOf(scans.filter(({ completeness }) => completeness !== 'failed')))
    for (const found of scan.found) {
      if (found.fixedAt !== undefined) continue;
      const ids = idsOf(found);
      const exception = exceptionOf(
        found,
        scan.artifact,
        ids.flatMap(id => vex.get(id) ?? []),
        now,
      );
      const finding: GateFinding = {
        ...{ class: found.class, id: ids[0]!, aliases: ids.slice(1), package: found.package, version: found.version },
        ...{ severity: found.severity, fixedVersions: found.fixedVersions ?? [] },
        hasFix: found.fix === 'unknown' ? undefined : found.fix === 'fixed',
        isExploited: kev.length === 0 ? undefined : ids.some(id => exploited.has(id)),
        epss: epss.length === 0 ? undefined : Math.max(0, ...ids.map(id => scores.get(id) ?? 0)),
        openedAt: found.firstSeenAt === undefined ? undefined : Date.parse(found.firstSeenAt),
        isBreached: undefined,
        ...(exception === undefined ? {} : { exception }),
      };
      const key = JSON.stringify([found.class, ids[0], found.package, found.version]);
      const known = merged.get(key);
      merged.set(key, known === undefined ? finding : worseOf(known, finding));
    }
  return [...merged.values()];
}

/** As everyone spells them; the one that people know first. */
function idsOf({ class: kind, id, aliases = [] }: Found): readonly string[] {
  if (kind !== 'vulnerability') return [id];
  const ids = [...new Set([id, ...aliases].map(vulnerabilityId))];
  const cves = ids.filter(one => one.startsWith('CVE-'));
  // An advisory of several CVEs is none of them.
  return cves.length === 1 ? [...cves, ...ids.filter(one => !one.startsWith('CVE-'))] : ids;
}

function worseOf(a: GateFinding, b: GateFinding): GateFinding {
  const { exception: one, ...base } = severities.indexOf(a.severity) <= severities.indexOf(b.severity) ? a : b;
  return {
    ...base,
    hasFix: a.hasFix || b.hasFix || (a.hasFix ?? b.hasFix),
    fixedVersions: [...new Set([...a.fixedVersions, ...b.fixedVersions])],
    aliases: [...new Set([...a.aliases, ...b.aliases])],
    // One scanner's silence does not silence another.
    ...(a.exception !== undefined && b.exception !== undefined ? { exception: one ?? a.exception } : {}),
  };
}
