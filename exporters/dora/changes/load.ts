/** Commit graphs of the ledger's repositories, kept in memory and extended by the commits that have come since. */
import type { Transaction } from '../../core/ledger.ts';
import { type CommitGraph, commitGraph } from './graph.ts';

export interface Graphs {
  /** The graph of a repository, with all of its commits. */
  readonly of: (tx: Transaction, repository: string) => Promise<CommitGraph>;
}

interface Held {
  readonly graph: CommitGraph;
  /** Parents that are not in the history read. */
  readonly missing: Set<string>;
}

const rowsPerPiece = 20_000;

export function commitGraphs(): Graphs {
  const held = new Map<string, Held>();
  let ledger = '';
  return {
    of: async (tx, repository) => {
      // A temporary table lives as long as the connection that writes the ledger: another ledger has another one.
      await tx.run('CREATE TEMP TABLE IF NOT EXISTS graphs_of AS SELECT uuid()::VARCHAR AS ledger');
      const current = String(await tx.scalar('SELECT ledger FROM graphs_of'));
      if (current !== ledger) held.clear();
      ledger = current;
      let known = held.get(repository);
      if (known !== undefined && (await hasComeLater(tx, repository, known))) known = undefined;
      known ??= { graph: commitGraph(), missing: new Set() };
      await load(tx, repository, known);
      held.set(repository, known);
      return known.graph;
    },
  };
}

/** True where a parent has come after its child: then the order of the graph doesn't hold. */
async function hasComeLater(tx: Transaction, repository: string, { graph, missing }: Held): Promise<boolean> {
  if (missing.size === 0) return false;
  const count = await tx.scalar(
    `SELECT count(*) FROM commits
     WHERE repository = $repository AND node > $last::BIGINT
       AND sha IN (SELECT unnest(from_json($missing, '["VARCHAR"]')))`,
    { repository, last: String(graph.last()), missing: JSON.stringify([...missing]) },
  );
  return Number(count) > 0;
}

async function load(tx: Transaction, repository: string, { graph, missing }: Held): Promise<void> {
  const from = { repository, last: String(graph.last()) };
  const news = await tx.scalar(
    'SELECT count(*) FROM commits WHERE repository = $repository AND node > $last::BIGINT',
    from,
  );
  if (Number(news) === 0) return;
  // A line an edge: to gather the parents of each commit into one line would take DuckDB longer than all else.
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE new_edges AS
     WITH own AS (SELECT node, sha, parents FROM commits WHERE repository = $repository),
     child AS (
       SELECT node, unnest(string_split(parents, ' ')) AS parent,
         generate_subscripts(string_split(parents, ' '), 1) AS place
       FROM own WHERE node > $last::BIGINT
     )
     SELECT child.node, child.parent, known.node AS parent_node,
       row_number() OVER (ORDER BY child.node, child.place) AS number
     FROM child
     LEFT JOIN own AS known ON known.sha = child.parent`,
    from,
  );
  for (const row of await tx.all("SELECT DISTINCT parent FROM new_edges WHERE parent_node IS NULL AND parent <> ''"))
    missing.add(String(row.parent));
  await graph.extend(pieces(tx, Number(await tx.scalar('SELECT count(*) FROM new_edges'))));
  await tx.run('DROP TABLE new_edges');
}

async function* pieces(tx: Transaction, count: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < count; from += rowsPerPiece)
    yield* await tx.blobs(
      `SELECT encode(string_agg(
         CASE WHEN parent = '' THEN node::VARCHAR ELSE node || ' ' || coalesce(parent_node, 0) END,
         chr(10) ORDER BY number
       ))
       FROM new_edges
       WHERE number > $from::BIGINT AND number <= $from::BIGINT + ${rowsPerPiece}`,
      { from: String(from) },
    );
}
