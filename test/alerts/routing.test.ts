import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type Alert, type AlertsInput, alertFiles, alertsWith } from '../../alerts/index.ts';
import { matcherLines, matches, type Route, reach } from '../../alerts/lib/routing.ts';
import { coverage, inhibitions, routeProblems } from '../../alerts/routes.ts';
import { defaultSettings, settingsOf } from '../../alerts/settings.ts';
import { requireTool } from '../tools/tools.ts';

const configured: AlertsInput = {
  alerts: {
    receivers: [
      { team: 'shop', webhook_url_file: 'secrets/shop' },
      { team: 'search & ads', slack: { api_url_file: 'secrets/slack', channel: '#search' } },
      { team: 'on', email: { to: 'on@example.org' } },
      { team: 'say "hi"\\', webhook_url_file: 'secrets/hi' },
      { team: 'platform', webhook_url_file: 'secrets/platform' },
    ],
    smtp: { smarthost: 'mail.example.org:587', from: 'plumbline@example.org' },
  },
};
const settings = settingsOf(configured);
const alerts = alertsWith(settings);
const teams = ['shop', 'search & ads', 'on', 'say "hi"\\', 'platform', 'unowned', ''];

test('a team with a receiver gets its own alerts, everyone else’s go to the platform team', () => {
  const to = (alert: string) =>
    Object.fromEntries(
      coverage(alerts, teams, settings)
        .filter(each => each.alert === alert)
        .map(each => [each.team, each.receiver]),
    );
  assert.deepEqual(to('BudgetExceeded'), {
    shop: 'team-shop',
    'search & ads': 'team-search & ads',
    on: 'team-on',
    'say "hi"\\': 'team-say "hi"\\',
    platform: 'platform',
    unowned: 'platform',
  });
  assert.deepEqual(to('BillingDataStale'), { platform: 'platform' });
});

test('every alert takes the route of its severity', () => {
  for (const { alert, severity, route } of coverage(alerts, teams, settings))
    assert.equal(route.split('/')[0], severity, alert);
});

test('no route is unreachable, no severity is orphaned, no inhibition names a label that may be absent', () => {
  assert.deepEqual(routeProblems(alerts, teams, settings), []);
  assert.deepEqual(routeProblems(alertsWith(defaultSettings), teams, defaultSettings), []);
});

test('the proof finds an alert whose severity no route takes, and an inhibition without its alert', () => {
  const [first, ...others] = alerts;
  const orphan = { ...first!, severity: 'warning' } as unknown as Alert;
  assert.match(routeProblems([orphan, ...others], teams, settings).join('\n'), /BudgetAtRisk has the severity warning/);
  assert.match(routeProblems(others, teams, settings).join('\n'), /there is no alert BudgetAtRisk/);
});

test('an exceeded budget is not also at risk: they share team, budget, basis and currency', () => {
  const [budgets] = inhibitions;
  assert.ok(matches(budgets!.source, { alertname: 'BudgetExceeded' }));
  assert.ok(matches(budgets!.target, { alertname: 'BudgetAtRisk' }));
  assert.deepEqual(budgets!.equal, ['team', 'budget', 'cost_basis', 'currency']);
});

test('the first child that matches takes an alert, and passes its receiver on', () => {
  const tree: Route = {
    name: 'root',
    receiver: 'r',
    routes: [
      { name: 'a', matchers: { x: ['1', '2'] }, receiver: 'ra', routes: [{ name: 'aa', matchers: { y: '1' } }] },
      { name: 'b', matchers: { x: '2' }, receiver: 'rb' },
    ],
  };
  assert.deepEqual(reach(tree, { x: '2', y: '1' }), { route: 'aa', receiver: 'ra' });
  assert.deepEqual(reach(tree, { x: '2' }), { route: 'a', receiver: 'ra' });
  assert.deepEqual(reach(tree, {}), { route: 'root', receiver: 'r' });
});

test('matchers are escaped as Alertmanager reads them', () => {
  assert.deepEqual(matcherLines({ team: 'a"b\\', alertname: ['A.B', 'C'] }), [
    'team="a\\"b\\\\"',
    'alertname=~"A\\\\.B|C"',
  ]);
});

test('amtool takes the configuration, and sends every alert of every team where the proof says', async t => {
  const amtool = await requireTool(t, 'amtool');
  if (!amtool) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'plumbline-routes-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, input] of Object.entries({ configured, default: {} })) {
    const file = path.join(folder, `${name}.yml`);
    await writeFile(file, alertFiles(input)['alertmanager.yml'] ?? '');
    const run = async (...args: readonly string[]): Promise<string> =>
      (await promisify(execFile)(amtool.path, [...args])).stdout;
    assert.match(await run('check-config', file), /SUCCESS/);
    const own = settingsOf(input);
    for (const { alert, severity, team, receiver } of coverage(alertsWith(own), teams, own)) {
      const labels = [`alertname=${alert}`, `severity=${severity}`, `team=${JSON.stringify(team)}`];
      const said = await run('config', 'routes', 'test', `--config.file=${file}`, ...labels);
      assert.equal(said.trim(), receiver, `${alert} of ${team}`);
    }
  }
});
