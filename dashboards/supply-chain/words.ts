/** Words for the values of labels, as the pages about the supply chain show them; the metrics' help says what each is. */

/** Of `status`, of scans. */
export const scanWords = {
  fresh: 'scanned in time',
  partial: 'scanned in part',
  failed: 'scan failed',
  stale: 'scan too old',
  never: 'never scanned',
} as const;

/** Of `status`, of bills of materials. */
export const sbomWords = {
  complete: 'complete',
  incomplete: 'lacks something',
  stale: 'too old',
  missing: 'has none',
} as const;

/** Of `status`, of operating systems. */
export const baseWords = { supported: 'supported', end_of_life: 'end of life', unknown: 'nobody says' } as const;

/** Of `status`, of signatures. */
export const signatureWords = {
  verified: 'verified',
  claimed: 'signed, not checked',
  failed: 'checked, does not hold',
  unsigned: 'not signed',
  unknown: 'nobody looked',
} as const;

/** Of `status`, of provenance. */
export const provenanceWords = {
  verified: 'verified',
  claimed: 'told, not checked',
  failed: 'checked, does not hold',
  missing: 'has none',
  unknown: 'nobody looked',
} as const;

/** Of `status`, of limits. */
export const limitWords = {
  breached: 'past its limit',
  due: 'due soon',
  within: 'within its limit',
  waiting: 'waits for a fix',
  none: 'has no limit',
} as const;

/** Of `verdict`, of the gate. */
export const verdictWords = {
  pass: 'would pass',
  warned: 'would be warned of',
  blocked: 'would be blocked',
  unknown: 'could not be told',
} as const;

/** Of `mode`, of the gate's rules. */
export const modeWords = { enforce: 'would block', warn: 'would warn' } as const;

/** Of `gap`, of bills of materials. */
export const gapWords = {
  no_components: 'components',
  no_versions: 'versions',
  no_identifiers: 'identifiers (purl, CPE)',
  no_dependencies: 'what depends on what',
  no_timestamp: 'when it was made',
  no_author: 'who made it',
  no_supplier: 'suppliers of components',
  declared_incomplete: 'completeness: it says that it is not whole',
} as const;

/** Of `class`. */
export const classWords = { vulnerability: 'Vulnerabilities', secret: 'Secrets', license: 'Licences' } as const;

/** Of `status`, of exceptions. */
export const exceptionWords = {
  active: 'in force',
  expiring: 'about to expire',
  permanent: 'without an end',
  expired: 'expired',
  expired_applied: 'expired, still applied',
} as const;
