/** What reading another generator's specifications gives: SLOs, and by name all that is not in them. */
import type { Slo } from '../model.ts';

/** Something that the SLO doesn't have, or has otherwise, though the specification asked for it. */
export interface Remark {
  readonly origin: string;
  /** `lost`: it is nowhere in the SLO; `changed`: it is there in another form. */
  readonly kind: 'lost' | 'changed';
  /** The key, as a path: `alerting.page_alert.labels.severity`. */
  readonly what: string;
  /** The reason, and what stands for it. */
  readonly why: string;
}

/** An SLO, or a document, that was not imported. */
export interface Refusal {
  readonly origin: string;
  readonly reason: string;
}

export interface Imported {
  readonly slos: readonly Slo[];
  readonly remarks: readonly Remark[];
  readonly refusals: readonly Refusal[];
}

/** What a specification does not say and an SLO needs. */
export interface ImportOptions {
  /** The team of SLOs that name none in a label `team` or `owner`. */
  readonly team: string;
  /** Sloth's `--default-slo-period`, in seconds. */
  readonly period: number;
}

export const defaultImportOptions: ImportOptions = { team: 'platform', period: 30 * 86_400 };

export const nothing: Imported = { slos: [], remarks: [], refusals: [] };

export const merged = (all: readonly Imported[]): Imported => ({
  slos: all.flatMap(one => one.slos),
  remarks: all.flatMap(one => one.remarks),
  refusals: all.flatMap(one => one.refusals),
});

export const refused = (origin: string, reason: string): Imported => ({
  ...nothing,
  refusals: [{ origin, reason }],
});

/** Collects what is said of one SLO while it is made. */
export interface Notes {
  readonly origin: string;
  readonly lost: (what: string, why: string) => void;
  readonly changed: (what: string, why: string) => void;
  readonly remarks: readonly Remark[];
}

export function notesOf(origin: string): Notes {
  const remarks: Remark[] = [];
  const note = (kind: Remark['kind']) => (what: string, why: string) => void remarks.push({ origin, kind, what, why });
  return { origin, lost: note('lost'), changed: note('changed'), remarks };
}

/** Thrown where an SLO can't be one of ours; it becomes a refusal of that SLO alone. */
export class Unimportable extends Error {}

/** Runs the making of one SLO, so that one that is refused doesn't take the others with it. */
export function attempt(origin: string, make: (notes: Notes) => readonly Slo[]): Imported {
  const notes = notesOf(origin);
  try {
    return { slos: make(notes), remarks: notes.remarks, refusals: [] };
  } catch (error) {
    if (!(error instanceof Unimportable)) throw error;
    return refused(origin, error.message);
  }
}
