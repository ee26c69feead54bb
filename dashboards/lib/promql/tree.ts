/** The syntax tree of a PromQL expression: plain frozen values; print.ts turns them into text. */

/** A positive duration as Prometheus writes it, or one of the two that Grafana fills in. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd' | 'w' | 'y'}` | '$__range' | '$__rate_interval';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface Matcher {
  readonly label: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/';
export type ComparisonOperator = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;
export type AggregateOperator = 'sum' | 'avg' | 'min' | 'max' | 'count' | 'topk' | 'bottomk';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'selector';
      readonly name: string;
      readonly matchers: readonly Matcher[];
      readonly range?: Duration;
      readonly offset?: Duration | `-${Duration}`;
    }
  | {
      readonly kind: 'subquery';
      readonly of: Expression;
      readonly range: Duration;
      readonly step: Duration;
      readonly at?: 'end';
      readonly offset?: Duration;
    }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | {
      readonly kind: 'aggregate';
      readonly operator: AggregateOperator;
      readonly by: readonly string[];
      readonly parameter?: number;
      readonly of: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly on?: readonly string[];
      readonly groupLeft?: readonly string[];
    };

export const comparisons: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '>', '<', '>=', '<=']);

/** The expressions directly inside one. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'subquery':
    case 'aggregate':
      return [expression.of];
    case 'call':
      return expression.arguments;
    case 'binary':
      return [expression.left, expression.right];
    default:
      return [];
  }
}

/** The same expression with each comparison replaced by what it compares: what an alert watches, without its bound. */
export function dropComparisons(expression: Expression): Expression {
  switch (expression.kind) {
    case 'subquery':
    case 'aggregate':
      return { ...expression, of: dropComparisons(expression.of) };
    case 'call':
      return { ...expression, arguments: expression.arguments.map(dropComparisons) };
    case 'binary':
      if (comparisons.has(expression.operator)) return dropComparisons(expression.left);
      return { ...expression, left: dropComparisons(expression.left), right: dropComparisons(expression.right) };
    default:
      return expression;
  }
}

/** The names of the series that an expression reads, sorted. */
export function seriesNames(expression: Expression): readonly string[] {
  const names = new Set<string>();
  const visit = (each: Expression): void => {
    if (each.kind === 'selector') names.add(each.name);
    for (const child of childrenOf(each)) visit(child);
  };
  visit(expression);
  return [...names].sort();
}
