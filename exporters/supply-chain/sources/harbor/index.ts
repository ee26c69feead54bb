/**
 * Reports of scanners in Harbor, as `GET …/artifacts/REF/additions/vulnerabilities` gives them (pluggable scanner API 1.0
 * and 1.1, by media type), and as an adapter writes them, without one.
 */
import type { Rejection } from '../../../core/rejections.ts';
import type { Place } from '../../../findings/place.ts';
import { severityOf } from '../../../findings/severity.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Artifact, Found, Scan } from '../../document.ts';
import { fixedVersionsOf } from '../../fixes.ts';
import { type DocumentKind, faulty } from '../../reading.ts';
import {
  completenessOf,
  digestIn,
  digestOf,
  evaluatedAt,
  imageArtifact,
  ownerOfArtifact,
  placeArtifact,
  present,
  rejection,
  scansReading,
  scoreOf,
  versionIn,
} from '../../scanned.ts';

const mediaType = /^application\/vnd\.(scanner\.adapter\.vuln\.report\.harbor\+json|security\.vulnerability\.report)\b/;

export const harbor: DocumentKind = {
  kind: 'harbor',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => reportIn(json) !== undefined,
  read: ({ json, bytes }, context) => {
    if (json === undefined) return faulty('not_json');
    const report = reportIn(json);
    if (report === undefined) return faulty('not_harbor');
    const listed = listOf(report.vulnerabilities);
    const artifact = artifactOf(report, context.place);
    if (artifact === undefined) return faulty('missing_subject');
    const found: Found[] = [];
    const rejections: Rejection[] = [];
    for (const [index, item] of listed.entries()) {
      const one = isObject(item) ? vulnerabilityOf(item) : 'not_an_object';
      if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one }));
      else found.push(one);
    }
    const scanner = objectOf(report.scanner);
    const scannedAt = evaluatedAt(wordOf(report.generated_at, 100), context);
    const scan: Scan = {
      artifact,
      scanner: scannerOf(wordOf(scanner.name, 100)),
      scannedAt,
      classes: ['vulnerability'],
      ...completenessOf(rejections.length),
      found,
      ...present({ scannerVersion: wordOf(scanner.version, 100) }),
      digest: digestOf(bytes, scannedAt),
      owner: ownerOfArtifact(artifact, context),
    };
    return scansReading([scan], listed.length, rejections);
  },
};

/** Under its media type, where it stands under one. */
function reportIn(value: unknown): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const key = Object.keys(value)
    .slice(0, 20)
    .find(one => mediaType.test(one));
  if (key !== undefined) return isObject(value[key]) ? value[key] : undefined;
  const isReport =
    'generated_at' in value && isObject(value.scanner) && 'vulnerabilities' in value && 'severity' in value;
  return isReport ? value : undefined;
}

/** `Trivy` of Harbor is Trivy, and finds what it finds elsewhere. */
const scannerOf = (name: string | undefined): string =>
  (name ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '') || 'harbor';

/** The answer doesn't say what it is of, an adapter's report does. */
function artifactOf(report: JsonObject, place: Place): Artifact | undefined {
  const { repository, digest, tag } = objectOf(report.artifact);
  const digests = new Set(
    listOf(report.vulnerabilities).flatMap(one =>
      listOf(objectOf(one).artifact_digests).flatMap(each => digestIn(each) ?? []),
    ),
  );
  // Of an index there is one for each of its images: of several none is this one's.
  const all = [digestIn(digest), ...(digests.size === 1 ? digests : [])];
  const name = wordOf(repository, 500);
  const said = wordOf(tag, 128);
  const named = name === undefined ? undefined : imageArtifact(said === undefined ? name : `${name}:${said}`, all);
  return placeArtifact(place, all) ?? named;
}

function vulnerabilityOf(item: JsonObject): Found | string {
  const id = wordOf(item.id, 200);
  if (id === undefined) return 'missing_vulnerability';
  const name = wordOf(item.package, 500);
  if (name === undefined) return 'missing_package';
  const severity = wordOf(item.severity, 50);
  const fixedVersions = fixedVersionsOf(wordOf(item.fix_version, 5000));
  const cvss = objectOf(item.preferred_cvss);
  return {
    class: 'vulnerability',
    id,
    // It says no ecosystem.
    package: name,
    version: versionIn(item.version),
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    fix: fixedVersions.length > 0 ? 'fixed' : typeof item.fix_version === 'string' ? 'not_fixed' : 'unknown',
    ...(fixedVersions.length > 0 ? { fixedVersions } : {}),
    ...present({
      score: scoreOf(cvss.score_v3) ?? scoreOf(cvss.score_v2),
      title: wordOf(item.description, 300),
      url: wordOf(listOf(item.links)[0], 1000),
    }),
  };
}
