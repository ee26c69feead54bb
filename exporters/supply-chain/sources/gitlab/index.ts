/**
 * GitLab's security reports of dependencies and container images (docs.gitlab.com, security report schemas 14 and 15), as
 * its analyzers and Trivy's template write them. Other types of report are no supply chain's.
 */
import type { Rejection } from '../../../core/rejections.ts';
import type { Place } from '../../../findings/place.ts';
import { severityOf } from '../../../findings/severity.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { aliasesOf } from '../../advisories.ts';
import type { Artifact, FindingClass, Found, Scan } from '../../document.ts';
import { fixedVersionsOf } from '../../fixes.ts';
import { packageOf } from '../../packages.ts';
import { type DocumentKind, faulty } from '../../reading.ts';
import {
  completenessOf,
  digestOf,
  evaluatedAt,
  imageArtifact,
  ownerOfArtifact,
  placeArtifact,
  present,
  rejection,
  scansReading,
  versionIn,
} from '../../scanned.ts';

const classes: Readonly<Record<string, FindingClass>> = {
  dependency_scanning: 'vulnerability',
  container_scanning: 'vulnerability',
  secret_detection: 'secret',
};

export const gitlab: DocumentKind = {
  kind: 'gitlab',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isGitlab(json),
  read: ({ json, bytes }, context) => {
    if (json === undefined) return faulty('not_json');
    if (!isGitlab(json)) return faulty('not_gitlab');
    const scan = objectOf(json.scan);
    const type = wordOf(scan.type, 50) ?? '';
    const kind = Object.hasOwn(classes, type) ? classes[type]! : undefined;
    if (kind === undefined) return faulty('not_of_supply_chain');
    const listed = listOf(json.vulnerabilities);
    const artifact = artifactOf(listed, context.place);
    if (artifact === undefined) return faulty('missing_subject');
    const found: Found[] = [];
    const rejections: Rejection[] = [];
    for (const [index, item] of listed.entries()) {
      const one = isObject(item) ? foundOf(item, kind) : 'not_an_object';
      if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one }));
      else found.push(one);
    }
    const scanner = objectOf(scan.scanner);
    const ended = wordOf(scan.end_time, 50);
    // It is of UTC and says no offset.
    const scannedAt = evaluatedAt(ended === undefined || /Z|[+-]\d\d:\d\d$/.test(ended) ? ended : `${ended}Z`, context);
    const look: Scan = {
      artifact,
      scanner: (wordOf(scanner.id, 60) ?? 'gitlab').toLowerCase().replace(/[^a-z0-9]+/g, '_'),
      scannedAt,
      classes: [kind],
      ...(scan.status === 'failure'
        ? ({ completeness: 'failed', reason: 'scan_error' } as const)
        : completenessOf(rejections.length)),
      found,
      ...present({ scannerVersion: wordOf(scanner.version, 100) }),
      digest: digestOf(bytes, scannedAt),
      owner: ownerOfArtifact(artifact, context),
    };
    return scansReading([look], listed.length, rejections);
  },
};

const isGitlab = (value: unknown): value is JsonObject =>
  isObject(value) &&
  Array.isArray(value.vulnerabilities) &&
  typeof value.version === 'string' &&
  isObject(value.scan) &&
  isObject(value.scan.scanner);

/** The image stands with each of its vulnerabilities; Trivy writes `Unknown` where it has none. */
function artifactOf(listed: readonly unknown[], place: Place): Artifact | undefined {
  const names = listed.flatMap(one => wordOf(objectOf(objectOf(one).location).image, 1000) ?? []);
  const name = names.find(one => one !== 'Unknown' && !/\.(tar|tgz|tar\.\w+)$/i.test(one));
  return (name === undefined ? undefined : imageArtifact(name)) ?? placeArtifact(place);
}

/** Lock files and manifests of package managers, as its analyzers name them. */
const managers: readonly (readonly [name: RegExp, type: string])[] = [
  [/^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|package\.json)$/, 'npm'],
  [/^(?:go\.(?:mod|sum|list|graph)|go-project-modules\.json)$/, 'go'],
  [
    /^(?:pom\.xml|build\.gradle(?:\.kts)?|gradle\.lockfile|gradle-dependencies\.json|build\.sbt|maven\.graph\.json)$/,
    'maven',
  ],
  [
    /^(?:requirements[\w.-]*\.(?:txt|pip)|pipfile(?:\.lock)?|poetry\.lock|uv\.lock|setup\.py|pipdeptree\.json)$/,
    'pypi',
  ],
  [/^(?:gemfile\.lock|gems\.locked)$/, 'gem'],
  [/^composer\.lock$/, 'composer'],
  [/^packages\.lock\.json$/, 'nuget'],
  [/^cargo\.lock$/, 'cargo'],
];

/** By the file, else by the distribution (`debian 12`, `alpine:3.19`); it names no ecosystem. */
function ecosystemOf(location: JsonObject): string | undefined {
  const file = (wordOf(location.file, 1000) ?? '').split('/').at(-1)!.toLowerCase();
  const system = wordOf(location.operating_system, 200);
  return managers.find(([name]) => name.test(file))?.[1] ?? system?.split(/[\s:]/, 1)[0];
}

/** Of Maven it writes `group/artifact`. */
function packageIn(name: string, location: JsonObject): string {
  const type = ecosystemOf(location);
  return packageOf({ type, name: type === 'maven' ? name.replace(/\/([^/]*)$/, ':$1') : name });
}

function foundOf(item: JsonObject, kind: FindingClass): Found | string {
  const identifiers = listOf(item.identifiers).map(objectOf);
  const location = objectOf(item.location);
  const dependency = objectOf(location.dependency);
  const file = wordOf(location.file, 1000);
  const ids = identifiers
    .filter(({ type }) => typeof type === 'string' && !/^(cwe|owasp)$/i.test(type))
    .flatMap(({ value, name }) => wordOf(value, 200) ?? wordOf(name, 200) ?? []);
  const [first] = ids;
  const id = ids.find(one => /^CVE-/i.test(one)) ?? first ?? wordOf(item.cve, 200);
  if (id === undefined) return 'missing_vulnerability';
  const name = kind === 'secret' ? (file ?? '') : (wordOf(objectOf(dependency.package).name, 500) ?? '');
  if (name === '' && kind === 'vulnerability') return 'missing_package';
  const solution = /^Upgrade \S+ to (.+)$/.exec(wordOf(item.solution, 500) ?? '')?.[1];
  const fixedVersions = kind === 'vulnerability' ? fixedVersionsOf(solution) : [];
  const severity = wordOf(item.severity, 50);
  const aliases = aliasesOf(
    id,
    ids.filter(one => /^(CVE|GHSA)-/i.test(one)),
  );
  return {
    class: kind,
    id,
    package: kind === 'secret' ? name : packageIn(name, location),
    version: versionIn(dependency.version),
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    fix: fixedVersions.length > 0 ? 'fixed' : 'unknown',
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(fixedVersions.length > 0 ? { fixedVersions } : {}),
    ...present({
      title: wordOf(item.name, 300) ?? wordOf(item.message, 300),
      url: identifiers.flatMap(({ url }) => wordOf(url, 1000) ?? []).at(0),
      location: file,
    }),
  };
}
