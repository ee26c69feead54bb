import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import { printMatchers } from './promql/print.ts';
import {
  countBy,
  latest,
  type Matchers,
  oneOf,
  promqlText,
  type Readable,
  sortDescending,
  toMatchers,
  type Variable,
} from './promql.ts';

export type VariableBuilder = Builder<sdk.VariableModel>;

/** A template variable: matchers take it as a value, a dashboard lists it. */
export interface DashboardVariable extends Variable {
  readonly title: string;
  /** Fresh at each call, since a builder hands out its live object. */
  readonly draw: () => VariableBuilder;
}

/** The data source that every panel and variable asks. */
export const datasource = { type: 'prometheus', uid: `\${datasource}` } as const;

/** Chooses the Prometheus to ask; each dashboard has it first. */
export const datasourceVariable = (): VariableBuilder =>
  new sdk.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus');

interface LabelVariableOptions<Label extends string> {
  readonly title: string;
  /** The value chosen at first; without one it is the first there is. */
  readonly initially?: string;
  /** Lists the value that most series have first, so that it is chosen at first, instead of the alphabet's. */
  readonly commonestFirst?: boolean;
  /** Narrows the values offered. */
  readonly matchers?: Matchers<NoInfer<Label>>;
}

/** One value of a label: for what must not be mixed, and for a page about one thing. */
export const oneValue = <const Of extends Label, Label extends string>(
  metric: Readable<string, 'state' | 'count', Label>,
  label: Of,
  options: LabelVariableOptions<Label>,
): DashboardVariable => labelVariable([metric], label, false, options);

/** At least one metric; a label of all of them is offered with what any of them knows. */
type Metrics = readonly [Readable<string, 'state' | 'count'>, ...Readable<string, 'state' | 'count'>[]];
type LabelOf<All extends Metrics> = All[number]['labels'][number];

/** One value of a label that several metrics have, of whichever there are: for a page that several exporters fill. */
export const oneValueOfAny = <const All extends Metrics>(
  metrics: All,
  label: LabelOf<All>,
  options: Pick<LabelVariableOptions<LabelOf<All>>, 'title'>,
): DashboardVariable => labelVariable(metrics, label, false, options);

/** Some values of a label that several metrics have, or all of them. */
export const someValuesOfAny = <const All extends Metrics>(
  metrics: All,
  label: LabelOf<All>,
  options: Pick<LabelVariableOptions<LabelOf<All>>, 'title' | 'matchers'>,
): DashboardVariable => labelVariable(metrics, label, true, options);

/** Some values of a label, or all of them. */
export const someValues = <const Of extends Label, Label extends string>(
  metric: Readable<string, 'state' | 'count', Label>,
  label: Of,
  options: LabelVariableOptions<Label>,
): DashboardVariable => labelVariable([metric], label, true, options);

/**
 * An address that pages cannot know beforehand; for links, which take it as `${name}`. It is not shown: `render dashboards
 * --plumbline` says it, and `?var-NAME=` of a page.
 */
export const address = (
  name: string,
  { title, initially }: { readonly title: string; readonly initially: string },
): DashboardVariable =>
  Object.freeze({
    kind: 'variable',
    name,
    multi: false,
    title,
    draw: () =>
      new sdk.TextBoxVariableBuilder(name)
        .label(title)
        .hide(sdk.VariableHide.HideVariable)
        .defaultValue(initially)
        .current({ selected: true, text: initially, value: initially }),
  });

function labelVariable(
  metrics: Metrics,
  name: string,
  multi: boolean,
  { title, initially, commonestFirst = false, matchers = {} }: LabelVariableOptions<string>,
): DashboardVariable {
  const without = metrics.find(each => !each.labels.includes(name));
  if (without !== undefined) throw new Error(`the variable ${name} reads ${without.name}, which has no such label`);
  const selector =
    metrics.length === 1
      ? `${metrics[0].name}${printMatchers(toMatchers(matchers))}`
      : printMatchers(toMatchers({ __name__: oneOf(...metrics.map(each => each.name)), ...matchers }));
  const { query, qryType } = commonestFirst
    ? { qryType: queryResult, query: `query_result(${commonest(metrics[0], name, matchers)})` }
    : { qryType: labelValues, query: `label_values(${selector}, ${name})` };
  const draw = (): VariableBuilder => {
    const builder = new sdk.QueryVariableBuilder(name)
      .label(title)
      .datasource(datasource)
      .query({ qryType, query, refId: `variable-${name}` })
      .definition(query)
      .refresh(sdk.VariableRefresh.OnTimeRangeChanged)
      .sort(commonestFirst ? sdk.VariableSort.Disabled : sdk.VariableSort.AlphabeticalCaseInsensitiveAsc)
      .multi(multi)
      .includeAll(multi);
    if (commonestFirst) builder.regex(`/${name}="([^"]+)"/`);
    if (multi) builder.allValue('.*').current({ selected: true, text: ['All'], value: ['$__all'] });
    else if (initially !== undefined) builder.current({ selected: true, text: initially, value: initially });
    return builder;
  };
  return Object.freeze({ kind: 'variable', name, multi, title, draw });
}

/** How Grafana's Prometheus data source tells the kinds of variable query apart. */
const labelValues = 1;
const queryResult = 3;

const commonest = (metric: Readable<string, 'state' | 'count'>, label: string, matchers: Matchers<string>): string =>
  promqlText(sortDescending(countBy([label], latest(metric, matchers))));
