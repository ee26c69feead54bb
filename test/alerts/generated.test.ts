import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { alertFiles, allAlerts, renderAlerts } from '../../alerts/index.ts';
import { annotationsOf } from '../../alerts/lib/rules.ts';
import { fillIn } from '../../alerts/lib/text.ts';
import { toYaml } from '../../alerts/lib/yaml.ts';
import { alertsReference } from '../../alerts/reference.ts';
import { defaultSettings } from '../../alerts/settings.ts';
import { allDashboards } from '../../dashboards/index.ts';
import { requireTool } from '../tools/tools.ts';

const alertsFolder = path.resolve(import.meta.dirname, '..', '..', 'alerts');
const generated = path.join(alertsFolder, 'generated');
const run = promisify(execFile);

async function temporary(t: import('node:test').TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plumbline-alerts-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('the committed files are what the definitions make', async () => {
  const files = alertFiles();
  const committed = await readdir(generated);
  assert.deepEqual(committed.sort(), Object.keys(files).sort());
  for (const [name, text] of Object.entries(files))
    assert.equal(await readFile(path.join(generated, name), 'utf8'), text, name);
  assert.equal(await readFile(path.join(alertsFolder, 'ALERTS.md'), 'utf8'), alertsReference());
});

test('every rule has a severity, a team, words, a runbook and a page', () => {
  const files = Object.entries(alertFiles()).filter(([name]) => name.endsWith('.rules.yml'));
  const rules = files.flatMap(([, text]) => parse(text).groups.flatMap((group: { rules: unknown }) => group.rules));
  assert.equal(rules.length, allAlerts.length);
  for (const { alert, labels, annotations } of rules) {
    assert.deepEqual(Object.keys(labels).slice(0, 2), ['severity', 'team'], alert);
    const { budget, ...others } = annotations;
    assert.deepEqual(Object.keys(others), ['summary', 'description', 'value', 'runbook_url', 'dashboard_url'], alert);
    assert.notEqual(annotations.value, '', alert);
    if (/Budget/.test(alert)) assert.match(budget, /amount\{/, alert);
    assert.match(annotations.dashboard_url, /\/d\/plumbline-[a-z-]+\?from=now-\d+[dy]&to=now/, alert);
    assert.match(annotations.runbook_url, new RegExp(`/runbooks/${alert}$`));
    assert.doesNotMatch(Object.values(labels).join(), /\$value/, alert);
  }
});

test('every link leads to a page that there is, and chooses by variables that it has', () => {
  const variablesOf = new Map(
    allDashboards
      .map(({ build }) => build())
      .map(({ uid, templating }) => [uid, templating?.list?.map(({ name }) => name) ?? []] as const),
  );
  for (const alert of allAlerts) {
    const { dashboard_url: url } = annotationsOf(alert, defaultSettings);
    assert.ok(url);
    const labels = Object.fromEntries(alert.expr.labels.map(name => [name, 'a&b']));
    const { pathname, searchParams } = new URL(fillIn(url, labels, 1));
    const known = variablesOf.get(pathname.slice('/d/'.length));
    assert.ok(known, `${alert.name}: ${pathname}`);
    for (const [name, value] of searchParams) {
      if (!name.startsWith('var-')) continue;
      assert.ok(known.includes(name.slice(4)), `${alert.name}: ${pathname} has no ${name}`);
      if (alert.team === undefined) assert.equal(value, 'a&b', alert.name);
    }
    if (alert.expr.labels.includes('team') && known.includes('team'))
      assert.equal(searchParams.get('var-team'), alert.team ?? 'a&b', alert.name);
  }
});

for (const [name, input] of Object.entries({
  defaults: {},
  'thresholds, links and a job of one’s own': {
    alerts: {
      ...{ platform_team: 'plat "form"', budget_at_risk_ratio: 0.7, untagged_ratio: 0.07, restated_ratio: 0.12 },
      ...{ survey_due_days: 3, response_rate_ratio: 0.5, adoption_fall_ratio: 0.25, adoption_fall_teams: 5 },
      ...{ feedback_unanswered_days: 5, promise_days: 7 },
      ...{ production: ['live.*', 'staging'], signed_environments: ['one?'] },
      ...{ scanner_silent_hours: 30, unscanned_hours: 2 },
    },
    cost: { unallocated_ratio_alert: 0.33, stale_hours: 96 },
    links: { runbooks: 'https://wiki.example.org/runbooks/', grafana: 'https://grafana.example.org' },
    scrape: { job: 'finance' },
    series_limit: 1234,
  },
}))
  test(`promtool takes the rules and proves every case, with ${name}`, async t => {
    const promtool = await requireTool(t, 'promtool');
    if (!promtool) return;
    const folder = await temporary(t);
    const files = await renderAlerts(folder, input);
    const of = (ending: string) => files.filter(file => file.endsWith(ending));
    await run(promtool.path, ['check', 'rules', '--lint=all', '--lint-fatal', ...of('.rules.yml')]);
    await run(promtool.path, ['test', 'rules', ...of('.test.yml')]);
  });

test('a threshold that is wrong makes the generated tests fail', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const folder = await temporary(t);
  await renderAlerts(folder);
  const rules = path.join(folder, 'cost.rules.yml');
  const spoilt = (await readFile(rules, 'utf8')).replace('>= 0.8', '>= 0.9');
  await writeFile(rules, spoilt);
  await assert.rejects(run(promtool.path, ['test', 'rules', path.join(folder, 'cost.test.yml')]), /BudgetAtRisk/);
});

test('words that YAML 1.1 reads otherwise are quoted', () => {
  assert.equal(
    toYaml({ team: 'on', at: '12:30', plain: 'shop' }, 'x'),
    "# x\n\nteam: 'on'\nat: '12:30'\nplain: shop\n",
  );
});
