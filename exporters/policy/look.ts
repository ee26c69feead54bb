/** What readers of reports have in common: when a look was, what identifies it, and whose it is. */
import { ownerText } from '../catalog/keys.ts';
import type { OwnerAttributes } from '../catalog/rules.ts';
import type { Rejection } from '../core/rejections.ts';
import { digestOf } from '../findings/look.ts';
import { placeAttributes, scopeOfPlace } from '../findings/place.ts';
import type { Report, ResultCount } from '../findings/report.ts';
import { type Instance, numbered } from './identity.ts';
import type { ReadContext, Reading } from './reading.ts';

/** Whose it is, by the place and what else is known of it. */
export const ownerOf = (context: ReadContext, more: OwnerAttributes = {}): string =>
  ownerText({ ...placeAttributes(context.place), ...more });

export { digestOf, digestOfPart, evaluatedAt } from '../findings/look.ts';

export const faulty = (fault: string): Reading => ({ told: {}, records: 0, rejections: [], fault });

export const rejection = (context: ReadContext, more: Omit<Rejection, 'file'>): Rejection => ({
  file: context.file,
  ...more,
});

export interface Whole {
  readonly engine: string;
  readonly bytes: Buffer;
  readonly evaluatedAt: string;
  readonly scope: string;
  readonly instances?: readonly Instance[];
  /** Why it isn't complete. */
  readonly partial?: string | undefined;
  readonly failed?: string;
  readonly counts?: readonly ResultCount[];
}

/** A report of all of a scope at once. */
export function wholeReport(context: ReadContext, whole: Whole): Report {
  const { engine, bytes, scope, instances = [], partial, failed, counts } = whole;
  const reason = failed ?? partial;
  return {
    ...{ engine, scope, owner: ownerOf(context), evaluatedAt: whole.evaluatedAt },
    completeness: failed !== undefined ? 'failed' : partial !== undefined ? 'partial' : 'complete',
    ...(reason === undefined ? {} : { reason }),
    results: numbered(instances),
    ...(counts && { counts }),
    digest: digestOf(bytes, whole.evaluatedAt),
  };
}

/** Of a list with records that can't be read: what it lists no longer may be one of them, and is not known to be mended. */
export const withRejected = (report: Report, rejected: number): Report =>
  rejected > 0 && report.completeness === 'complete'
    ? { ...report, completeness: 'partial', reason: 'records_rejected' }
    : report;

/** Of a tool that prints nothing where it could not even begin: that it failed is known, and nothing else. */
export function emptyOutput(engine: string, bytes: Buffer, context: ReadContext): Reading {
  const scope = scopeOfPlace(context.place);
  if (scope === undefined) return faulty('missing_scope');
  const report = wholeReport(context, {
    engine,
    bytes,
    scope,
    evaluatedAt: context.at.toISOString(),
    failed: 'empty_output',
  });
  return { told: { reports: [report] }, records: 0, rejections: [] };
}
