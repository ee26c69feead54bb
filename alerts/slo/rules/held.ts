/**
 * Alerts over slow data outlive their exporter. Where no series of an indicator is there any more, nothing new is known, and
 * short windows run empty: what fires fires on, until its own window has known nothing for a day.
 */
import { durationText } from '../durations.ts';
import * as metrics from '../metrics.ts';
import { quoted, selectorsOf } from '../promql/selectors.ts';
import { isSlow } from '../windows.ts';
import type { Budgeted, Context } from './budgeted.ts';
import { parsedOf } from './indicator.ts';
import { identityOf, series } from './rule.ts';

/**
 * The end of an alert's expression, empty for what isn't slow. `condition`: the label of its ALERTS, empty where they have
 * none. `seconds`: the window whose last known burn is the value then.
 */
export function held(
  { slo, indicators }: Context,
  { resolution }: Budgeted,
  alert: string,
  { condition, seconds }: { readonly condition: string; readonly seconds: number },
): string {
  if (!isSlow(slo, resolution)) return '';
  const burn = `last_over_time(${series(metrics.burnRate.name, slo, { window: durationText(seconds) })}[1d])`;
  const of = { ...identityOf(slo), alertname: alert, alertstate: 'firing', condition };
  const matchers = Object.entries(of).map(([name, value]) => `${name}=${quoted(value)}`);
  const selectors = indicators.flatMap(parsedOf).flatMap(parsed => selectorsOf(parsed).map(({ text }) => text));
  const there = [...new Set(selectors)].map(text => `count(${text})`);
  return ` or (${burn} and on () ALERTS{${matchers.join(', ')}} unless on () (${there.join(' or ')}))`;
}
