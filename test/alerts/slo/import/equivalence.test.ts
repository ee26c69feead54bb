/** Sloth's own rules and ours on the same series: the alerts are to fire at the same steps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firingExpectations } from '../../../../alerts/slo/tests/expectations.ts';
import { coursesOf } from '../../../../alerts/slo/tests/promtool.ts';
import { requireTool } from '../../../tools/tools.ts';
import { slothPairs } from './pairs.ts';
import { promtoolSays } from './promtool.ts';

const severities = ['page', 'ticket'] as const;

test('Sloth’s alerts fire at the steps that the arithmetic of the generated tests says', async t => {
  const promtool = await requireTool(t, 'promtool');
  const pairs = promtool && slothPairs(t);
  if (!pairs) return;
  let compared = 0;
  for (const { name, imported, groups } of pairs) {
    const tests = imported.slos.flatMap(slo => {
      const courses = coursesOf(slo, slo.alerting.windows ?? []);
      assert.ok(courses, `${name} ${slo.name}: no series can be made`);
      return courses.map(({ scenario, stepSeconds, series, firing }) => ({
        name: `${slo.name} ${scenario.name}`,
        interval: '1m',
        input_series: series,
        promql_expr_test: severities.flatMap(severity =>
          firingExpectations(
            `sloth_severity="${severity}",sloth_service="${slo.service}",sloth_slo="${slo.name}"`,
            firing[severity],
            scenario.phases.reduce((sum, { steps }) => sum + steps, 0),
            stepSeconds,
          ),
        ),
      }));
    });
    if (tests.length === 0) continue;
    compared++;
    const said = await promtoolSays(
      t,
      promtool.path,
      { 'sloth.rules.yml': { groups } },
      {
        evaluation_interval: '5m',
        group_eval_order: groups.map(group => group.name),
        tests,
      },
    );
    assert.equal(said, '', name);
  }
  assert.ok(compared >= 12, String(compared));
});
