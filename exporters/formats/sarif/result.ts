/** One result of a SARIF run. */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../json.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { SarifPaths } from './paths.ts';
import type { SarifRules } from './rules.ts';

export const sarifKinds = ['fail', 'pass', 'notApplicable', 'review', 'open', 'informational'] as const;
export type SarifKind = (typeof sarifKinds)[number];
export type SarifLevel = 'error' | 'warning' | 'note' | 'none';

export interface SarifSuppression {
  readonly kind: string;
  readonly justification: string | undefined;
}

export interface SarifResult {
  readonly rule: string;
  readonly title: string | undefined;
  readonly url: string | undefined;
  readonly kind: SarifKind;
  /** Of the result, else the rule's default, else warning (3.27.10). */
  readonly level: SarifLevel;
  readonly message: string | undefined;
  /** Relative to what was scanned. */
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly logical: string | undefined;
  readonly snippet: string | undefined;
  /** What the tool says identifies it over time. */
  readonly fingerprint: string | undefined;
  /** GitHub's `security-severity`, a CVSS score as text, of the result or its rule. */
  readonly securitySeverity: string | undefined;
  /** A word for its severity, where the tool gives one in its properties. */
  readonly severity: string | undefined;
  /** The rule's full description; '' where it has none. */
  readonly description: string;
  /** What the rule's help says, where some tools have the details of a finding; '' where it says nothing. */
  readonly help: string;
  /** The rule's own properties: `tags`, and what its tool adds. */
  readonly ruleProperties: JsonObject;
  /** It is suppressed where there is one, and none is under review or rejected (3.27.23). */
  readonly suppression: SarifSuppression | undefined;
}

const levels: readonly string[] = ['error', 'warning', 'note', 'none'];
const levelOf = (value: unknown): SarifLevel | undefined =>
  typeof value === 'string' && levels.includes(value) ? (value as SarifLevel) : undefined;
const kindOf = (value: unknown): SarifKind =>
  (sarifKinds as readonly unknown[]).includes(value) ? (value as SarifKind) : 'fail';

/** Undefined where it names no rule. */
export function readResult(result: JsonObject, rules: SarifRules, paths: SarifPaths): SarifResult | undefined {
  const found = rules.of(result);
  if (found === undefined) return undefined;
  const { id } = found;
  const rule = found.rule ?? {};
  const location = objectOf(listOf(result.locations)[0]);
  const physical = objectOf(location.physicalLocation);
  const region = objectOf(physical.region);
  const logical = [...listOf(location.logicalLocations), ...listOf(result.locations).slice(1)].map(objectOf);
  const properties = [objectOf(result.properties), objectOf(rule.properties)];
  const property = (...names: readonly string[]) =>
    properties.flatMap(one => names.flatMap(name => numberOrWord(one[name]) ?? [])).at(0);
  return {
    rule: id,
    title: textOf(rule.shortDescription) ?? wordOf(rule.name, 300) ?? textOf(rule.fullDescription),
    url: wordOf(rule.helpUri),
    kind: kindOf(result.kind),
    level: levelOf(result.level) ?? levelOf(objectOf(rule.defaultConfiguration).level) ?? 'warning',
    message: messageOf(objectOf(result.message), rule),
    path: paths.of(objectOf(physical.artifactLocation)),
    line: typeof region.startLine === 'number' && Number.isSafeInteger(region.startLine) ? region.startLine : undefined,
    logical: logical.flatMap(one => wordOf(one.fullyQualifiedName, 500) ?? wordOf(one.name, 500) ?? []).at(0),
    snippet:
      wordOf(objectOf(region.snippet).text, 4000) ??
      wordOf(objectOf(objectOf(physical.contextRegion).snippet).text, 4000),
    fingerprint: fingerprintOf(result),
    securitySeverity: property('security-severity'),
    severity: property('severity', 'problem.severity', 'issue_severity'),
    description: wordOf(objectOf(rule.fullDescription).text) ?? '',
    help: wordOf(objectOf(rule.help).text, 4000) ?? wordOf(objectOf(rule.help).markdown, 4000) ?? '',
    ruleProperties: objectOf(rule.properties),
    suppression: suppressionOf(listOf(result.suppressions)),
  };
}

const numberOrWord = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? String(value) : wordOf(value, 100);

const textOf = (message: unknown): string | undefined => wordOf(objectOf(message).text, 300);

/** The message's text, or its rule's by id, with its arguments in place of {0} and the like (3.11). */
function messageOf(message: JsonObject, rule: JsonObject): string | undefined {
  const id = typeof message.id === 'string' ? message.id : 'default';
  const text = wordOf(message.text) ?? wordOf(objectOf(objectOf(rule.messageStrings)[id]).text);
  const given = listOf(message.arguments);
  return text?.replace(/\{(\d{1,3})\}/g, (whole, index: string) => {
    const argument = given[Number(index)];
    return typeof argument === 'string' ? argument.slice(0, 200) : whole;
  });
}

function suppressionOf(suppressions: readonly unknown[]): SarifSuppression | undefined {
  const all = suppressions.filter(isObject);
  // Some tools write `state` for `status`.
  const statuses = all.map(one => one.status ?? one.state ?? 'accepted');
  if (all.length === 0 || statuses.some(status => status !== 'accepted')) return undefined;
  const { kind, justification } = all.find(one => wordOf(one.justification) !== undefined) ?? all[0]!;
  return { kind: wordOf(kind, 50) ?? 'external', justification: wordOf(justification) };
}
