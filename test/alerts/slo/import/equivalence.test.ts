/** Sloth's own rules and ours on the same series: the alerts are to fire at the same steps. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { defaultSettings } from '../../../../alerts/settings.ts';
import { type Compiled, compileSlo } from '../../../../alerts/slo/compile.ts';
import { burnRate } from '../../../../alerts/slo/metrics.ts';
import type { Server, Slo } from '../../../../alerts/slo/model.ts';
import { expectation, firingExpectations, selectorOf } from '../../../../alerts/slo/tests/expectations.ts';
import { burnAlerts, coursesOf } from '../../../../alerts/slo/tests/promtool.ts';
import { requireTool } from '../../../tools/tools.ts';
import { corpusFiles } from './corpus.ts';
import { type RuleGroup, slothPairs } from './pairs.ts';
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
  assert.deepEqual(
    pairs.map(({ name }) => name),
    corpusFiles(t, 'sloth/examples/*.y*ml')?.map(({ name }) => path.basename(name)),
    'an example has no rules beside it',
  );
  const refused = pairs.flatMap(({ name, imported }) =>
    imported.refusals.map(({ reason }) => `${name}: ${/"([^"]+)"/.exec(reason)?.[1]}`),
  );
  const tried = new Map<string, Comparison>();
  const compared = new Set<string>();
  for (const { name, imported, groups } of pairs)
    for (const slo of imported.slos) {
      const theirs = groups.filter(group => group.name.endsWith(`-${slo.service}-${slo.name}`));
      assert.ok(theirs.length >= 2, `${name}: Sloth has rules of ${slo.name}`);
      compared.add(name);
      // Many of the examples are one SLO written in several ways: what fires by the same expressions is tried once.
      const key = JSON.stringify([theirs, slo], canonical);
      if (!tried.has(key)) tried.set(key, comparison(name, slo, theirs));
    }
  const said = new Map<string, string>();
  const queue = [...tried.values()].values();
  const worker = async () => {
    for (const { name, rules, test: each } of queue) said.set(name, await promtoolSays(t, promtool.path, rules, each));
  };
  await Promise.all([worker(), worker()]);
  assert.deepEqual(
    [...said].filter(([, words]) => words !== ''),
    [],
  );
  assert.ok(tried.size >= 9, String(tried.size));
  assert.deepEqual(
    pairs.map(({ name }) => name).filter(name => !compared.has(name)),
    [
      'contrib-denominator-corrected.yaml',
      'contrib-slo-plugins.yml',
      'plugin-getting-started.yml',
      'plugin-k8s-getting-started.yml',
      'victoria-metrics.yml',
    ],
    'pairs of which nothing is compared are those whose every SLO is refused below',
  );
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

/** What decides nothing of when an alert fires. */
const silent = [
  'origin',
  'annotations',
  'displayName',
  'description',
  'team',
  'category',
  'severity',
  'routing_key',
  'slack_channel',
  'owner',
  'tier',
  'repo',
  'cluster',
  'sloth_mode',
  'sloth_spec',
  'sloth_version',
];

/** Keys in one order, and spaces in expressions alike. */
function canonical(of: string, value: unknown): unknown {
  if (silent.includes(of)) return undefined;
  if (typeof value === 'string') return value.replace(/\s+/g, ' ').trim();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

interface Comparison {
  readonly name: string;
  readonly rules: Parameters<typeof promtoolSays>[2];
  readonly test: Parameters<typeof promtoolSays>[3];
}

function comparison(file: string, slo: Slo, theirs: readonly RuleGroup[]): Comparison {
  const compiled = compileSlo(slo, { server, settings: defaultSettings });
  return {
    name: `${file} ${slo.service} ${slo.name} ${slo.objective}`,
    rules: { 'sloth.rules.yml': { groups: theirs }, 'ours.rules.yml': { groups: compiled.groups } },
    test: {
      evaluation_interval: '5m',
      group_eval_order: [...theirs, ...compiled.groups].map(group => group.name),
      tests: compare(file, compiled),
    },
  };
}

function compare(file: string, { slo, windows, resolution }: Compiled) {
  const courses = coursesOf(slo, { windows, resolution, scrapeInterval: server.scrapeInterval, starts: [] });
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
