/** The one way of what was heard into the ledger, and the life of findings that follows from scans and what runs. */
import type { Transaction } from '../core/ledger.ts';
import type { Heard } from './document.ts';

/** Tables whose rows count from when they came to be so, beside those of findings. */
export const supplyChainFacts: readonly string[] = [
  ...['artifact_scans', 'finding_fixes', 'artifact_sboms', 'vex_statements', 'attestations', 'signature_looks'],
  ...['running_images', 'running_looks', 'kev_entries'],
];

export interface StoreOptions {
  readonly now: Date;
  /** After so long without another scan or list what it told is unknown; absent: never. */
  readonly staleSeconds?: number;
}

/**
 * Stores what was heard; returns how many rows are new. What was told before changes nothing. What several documents tell
 * is applied in the order of time, whatever their order here.
 */
export async function storeHeard(
  _tx: Transaction,
  _source: string,
  _heard: readonly Heard[],
  _options: StoreOptions,
): Promise<number> {
  return 0;
}
