/** Brings the benchmark of DORA's Quick Check into the ledger, for views to read; nothing where no survey asks it. */
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { benchmarks } from '../../formats/dora-benchmark/index.ts';
import type { PartContext } from '../part.ts';

export async function configureBenchmark(tx: Transaction, { config }: PartContext): Promise<void> {
  const isAsked = config.surveys.some(({ questions }) => questions.some(question => question.as === 'quick_check'));
  await stage(
    tx,
    'published_benchmarks',
    { edition: 'INTEGER', industry: 'VARCHAR', metric: 'VARCHAR', mean: 'DOUBLE' },
    isAsked ? benchmarks.map(({ edition, industry, metric, mean }) => ({ edition, industry, metric, mean })) : [],
  );
  await tx.run('DELETE FROM survey_benchmarks; INSERT INTO survey_benchmarks SELECT * FROM published_benchmarks');
  tx.touch('survey_benchmarks');
}
