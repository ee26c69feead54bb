/**
 * What each rule of ours costs a real Prometheus at 1,000 teams. Every family that a rule reads has two series a team, and
 * samples half an hour apart, which is all that fits; what reading them at a scrape of 30 s takes more is reckoned from
 * how long a sample takes in the baseline of the same run.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { compress } from 'snappyjs';
import { alertFiles } from '../../alerts/index.ts';
import { rulesOf } from '../../alerts/lint/read.ts';
import { slosSchema } from '../../alerts/slo/config.ts';
import { durationSeconds } from '../../alerts/slo/durations.ts';
import { nodesOf, textOf } from '../../alerts/slo/promql/parse.ts';
import { selectorsOf } from '../../alerts/slo/promql/selectors.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { twinNames } from '../../exporters/core/metric.ts';
import { selfMetrics } from '../../exporters/core/metrics.ts';
import { encodeRequest, packRequests, type RemoteSeries } from '../../exporters/core/remote-write-format.ts';
import { costMetrics } from '../../exporters/cost/metrics.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';
import { experienceMetrics } from '../../exporters/experience/metrics.ts';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { startPrometheus } from '../tools/servers.ts';
import type { Bench, Figure } from './report.ts';

const teams = 1000;
const perTeam = 2;
const scrape = 30;
const day = 86_400;
const times = 5;
/** Times of the baseline, which takes a tenth of a second where nothing else runs. */
const most = 10;
const examples = path.resolve(import.meta.dirname, '../../alerts/slo/examples');

const metrics: readonly Metric[] = [
  ...[...selfMetrics, ...costMetrics, ...doraMetrics],
  ...[...policyMetrics, ...supplyChainMetrics, ...experienceMetrics],
];

const files = alertFiles({ slos: slosSchema.parse({ files: ['*.yaml'] }), directory: examples });
const rules = Object.entries(files)
  .filter(([file]) => file.endsWith('.rules.yml'))
  .flatMap(([file, text]) => rulesOf({ file, text }, { evaluationInterval: 30 }));

export const rulesCost: Bench = {
  name: 'rules',
  about: `each rule at ${teams} teams, beside the reading of one family of ${teams} series over a day at a scrape of ${scrape} s`,
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-rules-'));
    try {
      const configFile = path.join(folder, 'prometheus.yml');
      await writeFile(configFile, 'storage: { tsdb: { out_of_order_time_window: 60d } }\n');
      const prometheus = await startPrometheus({ configFile, dataDir: path.join(folder, 'data') });
      try {
        const now = Math.floor(Date.now() / 1000 / 1800) * 1800;
        say(`${await write(prometheus.url, baseline(now))} samples of the baseline`);
        say(`${await write(prometheus.url, families(now))} samples of what ${rules.length} rules read`);
        return await figures(prometheus.url, now);
      } finally {
        await prometheus.stop();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Cost {
  readonly name: string;
  readonly file: string;
  /** Seconds between two evaluations. */
  readonly interval: number;
  readonly asked: number;
  readonly samples: number;
  readonly expected: number;
}

async function figures(url: string, now: number): Promise<readonly Figure[]> {
  const asked = async (query: string) => {
    const taken: number[] = [];
    for (let turn = 0; turn < times; turn += 1) {
      const begun = performance.now();
      const answer = await fetch(`${url}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query, time: String(now) }),
      });
      if (!answer.ok) throw new Error(`${query}: ${await answer.text()}`);
      await answer.arrayBuffer();
      taken.push(performance.now() - begun);
    }
    return Math.min(...taken);
  };
  const read = await asked('sum(last_over_time(bench_baseline[1d]))');
  const idle = await asked('vector(1)');
  const aSample = (read - idle) / (teams * (day / scrape));
  const series = new Map<string, number>();
  const costs: Cost[] = [];
  for (const { name, file, parsed, expr, interval } of rules) {
    if (parsed === undefined) continue;
    let samples = 0;
    for (const selector of selectorsOf(parsed)) {
      if (!series.has(selector.text)) series.set(selector.text, await seriesOf(url, selector.text, now));
      const range = typeof selector.range === 'number' && !isDaily(selector.metric) ? selector.range / scrape : 1;
      samples += (series.get(selector.text) ?? 0) * range * steps(parsed, selector.from);
    }
    const ms = await asked(expr);
    costs.push({ name, file, interval, asked: ms, samples, expected: ms + samples * aSample });
  }
  const dearest = costs.toSorted((a, b) => b.expected - a.expected);
  return [
    { name: 'baseline', value: read, unit: 'ms', note: `${teams} series, ${(teams * day) / scrape} samples` },
    { name: 'rules', value: costs.length, unit: 'count' },
    {
      ...{ name: `above ${most} baselines`, unit: 'count' },
      value: dearest.filter(({ expected }) => expected > most * read).length,
      target: { atMost: 0 },
    },
    {
      ...{ name: 'all of them, in a minute', unit: 'ratio', note: 'to the baseline, each as often as it is evaluated' },
      value: costs.reduce((sum, { expected, interval }) => sum + (expected * 60) / interval, 0) / read,
    },
    ...dearest.slice(0, 10).map(
      ({ name, file, asked: ms, samples, expected }): Figure => ({
        name: `${name} (${file.replace('.rules.yml', '')})`,
        value: expected / read,
        unit: 'ratio',
        note: `to the baseline: ${Math.round(expected)} ms with ${Math.round(samples / 1000).toLocaleString('en-US')} thousand samples of a scrape of ${scrape} s; ${Math.round(ms)} ms as asked`,
      }),
    ),
  ];
}

const isDaily = (name = '') => metrics.some(metric => metric.kind === 'daily' && metric.name === name);

async function seriesOf(url: string, selector: string, now: number): Promise<number> {
  const query = `count(last_over_time(${selector}[40d]))`;
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, time: String(now) })}`);
  const { data } = (await answer.json()) as { data: { result: readonly { value: readonly [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}

/** How often subqueries around a place look at it. */
function steps(parsed: Parameters<typeof selectorsOf>[0], at: number): number {
  return nodesOf(parsed.root)
    .filter(node => node.name === 'SubqueryExpr' && node.from <= at && at < node.to)
    .reduce((product, node) => {
      const [, range = '', step = ''] = /\[(\w+):(\w*)\]\s*(?:offset\s+\S+|@.*)?$/.exec(textOf(parsed, node)) ?? [];
      return product * Math.max(1, (durationSeconds(range) ?? 0) / (durationSeconds(step || '1m') ?? 60));
    }, 1);
}

function* baseline(now: number): Generator<RemoteSeries> {
  const at = Array.from({ length: day / scrape }, (_, index) => (now - day + (index + 1) * scrape) * 1000);
  for (let team = 0; team < teams; team += 1)
    yield { name: 'bench_baseline', labels: [['team', `team-${team}`]], times: at, values: at.map((_, i) => i + team) };
}

/** A sample every half an hour of the last day, and one a day before. */
function* families(now: number): Generator<RemoteSeries> {
  const selectors = rules.flatMap(({ parsed }) => (parsed ? selectorsOf(parsed) : []));
  const values = new Map<string, Set<string>>();
  for (const { metric, matchers } of selectors)
    for (const { label, op, value } of matchers) {
      const key = `${metric}|${label}`;
      const told = op === '=' || /^[\w|-]+$/.test(value) ? value.split('|') : [];
      values.set(key, new Set([...(values.get(key) ?? []), ...told.filter(each => each !== '')]));
    }
  const recent = Array.from({ length: 48 }, (_, index) => now - (47 - index) * 1800);
  const days = Array.from({ length: 35 }, (_, index) => now - (35 - index) * day);
  const at = [...days.filter(time => time < recent[0]!), ...recent].map(time => time * 1000);
  const noons = Array.from(
    { length: 36 },
    (_, index) => (Math.floor(now / day) - 35 + index) * day * 1000 + day * 500,
  ).filter(time => time < now * 1000);
  for (const name of new Set(selectors.map(({ metric = '' }) => metric))) {
    if (name === 'up') {
      yield {
        name,
        labels: [
          ['job', 'plumbline'],
          ['instance', '127.0.0.1:9464'],
        ],
        times: at,
        values: at.map(() => 1),
      };
      continue;
    }
    const base = name.replace(/_(bucket|count|sum)$/, '');
    const metric = metrics.find(
      each =>
        each.name === name ||
        (each.kind === 'histogram' && each.name === base) ||
        (each.kind === 'daily' && (Object.values(twinNames(each)) as string[]).includes(name)),
    );
    if (metric === undefined) continue;
    const labels: readonly string[] = metric.labels;
    const bounds = name.endsWith('_bucket') ? [...(metric.buckets ?? []), '+Inf'].map(String) : [undefined];
    const own = metric.kind === 'daily' && metric.name === name ? noons : at;
    const count = labels.includes('team') ? teams : labels.length === 0 ? 1 : 20;
    const seen = new Set<string>();
    for (let index = 0; index < count * perTeam; index += 1) {
      const chosen = labels.map(
        label =>
          [
            label,
            chosenValue(label, [...(values.get(`${name}|${label}`) ?? [])], index % count, Math.floor(index / count)),
          ] as const,
      );
      if (seen.has(String(chosen))) continue;
      seen.add(String(chosen));
      for (const le of bounds)
        yield {
          name,
          labels: [
            ['job', 'plumbline'],
            ['instance', '127.0.0.1:9464'],
            ...chosen,
            ...(le === undefined ? [] : [['le', le.includes('.') || le === '+Inf' ? le : `${le}.0`] as const]),
          ],
          times: own,
          values: own.map((_, sample) => sample + (index % 7)),
        };
    }
  }
}

function chosenValue(label: string, told: readonly string[], index: number, turn: number): string {
  if (label === 'team') return `team-${index}`;
  if (told.length > 0) return told[turn % told.length]!;
  return label === 'service' ? `service-${index}` : `${label}-${turn}`;
}

async function write(url: string, all: Iterable<RemoteSeries>): Promise<number> {
  let samples = 0;
  for await (const parts of packRequests(all, { maxSamples: 20_000, maxBytes: 4_000_000 })) {
    const answer = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: Buffer.from(compress(encodeRequest(parts))),
    });
    if (!answer.ok) throw new Error(`remote write: ${answer.status} ${await answer.text()}`);
    samples += parts.reduce((sum, part) => sum + part.times.length, 0);
  }
  return samples;
}
