/** An exporter: one domain's sources, tables and metrics over one ledger file. */
import type { ApiEndpoint } from './api.ts';
import type { Transaction } from './ledger.ts';
import type { Metric } from './metric.ts';
import type { Retention } from './retention.ts';
import type { Source, SourceContext } from './source.ts';
import type { SubjectCheck } from './subjects.ts';
import type { TeamReader } from './team/reader.ts';
import type { TeamSection } from './team/section.ts';

/** Something of the configuration that has no effect on what the ledger holds, or of the ledger that is worth a note. */
export interface Notice {
  /** What it is about, such as `budget search`. */
  readonly subject: string;
  readonly text: string;
  /** Nothing that anybody should mend. */
  readonly isInOrder?: boolean;
  /** A word that nothing is called, and those that things are called: perhaps it is misspelt. */
  readonly word?: string;
  readonly known?: readonly string[];
}

/** What a review asks for: a UTC calendar month that is over (`2026-10`), of one team or of all. */
export interface ReviewAsked {
  readonly month: string;
  readonly team?: string;
}

/** One team's part of a review, in Markdown; of all teams together where it names none. */
export interface ReviewPart {
  readonly team?: string;
  readonly text: string;
}

export interface Exporter {
  /** `cost`, `dora`, …: names the ledger file, the page /metrics/NAME and the `exporter` label. */
  readonly name: string;
  /** SQL files that create the exporter's tables, idempotent (`CREATE TABLE IF NOT EXISTS`), run at every open. */
  readonly tables: readonly URL[];
  readonly sources: readonly Source[];
  readonly metrics: readonly Metric[];
  /**
   * Tables of facts with `occurred_at` and `learned_at`; for each T the core gives views `T_known` with `effective_at`.
   */
  readonly facts: readonly string[];
  /** How long each table keeps its rows, and what stays of those that go; a table that is not named keeps all. */
  readonly retention?: readonly Retention[];
  /** Runs in a batch's transaction after its facts: keeps what is derived from them in step; also after pruning. */
  readonly derive?: (tx: Transaction, context: Pick<SourceContext, 'now' | 'log'>) => Promise<void>;
  /** Runs once at start, in a write transaction: brings configuration (ownership, budgets) into the ledger. */
  readonly prepare?: (tx: Transaction, context: Pick<SourceContext, 'now' | 'log'>) => Promise<void>;
  /** Looks for what is configured and selects nothing, for `plumbline check`. */
  readonly check?: (ledger: SourceContext['ledger']) => Promise<readonly Notice[]>;
  /** Tells about one thing by kind and id, for `plumbline explain`; undefined when it knows none. */
  readonly explain?: (ledger: SourceContext['ledger'], kind: string, id: string) => Promise<string | undefined>;
  /** What it can say of one service, image, repository, …: for what crosses domains. Read at GET /api/EXPORTER/subject-facts. */
  readonly subjects?: readonly SubjectCheck[];
  /** Lists that are read at GET /api/NAME. */
  readonly api?: readonly ApiEndpoint[];
  /** Reviews a month, for `plumbline review`: all teams together first, then each; empty when it knows of none. */
  readonly review?: (ledger: SourceContext['ledger'], asked: ReviewAsked) => Promise<readonly ReviewPart[]>;
  /** What /teams/TEAM shows of it. */
  readonly teamPage?: (read: TeamReader) => Promise<TeamSection>;
}
