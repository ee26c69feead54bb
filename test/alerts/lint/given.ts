/** Rules for the linter's tests. */
import { toYaml } from '../../../alerts/lib/yaml.ts';
import { lintRules } from '../../../alerts/lint/lint.ts';
import type { CheckName, Finding, LintOptions } from '../../../alerts/lint/model.ts';

export interface GivenRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An alert that nothing is wrong with, but for what is said otherwise. */
export const alert = (expr: string, given: Partial<GivenRule> = {}): GivenRule => ({
  alert: 'Broken',
  expr,
  for: '5m',
  ...given,
  labels: { severity: 'ticket', team: 'shop', ...given.labels },
  annotations: { summary: 'It is broken', runbook_url: 'https://example.com/broken', ...given.annotations },
});

export const record = (name: string, expr: string, labels: Readonly<Record<string, string>> = {}): GivenRule => ({
  record: name,
  expr,
  labels,
});

export const file = (rules: readonly GivenRule[], interval?: string, name = 'a.rules.yml') => ({
  file: name,
  text: toYaml({ groups: [{ name: 'g', ...(interval === undefined ? {} : { interval }), rules }] }, 'Given.'),
});

export const lint = (
  rules: readonly GivenRule[],
  interval?: string,
  options?: Partial<LintOptions>,
): readonly Finding[] => lintRules([file(rules, interval)], options);

/** The checks that find something. */
export const found = (...rules: readonly GivenRule[]): readonly CheckName[] => lint(rules).map(({ check }) => check);
