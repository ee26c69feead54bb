/** Names of services and versions, made from a tag's or a branch's name. */

/**
 * Gives what each * of a pattern stands for in a text, the last ones as short as can be; undefined where it doesn't match.
 * A pattern has few stars (config.ts), so it takes no time that explodes.
 */
export function starsOf(pattern: string): (text: string) => readonly string[] | undefined {
  const source = pattern
    .split(/([*?])/)
    .map(piece => (piece === '*' ? '(.*)' : piece === '?' ? '.' : piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')))
    .join('');
  const expression = new RegExp(`^${source}$`, 'su');
  return text => expression.exec(text)?.slice(1);
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
