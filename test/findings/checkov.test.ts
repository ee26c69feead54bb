/** Runs of Checkov on one repository over the years: what is fixed, what is new, and what only moved. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Outcome } from '../../exporters/findings/report.ts';
import { openBooks, owner, report, result } from './books.ts';

const corpus = process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/data');
const folder = path.join(corpus, 'policy/checkov/history-terragoat');

interface Run {
  readonly results: Readonly<Record<`${'failed' | 'passed' | 'skipped'}_checks`, readonly Check[]>>;
}
interface Check {
  readonly check_id: string;
  readonly resource: string;
  readonly file_path: string;
  readonly file_line_range: readonly number[];
}

function reportOf(file: string) {
  const { results } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Run;
  const of = (outcome: Outcome, checks: readonly Check[]) =>
    checks.map(({ check_id: policy, resource, file_path, file_line_range }) =>
      result(outcome, { policy, resource: `repository:t/${resource}`, location: `${file_path}:${file_line_range[0]}` }),
    );
  return report(
    `${file.slice(0, 10)}T00:00:00Z`,
    [...of('fail', results.failed_checks), ...of('pass', results.passed_checks), ...of('skip', results.skipped_checks)],
    { engine: 'checkov', scope: 'repository:t', owner: owner('acme/shop'), digest: file },
  );
}

test('over three runs of one repository 2 and 19 findings end, 170 and 67 are new, and moving files changes none', async t => {
  if (!existsSync(folder)) return t.skip('no policy/checkov/history-terragoat in PLUMBLINE_CORPUS');
  const files = readdirSync(folder).sort();
  const inTurn = await openBooks();
  for (const file of files) await inTurn.tell({ reports: [reportOf(file)] }, '2026-02-10T00:00:00Z');
  const together = await openBooks();
  await together.tell({ reports: files.map(reportOf).reverse() }, '2026-02-10T00:00:00Z');
  for (const books of [inTurn, together]) {
    assert.deepEqual(
      await books.lines(`SELECT year(occurred_at), month(occurred_at), event, reason, count(*) FROM finding_events
        GROUP BY ALL ORDER BY ALL`),
      [
        ...['2020 4 opened  80', '2020 7 opened  170', '2020 7 resolved fixed 2'],
        // Nothing passes any more of what those 19 had failed: their resources went.
        ...['2021 12 opened  67', '2021 12 resolved gone 19'],
      ],
    );
    await assertOpen(books, 296);
  }
  await inTurn.close();
  await together.close();
});

const assertOpen = async (books: Awaited<ReturnType<typeof openBooks>>, expected: number) =>
  assert.deepEqual(
    await books.lines(`SELECT count(*) FROM (
      SELECT state FROM finding_states
      QUALIFY row_number() OVER (PARTITION BY finding ORDER BY occurred_at DESC, learned_at DESC) = 1
    ) WHERE state = 'open'`),
    [String(expected)],
  );
