/**
 * What an exporter shows of one team on /teams/TEAM: values, which core/pages draws. Numbers come from the metric views
 * alone (TeamReader), so that a page never says another number than the dashboards.
 */
import type { Unit } from '../metric.ts';

export interface Amount {
  readonly value: number;
  /** `points` are of a scale, such as NPS, and may be negative. */
  readonly unit: Exclude<Unit, 'info'> | 'points';
  /** With the unit `currency`: an ISO 4217 code. */
  readonly currency?: string;
  /** A change: more is told with a plus. */
  readonly isChange?: boolean;
}

/** What a value is for whoever reads it, in words: a colour alone tells nothing to many. */
export interface Verdict {
  readonly tone: 'good' | 'neutral' | 'warning' | 'bad';
  readonly text: string;
}

export interface TeamNumber {
  readonly label: string;
  /** Undefined where nobody measured: never 0. */
  readonly amount: Amount | undefined;
  /** Why there may be no amount: `fewer than 5 failed`. */
  readonly absent: string;
  /** How much it is told of, or how sure it is: `n = 42 changes`. */
  readonly detail?: string;
  /** The same number earlier: undefined where it was not measured then. */
  readonly before?: { readonly value: number | undefined; readonly when: string };
  /** Which direction is good; none where neither is. */
  readonly better?: 'less' | 'more';
  readonly verdict?: Verdict;
  /** Drawn small, oldest first, with its words for those who can't see it. */
  readonly trend?: { readonly values: readonly number[]; readonly label: string };
  readonly links?: readonly TeamLink[];
}

export interface TeamLink {
  readonly text: string;
  /** A path of this server, or an http(s) URL; another is shown as text. */
  readonly href: string;
}

export type TeamCell = string | Amount | Verdict | TeamLink | undefined;

export interface TeamTable {
  readonly caption: string;
  /** The first column names the row. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TeamCell[])[];
  /** Said in place of a table without rows. */
  readonly empty: string;
  /** Rows that are not shown. */
  readonly more?: number;
}

export interface TeamSection {
  /** `Cost`. */
  readonly title: string;
  /** What the numbers are of, in a sentence. */
  readonly about: string;
  readonly numbers: readonly TeamNumber[];
  readonly tables: readonly TeamTable[];
  readonly links: readonly TeamLink[];
}

/** What is told beside the sections by whoever knows more than the exporters do. */
export interface TeamDirectory {
  /** All teams of the catalog, whether or not anything was measured of them. */
  readonly teams: () => readonly string[];
  /** Further sections, such as the SLOs that are defined. */
  readonly sections?: (team: string) => Promise<readonly TeamSection[]>;
  /** Its dashboards. */
  readonly links?: (team: string) => readonly TeamLink[];
}
