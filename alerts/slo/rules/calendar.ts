/**
 * Windows that begin with a day, week, month, quarter or year, by the clocks of a time zone. PromQL knows no time zones, so
 * the beginnings are constants; the latest that has come is recorded, and masks the recordings of events before it.
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

/** A range in a subquery looks back so far for a sample. */
const lookback = 300;

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
  const began = `scalar(max(${series(metrics.windowStart.name, slo)} @ end()))`;
  const step = Math.min(resolution, lookback);
  // each recording is found at one step alone: the first after it
  const sum = (recorded: string) =>
    `sum_over_time((${recorded} and (timestamp(${recorded}) > ${began}) and (timestamp(${recorded}) > (time() - ${step})))[${durationText(longestWindow(window))}:${durationText(step)}])`;
  const warning = window.unit === 'day' ? 30 * day : 90 * day;
  const ends = alertOf(slo, settings, sloAlerts.calendarEnds, 'ticket', {
    expr: `(${last} - vector(time())) < ${warning}`,
    summary: 'The calendar windows that the rules know end soon',
    description:
      'Time zones are no matter of PromQL, so that the beginnings of calendar windows are constants. Render the rules anew: they are written down for some years from then on.',
    value: '{{ $value | humanizeDuration }} until the last one begins',
    from: '7d',
  });
  const unit = window.count === 1 ? window.unit : `${window.count} ${window.unit}s`;
  return {
    name: `${unit} (${window.timeZone})`,
    rules: [record(metrics.windowStart.name, latest(starts), slo)],
    sum,
    seconds: String(usualWindow(window)),
    groups: [group(slo, 'calendar', 3600, [ends])],
  };
}

/** The first of them that has come, from the last on. */
const latest = (starts: readonly number[]): string =>
  starts
    .toReversed()
    .map(start => `(vector(${start}) <= time())`)
    .join(' or ');
