/** A run of Cosign as a pipeline tells of it: its output and exit code, and what was asked of it. */
import { isObject, textOf, wordOf } from '../../../formats/json.ts';
import type { RawDocument, ReadContext } from '../../reading.ts';
import { imageOf } from '../../subject.ts';
import { imageNamed } from '../../verification/looks.ts';

export type Image = NonNullable<ReturnType<typeof imageOf>>;

export interface CosignRun {
  /** Undefined where only the output is there. */
  readonly exit: number | undefined;
  readonly stdout: string;
  /** verify, verify-attestation, …; undefined where nothing says. */
  readonly verb?: string;
  /** What was asked for, in this order. */
  readonly images: readonly Image[];
  /** It was told not to compare what is signed with the image. */
  readonly isUncompared: boolean;
}

/** `{exit, stdout, stderr, command, image}` as a pipeline writes it, all but exit optional. */
export const isRun = (value: unknown): boolean =>
  isObject(value) &&
  exitOf(value.exit) !== undefined &&
  ['stdout', 'stderr', 'command', 'image'].some(key => typeof value[key] === 'string');

/** Shells make texts of numbers. */
const exitOf = (value: unknown): number | undefined =>
  (typeof value === 'string' && /^\d{1,3}$/.test(value)) || Number.isInteger(value) ? Number(value) : undefined;

/** `value` is one for which `isRun` holds. */
export function runOf(value: Readonly<Record<string, unknown>>, { place }: ReadContext): CosignRun {
  const command = wordOf(value.command, 10_000);
  const said = wordOf(value.image) ?? place.image;
  const named = said === undefined ? undefined : imageOf(said);
  const words = command?.split(/\s+/) ?? [];
  const verb = words.findLast(word => /^(?:.*\/)?cosign$/.test(word)) && words[words.findLastIndex(isCosign) + 1];
  return {
    exit: exitOf(value.exit),
    stdout: typeof value.stdout === 'string' ? value.stdout : '',
    ...(verb === undefined ? {} : { verb }),
    images: named === undefined ? imagesOf(words) : [named],
    isUncompared: words.includes('--check-claims=false'),
  };
}

const isCosign = (word: string) => /^(?:.*\/)?cosign$/.test(word);

/** A document that is the output itself: the address says the rest. Undefined where it is no text. */
export function outputOf({ bytes }: RawDocument, { place }: ReadContext): CosignRun | undefined {
  const stdout = textOf(bytes);
  const image = place.image === undefined ? undefined : imageOf(place.image);
  return stdout === undefined
    ? undefined
    : { exit: place.exit, stdout, images: image === undefined ? [] : [image], isUncompared: false };
}

/** The last words of a command are its images; one behind a flag may be the flag's, but for the last. */
function imagesOf(words: readonly string[]): readonly Image[] {
  const images: Image[] = [];
  for (let index = words.length - 1; index > 0; index -= 1) {
    const image = imageNamed(words[index]!);
    if (image === undefined || (images.length > 0 && words[index - 1]!.startsWith('-'))) break;
    images.unshift(image);
  }
  return images;
}
