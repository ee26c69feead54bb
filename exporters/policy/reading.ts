/**
 * What a format's reader gets and gives. Files (sources/files) and posts (sources/posts) read every kind of report by the
 * same reader; an API's source makes the same of its answers.
 */
import type { Transaction } from '../core/ledger.ts';
import type { Rejection } from '../core/rejections.ts';
import type { Place } from '../findings/place.ts';
import type { Report, Told } from '../findings/report.ts';
import { mergedTold } from './told.ts';

export interface ReadContext {
  /** When it was made, where the report doesn't say: the post's `at`, else the file's time or now. */
  readonly at: Date;
  readonly now: Date;
  readonly place: Place;
  /** Names the file or the post in rejections. */
  readonly file: string;
}

/** A report that goes on in another file or post, as a log that is shipped line by line or rotated does. */
export interface Piece {
  /** What it says by itself: a partial report. */
  readonly report: Report;
  /** What its kind keeps until the others have come; JSON. */
  readonly body: unknown;
}

/** What was read, before it is weighed. */
export interface Heard {
  readonly told: Told;
  readonly pieces?: readonly Piece[];
  /** Objects of it could not be read: what seems to be missing may be one of them. */
  readonly isDoubtful?: boolean;
  /** It is a list of a scope, without kind and without anything in it. */
  readonly nothingIn?: { readonly scope: string; readonly at: string };
}

export interface Reading extends Heard {
  /** Records read, good or bad. */
  readonly records: number;
  readonly rejections: readonly Rejection[];
  /** Why nothing of it can be read, in snake_case: broken JSON, another format. */
  readonly fault?: string;
}

/** What is looked at, and so which name of a place is a report's own; a subscription stands in the report itself. */
export type Subject = 'cluster' | 'repository' | 'subscription';

export interface ReportKind {
  /** As in `policy.files[].kind` and POST /ingest/policy/KIND. */
  readonly kind: string;
  /** Names of files that may be such reports: by their ending. */
  readonly accepts: (name: string) => boolean;
  /**
   * What a document is of, where its JSON alone tells that it is such a report (by-content.ts); undefined where it tells
   * nothing. Cheap, never throws. Of a large document it gets the outline: lists with their first element alone.
   */
  readonly recognises?: (json: unknown) => Subject | undefined;
  /** Of a kind of a cluster's objects, among which others' may stand: each such document has one of these words. */
  readonly words?: readonly string[];
  /** They are what kubectl prints, which names no kind that there are no objects of: see ended-lists.ts. */
  readonly isPrinted?: boolean;
  /** Such files are written line by line for ever: one is read as it is, and again when it has grown. */
  readonly grows?: boolean;
  /** Never throws for what is in the bytes: a record that can't be read is a rejection, a document a fault. */
  readonly read: (bytes: Buffer, context: ReadContext) => Promise<Reading> | Reading;
  /**
   * Where what is told depends on what the ledger knows: joins pieces to reports, leaves out what is told better another
   * way. In the transaction that stores what it returns.
   */
  readonly weigh?: (tx: Transaction, heard: readonly Heard[], options: { readonly now: Date }) => Promise<Told>;
}

/** What is told of what was read. */
export const weighed = async (
  { weigh }: ReportKind,
  tx: Transaction,
  heard: readonly Heard[],
  options: { readonly now: Date },
): Promise<Told> => (weigh ? weigh(tx, heard, options) : mergedTold(heard.map(({ told }) => told)));
