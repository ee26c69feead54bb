/**
 * What DevLake's refdiff plugin computes: the commits of each deployment that are not in the success before it. Only
 * those that pull requests were merged by are kept, for they alone are asked for.
 */
import { readFileSync } from 'node:fs';
import { breather } from '../../core/breathe.ts';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import type { CommitGraph } from '../changes/graph.ts';
import { commitGraphs, type Graphs } from '../changes/load.ts';
import { type Walker, walker } from '../changes/walk.ts';
import type { DoraConfig } from '../config.ts';

const lanesSql = readFileSync(new URL('./lanes.sql', import.meta.url), 'utf8');

/** By configuration, of which a running exporter has one. */
const graphsOf = new WeakMap<DoraConfig, Graphs>();

/** Fills `devlake_commits_diffs` and `devlake_ranges (lane, position, is_known, commits, merges)`. */
export async function findDiffs(tx: Transaction, config: DoraConfig): Promise<void> {
  const graphs = graphsOf.get(config) ?? commitGraphs();
  graphsOf.set(config, graphs);
  await tx.run(lanesSql);
  const rows = await tx.all(
    'SELECT lane, position, repository, node::VARCHAR AS node FROM devlake_lanes ORDER BY repository, lane, position',
  );
  const breathe = breather();
  const ranges: { lane: number; position: number; is_known: boolean; commits: number; merges: number }[] = [];
  const found: { lane: number; position: number; node: number }[] = [];
  for (const [repository, deployed] of Map.groupBy(rows, row => String(row.repository))) {
    const graph = await graphs.of(tx, repository);
    const merged = await mergedNodes(tx, repository);
    const walk = walker(graph, breathe);
    for (const [lane, positions] of Map.groupBy(deployed, row => Number(row.lane))) {
      const commits = positions.map(({ position, node }) => ({ position: Number(position), node: Number(node) }));
      for (const range of await walkLane(walk, graph, commits)) {
        const { position, nodes, isKnown, merges } = range;
        ranges.push({ lane, position, is_known: isKnown, commits: nodes.length, merges });
        for (const node of nodes) if (isKnown && merged.has(node)) found.push({ lane, position, node });
        if (breathe.due()) await breathe.now();
      }
    }
  }
  const place = { lane: 'INTEGER', position: 'INTEGER' };
  await stage(tx, 'devlake_ranges', { ...place, is_known: 'BOOLEAN', commits: 'BIGINT', merges: 'BIGINT' }, ranges);
  await stage(tx, 'devlake_found', { ...place, node: 'BIGINT' }, found);
  await tx.run(`
    CREATE OR REPLACE TEMP TABLE devlake_commits_diffs AS
    SELECT DISTINCT p.previous_sha AS old_sha, d.sha AS new_sha, c.sha
    FROM devlake_found AS f
    JOIN devlake_previous AS p USING (lane, position)
    JOIN devlake_deployment_commits AS d USING (project, id)
    JOIN commits AS c ON c.node = f.node`);
}

interface Range {
  readonly position: number;
  readonly nodes: readonly number[];
  readonly merges: number;
  /** False for the first, and where this commit or the one before isn't in the history read. */
  readonly isKnown: boolean;
}

async function walkLane(
  walk: Walker,
  graph: CommitGraph,
  deployed: readonly { readonly position: number; readonly node: number }[],
): Promise<readonly Range[]> {
  const lane = walk.lane();
  const ranges: Range[] = [];
  let hasPrevious = false;
  for (const { position, node } of deployed) {
    const index = node === 0 ? -1 : graph.indexOf(node);
    const nothing = { position, nodes: [], merges: 0, isKnown: false };
    if (index < 0) {
      hasPrevious = false;
      ranges.push(nothing);
      continue;
    }
    const { commits, merges, isWhole } = await lane.deploy(index);
    const isKnown = hasPrevious && isWhole;
    ranges.push(isKnown ? { position, nodes: commits.map(graph.nodeAt), merges, isKnown } : nothing);
    hasPrevious = true;
  }
  return ranges;
}

async function mergedNodes(tx: Transaction, repository: string): Promise<ReadonlySet<number>> {
  const rows = await tx.all(
    `SELECT node::VARCHAR AS node FROM commits
     WHERE repository = $repository AND sha IN (SELECT merge_sha FROM devlake_merged WHERE repository = $repository)`,
    { repository },
  );
  return new Set(rows.map(({ node }) => Number(node)));
}
