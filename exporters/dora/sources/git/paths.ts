/** Which services of `dora.services` with paths each commit touches; a merge touches what it brings to its first parent. */
import { wildcard } from '../../../catalog/wildcard.ts';
import { breather } from '../../../core/breathe.ts';
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import type { ServiceConfig } from '../../config.ts';
import type { Opened } from './places.ts';
import { startGit } from './process.ts';
import { type SliceOptions, slicesOf } from './slices.ts';

export interface PathRule {
  readonly service: string;
  readonly paths: readonly string[];
}

/** The services of a repository that are told apart by paths. */
export const pathRulesOf = (services: readonly ServiceConfig[], repository: string): readonly PathRule[] =>
  services.flatMap(({ service, repository: pattern, paths }) =>
    paths !== undefined && wildcard([pattern], true)(repository) ? [{ service, paths }] : [],
  );

/** Tokens apart by NUL: \x01 and a sha, then the paths that it changes, the first one after a newline. */
export function readPaths(
  { context, at }: Opened,
  range: readonly string[],
  portions: SliceOptions,
): AsyncGenerator<Buffer> {
  const args = [
    ...[...at, 'log', '-z', '--no-show-signature', '--format=%x01%H', '--name-only', '--no-renames', '--no-ext-diff'],
    ...['--no-relative', '--diff-merges=first-parent', '--stdin', '--'],
  ];
  return slicesOf(startGit(context, { what: 'read the changed paths of', args, input: range }), portions);
}

export interface Touches {
  /** Takes a slice; gives what is whole of it: `sha service` lines, '' for none. */
  readonly take: (slice: Buffer) => Promise<readonly (readonly [sha: string, service: string])[]>;
  /** What is left at the end. */
  readonly rest: () => readonly (readonly [sha: string, service: string])[];
}

export function touchesBy(rules: readonly PathRule[]): Touches {
  const matchers = rules.map(({ service, paths }) => ({ service, matches: wildcard(paths) }));
  const servicesOf = remembering((path: string) =>
    matchers.filter(({ matches }) => matches(path)).map(({ service }) => service),
  );
  let sha: string | undefined;
  let services = new Set<string>();
  const finished = (): (readonly [string, string])[] => {
    if (sha === undefined) return [];
    const rows = services.size === 0 ? [''] : [...services];
    return rows.map(service => [sha!, service] as const);
  };
  return {
    take: async slice => {
      const breathe = breather();
      const rows: (readonly [string, string])[] = [];
      let start = 0;
      while (start <= slice.length) {
        const found = slice.indexOf(0, start);
        const end = found < 0 ? slice.length : found;
        const token = slice.toString('utf8', start, end);
        start = end + 1;
        // A record ends with a NUL of its own.
        if (token === '') continue;
        const commit = token.startsWith('\u0001') && isSha(token.slice(1)) ? token.slice(1) : undefined;
        if (commit !== undefined) {
          rows.push(...finished());
          sha = commit;
          services = new Set();
        } else for (const service of servicesOf(token.startsWith('\n') ? token.slice(1) : token)) services.add(service);
        if (breathe.due()) await breathe.now();
      }
      return rows;
    },
    rest: finished,
  };
}

const isSha = (text: string) => /^[0-9a-f]{40,64}$/.test(text);

/** Most paths are changed many times. */
function remembering(ask: (path: string) => readonly string[]): (path: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return path => {
    let answer = known.get(path);
    if (answer === undefined) {
      if (known.size >= 200_000) known.clear();
      answer = ask(path);
      known.set(path, answer);
    }
    return answer;
  };
}

export async function storeTouches(
  tx: Transaction,
  repository: string,
  rows: readonly (readonly [sha: string, service: string])[],
  now: Date,
): Promise<void> {
  for (let start = 0; start < rows.length; start += 5000)
    await tx.run(
      `INSERT INTO commit_services
       SELECT $repository, t[1], t[2], $now::TIMESTAMP
       FROM (SELECT DISTINCT unnest(from_json($rows::JSON, '[["VARCHAR"]]')) AS t)
       WHERE NOT EXISTS (FROM commit_services AS known
         WHERE known.repository = $repository AND known.sha = t[1] AND known.service = t[2])`,
      { repository, rows: JSON.stringify(rows.slice(start, start + 5000)), now: sqlTime(now) },
    );
  if (rows.length > 0) tx.touch('commit_services');
}
