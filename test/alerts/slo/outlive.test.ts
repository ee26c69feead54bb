/**
 * Alerts of SLOs over slow data take nothing back when their exporter stops, even where the last that was heard was good:
 * they fire on for half an hour and for twenty hours, PlumblineDown fires, and once the exporter is back they resolve by
 * what it says. promtool evaluates them every four minutes, for ALERTS are known for five.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertGroups } from '../../../alerts/index.ts';
import { ruleFile } from '../../../alerts/lib/rules.ts';
import { defaultSettings } from '../../../alerts/settings.ts';
import { type Compiled, compileSlo } from '../../../alerts/slo/compile.ts';
import { slosSchema } from '../../../alerts/slo/config.ts';
import { serverOf } from '../../../alerts/slo/short.ts';
import { slosOf } from '../../../alerts/slo/slos.ts';
import { expectation, selectorOf } from '../../../alerts/slo/tests/expectations.ts';
import { type InputSeries, inputSeries } from '../../../alerts/slo/tests/schedule.ts';
import { workloadOf } from '../../../alerts/slo/tests/workload.ts';
import { isSlow } from '../../../alerts/slo/windows.ts';
import { requireTool } from '../../tools/tools.ts';
import { samplesOf, written } from '../samples.ts';
import { promtoolSays } from './import/promtool.ts';

const root = new URL('../../..', import.meta.url).pathname;
const config = slosSchema.parse({
  files: ['alerts/slo/examples/*.yaml'],
  objectives: [
    {
      ...{ service: 'platform', name: 'builds', objective: 80, page: false },
      availability: { bad: 'sum(rate(builds_failed_total[5m]))', total: 'sum(rate(builds_total[5m]))' },
      conditions: [{ name: 'day', severity: 'digest', burn_rate: 2, lookback: '1d' }],
    },
  ],
});
const server = { ...serverOf(config), now: 1_790_000_000 };
const compiled = slosOf(config, { platform: 'platform', teams: new Map() }, root)
  .map(slo => compileSlo(slo, { server, settings: defaultSettings }))
  .filter(({ slo, resolution }) => isSlow(slo, resolution));

const every = 240;
const perHour = 3600 / every;
const plumbline = alertGroups(defaultSettings).find(({ name }) => name === 'plumbline');
assert.ok(plumbline);
const { groups: exporterRules } = ruleFile(plumbline, defaultSettings) as { groups: Compiled['groups'] };

/** Hours. */
interface Course {
  readonly bad: number;
  readonly good: number;
  readonly gone: number;
  readonly back: number;
}

/** Of the SLO's own series: bad, for a short time good, without a scrape, and good again. */
function given({ slo }: Compiled, { bad, good, gone, back }: Course): readonly InputSeries[] {
  const phase = (hours: number, part: 0 | 1) => ({ total: 10, bad: 10 * part, steps: Math.round(hours * perHour) });
  const phases = [phase(bad, 1), phase(good, 0), phase(gone, 0), phase(back, 0)];
  const stops = (phases[0]?.steps ?? 0) + (phases[1]?.steps ?? 0) + 1;
  const returns = stops + (phases[2]?.steps ?? 0);
  const all = slo.parts.flatMap(part => {
    const workload = workloadOf(part);
    assert.ok(workload, slo.name);
    return inputSeries(
      workload,
      phases.filter(({ steps }) => steps > 0),
      1,
    );
  });
  return all.map(({ series, values }) => ({
    series,
    values: written(
      samplesOf(values).map((value, at) => (at === stops ? 'stale' : at > stops && at < returns ? '_' : value)),
    ),
  }));
}

function upOf({ bad, good, gone, back }: Course): string {
  const samples = (hours: number, value: string) => Array<string>(Math.round(hours * perHour)).fill(value);
  return written(['1', ...samples(bad + good, '1'), ...samples(gone, '0'), ...samples(back, '1')]);
}

for (const each of compiled)
  test(`over slow data nothing resolves for an exporter that is gone: ${each.slo.name}`, async t => {
    const promtool = await requireTool(t, 'promtool');
    if (!promtool) return;
    const { slo, groups, resolution, windows } = each;
    const shortest = Math.max(...windows.map(({ short }) => short)) / 3600;
    // what shipped tests show of slices of a day, how they resolve, isn't shown again: it takes days of a course
    const back = resolution > 3600 ? 0 : shortest + 2;
    const course = { bad: 4, good: resolution < 3600 ? 0.4 : 0, gone: 21, back };
    const stops = Math.round((course.bad + course.good) * 3600);
    const end = stops + (course.gone + course.back) * 3600;
    const firing = (more = '') => `ALERTS${selectorOf(slo, `,alertstate="firing"${more}`)}`;
    const taken = (seconds: number) => `count(${firing()} offset ${seconds}s unless ${firing()})`;
    const slow = firing(',alertname="SloBudgetBurnSlow"');
    const down = 'count(ALERTS{alertname="PlumblineDown",alertstate="firing"})';
    const at = (seconds: number) => stops + seconds;
    const said = await promtoolSays(
      t,
      promtool.path,
      {
        'slo.rules.yml': {
          groups: [
            ...groups,
            ...exporterRules.map(group => ({
              ...group,
              rules: group.rules.filter(rule => 'alert' in rule && rule.alert === 'PlumblineDown'),
            })),
          ],
        },
      },
      {
        evaluation_interval: `${every}s`,
        group_eval_order: [...groups, ...exporterRules].map(({ name }) => name),
        tests: [
          {
            interval: `${every}s`,
            start_timestamp: 1_783_000_000,
            input_series: [
              ...given(each, course),
              {
                series: 'up{job="plumbline",instance="plumbline"}',
                values: upOf(course),
              },
            ],
            promql_expr_test: [
              expectation(`count(${slow})`, at(0), 1),
              expectation(down, at(0), undefined),
              ...[1800, 20 * 3600].flatMap(seconds => [
                expectation(taken(seconds), at(seconds), undefined),
                expectation(down, at(seconds), 1),
              ]),
              ...(back === 0 ? [] : [expectation(`count(${slow})`, end, undefined), expectation(down, end, undefined)]),
            ],
          },
        ],
      },
    );
    assert.equal(said, '');
  });
