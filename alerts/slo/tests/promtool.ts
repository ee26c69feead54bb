/** The promtool test of one SLO: what its alerts and budget are on every scenario, step by step. */
import type { BurnWindow, Slo } from '../model.ts';
import { firingSteps, type SimulatedPart } from './arithmetic.ts';
import {
  budgetExpectations,
  type Expectation,
  firingExpectations,
  selectorOf,
  trafficExpectations,
} from './expectations.ts';
import { type Scenario, scenariosOf } from './scenarios.ts';
import { type InputSeries, inputSeries, type Phase, sampleSeconds, stepsOf, upSeries } from './schedule.ts';
import { type Workload, workloadOf } from './workload.ts';

export interface PromtoolTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly InputSeries[];
  readonly promql_expr_test: readonly Expectation[];
}

/** One scenario with its series, and what happens in each step of it. */
export interface Course {
  readonly scenario: Scenario;
  readonly stepSeconds: number;
  readonly series: readonly InputSeries[];
  readonly parts: readonly SimulatedPart[];
  /** At which steps the windows of a severity are both above their burn rate. */
  readonly firing: Readonly<Record<BurnWindow['severity'], readonly (readonly [number, number])[]>>;
}

/** Undefined where a part's expressions are beyond what series can be made for. `windows`: those that its rules have. */
export function coursesOf(slo: Slo, windows: readonly BurnWindow[]): readonly Course[] | undefined {
  const found = slo.parts.map(part => workloadOf(part));
  const workloads = found.filter(each => each !== undefined);
  if (workloads.length < found.length) return undefined;
  const stepSeconds = slo.budgeting.kind === 'occurrences' ? 300 : slo.budgeting.seconds;
  const scenarios = scenariosOf({
    budget: Math.min(...slo.parts.map(({ target }) => 1 - target.toNumber())),
    windows,
    stepSeconds,
    of: workloads.every(({ of }) => of === 'counter') && slo.budgeting.kind === 'occurrences' ? 'counter' : 'gauge',
    noTrafficAfter: slo.alerting.noTrafficAfter,
  });
  return scenarios.map(scenario => courseOf(slo, windows, workloads, scenario, stepSeconds));
}

function courseOf(
  slo: Slo,
  windows: readonly BurnWindow[],
  workloads: readonly Workload[],
  scenario: Scenario,
  stepSeconds: number,
): Course {
  const samplesInStep = stepSeconds / sampleSeconds;
  const parts = slo.parts.map(
    ({ target, weight }, index): SimulatedPart => ({
      steps: stepsOf(workloads[index]?.of ?? 'counter', scenario.phases, samplesInStep),
      // Of the exact decimals, so that no float noise comes near a threshold.
      budget: target.negated().plus(1).toNumber(),
      weight: weight.toNumber(),
    }),
  );
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
    parts,
    series: seriesOf(workloads, scenario.phases, samplesInStep),
    firing: { page: firing('page'), ticket: firing('ticket') },
  };
}

/** The alerts whose steps are told, by the severity of their windows. */
const burnAlerts = { page: 'SloBudgetBurnFast', ticket: 'SloBudgetBurnSlow' } as const;

export function promtoolTests(slo: Slo, courses: readonly Course[]): readonly PromtoolTest[] {
  return courses.map(({ scenario, stepSeconds, series, parts, firing }) => {
    const last = scenario.phases.reduce((sum, { steps }) => sum + steps, 0);
    return {
      name: `${slo.service} ${slo.name} ${slo.objective}: ${scenario.name}`,
      interval: `${sampleSeconds}s`,
      input_series: series,
      promql_expr_test: [
        ...(['page', 'ticket'] as const).flatMap(severity =>
          firingExpectations(
            `${selectorOf(slo).slice(1, -1)},alertname="${burnAlerts[severity]}"`,
            firing[severity],
            last,
            stepSeconds,
          ),
        ),
        ...trafficExpectations(slo, scenario.phases, stepSeconds),
        ...budgetExpectations(slo, scenario.phases, parts, stepSeconds),
      ],
    };
  });
}

function seriesOf(workloads: readonly Workload[], phases: readonly Phase[], samplesInStep: number) {
  const series = workloads.flatMap(workload => inputSeries(workload, phases, samplesInStep));
  const samples = phases.reduce((sum, { steps }) => sum + steps, 0) * samplesInStep;
  const up = workloads.flatMap(({ series: labels }) => labels.map(each => upSeries(each, samples)));
  return [...new Map([...series, ...up].map(each => [each.series, each] as const)).values()];
}
