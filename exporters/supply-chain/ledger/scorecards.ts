/** How repositories are kept (OpenSSF Scorecard) into the ledger. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { instantOf, ledgerTime, ownerOf } from '../../findings/staged-values.ts';
import type { Scorecard } from '../lists.ts';

const scorecardsSql = readFileSync(new URL('./scorecards.sql', import.meta.url), 'utf8');

/** Of several of one repository and time the last is told; one that was told before changes nothing. */
export async function storeScorecards(tx: Transaction, scorecards: readonly Scorecard[], now: Date): Promise<void> {
  if (scorecards.length === 0) return;
  const last = new Map(scorecards.map(one => [`${instantOf(one.at, now)} ${one.repository}`, one]));
  await stage(
    tx,
    'heard_scores',
    { repository: 'VARCHAR', check_name: 'VARCHAR', score: 'DOUBLE', owner: 'VARCHAR', occurred_at: 'TIMESTAMP' },
    [...last.values()].flatMap(({ repository, at, score, checks, owner }) =>
      [{ name: '', ...(score === undefined ? {} : { score }) }, ...checks].map(check => ({
        ...{ repository, check_name: check.name, score: check.score ?? null, owner: ownerOf(owner) },
        occurred_at: ledgerTime(instantOf(at, now)),
      })),
    ),
  );
  await tx.run(scorecardsSql);
}
