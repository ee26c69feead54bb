/** Rule files of Prometheus as rules with their lines: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml';
import { z } from 'zod';
import { PlumblineError } from '../errors.ts';
import { durationSeconds } from '../slo/durations.ts';
import { type Parsed, PromqlError, parsePromql } from '../slo/promql/parse.ts';
import { commentsIn, type Place } from './comments.ts';
import type { LintOptions, Rule } from './model.ts';

export interface RuleText {
  readonly file: string;
  readonly text: string;
}

/** What YAML takes for a number or a truth is a text where Prometheus reads one: a group called `on`, `for: 0`. */
const word = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const seconds = word.transform((text, context) => {
  const found = text === '0' ? 0 : durationSeconds(text);
  if (found === undefined) context.addIssue({ code: 'custom', message: `${text} is no duration` });
  return found ?? 0;
});

const words = z.record(z.string(), word);

const ruleSchema = z
  .looseObject({
    alert: word.optional(),
    record: word.optional(),
    expr: word,
    for: seconds.optional(),
    labels: words.nullish(),
    annotations: words.nullish(),
  })
  .refine(rule => (rule.alert === undefined) !== (rule.record === undefined), 'a rule has either alert or record');

const fileSchema = z.object({
  groups: z
    .array(
      z.looseObject({
        name: word,
        interval: seconds.optional(),
        labels: words.nullish(),
        rules: z.array(ruleSchema).nullish(),
      }),
    )
    .nullish(),
});

/**
 * Also of an operator's PrometheusRule, and of several documents in a file. Throws LINT_COMMENT, and LINT_FILE where the text is no rule
 * file: one that has no groups would pass as one without faults.
 */
export function rulesOf({ file, text }: RuleText, options: Pick<LintOptions, 'evaluationInterval'>): readonly Rule[] {
  const counter = new LineCounter();
  const refuse = (reason: string): never => {
    throw new PlumblineError('LINT_FILE', { file, reason });
  };
  const lineOf = (node: Node | null | undefined) => (node?.range ? counter.linePos(node.range[0]).line : 1);
  const documents = parseAllDocuments(text, { lineCounter: counter, merge: true });
  const read = [...documents].flatMap(document => {
    const [fault] = document.errors;
    if (fault) refuse(fault.message.split('\n')[0] ?? '');
    const whole = document.toJS() ?? { groups: [] };
    const isResource = whole.kind === 'PrometheusRule';
    const value = isResource ? whole.spec : whole;
    if (value?.groups === undefined) refuse('it has no groups');
    const { data, error } = fileSchema.safeParse(value);
    if (error) {
      const [issue] = error.issues;
      refuse(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
    }
    const path = isResource ? ['spec', 'groups'] : ['groups'];
    return (data?.groups ?? []).flatMap((group, at) =>
      (group.rules ?? []).map((rule, index) => ({
        place: placeOf(document.getIn([...path, at, 'rules', index], true), counter),
        kind: rule.alert === undefined ? ('record' as const) : ('alert' as const),
        name: rule.alert ?? rule.record ?? '',
        file,
        group: group.name,
        interval: group.interval ?? options.evaluationInterval,
        expr: rule.expr,
        parsed: parsed(rule.expr),
        labels: { ...group.labels, ...rule.labels },
        annotations: rule.annotations ?? {},
        for: rule.for || undefined,
        lines: linesIn(document.getIn([...path, at, 'rules', index], true), lineOf),
      })),
    );
  });
  const { ofFile, of } = commentsIn(
    text,
    read.flatMap(({ place }) => place ?? []),
    reason => {
      throw new PlumblineError('LINT_COMMENT', { file, reason });
    },
  );
  return read.map(
    ({ place, ...rule }): Rule => ({ ...rule, disabled: place === undefined ? ofFile : [...of(place), ...ofFile] }),
  );
}

/** Undefined for an alias, which stands elsewhere. */
function placeOf(rule: unknown, counter: LineCounter): Place | undefined {
  if (!isMap(rule) || !rule.range) return undefined;
  const [from, to] = rule.range;
  return { first: counter.linePos(from).line, last: counter.linePos(Math.max(from, to - 1)).line };
}

function parsed(expr: string): Parsed | undefined {
  try {
    return parsePromql(expr);
  } catch (error) {
    if (error instanceof PromqlError) return undefined;
    throw error;
  }
}

function linesIn(rule: unknown, lineOf: (node: Node) => number): Readonly<Record<string, number>> {
  const lines: Record<string, number> = {};
  const walk = (map: YAMLMap, prefix: string) => {
    for (const { key, value } of map.items) {
      if (!isScalar(key)) continue;
      const name = `${prefix}${String(key.value)}`; // a merge key is a symbol
      lines[name] = lineOf(key);
      if (isMap(value)) walk(value, `${name}.`);
    }
  };
  if (isMap(rule)) {
    lines[''] = lineOf(rule);
    walk(rule, '');
  } else if (isSeq(rule)) lines[''] = lineOf(rule);
  return lines;
}
