/** The gate over documents alone: any that the ledger would read, and no ledger. */
import type { Place } from '../../findings/place.ts';
import type { FindingClass } from '../document.ts';
import { documentKinds } from '../kinds.ts';
import { auto, readDocument } from '../raw-document.ts';
import type { DocumentKind } from '../reading.ts';
import type { Verifier } from '../verification/verifier.ts';
import type { GateRule } from './config.ts';
import { evaluateGate, type GateVerdict } from './evaluate.ts';
import { type HeardOptions, subjectsOfHeard } from './from-heard.ts';

export interface Judged extends GateVerdict {
  readonly title: string;
  readonly environment?: string;
}

export interface ReportOptions extends HeardOptions {
  readonly rules: readonly GateRule[];
  readonly place: Place;
  /** As in ReadContext. */
  readonly classes?: readonly FindingClass[];
  readonly kinds?: readonly DocumentKind[];
  readonly verifier?: Verifier;
}

export interface ReportFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** When it was written: of documents that don't say when they were made. */
  readonly at: Date;
}

/** `faults`: `{file, fault}` of what could not be read as a whole, or in part. With one of them nothing passes. */
export interface ReportVerdict {
  readonly judged: readonly Judged[];
  readonly faults: readonly { readonly file: string; readonly fault: string; readonly records?: number }[];
}

export async function judgeReports(files: readonly ReportFile[], options: ReportOptions): Promise<ReportVerdict> {
  const { rules, place, classes, kinds = documentKinds, verifier, now } = options;
  const heard = [];
  const faults = [];
  for (const { name, bytes, at } of files) {
    const reading = await readDocument(
      auto,
      bytes,
      { at, now, place, file: name, ...(classes && { classes }), ...(verifier && { verifier }) },
      kinds,
    );
    if (reading.fault !== undefined) faults.push({ file: name, fault: reading.fault });
    else heard.push(reading.heard);
    const { length: records } = reading.rejections;
    // What was not read may be what the gate is there for.
    if (records > 0) faults.push({ file: name, fault: reading.rejections[0]!.reason, records });
  }
  return {
    judged: subjectsOfHeard(heard, options).map(subject => ({
      title: subject.title,
      ...(subject.environment === undefined ? {} : { environment: subject.environment }),
      ...evaluateGate(rules, subject, now),
    })),
    faults,
  };
}
