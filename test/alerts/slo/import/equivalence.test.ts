/** Sloth's own rules and ours on the same series: the alerts are to fire at the same steps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '../../../../alerts/settings.ts';
import { type Compiled, compileSlo } from '../../../../alerts/slo/compile.ts';
import { burnRate } from '../../../../alerts/slo/metrics.ts';
import type { Server, Slo } from '../../../../alerts/slo/model.ts';
import { expectation, firingExpectations, selectorOf } from '../../../../alerts/slo/tests/expectations.ts';
import { burnAlerts, coursesOf } from '../../../../alerts/slo/tests/promtool.ts';
import { requireTool } from '../../../tools/tools.ts';
import { slothPairs } from './pairs.ts';
import { promtoolSays } from './promtool.ts';

const severities = ['page', 'ticket'] as const;
const server: Server = { scrapeInterval: 60, retention: 400 * 86_400, buckets: new Map() };

/**
 * Both are held to the steps that plain arithmetic says, so that they fire at the same; and to each other, over the whole
 * of each scenario. The errors' ratios over each window are compared too, for what has no alerts.
 */
test('on every pair of specification and rules, Sloth’s alerts and ours fire at the same evaluation step', async t => {
  const promtool = await requireTool(t, 'promtool');
  const pairs = promtool && slothPairs(t);
  if (!pairs) return;
  const refused: string[] = [];
  let compared = 0;
  for (const { name, imported, groups } of pairs) {
    refused.push(...imported.refusals.map(({ reason }) => `${name}: ${/"([^"]+)"/.exec(reason)?.[1]}`));
    if (imported.slos.length === 0) continue;
    const compiled = imported.slos.map(slo => compileSlo(slo, { server, settings: defaultSettings }));
    const ours = compiled.flatMap(each => each.groups);
    const said = await promtoolSays(
      t,
      promtool.path,
      { 'sloth.rules.yml': { groups }, 'ours.rules.yml': { groups: ours } },
      {
        evaluation_interval: '5m',
        group_eval_order: [...groups, ...ours].map(group => group.name),
        tests: compiled.flatMap(each => compare(name, each)),
      },
    );
    assert.equal(said, '', name);
    compared++;
  }
  assert.ok(compared >= 12, String(compared));
  assert.deepEqual(refused, [
    'contrib-denominator-corrected.yaml: sloth.dev/contrib/denominator_corrected_rules/v1',
    'contrib-slo-plugins.yml: sloth.dev/contrib/info_labels/v1',
    'contrib-slo-plugins.yml: sloth.dev/contrib/rule_intervals/v1',
    'plugin-getting-started.yml: getting_started_availability',
    'plugin-k8s-getting-started.yml: getting_started_availability',
    'victoria-metrics.yml: sloth.dev/contrib/validate_victoria_metrics/v1',
    'victoria-metrics.yml: sloth.dev/contrib/validate_victoria_metrics/v1',
  ]);
});

function compare(file: string, { slo, windows, resolution }: Compiled) {
  const courses = coursesOf(slo, { windows, resolution, scrapeInterval: server.scrapeInterval });
  assert.ok(courses, `${file} ${slo.name}: no series can be made`);
  if (windows.length > 0)
    for (const severity of severities)
      assert.ok(
        courses.some(({ firing }) => firing[severity].length > 0) &&
          courses.some(({ firing }) => firing[severity].length === 0),
        `${file} ${slo.name}: the ${severity} fires in all scenarios, or in none`,
      );
  return courses.map(({ scenario, stepSeconds, series, firing }) => {
    const last = scenario.phases.reduce((sum, { steps }) => sum + steps, 0);
    const end = last * stepSeconds;
    return {
      name: `${slo.name} ${scenario.name}`,
      interval: `${server.scrapeInterval}s`,
      input_series: series,
      promql_expr_test: [
        ...severities.flatMap(severity => {
          const theirs = `sloth_severity="${severity}",sloth_service="${slo.service}",sloth_slo="${slo.name}"`;
          const our = `${selectorOf(slo).slice(1, -1)},alertname="${burnAlerts[severity]}"`;
          const fires = (matchers: string) => `(sum(ALERTS{alertstate="firing",${matchers}}) or vector(0))`;
          return [
            ...firingExpectations(theirs, firing[severity], last, stepSeconds),
            ...firingExpectations(our, firing[severity], last, stepSeconds),
            expectation(`max_over_time((abs(${fires(theirs)} - ${fires(our)}))[${end}s:${stepSeconds}s])`, end, 0),
          ];
        }),
        ...ratios(slo, end, stepSeconds),
      ],
    };
  });
}

/**
 * That over 1h the ratio of errors is the same at every step, within what extrapolation to its ends does. Of gauges other
 * samples are taken (DIFFERENCES.md).
 */
function ratios(slo: Slo, end: number, stepSeconds: number) {
  const { indicator } = slo.parts[0];
  if (indicator.kind !== 'events' || indicator.total.of === 'gauge') return [];
  const theirs = `sum(slo:sli_error:ratio_rate1h{sloth_service="${slo.service}",sloth_slo="${slo.name}"})`;
  const our = `sum(${burnRate.name}${selectorOf(slo, ',window="1h"')})`;
  const apart = `abs(${theirs} - ${our} * ${slo.parts[0].target.negated().plus(1).toString()})`;
  return [expectation(`max_over_time((${apart})[${end}s:${stepSeconds}s]) < bool 0.03`, end, 1)];
}
