/** A test as promtool reads it. */
import type { Expectation } from './expectations.ts';
import type { InputSeries } from './schedule.ts';

export interface PromtoolTest {
  readonly name: string;
  readonly interval: string;
  readonly start_timestamp?: number;
  readonly input_series: readonly InputSeries[];
  readonly promql_expr_test: readonly Expectation[];
}
