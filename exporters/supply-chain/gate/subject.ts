/** What a gate is told of one image in one environment, from the ledger or from documents alone. */
import type { Severity } from '../../findings/report.ts';
import type { FindingClass } from '../document.ts';

export interface GateFinding {
  readonly class: FindingClass;
  /** The id that people know it by, and all others. */
  readonly id: string;
  readonly aliases: readonly string[];
  /** As Found.package. */
  readonly package: string;
  readonly version: string;
  readonly severity: Severity;
  readonly fixedVersions: readonly string[];
  /** Undefined: nobody says. */
  readonly hasFix: boolean | undefined;
  /** Undefined: no list of what is exploited is known. */
  readonly isExploited: boolean | undefined;
  /** 0..1; undefined: no scores are known. One that has none of its own is 0. */
  readonly epss: number | undefined;
  /** When it was opened, in milliseconds since the epoch; undefined: not known. */
  readonly openedAt: number | undefined;
  readonly isBreached: boolean | undefined;
  /** Why it is not counted: an exception that is in force, or VEX. */
  readonly exception?: string;
}

/** How an image was looked at for findings of a class. */
export type ScanStatus = 'fresh' | 'partial' | 'failed' | 'stale' | 'never';

export interface GateSubject {
  /** For people: the image with its digest. */
  readonly title: string;
  /** Without tag. */
  readonly image: string;
  /** Undefined: any, and what is stricter somewhere is strict. */
  readonly environment?: string;
  readonly scans: Readonly<Record<FindingClass, ScanStatus>>;
  readonly findings: readonly GateFinding[];
  readonly signature: 'verified' | 'failed' | 'claimed' | 'unsigned' | 'unknown';
  readonly provenance: 'verified' | 'failed' | 'claimed' | 'missing' | 'unknown';
  /** SLSA build level of verified provenance. */
  readonly level: number;
  readonly sbom: 'complete' | 'incomplete' | 'stale' | 'missing' | 'unknown';
}
