/** Whether a source's money counts. */

/**
 * - `authoritative`: it is the bill; it is allocated and shown. One source is, per billing account and period.
 * - `reconciliation`: it is only held against the bill.
 */
export type Role = 'authoritative' | 'reconciliation';
