/**
 * What a format's reader gets and gives. Files (sources/files) and posts (sources/posts) read every kind of report by the
 * same reader; an API's source makes the same of its answers.
 */
import type { OwnerAttributes } from '../catalog/ownership.ts';
import { fold } from '../catalog/refs.ts';
import type { Transaction } from '../core/ledger.ts';
import type { Rejection } from '../core/rejections.ts';
import type { Enforcement, Report, Told } from '../findings/report.ts';
import { mergedTold } from './told.ts';

/** Where a report is from, as the configuration of its files or the address of its post says; the report wins. */
export interface Place {
  /** The scope's own name, where the kind can't tell it: a report without one is of `repository`, else of `cluster`. */
  readonly scope?: string;
  readonly repository?: string;
  readonly cluster?: string;
  readonly service?: string;
  readonly team?: string;
  readonly environment?: string;
  /** What a violation leads to there, where the format can't tell: a pipeline that fails on it says `enforce`. */
  readonly enforcement?: Enforcement;
}

/** The scope that a place names; undefined where it names none. */
export const scopeOfPlace = ({ scope, repository, cluster }: Place): string | undefined =>
  scope ??
  (repository === undefined ? undefined : `repository:${fold(repository)}`) ??
  (cluster === undefined ? undefined : `cluster:${cluster}`);

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

export interface ReportKind {
  /** As in `policy.files[].kind` and POST /ingest/policy/KIND. */
  readonly kind: string;
  /** Names of files that may be such reports: by their ending. */
  readonly accepts: (name: string) => boolean;
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

/** What is known of a place's owner; a result adds its own words. */
export const placeAttributes = ({ repository, cluster, service, team, environment }: Place): OwnerAttributes => ({
  ...(repository === undefined ? {} : { repository }),
  ...(cluster === undefined ? {} : { cluster }),
  ...(service === undefined ? {} : { service }),
  ...(team === undefined ? {} : { team }),
  ...(environment === undefined ? {} : { environment }),
});
