/** Rules as values, and the labels and names that all of an SLO's have. */
import { durationText } from '../durations.ts';
import type { Slo } from '../model.ts';
import { quoted } from '../promql/selectors.ts';

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

/** What tells an SLO from all others. Its team is no part of it: it may change within the window. */
export const identityOf = ({ service, name, objective }: Slo) => ({ service, slo: name, objective });

/** Labels of everything an SLO records and fires. */
export const labelsOf = (slo: Slo) => ({ ...slo.labels, ...identityOf(slo), team: slo.team });

/** A recording as it was written by this SLO's rules. */
export function series(record: string, slo: Slo, more: Readonly<Record<string, string>> = {}): string {
  const matchers = Object.entries({ ...identityOf(slo), ...more }).map(([name, value]) => `${name}=${quoted(value)}`);
  return `${record}{${matchers.join(', ')}}`;
}

/** With its name as a label: `or` keeps one of several series without labels. A dollar of the name is no group of a pattern. */
export const namedPart = (expr: string, name: string): string =>
  `label_replace(${expr}, "part", ${quoted(name.replaceAll('$', '$$$$'))}, "", "")`;

/** A recording rule; an empty label is left out, as Prometheus has it. */
export function record(
  name: string,
  expr: string,
  slo: Slo,
  more: Readonly<Record<string, string>> = {},
): RecordingRule {
  const labels = Object.entries({ ...labelsOf(slo), ...more }).filter(([, value]) => value !== '');
  return { record: name, expr, labels: Object.fromEntries(labels) };
}

export const groupName = ({ service, name, objective }: Slo, kind: string): string =>
  `slo-${service}-${name}-${objective}-${kind}`;

export function group(slo: Slo, kind: string, seconds: number, rules: RuleGroup['rules']): RuleGroup {
  return { name: groupName(slo, kind), interval: durationText(seconds), rules };
}
