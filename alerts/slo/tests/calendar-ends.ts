/** That it is told before the beginnings of calendar windows, which are constants of the rules, run out. */
import type { Slo } from '../model.ts';
import { expectation, selectorOf } from './expectations.ts';
import type { PromtoolTest } from './promtool.ts';

const day = 86_400;

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
  const windowStart = (at: number) =>
    expectation(
      `max(slo:window_start:timestamp_seconds${selectorOf(slo)})`,
      at,
      starts.findLast(start => start < began + at),
    );
  return [
    {
      name: `${slo.service} ${slo.name} ${slo.objective}: the calendar ends`,
      interval: `${scrapeInterval}s`,
      start_timestamp: began,
      input_series: [],
      promql_expr_test: [
        expectation(alert, resolution, undefined),
        expectation(alert, 2 * resolution, 1),
        windowStart(2 * resolution),
      ],
    },
  ];
}
