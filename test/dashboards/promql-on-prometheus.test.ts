/** What the day queries answer on the real engine, through promtool's own test format. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { fillVariables } from '../../dashboards/index.ts';
import {
  dayBars,
  dayIncrease,
  daysSum,
  increaseExact,
  largestDays,
  latest,
  promqlText,
  type Query,
  rangeSum,
  sum,
  sumBy,
} from '../../dashboards/lib/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { daily, deployments } from './sample-metrics.ts';

const money = { cost_basis: 'effective', currency: 'EUR' } as const;
const fixed = 'cost_basis="effective",currency="EUR",service="s"';

/** Samples every 12 hours from 0 o'clock of day 0: a daily family has one at each noon, and none (`_`) at midnight. */
const series = [
  { series: `test_cost_daily{team="a",${fixed}}`, values: '_ 1 _ 2 _ 4 _ 8' },
  { series: `test_cost_daily{team="b",${fixed}}`, values: '_ 100 _ 100 _ 100 _ 100' },
  { series: `test_cost_daily{team="c",${fixed}}`, values: '_ 50 _ 50 _ 0 _ 0' },
  { series: 'test_deployments_total{team="a",service="s"}', values: '0 3 5 5 6 6 10 10 17' },
];

type Case = { readonly query: Query; readonly at: string; readonly gives: Readonly<Record<string, number>> };

const ranked = largestDays(1, ['team'], daily, money);
const cases: readonly Case[] = [
  // midnight is the start of the day whose bar it draws: day 1 is 1d
  { query: sumBy(['team'], dayBars(daily, money)), at: '1d', gives: { a: 2, b: 100, c: 50 } },
  { query: sumBy(['team'], dayBars(daily, money)), at: '3d', gives: { a: 8, b: 100, c: 0 } },
  { query: sum(dayBars(daily, money)), at: '4d', gives: {} },
  { query: sumBy(['team'], daysSum(daily, 2, money)), at: '4d', gives: { a: 12, b: 200, c: 0 } },
  { query: sumBy(['team'], daysSum(daily, 2, money)), at: '4d5h', gives: { a: 12, b: 200, c: 0 } },
  { query: sumBy(['team'], daysSum(daily, 2, money, 2)), at: '4d5h', gives: { a: 3, b: 200, c: 100 } },
  { query: sumBy(['team'], rangeSum(daily, money)), at: '4d', gives: { a: 15, b: 400, c: 100 } },
  { query: ranked.largest, at: '3d', gives: { b: 100 } },
  { query: ranked.others, at: '3d', gives: { '': 8 } },
  { query: sumBy(['team'], latest(deployments)), at: '4d20h', gives: { a: 17 } },
  { query: sumBy(['team'], increaseExact(deployments, '2d')), at: '4d', gives: { a: 11 } },
  { query: sumBy(['team'], dayIncrease(deployments)), at: '0d', gives: { a: 5 } },
  { query: sumBy(['team'], dayIncrease(deployments)), at: '3d', gives: { a: 7 } },
];

test('queries of days and of exact counts give exact values', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const { stdout } = await runCases(t, promtool.path, cases);
  assert.match(stdout, /SUCCESS/);
});

test('a wrong expectation is refused by promtool, so that the test above means something', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const wrong = { ...cases[0]!, gives: { a: 2, b: 100, c: 51 } };
  await assert.rejects(runCases(t, promtool.path, [wrong]), /FAILED/);
});

async function runCases(t: TestContext, promtool: string, asked: readonly Case[]) {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-promql-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'days.yaml');
  const tests = {
    rule_files: [],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '12h',
        input_series: series,
        promql_expr_test: asked.map(({ query, at, gives }) => ({
          expr: fillVariables(promqlText(query), { __range: '4d' }),
          eval_time: at,
          exp_samples: Object.entries(gives).map(([team, value]) => ({ labels: team && `{team="${team}"}`, value })),
        })),
      },
    ],
  };
  await writeFile(file, JSON.stringify(tests));
  return promisify(execFile)(promtool, ['test', 'rules', file]);
}
