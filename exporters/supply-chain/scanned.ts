/** What readers of scans have in common: what a scan is of, whose it is, and what identifies it. */
import { ownerText } from '../catalog/keys.ts';
import { repositorySlug } from '../catalog/repository.ts';
import type { OwnerAttributes } from '../catalog/rules.ts';
import type { Rejection } from '../core/rejections.ts';
import { type Place, placeAttributes } from '../findings/place.ts';
import { wordOf } from '../formats/json.ts';
import type { Artifact, Scan } from './document.ts';
import type { ReadContext, Reading } from './reading.ts';
import { imageOf } from './subject.ts';

export { digestOf, digestOfPart, evaluatedAt } from '../findings/look.ts';

export const rejection = (context: ReadContext, more: Omit<Rejection, 'file'>): Rejection => ({
  file: context.file,
  ...more,
});

/** `sha256:` and hex of the right length; undefined for what only looks like one. */
export function digestIn(value: unknown): string | undefined {
  const [digest] = /sha256:[0-9a-f]{64}(?![0-9a-f])/.exec((wordOf(value, 2000) ?? '').toLowerCase()) ?? [];
  return digest;
}

/** An image by its reference, and digests that it is known by; undefined where the reference is none. */
export function imageArtifact(reference: string, digests: readonly (string | undefined)[] = []): Artifact | undefined {
  const image = imageOf(reference);
  if (image === undefined) return undefined;
  const all = [image.digest, ...digests].filter((one): one is string => digestIn(one) === one && one !== undefined);
  return {
    kind: 'image',
    name: image.name,
    ...(image.tag === undefined ? {} : { tag: image.tag }),
    digests: [...new Set(all)],
  };
}

export function repositoryArtifact(said: string): Artifact | undefined {
  const name = repositorySlug(said);
  return name === undefined ? undefined : { kind: 'repository', name, digests: [] };
}

/** What the place says that it is of: an image, else a repository. */
export const placeArtifact = (
  { image, repository }: Place,
  digests: readonly (string | undefined)[] = [],
): Artifact | undefined =>
  (image === undefined ? undefined : imageArtifact(image, digests)) ??
  (repository === undefined ? undefined : repositoryArtifact(repository));

/** Whose the scan of an artifact is, by the artifact, the place and what else is known. */
export const ownerOfArtifact = (artifact: Artifact, context: ReadContext, more: OwnerAttributes = {}): string =>
  ownerText({
    ...placeAttributes(context.place),
    ...(artifact.kind === 'image' ? { image: artifact.name } : {}),
    ...(artifact.kind === 'repository' ? { repository: artifact.name } : {}),
    ...more,
  });

export const scansReading = (
  scans: readonly Scan[],
  records: number,
  rejections: readonly Rejection[] = [],
): Reading => ({ heard: { scans }, records, rejections });

/** Of a list with records that can't be read: what it lists no longer may be one of them. */
export const completenessOf = (rejected: number): Pick<Scan, 'completeness' | 'reason'> =>
  rejected > 0 ? { completeness: 'partial', reason: 'records_rejected' } : { completeness: 'complete' };

/** A version as it stands, without what no version has: some scanners read binaries past a string's end. */
export const versionIn = (value: unknown): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away.
  (wordOf(value, 200) ?? '').replace(/[\u0000-\u001f\u007f].*$/s, '').trim();

/** A score of CVSS; undefined for what is none. */
export const scoreOf = (value: unknown): number | undefined => {
  const score = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof score === 'number' && score >= 0 && score <= 10 ? score : undefined;
};

/** `{}` where there is nothing to say: fields of a finding that may be missing. */
export function present<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const said: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) said[key] = value;
  return said as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
