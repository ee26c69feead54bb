/** For tests of what comes twice, late and out of order: orders of events, and what a ledger reads like after them. */
import type { Row } from '../../../exporters/core/ledger.ts';

/** All orders of a list; of a long one, its rotations and those backwards. */
export function permutations<Item>(items: readonly Item[]): (readonly Item[])[] {
  if (items.length <= 1) return [items];
  if (items.length > 4)
    return items.flatMap((_, index) => {
      const turned = [...items.slice(index), ...items.slice(0, index)];
      return [turned, [...turned].reverse()];
    });
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map(rest => [item, ...rest]),
  );
}

const statements = {
  tags: 'repository, tag',
  deployments: 'source, deployment',
  pull_requests: 'source, repository, number',
  pipeline_runs: 'source, run',
  incidents: 'source, incident',
} as const;

/** The statement of each thing that holds, and the sets, without when they were learned. */
export async function readings(
  run: { readonly rows: (sql: string) => Promise<Row[]> },
  /** A pattern of LIKE. */
  source = '%',
): Promise<Record<keyof typeof statements | 'statuses' | 'commits', Row[]>> {
  const found = {} as Record<keyof typeof statements | 'statuses' | 'commits', Row[]>;
  for (const [table, identity] of Object.entries(statements))
    found[table as keyof typeof statements] = await run.rows(
      `SELECT * EXCLUDE (learned_at) FROM ${table} ${table === 'tags' ? '' : `WHERE source LIKE '${source}'`}
       QUALIFY row_number() OVER (PARTITION BY ${identity} ORDER BY updated_at DESC, learned_at DESC) = 1 ORDER BY ALL`,
    );
  found.statuses = await run.rows(
    `SELECT * EXCLUDE (learned_at) FROM deployment_statuses WHERE source LIKE '${source}' ORDER BY ALL`,
  );
  found.commits = await run.rows('SELECT * EXCLUDE (learned_at, node) FROM commits ORDER BY ALL');
  return found;
}
