/**
 * One project's result of `snyk test` and `snyk container test`: what it is of, and what was found. An image has its
 * operating system's packages in itself and those of its applications beside (`applications[]`): together they are one
 * look at the image.
 */
import type { Breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Artifact, FindingClass, Found, Scan } from '../../document.ts';
import type { SaidPackage } from '../../packages.ts';
import type { ReadContext } from '../../reading.ts';
import {
  digestIn,
  digestOf,
  imageArtifact,
  ownerOfArtifact,
  placeArtifact,
  present,
  rejection,
} from '../../scanned.ts';
import { systemOf } from './ecosystems.ts';
import { foundOf, suppressionOf } from './vulnerability.ts';

export interface ProjectOptions {
  readonly context: ReadContext;
  readonly bytes: Buffer;
  readonly packageName: (said: SaidPackage) => string;
  readonly breathe: Breather;
  /** Names it among several of one document. */
  readonly part: string | undefined;
}

export interface ProjectReading {
  readonly scan: Scan;
  readonly records: number;
  readonly rejections: readonly Rejection[];
}

export const isContainer = (result: JsonObject): boolean =>
  isObject(result.docker) || /^docker-image\|/.test(wordOf(result.projectName, 500) ?? '');

/** Where the project's manifest is, with forward slashes; undefined where it isn't said. */
export const targetOf = (result: JsonObject): string | undefined =>
  (wordOf(result.displayTargetFile, 500) ?? wordOf(result.targetFile, 500))?.replaceAll('\\', '/').replace(/^\.\//, '');

export async function readProject(result: JsonObject, options: ProjectOptions): Promise<ProjectReading> {
  const { context, bytes, part } = options;
  const artifact = artifactOf(result, context);
  const { file } = context;
  const error = wordOf(result.error, 300);
  const all = isContainer(result) ? [result, ...listOf(result.applications).filter(isObject)] : [result];
  const found = new Map<string, Found>();
  const rejections: Rejection[] = [];
  const systems: (Scan['os'] | undefined)[] = [];
  let records = 0;
  let isCut = false;
  const ids = new Set<string>();
  for (const [index, one] of all.entries()) {
    const read = await foundIn(one, { ...options, isApplication: index > 0 });
    records += read.records;
    rejections.push(...read.rejections.map(each => rejection(context, each)));
    for (const id of read.ids) ids.add(id);
    isCut ||= index > 0 && countOf(one) > read.ids.size;
    systems.push(read.os);
    for (const [key, each] of read.found) if (!found.has(key) || found.get(key)?.suppressed) found.set(key, each);
  }
  // An image counts its applications' too.
  isCut ||= countOf(result) > ids.size;
  const at = context.at.toISOString();
  const failedApplication = all.slice(1).some(one => wordOf(one.error, 300) !== undefined);
  const classes: readonly FindingClass[] = all.some(hasLicenses) ? ['vulnerability', 'license'] : ['vulnerability'];
  const partial =
    rejections.length > 0
      ? 'records_rejected'
      : isCut
        ? 'results_missing'
        : failedApplication
          ? 'application_failed'
          : undefined;
  const isFailed = error !== undefined && found.size === 0;
  const scan: Scan = {
    artifact,
    ...(part === undefined ? {} : { part }),
    scanner: 'snyk',
    scannedAt: at,
    classes,
    ...(isFailed
      ? ({ completeness: 'failed', reason: 'scan_error' } as const)
      : partial !== undefined || error !== undefined
        ? ({ completeness: 'partial', reason: partial ?? 'scan_error' } as const)
        : ({ completeness: 'complete' } as const)),
    found: [...found.values()],
    ...present({ os: systems.find(one => one !== undefined) }),
    digest: digestOf(bytes, at, JSON.stringify([artifact.name, artifact.digests, part ?? ''])),
    owner: ownerOfArtifact(artifact, context),
  };
  const failure = isFailed ? [{ file, reason: 'scan_failed', value: error.slice(0, 200) }] : [];
  return { scan, records, rejections: [...rejections, ...failure] };
}

/** A policy for licences was there to look with, or one was broken. */
const hasLicenses = (result: JsonObject): boolean =>
  isObject(result.licensesPolicy) || listOf(result.vulnerabilities).some(one => objectOf(one).type === 'license');

/** How many different issues it says there are. */
const countOf = ({ uniqueCount }: JsonObject): number => (typeof uniqueCount === 'number' ? uniqueCount : 0);

interface FoundIn {
  readonly found: ReadonlyMap<string, Found>;
  readonly records: number;
  readonly rejections: readonly Omit<Rejection, 'file'>[];
  /** Different issues that it lists. */
  readonly ids: ReadonlySet<string>;
  readonly os: Scan['os'];
}

/** Entries of one issue in one version of a package are one occurrence, by however many paths it comes in. */
async function foundIn(
  result: JsonObject,
  { packageName, breathe, isApplication }: ProjectOptions & { readonly isApplication: boolean },
): Promise<FoundIn> {
  const manager = wordOf(result.packageManager, 100) ?? '';
  const found = new Map<string, Found>();
  const rejections: Omit<Rejection, 'file'>[] = [];
  const ids = new Set<string>();
  const target = targetOf(result);
  const filtered = objectOf(result.filtered);
  const location = isApplication || target !== undefined ? target : undefined;
  const lists = [
    ['vulnerabilities', result.vulnerabilities, undefined],
    ['filtered.ignore', filtered.ignore, 'ignore'],
    ['filtered.patch', filtered.patch, 'patch'],
  ] as const;
  let os: Scan['os'];
  let records = 0;
  for (const [field, list, by] of lists)
    for (const [index, item] of listOf(list).entries()) {
      if (breathe.due()) await breathe.now();
      records += 1;
      const one = isObject(item) ? foundOf(item, { manager, packageName, location }) : 'not_an_object';
      if (typeof one === 'string' || !isObject(item)) {
        rejections.push({ line: index + 1, reason: String(one), field });
        continue;
      }
      if (by === undefined) ids.add(String(item.id));
      os ??= systemOf(wordOf(item.packageManager, 100) ?? manager);
      const key = JSON.stringify([one.class, one.id, one.package, one.version]);
      // Ignored along one path and open along another, it is open.
      if (!found.has(key)) found.set(key, by === undefined ? one : { ...one, suppressed: suppressionOf(item, by) });
    }
  return { found, records, rejections, ids, os };
}

export function artifactOf(result: JsonObject, context: ReadContext): Artifact {
  const { place, file } = context;
  const project = wordOf(result.projectName, 500);
  if (isContainer(result)) {
    const image = imageIn(result, project);
    const { image: said } = place;
    const placed = said === undefined ? undefined : imageArtifact(said);
    if (image !== undefined)
      return placed?.name === image.name
        ? { ...image, ...placed, digests: [...new Set([...image.digests, ...placed.digests])] }
        : image;
    if (placed !== undefined) return placed;
  }
  return placeArtifact(place) ?? { kind: 'file', name: project ?? file, digests: [] };
}

/** `docker-image|acme/shop` and the path `acme/shop:1.2@sha256:…/shop`: the path has the tag, and what Snyk adds to it. */
function imageIn(result: JsonObject, project: string | undefined): Artifact | undefined {
  const path = wordOf(result.path, 1000) ?? '';
  // Of an application in an image it is the application's name.
  const named = project?.startsWith('docker-image|') ? project.slice('docker-image|'.length) : undefined;
  const { image, imageId } = objectOf(result.docker);
  const digests = [digestIn(path), digestIn(image), digestIn(imageId)];
  if (named === undefined) return imageArtifact(path, digests);
  const [, tag] = path.startsWith(named) ? (/^:([\w][\w.-]{0,127})/.exec(path.slice(named.length)) ?? []) : [];
  return imageArtifact(tag === undefined ? named : `${named}:${tag}`, digests) ?? imageArtifact(path, digests);
}
