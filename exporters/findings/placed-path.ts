/** Paths that tell where a report is from: `reports/{repository}/checkov-*.json`. */
import type { Place } from './place.ts';

const words = ['scope', 'repository', 'cluster', 'image', 'service', 'team', 'environment'] as const;
type Word = (typeof words)[number];

const isWord = (text: string): text is Word => (words as readonly string[]).includes(text);
const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

export interface PlacedPath {
  /** Without braces. */
  readonly glob: string;
  /** What a file's path says; empty where it is not of the pattern. */
  readonly placeOf: (file: string) => Place;
}

/** A repository or an image may be several folders (`acme/shop`), every other word is one name. */
export function placedPath(pattern: string): PlacedPath {
  const parts = pattern.split(/\{(\w+)\}/);
  const named: Word[] = [];
  let glob = '';
  let form = '';
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0) {
      glob += part;
      form += globForm(part);
    } else if (isWord(part)) {
      named.push(part);
      const isFolders =
        (part === 'repository' || part === 'image') && /(^|\/)$/.test(glob) && parts[index + 1]?.startsWith('/');
      glob += isFolders ? '**' : '*';
      form += isFolders ? '(.+?)' : '([^/]+?)';
    } else {
      glob += `{${part}}`;
      form += escaped(`{${part}}`);
    }
  }
  const whole = new RegExp(`^${form}$`);
  return {
    glob,
    placeOf: file => {
      const values = named.length === 0 ? undefined : whole.exec(file.replaceAll('\\', '/'))?.slice(1);
      return Object.fromEntries((values ?? []).map((value, index) => [named[index], value]));
    },
  };
}

const globForm = (part: string): string =>
  part
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map(piece =>
      piece === '**/'
        ? '(?:.*/)?'
        : piece === '**'
          ? '.*'
          : piece === '*'
            ? '[^/]*'
            : piece === '?'
              ? '[^/]'
              : escaped(piece),
    )
    .join('');
