/** Names of services and versions, made from a tag's or a branch's name. */

/** What each * of a pattern stands for in the text, the last ones as short as can be; undefined where it doesn't match. */
export function starsOf(pattern: string, text: string): readonly string[] | undefined {
  const source = pattern
    .split(/([*?])/)
    .map(piece => (piece === '*' ? '(.*)' : piece === '?' ? '.' : piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 'su').exec(text)?.slice(1);
}

export interface NameParts {
  readonly repository: string;
  readonly sha: string;
  readonly tag?: string;
  readonly branch?: string;
  readonly stars?: readonly string[];
}

/** Fills {tag}, {branch}, {sha} (12 characters), {repository}, {name} and {1} to {3}; what it has none of is empty. */
export function filled(template: string, { repository, sha, tag = '', branch = '', stars = [] }: NameParts): string {
  const values: Readonly<Record<string, string>> = {
    ...{ tag, branch, repository, sha: sha.slice(0, 12), name: repository.split('/').at(-1) ?? '' },
    ...Object.fromEntries(stars.map((star, index) => [String(index + 1), star])),
  };
  return template.replace(/\{(tag|branch|sha|repository|name|[1-3])\}/g, (_, key: string) => values[key] ?? '');
}
