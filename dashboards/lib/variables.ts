import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import { printMatchers } from './promql/print.ts';
import { type Matchers, type Readable, toMatchers, type Variable } from './promql.ts';

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
  /** Narrows the values offered. */
  readonly matchers?: Matchers<NoInfer<Label>>;
}

/** One value of a label: for what must not be mixed, and for a page about one thing. */
export const oneValue = <const Of extends Label, Label extends string>(
  metric: Readable<string, 'state' | 'count', Label>,
  label: Of,
  options: LabelVariableOptions<Label>,
): DashboardVariable => labelVariable(metric.name, label, false, options);

/** Some values of a label, or all of them. */
export const someValues = <const Of extends Label, Label extends string>(
  metric: Readable<string, 'state' | 'count', Label>,
  label: Of,
  options: LabelVariableOptions<Label>,
): DashboardVariable => labelVariable(metric.name, label, true, options);

function labelVariable(
  metricName: string,
  name: string,
  multi: boolean,
  { title, initially, matchers = {} }: LabelVariableOptions<string>,
): DashboardVariable {
  const query = `label_values(${metricName}${printMatchers(toMatchers(matchers))}, ${name})`;
  const draw = (): VariableBuilder => {
    const builder = new sdk.QueryVariableBuilder(name)
      .label(title)
      .datasource(datasource)
      .query({ qryType: 1, query, refId: `variable-${name}` })
      .definition(query)
      .refresh(sdk.VariableRefresh.OnTimeRangeChanged)
      .sort(sdk.VariableSort.AlphabeticalCaseInsensitiveAsc)
      .multi(multi)
      .includeAll(multi);
    if (multi) builder.allValue('.*').current({ selected: true, text: ['All'], value: ['$__all'] });
    else if (initially !== undefined) builder.current({ selected: true, text: initially, value: initially });
    return builder;
  };
  return Object.freeze({ kind: 'variable', name, multi, title, draw });
}
