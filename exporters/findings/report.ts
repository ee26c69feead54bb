/**
 * What scanners and policy engines tell, whatever their format: reports of what was looked at, and of what was found in
 * it. The life of a finding (store.ts) follows from them. Times are ISO 8601 with an offset or `Z`.
 */

export const severities = ['critical', 'high', 'medium', 'low', 'info', 'unknown'] as const;
export type Severity = (typeof severities)[number];

/** What a violation leads to: refused, told to who asked, only counted as a trial, or only seen by an audit. */
export const enforcements = ['enforce', 'warn', 'dryrun', 'audit'] as const;
export type Enforcement = (typeof enforcements)[number];

/**
 * - `fail`: violated. A warning is a violation whose enforcement is `warn`.
 * - `pass`: looked at, and well.
 * - `excepted`: violated, or not looked at, because an exception says so.
 * - `skip`: does not apply, or was not looked at; neither violated nor well.
 * - `error`: could not be evaluated.
 */
export type Outcome = 'fail' | 'pass' | 'excepted' | 'skip' | 'error';

export interface Result {
  /** The engine's own id of the rule, without what changes between two reports of the same rule. */
  readonly policy: string;
  /** What the rule asks for, in words. */
  readonly title?: string;
  /**
   * The resource's own identity within everything that is watched, such as `k8s:prod-eu/shop/workload/cart` or
   * `repository:acme/shop/aws_s3_bucket.data`: without line numbers, absolute paths, report names, image tags, hashes of
   * a rollout. Two results of one report with the same policy and resource are one finding.
   */
  readonly resource: string;
  /** Of Report.parts; '' where a scope has none. */
  readonly part?: string;
  readonly outcome: Outcome;
  readonly severity: Severity;
  /** As the engine says it; '' where it says nothing. */
  readonly originalSeverity?: string;
  readonly enforcement: Enforcement;
  /** Whose it is: attributes as canonical JSON (catalog/keys.ts). */
  readonly owner: string;
  readonly message?: string;
  /** Where it is now, for people: `main.tf:12`. No part of the identity. */
  readonly location?: string;
  readonly url?: string;
  /** Where the engine itself knows since when, before this report. */
  readonly firstSeenAt?: string;
}

/** Results without a resource: how many were looked at, where an engine gives numbers alone. */
export interface ResultCount {
  /** '' where the engine doesn't say of which. */
  readonly policy: string;
  readonly part?: string;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly enforcement: Enforcement;
  readonly owner: string;
  readonly count: number;
}

/** One look of one engine at one scope. */
export interface Report {
  /** The engine or scanner: lower case with underscores, such as checkov, kyverno, azure_policy. */
  readonly engine: string;
  /** What was looked at as a whole: `cluster:prod-eu`, `repository:acme/shop`, `subscription:…`, `workspace:acme/net`. */
  readonly scope: string;
  /** Whose the scope is, as canonical JSON: what is known of it as a whole (coverage) is theirs. */
  readonly owner: string;
  readonly evaluatedAt: string;
  /** `partial`: what it lists is true, what it doesn't list is unknown. `failed`: it tells nothing but that it failed. */
  readonly completeness: 'complete' | 'partial' | 'failed';
  /** Why it is partial or failed, in snake_case. */
  readonly reason?: string;
  /**
   * Parts of the scope that it tells of, where they are looked at one by one: check types, constraints, report objects.
   * What other parts said stands. Absent: the whole scope, and a part that it doesn't name is gone.
   */
  readonly parts?: readonly string[];
  /** Policies that were evaluated; findings of others become unknown. Absent: all that there are findings of. */
  readonly policies?: readonly string[];
  /** How many violations a policy has, where the engine says it apart from the list; more than listed: the list is cut. */
  readonly totals?: readonly { readonly policy: string; readonly part?: string; readonly violations: number }[];
  readonly results: readonly Result[];
  readonly counts?: readonly ResultCount[];
  /**
   * Identifies its content: the same digest of the same time, for the same scope, engine and parts, is the same report,
   * told again. The same digest of a later time is another look, which found the same.
   */
  readonly digest: string;
}

/** A deviation that someone allowed. */
export interface Exception {
  /** Its own id in the scope. */
  readonly exception: string;
  /** The policy it is for; '*' for all. */
  readonly policy: string;
  /** The resource or a pattern of resources; '' for all of the scope. */
  readonly resource: string;
  readonly reason?: string;
  /** Who answers for it; '' or absent: nobody does. */
  readonly approvedBy?: string;
  readonly createdAt?: string;
  readonly expiresAt?: string;
  /** Whether it holds back a result now, as far as the engine shows it: an expired one that does is the worst. */
  readonly isApplied?: boolean;
  /** Whose resource it is for, as canonical JSON. */
  readonly owner: string;
  readonly url?: string;
}

/** All exceptions of a scope's parts; one that is missing is gone. */
export interface ExceptionList {
  readonly engine: string;
  readonly scope: string;
  readonly readAt: string;
  /** Which of them it is all of, by the beginning of their ids; absent: of the whole scope. */
  readonly prefix?: string;
  readonly exceptions: readonly Exception[];
}

/** All policies of a scope with their mode; one that is missing is gone. */
export interface PolicyList {
  readonly engine: string;
  readonly scope: string;
  readonly readAt: string;
  readonly policies: readonly {
    readonly policy: string;
    readonly title?: string;
    readonly enforcement: Enforcement;
    readonly severity?: Severity;
  }[];
}

/** A request or a run that a policy refused. */
export interface Block {
  /** The engine's own id of the event: told twice, it is one. */
  readonly id: string;
  readonly engine: string;
  readonly scope: string;
  readonly policy: string;
  readonly resource: string;
  readonly owner: string;
  /** `enforce` where it was refused; else it would have been. */
  readonly enforcement: Enforcement;
  readonly at: string;
  readonly message?: string;
}

/** What one reading of a file, a post or an API tells. */
export interface Told {
  readonly reports?: readonly Report[];
  readonly exceptions?: readonly ExceptionList[];
  readonly policies?: readonly PolicyList[];
  readonly blocks?: readonly Block[];
}
