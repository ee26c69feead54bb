/** What the page of one team tells of its delivery beside the five metrics: its incidents, what is in no number, and why. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { fillVariables, panelQueries, panelsOf } from '../../dashboards/index.ts';
import { teamDashboard } from '../../dashboards/team.ts';
import { requireTool } from '../tools/tools.ts';

test("the team's page tells why deployments failed, and what is in no number", () => {
  const page = JSON.stringify(teamDashboard());
  for (const family of [
    'dora_failed_deployments',
    'dora_failed_before_change_deployments',
    'dora_excluded_changes',
    'dora_unmatched_incidents',
    'dora_incident_info',
  ])
    assert.match(page, new RegExp(`${family}\\{[^}]*team=`), family);
});

test('an incident that has changed is one row, as it is now, and one that is gone is none', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const told = (incident: string, more: string) =>
    `{team="sales",service="shop",environment="production",source="pd",incident="${incident}",${more}}`;
  const open = 'status="open",deployment="none",reason="no_deployment",confidence="0"';
  const resolved = 'status="resolved",deployment="ci:1",version="v1",reason="names_deployment",confidence="1"';
  const identity = (incident: string) => `{team="sales",source="pd",incident="${incident}"}`;
  // Resolved and linked after two hours, as the page serves it: what it was is 0 from then on.
  const series = [
    { series: `dora_incident_info${told('1', open)}`, values: '1 1 0 0' },
    { series: `dora_incident_info${told('1', resolved)}`, values: '_ _ 1 1' },
    { series: `dora_incident_info${told('2', open)}`, values: '1 1 0 0' },
    { series: `dora_incident_start_timestamp_seconds${identity('1')}`, values: '-600 -600 -600 -600' },
    { series: `dora_incident_start_timestamp_seconds${identity('2')}`, values: '-600 -600' },
    { series: `dora_incident_duration_seconds${identity('1')}`, values: '600 4200 7200 7200' },
    { series: `dora_incident_duration_seconds${identity('2')}`, values: '600 4200' },
  ];
  const [began = '', openFor = '', ...others] = panelQueries(teamDashboard())
    .filter(({ panel }) => panel === 'Incidents with their deployment')
    .map(({ expr }) => fillVariables(expr, { team: 'sales' }));
  assert.deepEqual(others, []);
  const row = (incident: string, more: string) => `{incident="${incident}",source="pd",service="shop",${more}}`;
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-incidents-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'incidents.yaml');
  const tests = [
    {
      interval: '1h',
      input_series: series,
      promql_expr_test: [
        { expr: openFor, eval_time: '1h', exp_samples: ['1', '2'].map(id => ({ labels: row(id, open), value: 4200 })) },
        { expr: openFor, eval_time: '3h', exp_samples: [{ labels: row('1', resolved), value: 7200 }] },
        { expr: began, eval_time: '3h', exp_samples: [{ labels: row('1', resolved), value: 3 * 3600 + 600 }] },
      ],
    },
  ];
  await writeFile(file, JSON.stringify({ rule_files: [], evaluation_interval: '1h', tests }));
  const { stdout } = await promisify(execFile)(promtool.path, ['test', 'rules', file]);
  assert.match(stdout, /SUCCESS/);
});

test('the newest incident is on top', () => {
  const shown = panelsOf(teamDashboard()).find(({ title }) => title === 'Incidents with their deployment');
  const { options } = shown as { readonly options?: { readonly sortBy?: unknown } };
  assert.deepEqual(options?.sortBy, [{ displayName: 'Began ago', desc: false }]);
});
