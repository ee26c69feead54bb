import { type BinaryOperator, comparisons, type Expression, type Matcher } from './tree.ts';

/** The text of an expression: one line, matchers and `by` labels sorted, so that equal values print equal text. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return printNumber(expression.value);
    case 'selector': {
      const range = expression.range === undefined ? '' : `[${expression.range}]`;
      const offset = expression.offset === undefined ? '' : ` offset ${expression.offset}`;
      return `${expression.name}${printMatchers(expression.matchers)}${range}${offset}`;
    }
    case 'subquery': {
      const at = expression.at === undefined ? '' : ` @ ${expression.at}()`;
      const offset = expression.offset === undefined ? '' : ` offset ${expression.offset}`;
      return `${printOperand(expression.of, 9)}[${expression.range}:${expression.step}]${at}${offset}`;
    }
    case 'call':
      return `${expression.name}(${expression.arguments.map(printExpression).join(', ')})`;
    case 'aggregate': {
      const by = expression.by.length === 0 ? '' : ` by ${printLabels(expression.by)} `;
      const parameter = expression.parameter === undefined ? '' : `${printNumber(expression.parameter)}, `;
      return `${expression.operator}${by}(${parameter}${printExpression(expression.of)})`;
    }
    case 'binary': {
      const { operator, on, groupLeft } = expression;
      const rank = precedence(operator);
      const matching = on === undefined ? '' : ` on ${printLabels(on)}`;
      const group = groupLeft === undefined ? '' : ` group_left ${printLabels(groupLeft)}`;
      // operators of one rank associate to the left, so only the right side needs parentheses at the same rank
      return `${printOperand(expression.left, rank)} ${operator}${matching}${group} ${printOperand(expression.right, rank + 1)}`;
    }
  }
}

/** A label value inside double quotes, escaped as PromQL reads it. */
export function quote(value: string): string {
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}

/** `{a="x",b=~"y"}` sorted by label; nothing where there are none. */
export function printMatchers(matchers: readonly Matcher[]): string {
  if (matchers.length === 0) return '';
  const parts = matchers.map(each => `${each.label}${each.operator}${quote(each.value)}`);
  return `{${parts.sort().join(',')}}`;
}

function printOperand(expression: Expression, leastRank: number): string {
  const text = printExpression(expression);
  return expression.kind === 'binary' && precedence(expression.operator) < leastRank ? `(${text})` : text;
}

function precedence(operator: BinaryOperator): number {
  if (operator === 'or') return 1;
  if (operator === 'and' || operator === 'unless') return 2;
  if (comparisons.has(operator)) return 3;
  return operator === '+' || operator === '-' ? 4 : 5;
}

function printLabels(labels: readonly string[]): string {
  return `(${[...labels].sort().join(', ')})`;
}

function printNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
