/** When the windows of a calendar begin, and that it is told before these constants of the rules run out. */
import type { Slo } from '../model.ts';
import { type Expectation, expectation, selectorOf } from './expectations.ts';
import type { PromtoolTest } from './promtool-test.ts';

const day = 86_400;

/** What is recorded at a beginning is of the window before it. `began`: when the test does, since 1970. */
export const startExpectation = (slo: Slo, starts: readonly number[], began: number, at: number): Expectation =>
  expectation(
    `max(slo:window_start:timestamp_seconds${selectorOf(slo)})`,
    at,
    starts.findLast(start => start < began + at),
  );

/** `starts`: the beginnings, as seconds since 1970. None for a rolling window. */
export function calendarEndsTests(
  slo: Slo,
  starts: readonly number[],
  { resolution, scrapeInterval }: { readonly resolution: number; readonly scrapeInterval: number },
): readonly PromtoolTest[] {
  const last = starts.at(-1);
  if (slo.window.kind !== 'calendar' || last === undefined) return [];
  const warned = last - (slo.window.unit === 'day' ? 30 : 90) * day;
  const began = warned - resolution;
  const alert = `max(ALERTS${selectorOf(slo, ',alertname="SloCalendarEnds",alertstate="firing",severity="ticket"')})`;
  return [
    {
      name: `${slo.service} ${slo.name} ${slo.objective}: the calendar ends`,
      interval: `${scrapeInterval}s`,
      start_timestamp: began,
      input_series: [],
      promql_expr_test: [
        expectation(alert, resolution, undefined),
        expectation(alert, 2 * resolution, 1),
        startExpectation(slo, starts, began, 2 * resolution),
      ],
    },
  ];
}
