import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { toYaml } from '../../../alerts/lib/yaml.ts';
import { compileSlo } from '../../../alerts/slo/compile.ts';
import { openSlos } from '../../../alerts/slo/openslo/index.ts';
import { parsePromql } from '../../../alerts/slo/promql/parse.ts';
import { selectorsOf } from '../../../alerts/slo/promql/selectors.ts';
import { selfMetrics } from '../../../exporters/core/metrics.ts';
import { costMetrics } from '../../../exporters/cost/metrics.ts';
import { doraMetrics } from '../../../exporters/dora/metrics.ts';
import { experienceMetrics } from '../../../exporters/experience/metrics.ts';
import { policyMetrics } from '../../../exporters/policy/metrics.ts';
import { supplyChainMetrics } from '../../../exporters/supply-chain/metrics.ts';
import { requireTool } from '../../tools/tools.ts';
import { options } from './given.ts';
import { promtoolSays } from './import/promtool.ts';

const folder = path.resolve(import.meta.dirname, '../../../alerts/slo/examples');
const slos = openSlos(
  globSync('*.yaml', { cwd: folder })
    .sort()
    .map(file => ({ file, text: readFileSync(path.join(folder, file), 'utf8') })),
  { platform: 'platform', teams: new Map() },
);

const metrics = [
  ...[...selfMetrics, ...costMetrics, ...doraMetrics],
  ...[...policyMetrics, ...experienceMetrics, ...supplyChainMetrics],
];
/** OPA's own. */
const foreign = ['http_request_duration_seconds'];

test('the examples read metrics that there are, by labels that they have, and buckets that they have', () => {
  for (const { parts, name } of slos)
    for (const { indicator } of parts) {
      const texts =
        indicator.kind === 'events' ? [indicator.events.promql, indicator.total.promql] : [indicator.promql];
      for (const { metric = '', matchers } of texts.flatMap(text => selectorsOf(parsePromql(text)))) {
        const base = metric.replace(/_(bucket|count)$/, '');
        if (foreign.includes(base)) continue;
        const found = metrics.find(each => each.name === metric || (each.kind === 'histogram' && each.name === base));
        assert.ok(found, `${name} reads ${metric}, which there is not`);
        const labels: readonly string[] = [...found.labels, 'le'];
        assert.deepEqual(
          matchers.filter(({ label }) => label !== '__name__' && !labels.includes(label)),
          [],
        );
        const le = matchers.find(({ label }) => label === 'le');
        if (le && 'buckets' in found && found.buckets)
          assert.ok(
            found.buckets.some(bound => new RegExp(`^(${le.value})$`).test(String(bound))),
            `${metric} ${le.value}`,
          );
      }
    }
});

test('the examples are of what the platform promises, and promtool takes their rules', async t => {
  assert.deepEqual(slos.map(({ name }) => name).sort(), [
    'daily-cost',
    'deploy-lead-time',
    'findings-past-limit',
    'opa-decision-latency',
    'pipeline-duration',
    'pipeline-success',
    'policy-decision-latency',
    'portal-availability',
    'source-freshness',
    'survey-cadence',
  ]);
  const compiled = slos.map(slo => compileSlo(slo, options));
  for (const { slo, windows } of compiled)
    assert.equal(
      windows.some(({ severity }) => severity === 'page'),
      ['portal-availability', 'policy-decision-latency', 'opa-decision-latency'].includes(slo.name),
      slo.name,
    );
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const rules = { 'slo.rules.yml': toYaml({ groups: compiled.flatMap(({ groups }) => groups) }, 'examples') };
  assert.equal(
    await promtoolSays(t, promtool.path, rules, {
      evaluation_interval: '5m',
      tests: [
        {
          interval: '1m',
          promql_expr_test: [
            { expr: 'count(slo:info)', eval_time: '5m', exp_samples: [{ labels: '{}', value: slos.length }] },
          ],
        },
      ],
    }),
    '',
  );
});
