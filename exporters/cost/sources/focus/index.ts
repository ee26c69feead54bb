/** FOCUS bills on disk: FinOps Open Cost and Usage Specification 1.0 to 1.4 as CSV, gzipped CSV or Parquet. */
import type { ReadSource } from '../../../core/source.ts';
import { type BillFilesOptions, billFiles } from '../../bills/files.ts';
import type { ReadsOf } from '../../bills/reads.ts';

export type FocusOptions = Omit<BillFilesOptions, 'name' | 'what' | 'key' | 'dialect'> & {
  /** `focus` unless given. */
  readonly name?: string;
};

/** The source `focus`. Throws BILL_NOT_FOUND from a refresh where the path means no file at all. */
export const focusSource = (options: FocusOptions, readsOf: ReadsOf): ReadSource =>
  billFiles({ name: 'focus', ...options, what: 'FOCUS bill', key: 'cost.focus[].path' }, readsOf);
