/** What a source of answers is given beside its own configuration: the survey's meaning, and the one way into the ledger. */
import { createHash } from 'node:crypto';
import type { Transaction } from '../../core/ledger.ts';
import { keepRejections, type Rejection } from '../../core/rejections.ts';
import type { BatchCounts } from '../../core/source.ts';
import type { Pseudonyms } from '../pseudonym.ts';
import type { SurveyConfig } from './config.ts';
import { surveyDigest } from './matching.ts';
import type { SurveyTold } from './told.ts';

export interface SurveyDesk {
  readonly survey: SurveyConfig;
  readonly pseudonyms: Pseudonyms;
  readonly store: (tx: Transaction, source: string, told: SurveyTold, now: Date) => Promise<BatchCounts>;
}

/** What could not be read at all, beside what was told; its places are not those of responses that could. */
export interface Unread {
  /** Every place that was looked at. */
  readonly read: readonly string[];
  readonly rejections: readonly Rejection[];
}

/** Stores what was told and keeps what was not. */
export async function tell(
  tx: Transaction,
  { source, desk, now }: { readonly source: string; readonly desk: SurveyDesk; readonly now: Date },
  told: Omit<SurveyTold, 'survey'>,
  unread: Unread,
): Promise<BatchCounts> {
  const stored = await desk.store(tx, source, { survey: desk.survey.survey, ...told }, now);
  const rejected: Record<string, number> = { ...stored.rejected };
  for (const [reason, count] of Object.entries(await keepRejections(tx, source, unread, now)))
    rejected[reason] = (rejected[reason] ?? 0) + count;
  return { ...stored, rejected };
}

/**
 * What answers are read by. Their texts are not kept, so that another meaning of a question, or another place to read
 * from, needs all of them read anew; another token does not.
 */
export function shapeOf(config: Readonly<Record<string, unknown>>, { survey }: SurveyDesk): string {
  const what = Object.entries(config)
    .filter(([key]) => !/^(every|timeout|settle)$|(^|_)(token|credential)(_file)?$/.test(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([what, surveyDigest(survey)]))
    .digest('hex')
    .slice(0, 16);
}
