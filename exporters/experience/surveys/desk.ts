/** What a source of answers is given beside its own configuration: the survey's meaning, and the one way into the ledger. */
import { createHash } from 'node:crypto';
import type { Transaction } from '../../core/ledger.ts';
import type { Rejection } from '../../core/rejections.ts';
import type { Pseudonyms } from '../pseudonym.ts';
import type { SurveyConfig } from './config.ts';
import type { SurveyTold } from './told.ts';

export interface Stored {
  /** How many responses are new, changed or withdrawn. */
  readonly changed: number;
  /** Of answers that mean nothing by the survey's definition; each names its response and question. */
  readonly rejections: readonly Rejection[];
}

export interface SurveyDesk {
  readonly survey: SurveyConfig;
  readonly pseudonyms: Pseudonyms;
  readonly store: (tx: Transaction, source: string, told: SurveyTold, now: Date) => Promise<Stored>;
}

/**
 * What answers are read by. Their texts are not kept, so that another meaning of a question, or another source, needs all
 * of them read anew.
 */
export const shapeOf = (config: Readonly<Record<string, unknown>>, { survey }: SurveyDesk): string => {
  const { every: _, timeout: __, ...what } = config;
  const shown = Object.entries(what).filter(([key]) => !/(^|_)(token|credential)(_file)?$/.test(key));
  return createHash('sha256')
    .update(JSON.stringify([shown, survey]))
    .digest('hex')
    .slice(0, 16);
};
