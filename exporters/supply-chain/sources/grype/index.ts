/**
 * Grype's JSON (github.com/anchore/grype, grype/presenter/models), of 0.7 and of every version since: matches, and those
 * that were set aside. Its SARIF and CycloneDX are read by their own kinds.
 */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import type { Place } from '../../../findings/place.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Artifact, Found, Scan } from '../../document.ts';
import { distributionOf, packageNames } from '../../packages.ts';
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
  repositoryArtifact,
  scansReading,
} from '../../scanned.ts';
import { matchOf, suppressionOf } from './match.ts';

export const grype: DocumentKind = {
  kind: 'grype',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json, bytes }) => isGrype(json) || otherFormat(json, bytes) !== undefined,
  read: async ({ json, bytes }, context) => {
    const other = otherFormat(json, bytes);
    if (other !== undefined) return faulty(other);
    if (json === undefined) return faulty('not_json');
    if (!isGrype(json)) return faulty('not_grype');
    const artifact = artifactOf(objectOf(json.source), context.place);
    if (artifact === undefined) return faulty('missing_subject');
    const descriptor = objectOf(json.descriptor);
    const distro = objectOf(json.distro);
    const distribution = distributionOf(wordOf(distro.name ?? distro.id, 100) ?? '');
    const packageName = packageNames();
    const breathe = breather();
    const found: Found[] = [];
    const rejections: Rejection[] = [];
    let records = 0;
    for (const field of ['matches', 'ignoredMatches'] as const)
      for (const [index, item] of listOf(json[field]).entries()) {
        if (breathe.due()) await breathe.now();
        records += 1;
        const one = isObject(item) ? matchOf(item, { packageName, distribution }) : 'not_an_object';
        if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one, field }));
        else if (field === 'matches') found.push(one);
        else found.push({ ...one, suppressed: suppressionOf(item as JsonObject) });
      }
    const scannedAt = evaluatedAt(wordOf(descriptor.timestamp, 100), context);
    const scan: Scan = {
      artifact,
      scanner: 'grype',
      scannedAt,
      classes: ['vulnerability'],
      ...completenessOf(rejections.length),
      found,
      ...present({
        scannerVersion: versionOf(descriptor),
        os: osOf(distro),
        databaseAt: builtAt(objectOf(descriptor.db)),
      }),
      digest: digestOf(bytes, scannedAt),
      owner: ownerOfArtifact(artifact, context),
    };
    return scansReading([scan], records, rejections);
  },
};

const isGrype = (value: unknown): value is JsonObject => {
  if (!isObject(value) || !Array.isArray(value.matches)) return false;
  const [match] = value.matches;
  if (isObject(match)) return isObject(match.vulnerability) && isObject(match.artifact);
  // Without a match its descriptor tells.
  return objectOf(value.descriptor).name === 'grype' || 'ignoredMatches' in value;
};

/** What Grype prints for people, and the difference of two of its databases: neither is a scan. */
function otherFormat(json: unknown, bytes: Buffer): string | undefined {
  if (json === undefined)
    return /^NAME +INSTALLED +FIXED[- ]IN +TYPE +VULNERABILITY +SEVERITY/.test(
      bytes.subarray(0, 300).toString('latin1'),
    )
      ? 'table_without_subject'
      : undefined;
  const [first] = listOf(json);
  const isDifference =
    isObject(first) && 'reason' in first && 'namespace' in first && 'id' in first && Array.isArray(first.packages);
  return isDifference ? 'difference_of_databases' : undefined;
}

/** `source.target` is an object of an image, and a path of a folder or file. */
function artifactOf({ type, target }: JsonObject, place: Place): Artifact | undefined {
  if (isObject(target)) {
    const text = (value: unknown): readonly string[] =>
      listOf(value).flatMap(one => (wordOf(one, 1000) === undefined ? [] : [wordOf(one, 1000)!]));
    const [tags, repositories] = [text(target.tags), text(target.repoDigests)];
    const digests = [...repositories.map(digestIn), digestIn(target.manifestDigest), digestIn(target.imageID)];
    const said = wordOf(target.userInput, 1000) ?? '';
    const references = [
      said.replace(/^(registry|docker|podman|containerd|oci-registry):(?!\/\/)/, ''),
      ...tags,
      ...repositories,
    ];
    // An archive or the id of an image is no name.
    const [reference] = references.filter(
      one => one !== '' && !/^(sha256:)?[0-9a-f]{12,64}$|\.(tar|tgz|tar\.\w+)$|^[./]|-dir:|-archive:/.test(one),
    );
    return (reference === undefined ? undefined : imageArtifact(reference, digests)) ?? placeArtifact(place, digests);
  }
  const path = wordOf(target, 2000) ?? '';
  const url =
    /^(https?|ssh|git):\/\/|^[\w.-]+@[\w.-]+:/.test(path) && type !== 'file' ? repositoryArtifact(path) : undefined;
  return url ?? placeArtifact(place);
}

const versionOf = ({ version }: JsonObject): string | undefined => {
  const said = wordOf(version, 100);
  return said === '[not provided]' ? undefined : said;
};

function osOf(distro: JsonObject): Scan['os'] {
  const family = wordOf(distro.name, 100);
  return family === undefined ? undefined : { family, version: wordOf(distro.version, 100) ?? '' };
}

/** Of 2024 on it stands in `status`. */
function builtAt(db: JsonObject): string | undefined {
  const time = Date.parse(wordOf(objectOf(db.status).built, 100) ?? wordOf(db.built, 100) ?? '');
  return time > 0 ? new Date(time).toISOString() : undefined;
}
