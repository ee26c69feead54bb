/** The promtool test that every SLO ships: made of its model, and of nothing that its rules are made with. */
import { windowStarts } from '../calendar.ts';
import type { Server, Slo } from '../model.ts';
import { calendarEndsTests } from './calendar.ts';
import { idleTests } from './idle.ts';
import { coursesOf, promtoolTests, type Rules } from './promtool.ts';
import type { PromtoolTest } from './promtool-test.ts';

export interface SloTestFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  /** promtool evaluates groups in no order unless told. */
  readonly group_eval_order: readonly string[];
  readonly tests: readonly PromtoolTest[];
}

/** An SLO with what was made of it. */
export interface Tested extends Pick<Rules, 'windows' | 'resolution'> {
  readonly slo: Slo;
  readonly groups: readonly { readonly name: string }[];
}

/**
 * The test of one rule file, which holds the SLOs given, all of one resolution: promtool evaluates every group as often.
 * Undefined where it holds none.
 */
export function sloTestFile(
  ruleFile: string,
  tested: readonly Tested[],
  { scrapeInterval, now = Date.now() / 1000 }: Pick<Server, 'scrapeInterval' | 'now'>,
): SloTestFile | undefined {
  const resolution = tested[0]?.resolution;
  const tests = tested.flatMap(each => {
    const { window } = each.slo;
    const starts = window.kind === 'calendar' ? windowStarts(window, now) : [];
    const rules = { ...each, scrapeInterval, starts };
    return [
      ...promtoolTests(each.slo, coursesOf(each.slo, rules) ?? []),
      ...calendarEndsTests(each.slo, starts, rules),
      ...idleTests(each.slo, rules),
    ];
  });
  if (resolution === undefined || tests.length === 0) return undefined;
  return {
    rule_files: [ruleFile],
    evaluation_interval: `${resolution}s`,
    group_eval_order: tested.flatMap(({ groups }) => groups.map(({ name }) => name)),
    tests,
  };
}
