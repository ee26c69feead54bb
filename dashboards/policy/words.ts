/** Words for the values of labels, as the pages about policy show them; the metrics' help says what each is. */

/** Of `requirement`: the ten of a platform. One of your own is shown by its name. */
export const requirementWords = {
  no_public_storage: 'No public storage',
  non_root_containers: 'Non-root containers',
  required_cost_tags: 'Required cost tags',
  encryption_at_rest: 'Encryption at rest',
  tls_in_transit: 'TLS in transit',
  no_privileged_access: 'No privileged or host access',
  resource_limits: 'Resource limits',
  trusted_images: 'Images from trusted registries, pinned',
  no_secrets_in_configuration: 'No secrets in configuration',
  least_privilege: 'Least-privilege identity and network',
  other: 'Policies of no requirement',
} as const;

/** Of `readiness`. */
export const readinessWords = {
  enforced: 'enforced',
  ready: 'ready to be enforced',
  settling: 'clean, not long yet',
  violated: 'violated',
  unknown: 'not evaluated',
} as const;

/** Of `status`, of exceptions. */
export const exceptionWords = {
  active: 'in force',
  expiring: 'about to expire',
  permanent: 'without an end',
  expired: 'expired',
  expired_applied: 'expired, still applied',
} as const;

/** Of `status`, of scopes. */
export const scopeWords = {
  fresh: 'looked at',
  partial: 'looked at in part',
  failed: 'failed',
  stale: 'silent',
} as const;

/** Of `kind`, of what Open Policy Agents dropped. */
export const dropWords = {
  rate_limit: 'decisions above the rate limit',
  encoding: 'chunks that could not be encoded',
  buffer_size: 'uploads that dropped the oldest',
} as const;
