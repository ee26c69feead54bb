/** The linter: what is wrong with rules and can be told without a server. */
import { duplicates } from './duplicates.ts';
import { expressionChecks } from './expressions.ts';
import {
  type Check,
  type Disabled,
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
export const lintRules = (texts: readonly RuleText[], given: Partial<LintOptions> = {}): readonly Finding[] =>
  lintFiles(texts, given).findings;

export interface Linted {
  readonly findings: readonly Finding[];
  /** What comments accept, with their reasons. */
  readonly accepted: readonly Finding[];
  /** What comments accept that is not found, by `file:line`. */
  readonly unused: readonly (Pick<Disabled, 'check'> & { readonly at: string })[];
}

/** As `lintRules`, with what comments accept. */
export function lintFiles(texts: readonly RuleText[], given: Partial<LintOptions> = {}): Linted {
  const options = { ...defaultLintOptions, ...given };
  const rules = texts.flatMap(text => rulesOf(text, options));
  const records = rules.filter(({ kind }) => kind === 'record');
  const world: World = { rules, recordings: Map.groupBy(records, ({ name }) => name), options };
  const asked = checks.filter(({ name }) => !options.disabled.includes(name));
  const used = new Set<string>();
  const keyOf = ({ file }: Rule, { line, check }: Disabled) => `${file}:${line} ${check}`;
  const all = rules.flatMap(rule =>
    asked.flatMap(check => {
      const disabled = rule.disabled.find(each => each.check === check.name);
      return check.look(rule, world).map((remark): Finding => {
        const finding = findingOf(rule, check, remark);
        if (disabled === undefined) return finding;
        used.add(keyOf(rule, disabled));
        return { ...finding, accepted: disabled.reason };
      });
    }),
  );
  const unused = rules.flatMap(rule =>
    rule.disabled
      .filter(each => !options.disabled.includes(each.check) && !used.has(keyOf(rule, each)))
      .map(({ check, line }) => ({ check, at: `${rule.file}:${line}` })),
  );
  return {
    findings: all.filter(({ accepted }) => accepted === undefined),
    accepted: all.filter(({ accepted }) => accepted !== undefined),
    unused: [...new Map(unused.map(each => [`${each.at} ${each.check}`, each])).values()],
  };
}

function findingOf(rule: Rule, { name, remedy }: Check, { field, offset, sentence, level = 'fault' }: Remark): Finding {
  return {
    rule: rule.name,
    check: name,
    level,
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
