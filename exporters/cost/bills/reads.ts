/** What ownership rules read of a charge, and the grain that follows from it. */
import { createHash } from 'node:crypto';
import type { Ledger, Reader } from '../../core/ledger.ts';
import type { OwnershipReads } from './normalise.ts';

/** What the rules read, or how to find it out in the ledger. */
export type ReadsOf = OwnershipReads | ((reader: Reader) => Promise<OwnershipReads>);

export const readsIn = async (ledger: Ledger, readsOf: ReadsOf): Promise<OwnershipReads> =>
  typeof readsOf === 'function' ? ledger.read(readsOf) : readsOf;

/** Rises when the same bill gives another grain than before; bills are then read again. */
const grainVersion = 3;

/** Names the grain, and what else decides how a bill is posted: where it differs, bills are read again. */
export const shapeOf = (reads: OwnershipReads, more: readonly (string | undefined)[]): string =>
  createHash('sha256')
    .update(JSON.stringify([grainVersion, [...reads.tags].sort(), [...reads.attributes].sort(), ...more]))
    .digest('hex')
    .slice(0, 16);
