/** The alerts of an SLO. What pages and what is a ticket differ by name. */
import type { Settings } from '../../settings.ts';
import { decimal, percent, written } from '../decimal.ts';
import { durationText } from '../durations.ts';
import * as metrics from '../metrics.ts';
import type { BurnCondition, BurnWindow, Slo } from '../model.ts';
import { annotationsOf, literal, literals, type Severity, titleOf } from './annotations.ts';
import type { Budgeted, Context } from './budgeted.ts';
import { recentEvents } from './counters.ts';
import { held } from './held.ts';
import { symbols } from './indicator.ts';
import { type AlertRule, labelsOf, namedPart, series } from './rule.ts';

/** Every alert that an SLO may have. */
export const sloAlerts = {
  fast: 'SloBudgetBurnFast',
  slow: 'SloBudgetBurnSlow',
  noted: 'SloBudgetBurnNoted',
  noTraffic: 'SloNoTraffic',
  spent: 'SloBudgetSpent75',
  exhausted: 'SloBudgetExhausted',
  goodExceedsTotal: 'SloGoodExceedsTotal',
  calendarEnds: 'SloCalendarEnds',
} as const;

const burnNames = { page: sloAlerts.fast, ticket: sloAlerts.slow, digest: sloAlerts.noted } as const;

type Words = Parameters<typeof annotationsOf>[3];

/** One alert of an SLO, with the labels and annotations that all have. */
export function alertOf(
  slo: Slo,
  settings: Settings,
  alert: string,
  severity: Severity,
  {
    expr,
    after = 0,
    labels = {},
    ...words
  }: Words & {
    readonly expr: string;
    /** Seconds that it has to hold. */
    readonly after?: number;
    readonly labels?: Readonly<Record<string, string>>;
  },
): AlertRule {
  return {
    alert,
    expr,
    ...(after > 0 ? { for: durationText(after) } : {}),
    labels: literals({ severity, ...labelsOf(slo), ...labels }),
    annotations: annotationsOf(slo, settings, alert, words),
  };
}

export function alertRules(
  context: Context,
  budgeted: Budgeted,
  windows: readonly BurnWindow[],
  settings: Settings,
): readonly AlertRule[] {
  const { slo } = context;
  return [
    ...(['page', 'ticket'] as const).flatMap(severity => burnAlert(context, budgeted, windows, severity, settings)),
    ...slo.alerting.conditions.map(condition => conditionAlert(context, budgeted, condition, settings)),
    ...noTraffic(slo, budgeted, settings),
    ...(slo.alerting.budget ? budgetAlerts(slo, settings) : []),
    ...goodExceedsTotal(context, settings),
  ];
}

const burnSeries = (slo: Slo, seconds: number): string =>
  series(metrics.burnRate.name, slo, { window: durationText(seconds) });

/** All pairs of a severity are one alert: its value is the highest burn of the long windows that fire. */
function burnAlert(
  context: Context,
  budgeted: Budgeted,
  all: readonly BurnWindow[],
  severity: 'page' | 'ticket',
  settings: Settings,
): readonly AlertRule[] {
  const { slo } = context;
  const windows = all.filter(window => window.severity === severity);
  const [longest] = windows.map(({ long }) => long).toSorted((a, b) => b - a);
  if (longest === undefined) return [];
  const pairs = windows.map(({ long, short, burnRate }) => {
    const rate = written(burnRate);
    const both = `${burnSeries(slo, long)} > ${rate} and ignoring (window) ${burnSeries(slo, short)} > ${rate}`;
    return `(${both}${enoughBad(slo, long)})`;
  });
  const [fastest] = windows;
  const on = held(context, budgeted, burnNames[severity], { condition: '', seconds: longest });
  return [
    alertOf(slo, settings, burnNames[severity], severity, {
      expr: `max without (window) (${pairs.join(' or ')}${on})`,
      summary: `${titleOf(slo)} spends its error budget {{ $value | humanize }} times too fast`,
      description: `At this rate the budget of ${budgetWords(slo)} is gone in a part of its window. It fires where ${windows
        .map(
          ({ long, short, burnRate }) =>
            `${durationText(long)} and ${durationText(short)} are above ${written(burnRate)}`,
        )
        .join(', or where ')}.`,
      value: '{{ $value | humanize }} times the allowed burn',
      from: durationText(severity === 'page' ? Math.max(6 * (fastest?.long ?? 3600), 21_600) : longest),
    }),
  ];
}

const budgetWords = (slo: Slo): string =>
  percent(
    slo.parts.reduce(
      (most, { target }) => (decimal(1).minus(target).greaterThan(most) ? decimal(1).minus(target) : most),
      decimal(0),
    ),
  );

/** Low traffic: one bad event of three is no reason to get up. */
function enoughBad(slo: Slo, long: number): string {
  const least = slo.alerting.leastBadEvents;
  if (!least.greaterThan(0)) return '';
  const bad = `sum(sum_over_time(${series(metrics.badEvents.name, slo)}[${durationText(long)}]))`;
  return ` and on () ${bad} >= ${written(least)}`;
}

function conditionAlert(context: Context, budgeted: Budgeted, condition: BurnCondition, settings: Settings): AlertRule {
  const { slo } = context;
  const { name, severity, op, burnRate, lookback, after, whenNoData } = condition;
  const burn = burnSeries(slo, lookback);
  const asked = severity === 'page' && !slo.alerting.pages ? 'ticket' : severity;
  const on = held(context, budgeted, burnNames[asked], { condition: name, seconds: lookback });
  const compared = `${burn} ${symbols[op]} ${written(burnRate)}${enoughBad(slo, lookback)}`;
  return alertOf(slo, settings, burnNames[asked], asked, {
    expr: whenNoData ? `${compared} or absent(${burn})` : `${compared}${on}`,
    after: Math.max(after, whenNoData ? 120 : 0),
    labels: { condition: name },
    summary: `${titleOf(slo)} meets the condition ${literal(name)}: its burn is {{ $value | humanize }}`,
    description: `The burn over ${durationText(lookback)} is ${symbols[op]} ${written(burnRate)}${whenNoData ? ', or isn’t known' : ''}.`,
    value: '{{ $value | humanize }} times the allowed burn',
    from: durationText(Math.max(6 * lookback, 21_600)),
  });
}

/** Nothing within the time, though the rules were there before it: no traffic is neither met nor missed. */
function noTraffic(slo: Slo, { parts, resolution }: Budgeted, settings: Settings): readonly AlertRule[] {
  const { noTrafficAfter } = slo.alerting;
  if (noTrafficAfter === undefined) return [];
  const within = durationText(Math.max(noTrafficAfter, 2 * resolution));
  const absent = parts.map(
    ({ name }) => `absent_over_time(${series(metrics.totalEvents.name, slo, { part: name })}[${within}])`,
  );
  const wereThere = `last_over_time(${series(metrics.sloInfo.name, slo)}[10m] offset ${within})`;
  return [
    alertOf(slo, settings, sloAlerts.noTraffic, 'ticket', {
      expr: `(${absent.join(' or ')}) == 1 and on () ${wereThere}`,
      after: 300,
      summary: `${titleOf(slo)} has had no traffic for ${within}`,
      description: `Nothing was counted, so that nobody knows whether it works: callers, metrics or rules may be gone. Its burn is absent, not 0.`,
      value: `no event within ${within}`,
      from: durationText(Math.max(2 * noTrafficAfter, 21_600)),
    }),
  ];
}

function budgetAlerts(slo: Slo, settings: Settings): readonly AlertRule[] {
  const remaining = `last_over_time(${series(metrics.budgetRemaining.name, slo)}[10m])`;
  const of = (alert: string, expr: string, summary: string, description: string) =>
    alertOf(slo, settings, alert, 'ticket', {
      expr,
      summary,
      description,
      value: '{{ $value | humanizePercentage }} of the budget left',
      from: slo.window.kind === 'rolling' ? durationText(slo.window.seconds) : '30d',
    });
  return [
    of(
      sloAlerts.spent,
      `${remaining} <= 0.25 and ${remaining} > 0`,
      `${titleOf(slo)} has {{ $value | humanizePercentage }} of its error budget left`,
      'At least 75 % of the error budget of the window is spent: what is risky waits, as the error-budget policy has it.',
    ),
    of(
      sloAlerts.exhausted,
      `${remaining} <= 0`,
      `${titleOf(slo)} has spent its error budget`,
      'The objective of the window is missed: reliability goes before features, as the error-budget policy has it.',
    ),
  ];
}

/** More good than all means that the two don't count the same, so that errors may hide. */
function goodExceedsTotal({ slo, indicators }: Context, settings: Settings): readonly AlertRule[] {
  const exceeded = indicators.flatMap((indicator, index) => {
    if (indicator.kind !== 'events' || indicator.numerator !== 'good') return [];
    if (indicator.events.of !== 'counter' || indicator.total.of !== 'counter') return [];
    const [good, total] = [indicator.events, indicator.total].map(({ parsed }) => recentEvents(parsed, 3600));
    return [namedPart(`(${good}) / ((${total}) > 0) > 1.01`, slo.parts[index]?.name ?? '')];
  });
  if (exceeded.length === 0) return [];
  return [
    alertOf(slo, settings, sloAlerts.goodExceedsTotal, 'ticket', {
      expr: exceeded.join(' or '),
      after: 900,
      summary: `${titleOf(slo)} counts more good events than events`,
      description:
        'Good and total don’t count the same things, so that errors may be hidden: compare the two expressions.',
      value: '{{ $value | humanize }} good events of one',
      from: '6h',
    }),
  ];
}
