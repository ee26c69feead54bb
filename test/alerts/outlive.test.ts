/**
 * An exporter that stops takes nothing back: for each alert, what makes it fire, then half an hour and twenty hours without
 * a scrape. It fires on, with the same labels, and PlumblineDown says why nothing new is heard. promtool evaluates it.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type Alert, alertFiles, alertGroups, alertsWith } from '../../alerts/index.ts';
import { type InputSeries, sampleSeconds } from '../../alerts/lib/cases.ts';
import { labelsOf } from '../../alerts/lib/rules.ts';
import { fillIn } from '../../alerts/lib/text.ts';
import { toYaml } from '../../alerts/lib/yaml.ts';
import { defaultSettings } from '../../alerts/settings.ts';
import { requireTool } from '../tools/tools.ts';
import { samplesOf, written } from './samples.ts';

const perHour = 3600 / sampleSeconds;
/** What watches the exporter itself: it fires because of the scenario, or always. */
const watchers = ['PlumblineDown', 'PlumblineWatchdog'];

/** These are over the last hour and not over slow data: once an hour has no news, nothing is known of it. */
const ofAnHour = ['OpaDecisionsMissing', 'OtlpPushFailing'];

/** The samples until the exporter stops; its last scrape failed, which makes each of its series stale. */
const stopped = ({ series, values }: InputSeries, samples: number): object => ({
  series,
  values: written([...samplesOf(values).slice(0, samples), 'stale']),
});

const rules = Object.entries(alertFiles())
  .filter(([name]) => name.endsWith('.rules.yml'))
  .flatMap(([, text]) => parse(text).groups.flatMap((group: { rules: { alert: string }[] }) => group.rules)) as {
  readonly alert: string;
}[];

const ruleOf = (name: string) => rules.find(each => each.alert === name);

/** The test of an alert: what fires when the exporter stops, fires on. */
function testOf(alert: Alert): { readonly rules: object; readonly test: object } {
  const fires = alert.cases.find(({ kind }) => kind === 'fires');
  const { given = [], atHours = 1, firing = [] } = fires ?? {};
  const samples = Math.round(atHours * perHour) + 1;
  const minute = Math.round(atHours * 60);
  const labels = (series: Readonly<Record<string, string>>) => {
    const own = Object.entries(labelsOf(alert, defaultSettings)).map(([name, text]) => [name, fillIn(text, series, 0)]);
    const all = { ...series, ...Object.fromEntries(own), alertname: alert.name, alertstate: 'firing' };
    const pairs = Object.entries(all).filter(([, value]) => value !== '');
    return `ALERTS{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
  };
  const at = (after: number) => ({
    expr: `ALERTS{alertname="${alert.name}",alertstate="firing"}`,
    eval_time: `${minute + after}m`,
    exp_samples:
      after > 60 && ofAnHour.includes(alert.name)
        ? []
        : firing.map(each => ({ labels: labels(each.labels), value: 1 })),
  });
  const down = (after: number) => ({
    expr: 'count(ALERTS{alertname="PlumblineDown",alertstate="firing"})',
    eval_time: `${minute + after}m`,
    exp_samples: [{ labels: '{}', value: 1 }],
  });
  const up = `1x${samples - 1} 0x${22 * perHour}`;
  return {
    rules: { groups: [{ name: 'outlive', rules: [ruleOf(alert.name), ruleOf('PlumblineDown')] }] },
    test: {
      name: alert.name,
      interval: `${sampleSeconds}s`,
      input_series: [
        ...given.map(each => stopped(each, samples)),
        { series: 'up{job="plumbline",instance="plumbline"}', values: up },
      ],
      promql_expr_test: [at(0), at(30), down(30), at(20 * 60), down(20 * 60)],
    },
  };
}

test('every alert outlives its exporter by half an hour and by twenty hours, and PlumblineDown fires', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'plumbline-outlive-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const alerts = alertsWith(defaultSettings).filter(({ name }) => !watchers.includes(name));
  assert.equal(alerts.length + watchers.length, alertGroups(defaultSettings).flatMap(each => each.alerts).length);
  const failures: string[] = [];
  const one = async (alert: Alert) => {
    const { rules: own, test: each } = testOf(alert);
    await writeFile(path.join(folder, `${alert.name}.rules.yml`), toYaml(own, 'outlive'));
    const file = path.join(folder, `${alert.name}.test.yml`);
    const value = { rule_files: [`${alert.name}.rules.yml`], evaluation_interval: '5m', tests: [each] };
    await writeFile(file, toYaml(value, 'outlive'));
    await promisify(execFile)(promtool.path, ['test', 'rules', file]).catch(error => {
      failures.push(`${alert.name}: ${error.stdout}${error.stderr}`);
    });
  };
  for (let at = 0; at < alerts.length; at += 2) await Promise.all(alerts.slice(at, at + 2).map(one));
  assert.deepEqual(failures, []);
});
