/** A part of the experience exporter: surveys, usage, roadmap, scorecards. Each keeps its own tables, facts and families. */
import type { Ownership } from '../catalog/ownership.ts';
import type { Notice } from '../core/exporter.ts';
import type { Ledger, Transaction } from '../core/ledger.ts';
import type { Metric } from '../core/metric.ts';
import type { Retention } from '../core/retention.ts';
import type { ExperienceConfig } from './config.ts';
import type { Pseudonyms } from './pseudonym.ts';

export interface PartContext {
  readonly config: ExperienceConfig;
  readonly ownership: Ownership;
  readonly pseudonyms: Pseudonyms;
  readonly now: Date;
}

export interface Part {
  readonly tables: readonly URL[];
  /** Tables whose rows count from when they came to be so: `occurred_at`, `learned_at`. */
  readonly facts: readonly string[];
  readonly retention: (config: ExperienceConfig) => readonly Retention[];
  readonly metrics: readonly Metric[];
  /** Brings what views read of the configuration into tables; before the sources run. */
  readonly prepare?: (tx: Transaction, context: PartContext) => Promise<void>;
  /** Computes what follows from new facts; after every batch, in its transaction. */
  readonly derive?: (tx: Transaction, context: PartContext) => Promise<void>;
  /** What is configured and selects nothing, for `plumbline check`. */
  readonly check?: (
    ledger: Ledger,
    context: Pick<PartContext, 'config' | 'ownership' | 'now'>,
  ) => Promise<readonly Notice[]>;
  /** One thing by kind and id, for `plumbline explain`; undefined where the part knows none. */
  readonly explain?: (
    ledger: Ledger,
    config: ExperienceConfig,
    kind: string,
    id: string,
  ) => Promise<string | undefined>;
}
