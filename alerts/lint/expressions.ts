/** Checks of what an expression means. */
import { durationText } from '../slo/durations.ts';
import {
  argumentsOf,
  bare,
  childOf,
  functionOf,
  type Node,
  nodesOf,
  type Parsed,
  PromqlError,
  parsePromql,
  secondsOf,
  textOf,
  withoutModifiers,
} from '../slo/promql/parse.ts';
import { selectorOf, selectorsOf } from '../slo/promql/selectors.ts';
import type { Check, Remark, Rule, World } from './model.ts';
import { recordingsOf } from './recordings.ts';
import {
  constantOf,
  drops,
  excludesZero,
  guardsIn,
  isComparison,
  isPartOf,
  isPositive,
  operationOf,
  spaceless,
} from './values.ts';

const at = (node: Node, sentence: string): Remark => ({ field: 'expr', offset: node.from, sentence });

/** Durations may be computed, and of milliseconds. */
const said = (seconds: number): string => (Number.isInteger(seconds) ? durationText(seconds) : `${seconds}s`);

const valid: Check = {
  name: 'promql-invalid',
  remedy: 'correct the expression; Prometheus does not load a file that has it',
  look: ({ expr }) => {
    try {
      const { holes } = parsePromql(expr);
      const [first] = holes;
      if (first === undefined) return [];
      return [
        { field: 'expr', offset: first, sentence: 'the range is a variable of dashboards, which rules have not' },
      ];
    } catch (error) {
      if (!(error instanceof PromqlError)) throw error;
      const before = expr
        .split('\n')
        .slice(0, error.line - 1)
        .join('\n');
      const offset = (error.line > 1 ? before.length + 1 : 0) + error.column - 1;
      return [{ field: 'expr', offset, sentence: `the expression can’t be read: ${error.sentence}` }];
    }
  },
};

/** A check of alerts or of all rules whose expression could be read. */
function ofExpression(
  name: Check['name'],
  remedy: string,
  look: (parsed: Parsed, rule: Rule, world: World) => readonly Remark[],
): Check {
  return { name, remedy, look: (rule, world) => (rule.parsed ? look(rule.parsed, rule, world) : []) };
}

const comparison = ofExpression(
  'comparison-missing',
  'compare the value with a threshold, without bool: an alert fires for every series that its expression gives',
  (parsed, { kind, name }, world) => {
    if (kind !== 'alert' || drops(parsed, parsed.root, world)) return [];
    // vector(1): what depends on no series is a watchdog, and always fires on purpose
    const whole = bare(parsed.root);
    if (functionOf(parsed, whole) === 'vector' && constantOf(parsed, whole) !== undefined) return [];
    const bool = nodesOf(parsed.root).find(node => operationOf(parsed, node)?.bool);
    if (bool) return [at(bool, `${name} compares by bool, which gives 0 and drops nothing: it always fires`)];
    return [at(bare(parsed.root), `${name} has no comparison, so that it fires wherever there is a series`)];
  },
);

const ofTwoSamples = /^(rate|irate|increase|delta|idelta|deriv|predict_linear|changes|resets)$/;

const windows = ofExpression(
  'window-short',
  'make the window at least twice, better four times, as long as samples are apart',
  (parsed, _, world) =>
    nodesOf(parsed.root).flatMap(call => {
      const name = functionOf(parsed, call) ?? '';
      const range = ofTwoSamples.test(name) ? argumentsOf(call).map(withoutModifiers).find(isRange) : undefined;
      if (range === undefined) return [];
      const seconds = secondsOf(textOf(parsed, childOf(range, 'DurationExpr') ?? range));
      const apart = samplesApart(parsed, range, world);
      if (seconds === undefined || seconds >= 2 * apart) return [];
      const what = `the window ${said(seconds)} of ${name} doesn’t hold two samples, which are ${said(apart)} apart`;
      return [at(range, `${what}; it gives nothing, or nothing most of the time`)];
    }),
);

const isRange = ({ name }: Node): boolean => name === 'MatrixSelector' || name === 'SubqueryExpr';

/** Of a recording by its group, of a subquery by its step, else by the scrape. */
function samplesApart(parsed: Parsed, range: Node, world: World): number {
  if (range.name === 'SubqueryExpr') {
    const step = range.getChildren('DurationExpr')[1];
    return (step && secondsOf(textOf(parsed, step))) ?? world.options.evaluationInterval;
  }
  const selector = range.firstChild && selectorOf(parsed, range.firstChild);
  const rules = selector ? recordingsOf(selector, world) : [];
  return rules.length > 0 ? Math.max(...rules.map(rule => rule.interval)) : world.options.scrapeInterval;
}

const divisions = ofExpression(
  'division-unguarded',
  'divide by what is above 0 (x / (y > 0), clamp_min(y, 1)), or ask for it beside it (x / y and y > 0)',
  (parsed, { kind }, world) =>
    nodesOf(parsed.root).flatMap((node): readonly Remark[] => {
      const division = operationOf(parsed, node);
      if (division?.operator !== '/' && division?.operator !== '%') return [];
      const { operator, left, right } = division;
      if (isPositive(parsed, right, world) || (constantOf(parsed, right) ?? 0) !== 0) return [];
      const bounded = operationOf(parsed, withoutModifiers(right));
      if (bounded && excludesZero(parsed, bounded)) return [];
      const divisor = spaceless(parsed, right);
      if (guardsAround(parsed, node).includes(divisor)) return [];
      if (kind === 'alert' && isPartOf(parsed, left, right) && isCompared(parsed, node)) return [];
      const isZero = constantOf(parsed, right) === 0;
      const isNaNAlone = operator === '%' || constantOf(parsed, left) === 0 || isPartOf(parsed, left, right);
      const gives = isNaNAlone ? 'NaN' : 'NaN or Inf';
      const then = kind === 'alert' ? 'NaN never fires and Inf always does' : 'and that is recorded';
      const what = `${textOf(parsed, right)} ${isZero ? 'is' : 'may be'} 0: the division gives ${gives}; ${then}`;
      // without a server nobody knows what values a series has
      return [{ ...at(right, what), level: isZero ? 'fault' : 'note' }];
    }),
);

/** Whether the quotient itself is compared, which NaN does not pass. */
function isCompared(parsed: Parsed, node: Node): boolean {
  let outer = node.parent;
  while (outer?.name === 'ParenExpr') outer = outer.parent;
  const operation = outer ? operationOf(parsed, outer) : undefined;
  return operation !== undefined && isComparison(operation) && operation.operator !== '!=';
}

/** What `and` and `unless` around a node keep from 0. */
function guardsAround(parsed: Parsed, node: Node): readonly string[] {
  const found: string[] = [];
  for (let [inner, outer] = [node, node.parent]; outer; [inner, outer] = [outer, outer.parent]) {
    const operation = operationOf(parsed, outer);
    if (operation === undefined) continue;
    const { operator, left, right } = operation;
    const other = inner.from === left.from ? right : left;
    if (operator === 'and') found.push(...guardsIn(parsed, 'and', other));
    if (operator === 'unless' && other.from === right.from) found.push(...guardsIn(parsed, 'unless', other));
  }
  return found;
}

const absences = ofExpression(
  'absent-without-for',
  'give the alert a for of some scrapes: a restart of the target or of Prometheus is an absence too',
  (parsed, rule) => {
    if (rule.kind !== 'alert' || rule.for !== undefined) return [];
    return nodesOf(parsed.root)
      .filter(node => /^absent(_over_time)?$/.test(functionOf(parsed, node) ?? ''))
      .map(node => at(node, `${rule.name} fires at the first evaluation that finds nothing`));
  },
);

/** How long Prometheus looks back for the newest sample. */
const lookback = 300;

/** Where no rule reads it, dashboards do, and see it for 5 minutes at a time. */
function unread({ kind, name, interval }: Rule, { rules }: World): readonly Remark[] {
  if (kind === 'alert' || interval <= lookback) return [];
  const isRead = rules.some(({ parsed }) => parsed && selectorsOf(parsed).some(({ metric }) => metric === name));
  if (isRead) return [];
  return [{ sentence: `${name} is recorded every ${said(interval)}, and gone 5 minutes later to whoever reads it` }];
}

const stale = ofExpression(
  'series-stale',
  'read it over a range that is longer than its group’s interval (last_over_time(x[1h])), or evaluate its group every 5 minutes',
  (parsed, rule, world) => [
    ...unread(rule, world),
    ...nodesOf(parsed.root)
      .filter(node => node.name === 'VectorSelector')
      .flatMap(node => {
        const selector = selectorOf(parsed, node);
        const { metric = '', range } = selector;
        const interval = Math.max(0, ...recordingsOf(selector, world).map(rule => rule.interval));
        const seen = typeof range === 'number' ? range : isWithinSubquery(node) ? Number.POSITIVE_INFINITY : lookback;
        if (interval <= lookback || interval <= seen) return [];
        const sentence = `${metric} is recorded every ${said(interval)} and looked for within ${said(seen)}: it is gone most of the time`;
        return [at(node, sentence)];
      }),
  ],
);

function isWithinSubquery(node: Node): boolean {
  for (let outer = node.parent; outer; outer = outer.parent) if (outer.name === 'SubqueryExpr') return true;
  return false;
}

export const expressionChecks: readonly Check[] = [valid, comparison, windows, divisions, absences, stale];
