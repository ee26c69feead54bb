/** The promtool test of one SLO: what its alerts and budget are on every scenario, step by step. */
import type { BurnWindow, Slo } from '../model.ts';
import { firingSteps, type SimulatedPart } from './arithmetic.ts';
import { startExpectation } from './calendar.ts';
import { conditionExpectations, conditionSteps } from './conditions.ts';
import { budgetExpectations, firingExpectations, selectorOf, trafficExpectations } from './expectations.ts';
import type { PromtoolTest } from './promtool-test.ts';
import { counterSamples, extrapolatedRate, judgedSteps } from './rates.ts';
import type { Scenario } from './scenario.ts';
import { scenariosOf } from './scenarios.ts';
import { type InputSeries, inputSeries, rateOf, stepsOf, upSeries } from './schedule.ts';
import type { Phase, Step, Workload } from './traffic.ts';
import { areApart, workloadOf } from './workload.ts';

/** One scenario with its series, and what happens in each step of it. */
export interface Course {
  readonly scenario: Scenario;
  readonly stepSeconds: number;
  readonly scrapeInterval: number;
  readonly starts: readonly number[];
  readonly series: readonly InputSeries[];
  readonly parts: readonly SimulatedPart[];
  /** At which steps the windows of a severity are both above their burn rate. */
  readonly firing: Readonly<Record<BurnWindow['severity'], readonly (readonly [number, number])[]>>;
  /** The same of the single conditions, in their order. */
  readonly conditions: readonly (readonly (readonly [number, number])[])[];
  /** When nothing is known any more isn't reckoned, for an expression looks back. */
  readonly isVague: boolean;
}

/** What the rules have that are tried. Seconds. */
export interface Rules {
  /** The pairs of its burn alerts. */
  readonly windows: readonly BurnWindow[];
  /** Between two recordings of events; rules are evaluated as often. */
  readonly resolution: number;
  readonly scrapeInterval: number;
  /** When the windows of a calendar begin, as seconds since 1970; none for a rolling one. */
  readonly starts: readonly number[];
}

/** Undefined where a part's expressions are beyond what series can be made for. */
export function coursesOf(slo: Slo, rules: Rules): readonly Course[] | undefined {
  const found = slo.parts.map(part => workloadOf(part));
  const workloads = found.filter(each => each !== undefined);
  if (workloads.length < found.length || !areApart(slo.parts, workloads)) return undefined;
  const scenarios = scenariosOf({
    budget: budgetOf(slo),
    windows: rules.windows,
    stepSeconds: rules.resolution,
    of: workloads.every(({ of }) => of === 'counter') && slo.budgeting.kind === 'occurrences' ? 'counter' : 'gauge',
    noTrafficAfter: slo.alerting.noTrafficAfter,
    single: slo.alerting.conditions,
    isNeverSilent: workloads.some(({ alone }) => alone !== undefined),
    isCalendar: slo.window.kind === 'calendar',
    leastBadEvents: slo.alerting.leastBadEvents.toNumber(),
    lookback: Math.max(...workloads.map(({ lookback }) => lookback)),
  });
  return scenarios.map(scenario => courseOf(slo, rules, workloads, scenario));
}

/** Of all parts together: the part of events that may be bad where all have the same part of them bad. */
function budgetOf({ parts, budgeting }: Slo): number {
  const budgets = parts.map(({ target, weight }) => [left(target), weight.toNumber()] as const);
  if (budgeting.kind === 'timeslices') return Math.min(...budgets.map(([budget]) => budget));
  return 1 / budgets.reduce((sum, [budget, weight]) => sum + weight / budget, 0);
}

/** 1 − a target, of the exact decimal, so that no float noise comes near a threshold. */
const left = (target: Slo['parts'][number]['target']): number => target.negated().plus(1).toNumber();

function courseOf(
  slo: Slo,
  { windows, resolution: stepSeconds, scrapeInterval, starts }: Rules,
  workloads: readonly Workload[],
  scenario: Scenario,
): Course {
  const samplesInStep = stepSeconds / scrapeInterval;
  const parts = simulated(slo, workloads, scenario.phases, stepSeconds, scrapeInterval);
  const firing = (severity: BurnWindow['severity']) =>
    firingSteps(
      parts,
      windows.filter(window => window.severity === severity),
      stepSeconds,
      slo.alerting.leastBadEvents.toNumber(),
    );
  return {
    scenario,
    stepSeconds,
    scrapeInterval,
    starts,
    parts,
    series: seriesOf(workloads, scenario.phases, samplesInStep, scrapeInterval),
    firing: { page: firing('page'), ticket: firing('ticket') },
    conditions: slo.alerting.conditions.map(condition =>
      conditionSteps(parts, condition, stepSeconds, slo.alerting.leastBadEvents.toNumber()),
    ),
    isVague: workloads.some(({ lookback }) => lookback > 0) && scenario.phases.some(({ total }) => total === 0),
  };
}

/** Of a threshold so many looks in each step, all good or all bad; at the first there is one, and those at nothing. */
function looksOf(steps: readonly Step[], looks: number | undefined, alone: boolean | undefined): readonly Step[] {
  if (looks === undefined) return steps;
  const atNothing = alone === undefined ? 0 : looks - 1;
  return steps.map(({ bad, total }, at) => {
    if (at === 0) return { bad: bad + (alone ? atNothing : 0), total: total + atNothing };
    return total === 0 ? { bad, total } : { bad: (bad / total) * looks, total: looks };
  });
}

/** Of a threshold over rates: how each look judges their means over the range. */
function lookedAt(
  workload: Workload,
  phases: readonly Phase[],
  { stepSeconds, scrapeInterval, every }: Readonly<Record<'stepSeconds' | 'scrapeInterval' | 'every', number>>,
): readonly Step[] | undefined {
  const { rates, series } = workload;
  if (rates === undefined) return undefined;
  const counters = series.map((_, index) =>
    counterSamples(phase => rateOf(workload, phase, index), phases, stepSeconds / scrapeInterval, scrapeInterval),
  );
  const judgedAt = (at: number) =>
    rates.judge(
      series.flatMap((labels, index) => {
        const value = extrapolatedRate(counters[index] ?? [], at, rates.range, scrapeInterval);
        return value === undefined ? [] : [{ labels, value }];
      }),
    );
  const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
  return judgedSteps(judgedAt, steps, stepSeconds, every);
}

/** What each part counts in each step: events, or slices that are bad, or bad by a part. */
function simulated(
  { parts, budgeting }: Slo,
  workloads: readonly Workload[],
  phases: readonly Phase[],
  stepSeconds: number,
  scrapeInterval: number,
): readonly SimulatedPart[] {
  const counted = parts.map(({ target, weight, indicator, sliceTarget }, index) => {
    const of = workloads[index]?.of ?? 'counter';
    const recorded = budgeting.kind !== 'occurrences' || (indicator.kind === 'threshold' && indicator.every > 300);
    const samples = indicator.kind === 'threshold' ? Math.max(1, stepSeconds / indicator.every) : undefined;
    const looked =
      indicator.kind === 'threshold' && workloads[index]?.rates
        ? lookedAt(workloads[index], phases, { stepSeconds, scrapeInterval, every: indicator.every })
        : undefined;
    const events =
      looked ?? looksOf(stepsOf(of, phases, stepSeconds / scrapeInterval), samples, workloads[index]?.alone);
    const budget = left(target);
    const unseen = of === 'counter' ? scrapeInterval / stepSeconds : 0;
    return {
      budget,
      weight: weight.toNumber(),
      unseen: recorded ? undefined : unseen,
      steps: events.map(({ bad, total }) => {
        if (budgeting.kind === 'occurrences' || total === 0) return { bad, total };
        if (budgeting.kind === 'ratio_timeslices') return { bad: bad / total, total: 1 };
        return { bad: bad / total > left(sliceTarget ?? budgeting.target) ? 1 : 0, total: 1 };
      }),
    };
  });
  const [first] = counted;
  if (budgeting.kind !== 'timeslices' || first === undefined) return counted;
  // A slice is bad where it is for any part.
  const any = (index: number, key: 'bad' | 'total') =>
    Math.max(...counted.map(({ steps }) => steps[index]?.[key] ?? 0));
  return [
    {
      ...first,
      weight: 1,
      budget: Math.min(...counted.map(({ budget }) => budget)),
      steps: first.steps.map((_, index) => ({ bad: any(index, 'bad'), total: any(index, 'total') })),
    },
  ];
}

/** The alerts whose steps are told, by the severity of their windows. */
export const burnAlerts = { page: 'SloBudgetBurnFast', ticket: 'SloBudgetBurnSlow' } as const;

export function promtoolTests(slo: Slo, courses: readonly Course[]): readonly PromtoolTest[] {
  return courses.map(course => {
    const { scenario, stepSeconds, scrapeInterval, starts, series, parts, firing, isVague } = course;
    const last = scenario.phases.reduce((sum, { steps }) => sum + steps, 0);
    const [, begins] = starts;
    // With a window of the calendar, so that its budget is whole.
    const began = begins && begins - (scenario.before ?? 0) * stepSeconds;
    return {
      name: `${slo.service} ${slo.name} ${slo.objective}: ${scenario.name}`,
      interval: `${scrapeInterval}s`,
      ...(began === undefined ? {} : { start_timestamp: began }),
      input_series: series,
      promql_expr_test: [
        ...(['page', 'ticket'] as const).flatMap(severity =>
          firingExpectations(
            `${selectorOf(slo).slice(1, -1)},alertname="${burnAlerts[severity]}",condition=""`,
            firing[severity],
            last,
            stepSeconds,
          ),
        ),
        ...(began === undefined ? [] : [startExpectation(slo, starts, began, last * stepSeconds)]),
        ...slo.alerting.conditions.flatMap((condition, index) =>
          conditionExpectations(slo, condition, course.conditions[index] ?? [], { last, stepSeconds, isVague }),
        ),
        ...trafficExpectations(slo, scenario.phases, stepSeconds),
        ...budgetExpectations(
          slo,
          scenario.phases,
          parts,
          stepSeconds,
          starts.map(start => start - (began ?? 0)),
        ),
      ],
    };
  });
}

function seriesOf(
  workloads: readonly Workload[],
  phases: readonly Phase[],
  samplesInStep: number,
  scrapeInterval: number,
) {
  const series = workloads.flatMap(workload => inputSeries(workload, phases, samplesInStep, scrapeInterval));
  const samples = phases.reduce((sum, { steps }) => sum + steps, 0) * samplesInStep;
  const up = workloads.flatMap(({ series: labels }) => labels.map(each => upSeries(each, samples)));
  return [...new Map([...series, ...up].map(each => [each.series, each] as const)).values()];
}
