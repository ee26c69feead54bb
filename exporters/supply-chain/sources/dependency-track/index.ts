/**
 * Dependency-Track's findings: the Finding Packaging Format that it exports (docs.dependencytrack.org, file-formats, 1.0 to
 * 1.3), and the bare list of GET /api/v1/finding/project/UUID.
 */
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Artifact, Found, Scan } from '../../document.ts';
import { packageNames } from '../../packages.ts';
import { purlOf, qualifiersOf } from '../../purl.ts';
import { type DocumentKind, faulty, type ReadContext } from '../../reading.ts';
import {
  completenessOf,
  digestOf,
  evaluatedAt,
  imageArtifact,
  ownerOfArtifact,
  placeArtifact,
  present,
  rejection,
  repositoryArtifact,
  scansReading,
} from '../../scanned.ts';
import { findingOf } from './finding.ts';

export const dependencyTrack: DocumentKind = {
  kind: 'dependency-track',
  accepts: name => /\.(json|fpf)$/i.test(name),
  recognises: ({ json }) => isExport(json) || isList(json),
  read: ({ json, bytes }, context) => {
    if (json === undefined) return faulty('not_json');
    const isWhole = isExport(json);
    if (!isWhole && !isList(json)) return faulty('not_dependency_track');
    const document: JsonObject = isWhole ? json : { findings: json };
    const project = objectOf(document.project);
    const named = subjectOf(project, context);
    if (named === undefined) return faulty('missing_subject');
    const { artifact, part } = named;
    const packageName = packageNames();
    const listed = listOf(document.findings);
    const found: Found[] = [];
    const rejections: Rejection[] = [];
    for (const [index, item] of listed.entries()) {
      const one = isObject(item) ? findingOf(item, packageName) : 'not_an_object';
      if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one }));
      else found.push(one);
    }
    const meta = objectOf(document.meta);
    const scannedAt = evaluatedAt(wordOf(meta.timestamp, 100), context);
    const scan: Scan = {
      artifact,
      ...(part === undefined ? {} : { part }),
      scanner: 'dependency_track',
      scannedAt,
      classes: ['vulnerability'],
      ...completenessOf(rejections.length),
      found,
      ...present({ scannerVersion: wordOf(meta.version, 100) }),
      digest: digestOf(bytes, scannedAt),
      owner: ownerOfArtifact(artifact, context),
    };
    return scansReading([scan], listed.length, rejections);
  },
};

const isExport = (value: unknown): value is JsonObject =>
  isObject(value) && objectOf(value.meta).application === 'Dependency-Track' && isObject(value.project);

const isList = (value: unknown): value is readonly unknown[] => {
  const [first] = listOf(value);
  return (
    isObject(first) && isObject(first.component) && isObject(first.vulnerability) && typeof first.matrix === 'string'
  );
};

/** A place may have several projects; each is a part of it. Without a place a project is what its package URL names. */
function subjectOf(
  project: JsonObject,
  { place }: ReadContext,
): { readonly artifact: Artifact; readonly part?: string } | undefined {
  const name = wordOf(project.name, 300);
  const placed = placeArtifact(place);
  if (placed !== undefined) return { artifact: placed, ...(name === undefined ? {} : { part: name }) };
  const version = wordOf(project.version, 128);
  const artifact = artifactOfPurl(wordOf(project.purl, 1000) ?? '', version);
  if (artifact !== undefined) return { artifact };
  return name === undefined
    ? undefined
    : { artifact: { kind: 'file', name, ...(version === undefined ? {} : { tag: version }), digests: [] } };
}

/** `pkg:oci/shop@sha256:…?repository_url=ghcr.io/acme/shop`, `pkg:docker/acme/shop@1.2`, `pkg:github/acme/shop`. */
function artifactOfPurl(text: string, tag: string | undefined): Artifact | undefined {
  const purl = purlOf(text);
  if (purl === undefined) return undefined;
  const { type, namespace, name, version } = purl;
  if (['github', 'gitlab', 'bitbucket'].includes(type)) return repositoryArtifact(`${namespace}/${name}`);
  if (type !== 'oci' && type !== 'docker') return undefined;
  const { repository_url: url, tag: named } = qualifiersOf(text);
  const path =
    type === 'oci' ? (url ?? name) : [url, namespace, name].filter(one => one !== undefined && one !== '').join('/');
  const isDigest = version.startsWith('sha256:');
  const said = named ?? (isDigest || version === '' ? tag : version);
  return (
    imageArtifact(said === undefined ? path : `${path}:${said}`, isDigest ? [version] : []) ??
    imageArtifact(path, isDigest ? [version] : [])
  );
}
