/** What the linter reads and what it finds, as data. */
import type { Parsed } from '../slo/promql/parse.ts';

/** One rule of a file, with what its group gives it. */
export interface Rule {
  readonly kind: 'alert' | 'record';
  readonly name: string;
  readonly file: string;
  readonly group: string;
  /** Seconds between two evaluations. */
  readonly interval: number;
  readonly expr: string;
  /** Undefined where the expression is no PromQL. */
  readonly parsed: Parsed | undefined;
  /** Its own and those of its group. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Seconds; undefined where it fires at once, 0 too. */
  readonly for: number | undefined;
  /** The line of each field in the file, by `expr`, `labels.team`, `annotations.summary`; the first is 1. */
  readonly lines: Readonly<Record<string, number>>;
  /** What comments of its file accept. */
  readonly disabled: readonly Disabled[];
}

/** A check that a comment takes away from a rule. */
export interface Disabled {
  readonly check: CheckName;
  readonly reason: string;
  /** Of the comment. */
  readonly line: number;
}

export interface Position {
  readonly file: string;
  readonly group: string;
  /** Where the field, or else the rule, begins in the file; the first line is 1. */
  readonly line: number;
  /** `expr`, `for`, `labels.team`, `annotations.summary`; undefined for a whole rule. */
  readonly field?: string;
  /** Of the field's own text; the first is 1. */
  readonly character?: number;
}

export interface Finding {
  readonly rule: string;
  readonly check: CheckName;
  /** A note is worth a look, and may be right as it is. */
  readonly level: 'fault' | 'note';
  readonly position: Position;
  readonly sentence: string;
  readonly remedy: string;
  /** The reason of a comment that accepts it. */
  readonly accepted?: string;
}

/** What a check says of one place; the runner adds the rule and the check's own remedy. */
export interface Remark {
  readonly field?: string;
  /** Of the field's text; the first is 0. */
  readonly offset?: number;
  readonly sentence: string;
  /** `fault` unless given. */
  readonly level?: Finding['level'];
}

/** All rules of all files that are looked at together, and what is known of the server they are for. */
export interface World {
  readonly rules: readonly Rule[];
  /** Recording rules by the name they record. */
  readonly recordings: ReadonlyMap<string, readonly Rule[]>;
  readonly options: LintOptions;
}

export interface LintOptions {
  /** Seconds between two scrapes. */
  readonly scrapeInterval: number;
  /** Seconds between two evaluations, where a group does not say it. */
  readonly evaluationInterval: number;
  /** What every alert has to have. */
  readonly required: { readonly labels: readonly string[]; readonly annotations: readonly string[] };
  /** Checks that are left out. */
  readonly disabled: readonly CheckName[];
}

export const defaultLintOptions: LintOptions = {
  scrapeInterval: 60,
  evaluationInterval: 60,
  required: { labels: ['severity', 'team'], annotations: ['summary', 'runbook_url'] },
  disabled: [],
};

export const checkNames = [
  'promql-invalid',
  'comparison-missing',
  'window-short',
  'division-unguarded',
  'absent-without-for',
  'series-stale',
  'regex-unbounded',
  'matcher-without-effect',
  'offset-without-effect',
  'value-in-labels',
  'template-invalid',
  'template-label-missing',
  'required-missing',
  'duplicate',
] as const;

export type CheckName = (typeof checkNames)[number];

export interface Check {
  readonly name: CheckName;
  readonly remedy: string;
  readonly look: (rule: Rule, world: World) => readonly Remark[];
}
