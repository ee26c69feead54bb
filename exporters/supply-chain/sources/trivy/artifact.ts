/** What a report of Trivy is of. */

import type { Place } from '../../../findings/place.ts';
import { listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { osOfTarget, type TrivyReport } from '../../../formats/trivy/index.ts';
import type { Artifact, Scan } from '../../document.ts';
import { digestIn, imageArtifact, placeArtifact, repositoryArtifact } from '../../scanned.ts';

/** Files and folders that images are saved to, and ids of images: no names. */
const isPath = (name: string): boolean =>
  /\.(tar|tar\.\w+|tgz|oci|img|json|xml|spdx)$/i.test(name) || /^(\.{0,2}\/|\.{1,2}$|[a-z]:\\)/i.test(name);
const isId = (name: string): boolean => /^(sha256:)?[0-9a-f]{12,64}$/i.test(name);
const isReference = (name: string): boolean => name !== '' && !isPath(name) && !isId(name);

/** `github.com/acme/shop`, `https://…`, `git@…`: no folder of this machine. */
const isRemote = (name: string): boolean =>
  /^(https?|ssh|git|git\+\w+):\/\//i.test(name) ||
  /^[\w.-]+@[\w.-]+:/.test(name) ||
  /^[\w-]+(\.[\w-]+)+\/[\w.-]+\/[\w.-]+/.test(name);

/** A host is no part of a repository's name, with or without a scheme before it. */
const withScheme = (url: string): string => (/^[\w+]+:\/\/|@/.test(url) ? url : `https://${url}`);

/** Undefined where neither it nor its place says. */
export function artifactOf(report: TrivyReport, place: Place): Artifact | undefined {
  if (report.type === 'vm') return placeArtifact(place) ?? machineImage(report.name);
  const digests = digestsOf(report);
  if (isImage(report)) return imageOfReport(report, digests) ?? placeArtifact(place, digests);
  const url = wordOf(report.metadata.RepoURL, 2000) ?? (isRemote(report.name) ? report.name : undefined);
  const repository = url === undefined ? undefined : repositoryArtifact(withScheme(url));
  // A folder within an image that is being built is the image where the place says so.
  return repository ?? placeArtifact(place, digests);
}

/** Old ones don't say what they are of, but for the distribution, which repositories have none of. */
const isImage = ({ type, results, metadata }: TrivyReport): boolean =>
  type === 'container_image' || 'ImageID' in metadata || (type === '' && results.some(one => one.class === 'os-pkgs'));

function imageOfReport({ name, metadata, results }: TrivyReport, digests: readonly string[]): Artifact | undefined {
  const tags = listOf(metadata.RepoTags).filter((one): one is string => typeof one === 'string');
  const repositories = listOf(metadata.RepoDigests).filter((one): one is string => typeof one === 'string');
  const target = results.flatMap(one => (one.class === 'os-pkgs' ? (osOfTarget(one.target)?.name ?? []) : [])).at(0);
  const [reference] = [name, wordOf(metadata.Reference, 2000) ?? '', ...tags, ...repositories, target ?? ''].filter(
    isReference,
  );
  const artifact = reference === undefined ? undefined : imageArtifact(reference, digests);
  if (artifact === undefined || artifact.tag !== undefined) return artifact;
  // Asked for by its digest it may have a tag all the same.
  const tagged = tags.map(tag => imageArtifact(tag)).find(one => one?.name === artifact.name && one.tag !== undefined);
  return tagged?.tag === undefined ? artifact : { ...artifact, tag: tagged.tag };
}

function digestsOf({ metadata }: TrivyReport): readonly string[] {
  const all = [...listOf(metadata.RepoDigests), metadata.ImageID].map(digestIn);
  return [...new Set(all.filter(one => one !== undefined))];
}

const machineImage = (name: string): Artifact | undefined => {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  return last === '' ? undefined : { kind: 'file', name: last, digests: [] };
};

export function osOf({ metadata, results }: TrivyReport): Scan['os'] {
  const { Family, Name, EOSL } = objectOf(metadata.OS);
  const family = wordOf(Family, 100);
  const version = wordOf(Name, 100);
  // False is left out, and only who looked at the system's packages has asked.
  const isAsked = EOSL !== undefined || results.some(one => one.class === 'os-pkgs');
  if (family !== undefined && family !== 'none')
    return { family, version: version ?? '', ...(isAsked ? { isEndOfLife: EOSL === true } : {}) };
  const [target] = results.flatMap(one => (one.class === 'os-pkgs' ? (osOfTarget(one.target) ?? []) : []));
  return target && { family: target.family, version: target.version };
}
