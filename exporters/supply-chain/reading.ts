/** What a format's reader gets and gives: the same for files, posts, `gate --report` and answers of APIs. */
import type { Rejection } from '../core/rejections.ts';
import type { Place } from '../findings/place.ts';
import type { RawDocument } from '../formats/raw-document.ts';
import type { FindingClass, Heard } from './document.ts';
import type { Verifier } from './verification/verifier.ts';

export interface ReadContext {
  /** When it was made, where the document doesn't say: the post's `at`, else the file's time or now. */
  readonly at: Date;
  readonly now: Date;
  /** What it is about, where it doesn't say. */
  readonly place: Place;
  /** Names the file or the post in rejections, and the scanned artifact where nothing else does. */
  readonly file: string;
  /** What was looked for, where a document can't say it (Trivy's): what it lists none of isn't there. */
  readonly classes?: readonly FindingClass[];
  /** Absent: signatures are only read, and `claimed`. */
  readonly verifier?: Verifier;
}

export interface Reading {
  readonly heard: Heard;
  /** Records read, good or bad: findings, packages, statements, images. */
  readonly records: number;
  readonly rejections: readonly Rejection[];
  /** Why nothing of it can be read, in snake_case: broken JSON, another format. */
  readonly fault?: string;
}

export type { RawDocument };

export interface DocumentKind {
  /** As in `supply_chain.files[].kind` and POST /ingest/supply-chain/KIND. */
  readonly kind: string;
  /** Names of files that may be such documents: by their ending. */
  readonly accepts: (name: string) => boolean;
  /**
   * Its `read` also takes documents without `json`, which it reads by parts (`readParts` in raw.ts). Of others the value is
   * made before, up to a size.
   */
  readonly isLarge?: boolean;
  /**
   * Whether it is one, by its content: of several kinds the first that says so reads it (kinds.ts). Cheap, never throws.
   * Of a large document `json` is the outline here: lists with their first element alone.
   */
  readonly recognises: (document: RawDocument) => boolean;
  /** Never throws for what is in the document: a record that can't be read is a rejection, a document a fault. */
  readonly read: (document: RawDocument, context: ReadContext) => Promise<Reading> | Reading;
}

export const faulty = (fault: string): Reading => ({ heard: {}, records: 0, rejections: [], fault });
