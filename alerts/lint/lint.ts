/** The linter: what is wrong with rules and can be told without a server. */
import { duplicates } from './duplicates.ts';
import { expressionChecks } from './expressions.ts';
import {
  type Check,
  defaultLintOptions,
  type Finding,
  type LintOptions,
  type Remark,
  type Rule,
  type World,
} from './model.ts';
import { type RuleText, rulesOf } from './read.ts';
import { selectorChecks } from './selectors.ts';
import { wordChecks } from './words.ts';

export const checks: readonly Check[] = [...expressionChecks, ...selectorChecks, ...wordChecks, duplicates];

/** All files together, for rules read what others record. Findings by file and line. Throws LINT_FILE. */
export function lintRules(texts: readonly RuleText[], given: Partial<LintOptions> = {}): readonly Finding[] {
  const options = { ...defaultLintOptions, ...given };
  const rules = texts.flatMap(text => rulesOf(text, options));
  const records = rules.filter(({ kind }) => kind === 'record');
  const world: World = { rules, recordings: Map.groupBy(records, ({ name }) => name), options };
  return rules.flatMap(rule =>
    checks.flatMap(check => check.look(rule, world).map(remark => findingOf(rule, check, remark))),
  );
}

function findingOf(rule: Rule, { name, remedy }: Check, { field, offset, sentence }: Remark): Finding {
  return {
    rule: rule.name,
    check: name,
    position: {
      file: rule.file,
      group: rule.group,
      line: (field === undefined ? undefined : rule.lines[field]) ?? rule.lines[''] ?? 1,
      ...(field === undefined ? {} : { field }),
      ...(offset === undefined ? {} : { character: offset + 1 }),
    },
    sentence,
    remedy,
  };
}
