/**
 * Enforcement levels of Sentinel and of OPA in HCP Terraform, kept apart as our modes: hard-mandatory refuses a run
 * (`enforce`), soft-mandatory holds it until someone overrides (`warn`), advisory only shows in it (`audit`). The level
 * itself is the finding's original severity. Source: "Policy enforcement levels" of HashiCorp's documentation.
 */
import type { Enforcement } from '../../../findings/report.ts';

export const levels = ['hard-mandatory', 'soft-mandatory', 'mandatory', 'advisory'] as const;
export type Level = (typeof levels)[number];

/** Undefined where it is none; `hard_mandatory` and `Hard Mandatory` are one. */
export const levelOf = (word: string | undefined): Level | undefined => {
  const written = word?.toLowerCase().replace(/[\s_]+/g, '-');
  return levels.find(level => level === written);
};

const modes: Readonly<Record<Level, Enforcement>> = {
  'hard-mandatory': 'enforce',
  // Of OPA, in a set that nobody can override.
  mandatory: 'enforce',
  'soft-mandatory': 'warn',
  advisory: 'audit',
};
export const enforcementOf = (level: Level): Enforcement => modes[level];

export const engines = ['sentinel', 'opa'] as const;
export type Engine = (typeof engines)[number];

/** `SET/policy`, as HCP Terraform itself writes those of a versioned set; without the file's ending. */
export function policyOf(set: string, name: string): string {
  const bare = name.replace(/\.(sentinel|rego)$/i, '').replace(/^\.?\/+/, '');
  return set === '' || bare.startsWith(`${set}/`) ? bare : `${set}/${bare}`;
}

export const workspaceScope = (organization: string, workspace: string): string =>
  `workspace:${organization}/${workspace}`.toLowerCase();
