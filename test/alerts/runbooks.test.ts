import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { allAlerts, runbookFile } from '../../alerts/index.ts';
import { runbookSections, runbookSkeleton } from '../../alerts/runbook.ts';
import { sloAlerts } from '../../alerts/slo/rules/alerts.ts';
import { seriesOf } from '../../dashboards/lib/promql.ts';
import { twinNames } from '../../exporters/core/metric.ts';
import { selfMetrics } from '../../exporters/core/metrics.ts';
import { costMetrics } from '../../exporters/cost/metrics.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';
import { experienceMetrics } from '../../exporters/experience/metrics.ts';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { scorecardMetrics } from '../../exporters/scorecard/metrics.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', 'alerts', 'runbooks');
const headings = Object.keys(runbookSections);
const names = [...allAlerts.map(each => each.name), ...Object.values(sloAlerts)].sort();
const textOf = (name: string): string => readFileSync(runbookFile(name), 'utf8');

test('each alert has one runbook, and each runbook one alert', () => {
  assert.deepEqual(
    readdirSync(folder).sort(),
    names.map(name => `${name}.md`),
  );
});

for (const name of names) {
  test(`the runbook of ${name} answers what every runbook answers, and silences that alert`, () => {
    const lines = textOf(name).split('\n');
    assert.equal(lines[0], `# ${name}`);
    assert.deepEqual(
      lines.filter(line => line.startsWith('## ')),
      headings.map(heading => `## ${heading}`),
    );
    const under = (heading: string) => textOf(name).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0]?.trim() ?? '';
    assert.match(under('First three checks'), /(^|\n)1\. .+\n2\. .+\n3\. [^\n]+$/, 'three of them, numbered');
    assert.match(under('Who decides'), /\.$/);
    for (const heading of headings) assert.ok(under(heading).length > 10, heading);
    assert.match(textOf(name), new RegExp(`amtool silence add .*alertname=${name}( |$)`, 'm'));
  });
}

test('a runbook that was begun and not written is found out', () => {
  const begun = runbookSkeleton('NewAlert');
  assert.deepEqual(
    begun.split('\n').filter(line => line.startsWith('## ')),
    headings.map(heading => `## ${heading}`),
  );
  const hints = Object.values(runbookSections).filter(hint => hint !== '');
  for (const name of names) for (const hint of hints) assert.ok(!textOf(name).includes(hint), `${name}: ${hint}`);
});

test('runbooks ask for no series that nobody exports', () => {
  const exported = new Set([
    ...[
      ...[...costMetrics, ...doraMetrics, ...policyMetrics, ...supplyChainMetrics],
      ...[...experienceMetrics, ...scorecardMetrics, ...selfMetrics],
    ].flatMap(metric => [metric.name, ...Object.values(twinNames(metric))]),
    ...allAlerts.flatMap(each => seriesOf(each.expr)),
  ]);
  const asked = names.flatMap(name => {
    const queries = [...textOf(name).matchAll(/```promql\n(.*?)```/gs)].map(match => match[1]).join('\n');
    return [...queries.matchAll(/\b(?:finops|dora|policy|supply_chain|devex|platform|plumbline)_[a-z_]+/g)].map(
      match => `${name}: ${match[0]}`,
    );
  });
  assert.ok(asked.length > 20);
  assert.deepEqual(
    asked.filter(each => !exported.has(each.split(': ')[1] ?? '')),
    [],
  );
});
