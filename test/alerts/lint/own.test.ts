import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { alertFiles } from '../../../alerts/index.ts';
import { toYaml } from '../../../alerts/lib/yaml.ts';
import { withoutAccepted } from '../../../alerts/lint/accepted.ts';
import { lintRules } from '../../../alerts/lint/lint.ts';
import { decimal } from '../../../alerts/slo/decimal.ts';
import { sloFiles } from '../../../alerts/slo/files.ts';
import type { Indicator } from '../../../alerts/slo/model.ts';
import { openSlos } from '../../../alerts/slo/openslo/index.ts';
import { alerting, events, options, sloOf } from '../slo/given.ts';

const { scrapeInterval } = options.server;

const own = Object.entries(alertFiles())
  .filter(([name]) => name.endsWith('.rules.yml'))
  .map(([file, text]) => ({ file, text }));

const textsOf = (slos: Parameters<typeof sloFiles>[0]) =>
  sloFiles(slos, options).map(({ name, rules }) => ({ file: `${name}.rules.yml`, text: toYaml(rules, 'Given.') }));

const folder = path.resolve(import.meta.dirname, '../../../alerts/slo/examples');
const examples = textsOf(
  openSlos(
    globSync('*.yaml', { cwd: folder })
      .sort()
      .map(file => ({ file, text: readFileSync(path.join(folder, file), 'utf8') })),
    { platform: 'platform', teams: new Map() },
  ),
);

test('Plumbline’s own rules and those of the examples are clean, but for what is meant with its reason', () => {
  assert.ok(own.length >= 16 && examples.length >= 9);
  const { findings, unused } = withoutAccepted(lintRules([...own, ...examples], { scrapeInterval }));
  assert.deepEqual(findings, []);
  assert.deepEqual(unused, [], 'a reason for what is found no longer');
});

const part = (name: string, indicator: Indicator) => ({
  name,
  indicator,
  target: decimal('0.99'),
  weight: decimal('0.5'),
});

test('the rules of every kind of SLO are clean', () => {
  const indicators = {
    'good-events': events('sum(rate(ok[{{.window}}]))', 'sum(rate(all[{{.window}}]))', 'good'),
    threshold: { kind: 'threshold', promql: 'max(latency)', op: 'lt', value: decimal('0.5'), every: 60 },
    ratio: { kind: 'ratio', promql: 'error_ratio', of: 'failure' },
  } as const;
  const slos = Object.entries(indicators).flatMap(([name, indicator]) => [
    sloOf({ name, indicator, alerting: { ...alerting, leastBadEvents: decimal(5) } }),
    sloOf({
      name: `${name}-slices`,
      indicator,
      budgeting: { kind: 'timeslices', seconds: 3600, target: decimal('0.9') },
    }),
    sloOf({ name: `${name}-ratio-slices`, indicator, budgeting: { kind: 'ratio_timeslices', seconds: 600 } }),
    sloOf({
      name: `${name}-composite`,
      parts: [part('a', indicator), part('b', indicator)],
    }),
  ]);
  assert.deepEqual(
    lintRules(textsOf(slos), { scrapeInterval }).map(({ rule, check, position, sentence }) => [
      `${position.file}:${position.line}`,
      rule,
      check,
      sentence,
    ]),
    [],
  );
});
