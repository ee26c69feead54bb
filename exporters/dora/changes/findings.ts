/** What the walk has found, into the temporary tables found_ranges and found_commits, many at a time and as text. */
import type { Transaction } from '../../core/ledger.ts';

export interface FoundRange {
  readonly lane: number;
  readonly position: number;
  readonly basis: string;
  readonly commits: number;
  readonly merges: number;
}

export interface Findings {
  readonly range: (found: FoundRange) => Promise<void>;
  /** The commits of a range by their nodes; those up to `fresh` had never been deployed in the lane. */
  readonly commits: (lane: number, position: number, nodes: readonly number[], fresh: number) => Promise<void>;
  readonly flush: () => Promise<void>;
}

const mostCharacters = 256 << 10;

export function findings(tx: Transaction): Findings {
  let ranges: string[] = [];
  let lines: string[] = [];
  let length = 0;
  const flush = async () => {
    if (ranges.length > 0)
      await tx.run(
        `INSERT INTO found_ranges SELECT f[1]::INTEGER, f[2]::INTEGER, f[3], f[4]::BIGINT, f[5]::BIGINT
         FROM (SELECT string_split(unnest(string_split($text::VARCHAR, ';')), ' ') AS f)`,
        { text: ranges.join(';') },
      );
    if (lines.length > 0)
      await tx.run(
        `INSERT INTO found_commits
         SELECT f[1]::INTEGER, f[2]::INTEGER, unnest(f[4:])::BIGINT, generate_subscripts(f[4:], 1) <= f[3]::BIGINT
         FROM (SELECT string_split(unnest(string_split($text::VARCHAR, ';')), ' ') AS f)`,
        { text: lines.join(';') },
      );
    ranges = [];
    lines = [];
    length = 0;
  };
  const add = async (to: string[], line: string) => {
    to.push(line);
    length += line.length;
    if (length >= mostCharacters) await flush();
  };
  return {
    range: ({ lane, position, basis, commits, merges }) =>
      add(ranges, `${lane} ${position} ${basis} ${commits} ${merges}`),
    commits: async (lane, position, nodes, fresh) => {
      // A range may be all of a long history.
      for (let start = 0; start < nodes.length; start += 20_000) {
        const some = nodes.slice(start, start + 20_000);
        await add(lines, `${lane} ${position} ${fresh - start} ${some.join(' ')}`);
      }
    },
    flush,
  };
}
