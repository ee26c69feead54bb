/** The promtool test that every SLO ships: it passes on its rules, and fails on rules that are broken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { toYaml } from '../../../../alerts/lib/yaml.ts';
import { defaultSettings } from '../../../../alerts/settings.ts';
import { slosSchema } from '../../../../alerts/slo/config.ts';
import { sloFiles } from '../../../../alerts/slo/files.ts';
import { importSlos } from '../../../../alerts/slo/import/index.ts';
import type { Server, Slo } from '../../../../alerts/slo/model.ts';
import { slosOf } from '../../../../alerts/slo/slos.ts';
import type { SloTestFile } from '../../../../alerts/slo/tests/index.ts';
import { requireTool } from '../../../tools/tools.ts';
import { corpusFiles } from '../import/corpus.ts';
import { promtoolSays } from '../import/promtool.ts';

const server: Server = { scrapeInterval: 30, retention: 400 * 86_400, buckets: new Map() };
const filesOf = (slos: readonly Slo[]) => sloFiles(slos, { server, settings: defaultSettings });

const spec = (objective: string, sli: string) => `version: prometheus/v1
service: shop
slos:
- name: answers
  objective: ${objective}
  sli: { ${sli} }
`;
const events = `events: { error_query: 'sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))', total_query: 'sum(rate(http_requests_total[{{.window}}]))' }`;

function one(text: string) {
  const { slos, refusals } = importSlos([{ name: 'slo.yml', text }]);
  assert.deepEqual(refusals, []);
  const [file] = filesOf(slos);
  assert.ok(file?.test);
  return { rules: toYaml(file.rules, 'rules'), test: file.test as SloTestFile };
}

test('a fault in the rules is found by the test', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const { rules, test } = one(spec('99.9', events));
  const says = (text: string) => promtoolSays(t, promtool.path, { [test.rule_files[0] ?? '']: text }, test);
  assert.equal(await says(rules), '');
  const faults: Readonly<Record<string, (text: string) => string>> = {
    'the fast page burns at twice the rate': text => text.replaceAll('> 14.4', '> 28.8'),
    'the other page never comes': text => text.replaceAll('> 6 and', '> 600 and'),
    'the ticket burns at a lower rate': text => text.replace(/> 1(?= and|\))/g, '> 0.1'),
    'a long window is another': text => text.replaceAll('[1h]', '[2h]'),
    'bad events are good': text => text.replaceAll('code=~"5.."', 'code!~"5.."'),
    'events are counted twice': text =>
      text.replaceAll('sum(sum_over_time(slo:bad_events:count', 'sum(2 * sum_over_time(slo:bad_events:count'),
    'the budget is of another target': text => text.replaceAll('/ 0.001', '/ 0.002'),
    'no traffic is not told': text => text.replaceAll('SloNoTraffic', 'SloOther'),
    'a page is a ticket': text => text.replaceAll('SloBudgetBurnFast', 'SloBudgetBurnSlow'),
  };
  for (const [fault, broken] of Object.entries(faults)) {
    assert.notEqual(broken(rules), rules, `${fault}: nothing is broken`);
    assert.match(await says(broken(rules)), /FAILED|already exists|duplicate/i, fault);
  }
});

const inShort = (text: string) => {
  const objective = { service: 'shop', name: 'answers', objective: 99, ...(parse(text) as object) };
  const config = slosSchema.parse({ objectives: [objective] });
  const [file] = filesOf(slosOf(config, { platform: 'platform', teams: new Map() }));
  assert.ok(file?.test);
  return { rules: toYaml(file.rules, 'rules'), test: file.test as SloTestFile };
};

test('a fault in the rules of a calendar and of conditions is found by the test', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const { rules, test } = inShort(`
availability: { bad: 'sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))', total: 'sum(rate(http_requests_total[{{.window}}]))' }
window: { unit: week, start: '2025-12-29T00:00:00', time_zone: Europe/Zurich }
conditions:
- { name: high, severity: page, burn_rate: 14, lookback: 30m, after: 10m }
- { name: noted, severity: digest, op: gte, burn_rate: 3, lookback: 2h, when_no_data: true }
`);
  const says = (text: string) => promtoolSays(t, promtool.path, { [test.rule_files[0] ?? '']: text }, test);
  assert.equal(await says(rules), '');
  const faults: Readonly<Record<string, (text: string) => string>> = {
    'all windows are one': text => text.replaceAll(' and on (start)', ' and on ()'),
    'windows begin an hour late': text => text.replaceAll('vector(17', 'vector(3600 + 17'),
    'the end is never told': text => text.replaceAll('< 7776000', '< 0'),
    'the end is told always': text => text.replaceAll('< 7776000', '< 77760000000'),
    'a condition has another threshold': text => text.replaceAll('> 14', '> 15'),
    'a condition looks back on more': text => text.replace(/window="30m"\} > 14/, 'window="1h"} > 14'),
    'a condition holds for longer': text => text.replaceAll('for: 10m', 'for: 20m'),
    'a condition is of another severity': text => text.replaceAll('SloBudgetBurnNoted', 'SloBudgetBurnSlow'),
    'that nothing is known is not told': text => text.replace(/ or\s+absent\(slo:burn_rate:ratio\{[^}]*\}\)/, ''),
  };
  for (const [fault, broken] of Object.entries(faults)) {
    assert.notEqual(broken(rules), rules, `${fault}: nothing is broken`);
    assert.match(await says(broken(rules)), /FAILED|already exists|duplicate/i, fault);
  }
});

test('each condition fires and resolves in a course of its own', () => {
  const { test } = inShort(`
freshness: { timestamp: 'max(job_last_success_timestamp_seconds)', within: 1h }
least_bad_events: 10
conditions:
- { name: a, severity: page, burn_rate: 90, lookback: 1h }
- { name: b, burn_rate: 1.5, lookback: 3d, after: 1h }
- { name: c, op: gte, burn_rate: 100, lookback: 6h }
`);
  for (const name of ['a', 'b', 'c']) {
    const own = test.tests.find(each => each.name.endsWith(`condition ${name}`));
    const found = own?.promql_expr_test.filter(({ expr }) => expr.includes(`condition="${name}"`)) ?? [];
    assert.ok((found[0]?.exp_samples?.[0]?.value ?? 0) > 0, name);
    assert.equal(found.at(-1)?.exp_samples, undefined, name);
  }
});

test('it has pages, tickets, quiet, recovery and no traffic in it, and three points of the budget', () => {
  const { test } = one(spec('99.9', events));
  const exprs = test.tests.map(each => ({ name: each.name, tests: each.promql_expr_test }));
  assert.deepEqual(
    exprs.map(({ name }) => name.split(': ')[1]),
    [
      'normal noise',
      'fast burn and recovery',
      'steady burn',
      'slow burn',
      'outage',
      'no traffic',
      'without any series',
    ],
  );
  const firing = (name: string, alert: string) =>
    exprs
      .filter(each => each.name.endsWith(name))
      .flatMap(({ tests }) => tests)
      .find(({ expr }) => expr.startsWith('sum(count_over_time(ALERTS') && expr.includes(alert))?.exp_samples?.[0]
      ?.value;
  assert.equal(firing('noise', 'BurnFast'), undefined);
  assert.equal(firing('noise', 'BurnSlow'), undefined);
  assert.ok((firing('recovery', 'BurnFast') ?? 0) > 0);
  assert.equal(firing('slow burn', 'BurnFast'), undefined);
  assert.ok((firing('slow burn', 'BurnSlow') ?? 0) > 0);
  for (const { name, tests } of exprs.slice(0, 5))
    assert.equal(tests.filter(({ expr }) => expr.includes('error_budget_remaining')).length, 3, name);
});

test('every SLO that is imported ships a test that passes', { timeout: 1_200_000 }, async t => {
  const promtool = await requireTool(t, 'promtool');
  const specs = promtool && corpusFiles(t, 'sloth/examples/*.y*ml', 'pyrra/examples/**/*.yaml');
  if (!specs) return;
  const seen = new Set<string>();
  const slos = specs
    .flatMap(file => importSlos([file]).slos)
    .filter(({ parts, window, alerting }) => {
      const key = JSON.stringify([parts, window, alerting]);
      return !seen.has(key) && seen.add(key);
    })
    // The same name may come of several files.
    .map((slo, index): Slo => ({ ...slo, service: `s${index}` }));
  const files = filesOf(slos);
  assert.ok(files.length > 30, String(files.length));
  const isTried = ({ test }: (typeof files)[number]) =>
    (test as SloTestFile | undefined)?.tests.some(({ name }) => name.endsWith(': normal noise'));
  const untried = files.filter(each => !isTried(each)).map(({ name }) => name);
  assert.deepEqual(untried, []);
  const queue = [...files];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift())
      assert.equal(
        await promtoolSays(t, promtool.path, { [`${file.name}.rules.yml`]: file.rules }, file.test as SloTestFile),
        '',
        file.name,
      );
  };
  await Promise.all([worker(), worker()]);
});
