/**
 * Publishes what is told of people's use. People are counted over whole weeks (Monday to Sunday, UTC) and over four such
 * weeks, once each, a day after its end: windows that slide by a day would tell by their differences when one person comes
 * and goes. What is published stays as it was, so that counts stay in history when the days behind them are deleted.
 *
 * Protected is that somebody used something, and when: no count is of fewer than k people; none is of everybody of whom it
 * could be; nor is what is left of all people when the teams that are told are subtracted. Whether a team used something is
 * told of teams of k people or more. That nobody of a team, or nobody at all, used it is no secret.
 */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime, utcDay } from '../../../core/time.ts';
import type { ExperienceConfig } from '../../config.ts';
import { settingsDigest } from '../settings.ts';
import { bound } from '../store.ts';

const read = (file: string) => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8').split(/;\n/);
const pending = read('pending');
const steps = ['members', 'results', 'first_success', 'publish'].flatMap(read);

/** Publishes every period that is over and was not, or not as it is known and configured now. */
export async function releaseUsage(
  tx: Transaction,
  config: Pick<ExperienceConfig, 'features' | 'privacy'>,
  now: Date,
): Promise<void> {
  const parameters = {
    now: sqlTime(now),
    oldest: utcDay(new Date(now.getTime() - config.privacy.retention_days * 864e5)),
    settings: settingsDigest(config),
  };
  const run = async (statements: readonly string[]) => {
    for (const sql of statements) await tx.run(sql, bound(sql, parameters));
  };
  await run(pending);
  if ((await tx.scalar('SELECT EXISTS (FROM usage_runs)')) === true) {
    await run(steps);
    if ((await tx.scalar('SELECT EXISTS (FROM usage_chosen)')) === true) tx.touch('usage_results');
    await tx.run(`DROP TABLE usage_run_days; DROP TABLE usage_members; DROP TABLE usage_feature_members;
      DROP TABLE usage_former; DROP TABLE usage_run_teams; DROP TABLE usage_candidates; DROP TABLE usage_chosen`);
  }
  await tx.run('DROP TABLE usage_runs');
}
