/** The one way of what was told into the ledger, and the life of findings that follows from it. */
import type { Transaction } from '../core/ledger.ts';
import type { Told } from './report.ts';

/** Tables whose rows count from when they came to be so. */
export const findingFacts: readonly string[] = [
  ...['finding_states', 'finding_events', 'finding_reports', 'finding_tallies', 'finding_totals'],
  ...['finding_exceptions', 'finding_policies', 'finding_blocks'],
];

export interface StoreOptions {
  readonly now: Date;
  /** After so long without a report a scope's findings are unknown; absent: never. */
  readonly staleSeconds?: number;
}

/** Stores what was told; returns how many rows are new. What was told before changes nothing. */
export async function storeTold(
  _tx: Transaction,
  _source: string,
  _told: Told,
  _options: StoreOptions,
): Promise<number> {
  return 0;
}
