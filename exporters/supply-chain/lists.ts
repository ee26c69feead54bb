/**
 * What documents tell that is of no artifact, whoever has it: what is exploited, whose licence a package has, when a product
 * ends, how a repository is kept. Times are ISO 8601 with an offset or `Z`.
 */

/** Known exploited vulnerabilities (CISA), all of them. */
export interface KevList {
  readonly at: string;
  readonly entries: readonly {
    readonly vulnerability: string;
    /** UTC days. */
    readonly addedOn: string;
    readonly dueOn?: string;
    readonly isRansomware: boolean;
  }[];
}

/** Exploit prediction scores (FIRST) of a day. */
export interface EpssList {
  readonly day: string;
  /** `all`: what it doesn't list has no score; `some`: others may have one. */
  readonly lists: 'all' | 'some';
  readonly scores: readonly { readonly vulnerability: string; readonly score: number; readonly percentile: number }[];
}

/** What someone who looked at it says of the licence of one version of a package, whoever uses it. */
export interface PackageLicense {
  /** Without version; of what it is built from with the qualifier that says so: `classifier=sources`, `arch=source`. */
  readonly purl: string;
  readonly version: string;
  /** An SPDX expression; '' where it declares none. */
  readonly license: string;
  readonly at: string;
}

/** When releases of a product end (endoflife.date). */
export interface EndOfLifeList {
  /** As endoflife.date names it: debian, alpine-linux, rhel. */
  readonly product: string;
  readonly at: string;
  readonly cycles: readonly {
    /** The beginning of its releases' versions: 12, 22.04. */
    readonly cycle: string;
    /** The UTC day from which it is supported no longer. */
    readonly endOn?: string;
    /** Where no day is said. */
    readonly isEnded?: boolean;
  }[];
}

/** How a repository is kept, as OpenSSF Scorecard says. */
export interface Scorecard {
  /** `acme/shop` (catalog/repository.ts). */
  readonly repository: string;
  readonly at: string;
  /** 0..10; absent where it could not tell. */
  readonly score?: number;
  /** Each name once. */
  readonly checks: readonly { readonly name: string; readonly score?: number }[];
  readonly owner: string;
}
