/** What a platform asks of everything that runs on it, whichever engine checks it. */

export const requirementIds = [
  'no_public_storage',
  'non_root_containers',
  'required_cost_tags',
  'encryption_at_rest',
  'tls_in_transit',
  'no_privileged_access',
  'resource_limits',
  'trusted_images',
  'no_secrets_in_configuration',
  'least_privilege',
] as const;
export type RequirementId = (typeof requirementIds)[number];

export interface Requirement {
  readonly id: RequirementId;
  readonly title: string;
  /** One sentence. */
  readonly statement: string;
}

/** Which requirement a policy stands for; * in `policy` is any text, case does not matter. */
export interface RequirementMapping {
  readonly engine: string;
  readonly policy: string;
  readonly requirement: string;
}

/** An engine's own ids of rules, by the requirement that they check. */
export type EngineRules = { readonly [Id in RequirementId]?: readonly string[] };

/** `CKV_AWS_`, 2, 6 → CKV_AWS_2, CKV_AWS_6. */
export const ids = (prefix: string, ...numbers: readonly number[]): string[] =>
  numbers.map(number => `${prefix}${number}`);

/** Kyverno's and Gatekeeper's: a policy by its name, with whichever rule or constraint of it. */
export const named = (...names: readonly string[]): string[] => names.flatMap(name => [name, `${name}/*`]);
