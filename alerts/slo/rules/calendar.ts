/**
 * Windows that begin with a day, week, month, quarter or year, by the clocks of a time zone. PromQL knows no time zones, so
 * the beginnings are constants. The latest is recorded with the events, which have it as their label `start`: those of the
 * window are what has the same, so that a sum reads no more than that of a rolling window.
 */

import type { Settings } from '../../settings.ts';
import { isTimeZone, localTime, windowStarts } from '../calendar.ts';
import { refuser } from '../check.ts';
import { durationText } from '../durations.ts';
import * as metrics from '../metrics.ts';
import { longestWindow, usualWindow } from '../windows.ts';
import { alertOf, sloAlerts } from './alerts.ts';
import type { Context, Windowed } from './budgeted.ts';
import { group, record, series } from './rule.ts';

const day = 86_400;

/** `resolution`: seconds between two recordings of events. */
export function calendar({ slo, server }: Context, resolution: number, settings: Settings): Windowed {
  const { window } = slo;
  if (window.kind !== 'calendar') throw new TypeError('a rolling window has no calendar');
  const refuse = refuser(slo);
  if (!isTimeZone(window.timeZone))
    refuse(`its time zone ${JSON.stringify(window.timeZone)} is none of the IANA database, such as Europe/Zurich`);
  if (localTime(window.start) === undefined) refuse(`its window starts at ${window.start}, which is no time`);
  const starts = windowStarts(window, server.now ?? Date.now() / 1000);
  const last = starts.at(-1);
  if (last === undefined) return refuse(`its window starts at ${window.start}, too far ahead for rules of today`);
  const began = `last_over_time(${series(metrics.windowStart.name, slo)}[${durationText(Math.max(600, 2 * resolution))}])`;
  const start = `count_values("start", ${began})`;
  const warning = window.unit === 'day' ? 30 * day : 90 * day;
  const ends = alertOf(slo, settings, sloAlerts.calendarEnds, 'ticket', {
    expr: `(${last} - vector(time())) < ${warning}`,
    summary: 'The calendar windows that the rules know end soon',
    description:
      'Time zones are no matter of PromQL, so that the beginnings of calendar windows are constants. Render the rules anew: they are written down for at least ten years from then on.',
    value: '{{ $value | humanizeDuration }} until the last one begins',
    from: '7d',
  });
  const unit = window.count === 1 ? window.unit : `${window.count} ${window.unit}s`;
  return {
    name: `${unit} (${window.timeZone})`,
    rules: [record(metrics.windowStart.name, latest(starts), slo)],
    stamped: expr => `(${expr}) * on () group_left (start) ${start}`,
    sum: recorded => `(sum_over_time(${recorded}[${durationText(longestWindow(window))}]) and on (start) ${start})`,
    seconds: String(usualWindow(window)),
    groups: [group(slo, 'calendar', 3600, [ends])],
  };
}

/** The first of them that is over, from the last on: what is recorded at a beginning is of the time before it. */
const latest = (starts: readonly number[]): string =>
  runsOf(starts)
    .toReversed()
    .map(({ first, period, count }) =>
      count === 1
        ? `(vector(${first}) < time())`
        : `clamp_max((vector(${first}) < time()) + ${period} * (ceil((vector(time()) - ${first}) / ${period}) - 1), ${first + (count - 1) * period})`,
    )
    .join(' or ');

interface Run {
  readonly first: number;
  readonly period: number;
  readonly count: number;
}

/** Beginnings that are equally far apart, as days and weeks are between two changes of clocks, are one term of few. */
function runsOf(starts: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  for (const start of starts) {
    const run = runs.at(-1);
    const last = run && run.first + (run.count - 1) * run.period;
    if (run && last !== undefined && (run.count === 1 || start - last === run.period))
      runs[runs.length - 1] = { ...run, period: start - last, count: run.count + 1 };
    else runs.push({ first: start, period: 0, count: 1 });
  }
  return runs;
}
