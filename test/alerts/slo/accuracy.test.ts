/** Thirty days of a real Prometheus: what is recorded against what happened. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { compileSlo } from '../../../alerts/slo/compile.ts';
import { promQueryRange } from '../../tools/promql.ts';
import { startPrometheus } from '../../tools/servers.ts';
import { requireTool } from '../../tools/tools.ts';
import { server, settings, sloOf } from './given.ts';

const run = promisify(execFile);
const start = Date.UTC(2026, 0, 1) / 1000;
const days = 30;
const scrape = 60;
const minutes = days * 1440;

/** Numbers that look drawn, the same in each run. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Process {
  readonly instance: string;
  readonly from: number;
  readonly to: number;
}

/** One pod that is started anew now and then under its name, and pods that live two days and vanish. */
function processes(): readonly Process[] {
  const next = drawn(7);
  const found: Process[] = [];
  for (let from = 0; from < minutes; ) {
    const to = Math.min(minutes, from + 600 + Math.floor(next() * 3000));
    found.push({ instance: 'stays', from, to });
    from = to;
  }
  for (let pod = 0; pod < 2 * days; pod++) {
    const from = 180 + pod * 720 + Math.floor(next() * 300);
    found.push({ instance: `pod-${pod}`, from, to: Math.min(minutes, from + 2880) });
  }
  return found;
}

/** Busy by day, silent now and then by night, errors in bursts; a label set is there from its first event on. */
function simulated() {
  const next = drawn(11);
  const lines: string[] = [];
  const ups: string[] = [];
  const happened = { total: 0, bad: 0 };
  for (const { instance, from, to } of processes()) {
    const counters = { 200: 0, 500: 0 };
    let burst = 0;
    for (let minute = from; minute < to; minute++) {
      const hour = Math.floor(minute / 60) % 24;
      const quiet = hour < 5 && next() < 0.6;
      const events = quiet ? 0 : Math.floor(next() * (hour > 7 && hour < 20 ? 240 : 30));
      if (next() < 0.004) burst = Math.floor(next() * 20);
      const errors = burst > 0 ? Math.floor(events * 0.1) : next() < 0.01 ? Math.min(1, events) : 0;
      burst = Math.max(0, burst - 1);
      happened.total += events;
      happened.bad += errors;
      counters[200] += events - errors;
      counters[500] += errors;
      // events since the last scrape die with their process
      if (minute === to - 1 && to < minutes) continue;
      const at = start + minute * scrape;
      for (const [code, value] of Object.entries(counters))
        if (value > 0) lines.push(`http_requests_total{code="${code}",job="a",instance="${instance}"} ${value} ${at}`);
      ups.push(`up{job="a",instance="${instance}"} 1 ${at}`);
    }
  }
  const text = ['# TYPE http_requests counter', ...lines, '# TYPE up gauge', ...ups, '# EOF', ''].join('\n');
  return { text, happened };
}

test('what is recorded over 30 days is within 0.1 % of what happened, through restarts, births and ends of series', async t => {
  const promtool = await requireTool(t, 'promtool');
  const prometheus = await requireTool(t, 'prometheus');
  if (!promtool || !prometheus) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'plumbline-accuracy-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { text, happened } = simulated();
  const [page, data, config] = ['page.txt', 'data', 'prometheus.yml'].map(name => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(page, text);
  await writeFile(config, 'global: {scrape_interval: 1m}\n');
  await run(promtool.path, [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    '--max-block-duration=720h',
    '--quiet',
    page,
    data,
  ]);
  const { url } = await startPrometheus({
    t,
    configFile: config,
    dataDir: data,
    flags: ['--storage.tsdb.retention.time=100y'],
  });

  const sumOf = async (expr: string): Promise<number> => {
    const series = await promQueryRange(url, expr, { start, end: start + minutes * scrape, step: 300 });
    return series.flatMap(each => each.values).reduce((sum, { value }) => sum + value, 0);
  };
  const { groups } = compileSlo(sloOf(), { server: { ...server, scrapeInterval: scrape }, settings });
  const [total = '', bad = ''] = groups[0]?.rules.map(({ expr }) => expr) ?? [];
  const recorded = { total: await sumOf(total), bad: await sumOf(bad) };
  const naive = {
    total: await sumOf('sum(increase(http_requests_total[5m]))'),
    bad: await sumOf('sum(increase(http_requests_total{code=~"5.."}[5m]))'),
  };
  const off = (found: typeof happened, of: keyof typeof happened) => Math.abs(found[of] / happened[of] - 1);
  const ratio = ({ total: all, bad: some }: typeof happened) => some / all;
  t.diagnostic(
    `events ${JSON.stringify(happened)}, recorded ${JSON.stringify(recorded)}, increase ${JSON.stringify(naive)}`,
  );
  assert.ok(happened.total > 1_000_000 && happened.bad > 5000);
  assert.ok(off(recorded, 'total') < 0.001, `all events are off by ${off(recorded, 'total')}`);
  assert.ok(off(recorded, 'bad') < 0.001, `bad events are off by ${off(recorded, 'bad')}`);
  assert.ok(Math.abs(ratio(recorded) / ratio(happened) - 1) < 0.001, 'the ratio is that of the events');
  assert.ok(off(naive, 'bad') > 0.001, 'increase is as good, so that this proves nothing');
});
