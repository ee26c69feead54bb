/**
 * What the documents of a supply chain tell, whatever their format: scans, bills of materials, signatures and
 * attestations, what runs, what is exploited. Times are ISO 8601 with an offset or `Z`; digests are `sha256:` and hex,
 * lower case; owners are attributes as canonical JSON (catalog/keys.ts).
 */
import type { Severity } from '../findings/report.ts';
import type { EndOfLifeList, EpssList, KevList, PackageLicense, Scorecard } from './lists.ts';

/** What a document is about. */
export interface Artifact {
  /** A container image; a source tree; anything else that has a digest or a name: a binary, a package, a machine image. */
  readonly kind: 'image' | 'repository' | 'file';
  /**
   * Without tag, digest and what a version is called: `ghcr.io/acme/shop` with its registry as the reference names it
   * (subject.ts), `acme/shop` for a repository (catalog/repository.ts).
   */
  readonly name: string;
  readonly tag?: string;
  /** All that this very content is known by: of its manifest, its index, its configuration. The best known first. */
  readonly digests: readonly string[];
}

export const findingClasses = ['vulnerability', 'secret', 'license'] as const;
export type FindingClass = (typeof findingClasses)[number];

export const fixStates = ['fixed', 'not_fixed', 'wont_fix', 'unknown'] as const;
/** `fixed`: a version without it exists, `fixedVersions` where it is named. It does not mean that anyone has it. */
export type FixState = (typeof fixStates)[number];

/** One occurrence: of a vulnerability in one version of a package, of a secret, of a licence. */
export interface Found {
  readonly class: FindingClass;
  /** As the scanner calls it: CVE-2021-44228, GHSA-…, SNYK-…, the secret's rule, the licence's SPDX id. */
  readonly id: string;
  /** Other ids of the same vulnerability, as the scanner says. */
  readonly aliases?: readonly string[];
  /**
   * The package without its version: a package URL without version, qualifiers and subpath where that can be made
   * (`pkg:maven/org.apache.logging.log4j/log4j-core`), else its name; of a secret the file that it is in, relative to
   * what was scanned; '' for what is of no package.
   */
  readonly package: string;
  /** The installed one; '' where there is none. */
  readonly version: string;
  readonly severity: Severity;
  /** As the scanner says it; '' where it says nothing. */
  readonly originalSeverity: string;
  /** CVSS base score, 0..10, the newest version of CVSS that is given. */
  readonly score?: number;
  readonly fix: FixState;
  readonly fixedVersions?: readonly string[];
  readonly title?: string;
  readonly url?: string;
  /** Where it is, for people: a path, a layer, a line. No part of its identity. */
  readonly location?: string;
  /** Only a dependency of the build or of tests. */
  readonly isDevelopment?: boolean;
  /** Someone has said that it does not matter: an ignore file, a dismissal, VEX in the scan. */
  readonly suppressed?: Suppression;
  /** Where the scanner itself knows since when, before this scan: an alert's creation. */
  readonly firstSeenAt?: string;
  /** Where the scanner itself knows until when: the alert is closed as fixed. It is no finding any more, and was one. */
  readonly fixedAt?: string;
}

export interface Suppression {
  /** What kind of word it is: ignore_file, dismissal, vex, suppression, ignored (the scanner says no more). */
  readonly by: string;
  /** In snake_case where it is one of a list (not_affected, tolerable_risk), else a sentence. */
  readonly reason?: string;
  readonly approvedBy?: string;
  readonly createdAt?: string;
  readonly expiresAt?: string;
}

/** One look of one scanner at one artifact. */
export interface Scan {
  readonly artifact: Artifact;
  /** Lower case with underscores: trivy, grype, snyk, dependabot, osv_scanner. */
  readonly scanner: string;
  readonly scannerVersion?: string;
  readonly scannedAt: string;
  /** What it was looking for; findings of other classes stand. */
  readonly classes: readonly FindingClass[];
  /**
   * What of the artifact it looked at, where it is scanned part by part and a document tells of one: a manifest file, a
   * project. Absent: all of it, and what it doesn't list any more isn't there any more.
   */
  readonly part?: string;
  /** `partial`: what it lists is true, what it doesn't list is unknown. `failed`: it tells only that it failed. */
  readonly completeness: 'complete' | 'partial' | 'failed';
  /** Why it is partial or failed, in snake_case. */
  readonly reason?: string;
  readonly found: readonly Found[];
  readonly os?: { readonly family: string; readonly version: string; readonly isEndOfLife?: boolean };
  /** Of the vulnerability database that it was made with. */
  readonly databaseAt?: string;
  /** Of its content and time (findings/look.ts): the same digest is the same scan, told again. */
  readonly digest: string;
  readonly owner: string;
}

/** A package of a bill of materials. */
export interface Component {
  /** The package URL as it stands; '' where there is none. */
  readonly purl: string;
  /** The type of its package URL (npm, maven, deb, …); '' where there is none. */
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  /** SPDX licence expressions or ids as declared or concluded; others as `LicenseRef-…` or their name. */
  readonly licenses: readonly string[];
  readonly cpe?: string;
  /** Where the document says so: a dependency of the artifact itself, and not of a dependency. */
  readonly isDirect?: boolean;
}

export const sbomGaps = [
  ...(['no_components', 'no_versions', 'no_identifiers', 'no_dependencies', 'no_timestamp', 'no_author'] as const),
  ...(['no_supplier', 'declared_incomplete'] as const),
] as const;
/**
 * What a bill of materials lacks of the minimum elements (NTIA 2021): `no_versions` and `no_identifiers` where a tenth or
 * more of its packages have none.
 */
export type SbomGap = (typeof sbomGaps)[number];

export interface Sbom {
  readonly artifact: Artifact;
  readonly format: 'cyclonedx' | 'spdx' | 'syft' | 'github_snapshot';
  readonly specVersion: string;
  /** What made it: syft, trivy, cdxgen; '' where it isn't said. */
  readonly tool: string;
  readonly createdAt: string;
  /** Packages only: files, operating systems' rows and the artifact itself are none; each (purl or name, version) once. */
  readonly components: readonly Component[];
  readonly gaps: readonly SbomGap[];
  /** How others speak of it and of its artifact, where it has such a name: what VEX is joined by. */
  readonly bom?: BomLink;
  readonly digest: string;
  readonly owner: string;
}

/** BOM-Link of CycloneDX (`urn:cdx:SERIAL/VERSION`, folded) and what is meant in that bill of materials. */
export interface BomLink {
  readonly link: string;
  /** The bom-ref; in a statement often the package URL itself. */
  readonly ref: string;
}

/** What someone says of a vulnerability in a product. The newest statement of a product and vulnerability governs. */
export interface VexStatement {
  /** Of its document and place in it: told twice, it is one. */
  readonly id: string;
  readonly vulnerability: string;
  readonly aliases?: readonly string[];
  /** The product: an artifact, or a package URL (with or without version) that is part of one; neither: all of `of`. */
  readonly artifact?: Artifact;
  readonly purl?: string;
  /**
   * The product where only a link says it: the artifact of the bill of materials with that link (Sbom.bom), all of it
   * where `ref` is that of the artifact, else the package of that ref. It may arrive later.
   */
  readonly bom?: BomLink;
  readonly status: 'not_affected' | 'affected' | 'fixed' | 'under_investigation';
  /** As OpenVEX spells it: component_not_present, vulnerable_code_not_in_execute_path, … */
  readonly justification?: string;
  readonly statement?: string;
  readonly author?: string;
  readonly at: string;
  readonly owner: string;
}

export interface Provenance {
  /** '' where it says none. */
  readonly builder: string;
  readonly buildType: string;
  /** The repository that it was built from, as a URL; '' where it says none. */
  readonly source: string;
  readonly sourceDigest?: string;
  readonly slsa: '0.1' | '0.2' | '1';
  /** SLSA build level: that of the configured builder once all that is asked of it holds; else 0. */
  readonly level: 0 | 1 | 2 | 3;
  /** Why it is 0, in snake_case: unverified, builder_unknown, subject_mismatch, identity_mismatch, source_mismatch, … */
  readonly reason?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** A signature, or a signed statement about an artifact. */
export interface Attestation {
  /** Of the bundle, envelope or signature: told twice, it is one. */
  readonly id: string;
  readonly claim: 'signature' | 'attestation';
  /** The statement's predicateType; '' of a plain signature. */
  readonly predicateType: string;
  /**
   * `verified`: checked here or by cosign, against the keys or identities that are trusted. `claimed`: read, and not
   * checked. `failed`: checked, and it does not hold.
   */
  readonly standing: 'verified' | 'claimed' | 'failed';
  /** Why it is not verified, in snake_case: no_trusted_identity, wrong_key, tampered, subject_mismatch, expired, … */
  readonly reason?: string;
  /** Who signed: the certificate's subject alternative name, or `key:` and the key's SHA-256; '' where nothing says. */
  readonly identity: string;
  /** The OIDC issuer of the certificate; '' of a key. */
  readonly issuer: string;
  readonly signedAt?: string;
  readonly provenance?: Provenance;
}

/** What is known of one artifact's signatures and attestations after one look. */
export interface SignatureLook {
  readonly artifact: Artifact;
  readonly at: string;
  /**
   * `all`: a registry was asked, and what it doesn't have isn't there; `some`: a document, others may be there: its `none`
   * says that there is no signature, and of attestations nothing.
   */
  readonly seen: 'all' | 'some';
  /** `unknown` where it could not be looked at; `reason` says why, in snake_case. */
  readonly outcome: 'found' | 'none' | 'unknown';
  readonly reason?: string;
  readonly attestations: readonly Attestation[];
  readonly owner: string;
}

/** What runs in a place: all of it at one moment, or what a feed tells of. */
export interface RunningList {
  /** `cluster/namespace` of Kubernetes, else the environment. Owners differ between places. */
  readonly place: string;
  readonly at: string;
  /** `all`: what it doesn't list runs there no longer. `changes`: what it doesn't name runs on as it did. */
  readonly lists: 'all' | 'changes';
  readonly images: readonly RunningImage[];
}

export interface RunningImage {
  readonly artifact: Artifact;
  /** `deployment/cart`; the service where nothing says. With `container` it is one place for one image. */
  readonly workload: string;
  readonly container: string;
  /** 0: it runs no longer. */
  readonly replicas: number;
  readonly owner: string;
  readonly startedAt?: string;
}

/** What one reading of a file, a post or an API tells. */
export interface Heard {
  readonly scans?: readonly Scan[];
  readonly sboms?: readonly Sbom[];
  readonly vex?: readonly VexStatement[];
  readonly signatures?: readonly SignatureLook[];
  readonly running?: readonly RunningList[];
  readonly kev?: KevList;
  readonly epss?: EpssList;
  /** Ids that are one vulnerability's, each list with the advisory's own first. */
  readonly aliases?: readonly (readonly string[])[];
  readonly packageLicenses?: readonly PackageLicense[];
  readonly endOfLife?: EndOfLifeList;
  readonly scorecards?: readonly Scorecard[];
}
