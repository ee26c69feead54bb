/**
 * What identifies a finding of conftest, whose messages are free text. The policy is its package and what the rule is
 * called after `deny_`, `warn_` or `violation_`, or an id that its metadata gives; a warning that becomes a refusal is the
 * same policy. Only where a rule has neither is it known by its message, without names and numbers: then another wording
 * is another finding, and an `id` in the metadata mends that.
 */
import { type JsonObject, objectOf, wordOf } from '../../../formats/json.ts';
import { relativePath } from '../../../formats/sarif/index.ts';
import { subjectOf, templateOf } from '../../subject.ts';

export interface Said {
  /** `data.PACKAGE.RULE`. */
  readonly query: string;
  readonly message: string;
  readonly metadata?: JsonObject;
}

const idKeys = ['id', 'policy_id', 'policyId', 'rule_id', 'ruleId', 'check_id', 'rule', 'policy', 'code'] as const;

const idIn = (metadata: JsonObject): string | undefined =>
  idKeys.flatMap(key => wordOf(metadata[key], 150) ?? []).at(0);

/** `platform.kubernetes.images/untagged`. */
export function conftestPolicy({ query, message, metadata = {} }: Said): string {
  const path = query.replace(/^data\./, '');
  const [, name = path, rule = ''] = /^(.*)\.([^.]+)$/.exec(path) ?? [];
  const id = idIn(metadata) ?? idIn(objectOf(metadata.details)) ?? nameOf(rule) ?? templateOf(message);
  return `${name}/${id}`;
}

/** What a rule is called beside what it does; undefined of a bare `deny`. */
export const nameOf = (rule: string): string | undefined => /^(?:deny|warn|violation)_(.+)$/.exec(rule)?.[1];

/** Standard input has no name, and neither has a shell's `<(…)`. */
const nameless = /^(?:|-|\/dev\/(?:fd\/\d+|stdin))$/;

export const conftestFile = (filename: string): string => (nameless.test(filename) ? 'stdin' : relativePath(filename));

/** The file, and what in it the metadata or the message names. */
export function conftestResource(filename: string, message: string, metadata: JsonObject = {}): string {
  const details = objectOf(metadata.details);
  const named = [metadata.resource, metadata.address, details.resource, details.address, details.name];
  const subject = named.flatMap(one => wordOf(one, 300) ?? []).at(0) ?? subjectOf(message);
  return subject === '' ? conftestFile(filename) : `${conftestFile(filename)}#${subject}`;
}

/** An exception tells the rule that it holds back as text: `data.main.exception[_][_] == "untagged"`; "" is all of them. */
export const exceptedRule = (message: string): string => {
  const rule = /==\s*"([^"]*)"\s*$/.exec(message)?.[1];
  return rule === undefined || rule === '' ? 'deny' : (nameOf(rule) ?? rule);
};
