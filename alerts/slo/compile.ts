/** From an SLO to the rules that record it and alert on it. */
import type { Settings } from '../settings.ts';
import { checkLeastBad, checkSlo, checkWindows, readIndicators, refuser } from './check.ts';
import type { BurnWindow, Server, Slo } from './model.ts';
import { PromqlError } from './promql/parse.ts';
import { alertRules } from './rules/alerts.ts';
import type { Budgeted, Context, Windowed } from './rules/budgeted.ts';
import { budgetRules, burnRule, staticRules, thresholdRules } from './rules/burn.ts';
import { calendar } from './rules/calendar.ts';
import { occurrences } from './rules/occurrences.ts';
import { rolling } from './rules/rolling.ts';
import { group, type RuleGroup } from './rules/rule.ts';
import { slices } from './rules/slices.ts';
import { windowsOf } from './windows.ts';

export interface CompileOptions {
  readonly server: Server;
  readonly settings: Settings;
}

export interface Compiled {
  readonly slo: Slo;
  /** The groups of one rule file; those of an SLO's other objectives may stand beside them. */
  readonly groups: readonly RuleGroup[];
  /** The pairs of windows that its burn alerts have. */
  readonly windows: readonly BurnWindow[];
  /** Seconds between two recordings of events. */
  readonly resolution: number;
}

/** How often burn rates and alerts are evaluated: an outage isn't to wait for the next recording of 5 minutes. */
const burnEvery = 60;

/** Recordings of events are read by lookups of 5 minutes, so that what is told of a window is told more often. */
const budgetEvery = 120;

/** Throws SLO_REFUSED, with a sentence and where it was written, for what could not work. */
export function compileSlo(slo: Slo, { server, settings }: CompileOptions): Compiled {
  const indicators = readIndicators(slo);
  checkSlo(slo, server, indicators);
  try {
    return compiled({ slo, server, indicators }, settings);
  } catch (error) {
    if (error instanceof PromqlError) return refuser(slo)(`an expression can’t be counted at ${error.message}`);
    throw error;
  }
}

function compiled(context: Context, settings: Settings): Compiled {
  const { slo, server } = context;
  const budgeted = budgetedOf(context);
  const windowed = windowedOf(context, budgeted.resolution, settings);
  const windows = windowsOf(slo, budgeted.resolution);
  checkWindows(slo, windows, server);
  checkLeastBad(slo, windows, server);
  const recent = Math.max(6 * 3600, 2 * budgeted.resolution);
  const lengths = [
    ...windows.flatMap(({ long, short }) => [long, short]),
    ...slo.alerting.conditions.map(({ lookback }) => lookback),
    ...[3600, recent].filter(seconds => seconds >= budgeted.resolution),
  ];
  const burns = [...new Set(lengths)].sort((a, b) => a - b).map(seconds => burnRule(slo, budgeted, seconds));
  return {
    slo,
    windows,
    resolution: budgeted.resolution,
    groups: [
      group(slo, 'events', budgeted.resolution, [
        ...windowed.rules,
        ...budgeted.rules.map(rule => ({ ...rule, expr: windowed.stamped(rule.expr) })),
      ]),
      group(slo, 'burn', burnEvery, [...burns, ...alertRules(context, budgeted, windows, settings)]),
      group(slo, 'budget', budgetEvery, [
        ...staticRules(slo, windowed),
        ...thresholdRules(slo, windows),
        ...budgetRules(slo, budgeted, windowed, recent),
      ]),
      ...windowed.groups,
    ],
  };
}

const budgetedOf = (context: Context): Budgeted =>
  context.slo.budgeting.kind === 'occurrences' ? occurrences(context) : slices(context);

function windowedOf(context: Context, resolution: number, settings: Settings): Windowed {
  const { window } = context.slo;
  return window.kind === 'rolling' ? rolling(window.seconds) : calendar(context, resolution, settings);
}
