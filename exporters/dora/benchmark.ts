/** Brings what DORA has published into the ledger, for views to read. */
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import { answerBounds, bandBounds, benchmarks } from '../formats/dora-benchmark/index.ts';

/** Replaces the tables where they differ from what is published with this program. */
export async function configureBenchmarks(tx: Transaction): Promise<void> {
  await replace(
    tx,
    'quick_check_answers',
    { metric: 'VARCHAR', answer: 'INTEGER', upper_bound: 'DOUBLE', is_closed: 'BOOLEAN' },
    answerBounds.map(({ metric, answer, below, isClosed }) => ({
      ...{ metric, answer, upper_bound: below, is_closed: isClosed },
    })),
  );
  await replace(
    tx,
    'performance_bands',
    {
      ...{ year: 'INTEGER', metric: 'VARCHAR', band: 'VARCHAR', position: 'INTEGER' },
      ...{ upper_bound: 'DOUBLE', is_closed: 'BOOLEAN' },
    },
    bandBounds.map(({ year, metric, band, position, below, isClosed }) => ({
      ...{ year, metric, band, position, is_closed: isClosed },
      upper_bound: Number.isFinite(below) ? below : null,
    })),
  );
  await replace(
    tx,
    'quick_check_benchmarks',
    { edition: 'INTEGER', industry: 'VARCHAR', metric: 'VARCHAR', mean: 'DOUBLE' },
    benchmarks.map(({ edition, industry, metric, mean }) => ({ edition, industry, metric, mean })),
  );
}

async function replace(tx: Transaction, table: string, ...[columns, rows]: StagedRows): Promise<void> {
  await stage(tx, 'published_now', columns, rows);
  const differs = await tx.scalar(
    `SELECT EXISTS ((FROM published_now EXCEPT FROM ${table}) UNION ALL (FROM ${table} EXCEPT FROM published_now))`,
  );
  if (differs === true) {
    await tx.run(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM published_now`);
    tx.touch(table);
  }
  await tx.run('DROP TABLE published_now');
}

type StagedRows =
  Parameters<typeof stage> extends [unknown, unknown, ...infer Rest extends [unknown, unknown]] ? Rest : never;
