import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  answerOf,
  type BandMetric,
  bandBounds,
  bandOf,
  benchmarks,
  quickCheckSummary,
  scoreOfAnswer,
  scoreOfRatio,
  weekdaySecondsBetween,
} from '../../exporters/formats/dora-benchmark/index.ts';

const corpus = process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/data');
const published = path.join(corpus, 'dora/dora.dev');
const skip = existsSync(published) ? false : `${published} is not there: set PLUMBLINE_CORPUS`;

const hour = 3_600;
const day = 24 * hour;

test('an answer is the best whose bound the value is below', () => {
  const leadTimes = [hour - 1, hour, day, 7 * day, 30 * day, 180 * day];
  assert.deepEqual(
    leadTimes.map(value => answerOf('change_lead_time', value)),
    [6, 5, 4, 3, 2, 1],
  );
  assert.equal(answerOf('failed_deployment_recovery_time', 30 * day - 1), 3);
  // Of 90 days 64 and two sevenths are weekdays.
  const every = (count: number) => weekdaySecondsBetween(count, 90);
  assert.deepEqual(
    [129, 128, 65, 64, 13, 12, 3, 2, 1].map(count => answerOf('deployment_frequency', every(count))),
    [6, 5, 5, 4, 4, 3, 3, 2, 2],
  );
});

test('scores run from 0 to 10, and a mean is absent where a part of it is', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(scoreOfAnswer), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual([0, 0.19, 1].map(scoreOfRatio), [10, 8.1, 0]);
  const parts = {
    ...{ change_lead_time: 6, deployment_frequency: 8, failed_deployment_recovery_time: 10 },
    ...{ change_fail_rate: 9, deployment_rework_rate: 8 },
  };
  assert.deepEqual(quickCheckSummary(parts, 2025), { throughput: 8, stability: 8.5, overall: 8.2 });
  const { failed_deployment_recovery_time: _, ...known } = parts;
  assert.deepEqual(quickCheckSummary(known, 2025), { throughput: undefined, stability: 8.5, overall: undefined });
});

test('bands of 2021 and 2023 have the bounds of their year', () => {
  const bandsOf = (year: 2021 | 2023, metric: BandMetric, values: readonly number[]) =>
    values.map(value => bandOf(year, metric, value)).join(' ');
  assert.equal(bandsOf(2021, 'change_lead_time', [hour - 1, hour, 7 * day, 180 * day]), 'elite high medium low');
  assert.equal(bandsOf(2023, 'change_lead_time', [day - 1, day, 7 * day, 30 * day]), 'elite high medium low');
  assert.equal(bandsOf(2021, 'change_fail_rate', [0.15, 0.16, 0.3, 0.31]), 'elite high medium low');
  assert.equal(bandsOf(2023, 'change_fail_rate', [0.05, 0.1, 0.11, 0.16]), 'elite high medium low');
  assert.equal(bandsOf(2023, 'deployment_frequency', [day - 1, day, 5 * day, 22 * day]), 'elite high high low');
  assert.equal(bandsOf(2021, 'deployment_frequency', [day, 22 * day, 129 * day]), 'high medium low');
  assert.equal(
    bandsOf(2023, 'failed_deployment_recovery_time', [hour, day, 7 * day]),
    bandsOf(2021, 'failed_deployment_recovery_time', [hour, day, 7 * day]),
  );
});

test('every year and metric has four bands in ascending order', () => {
  const groups = Map.groupBy(bandBounds, ({ year, metric }) => `${year} ${metric}`);
  assert.equal(groups.size, 8);
  for (const [name, bounds] of groups) {
    assert.deepEqual(
      bounds.map(({ band }) => band),
      ['elite', 'high', 'medium', 'low'],
      name,
    );
    const upTo = bounds.map(({ below }) => below);
    assert.deepEqual(
      upTo,
      upTo.toSorted((a, b) => a - b),
      name,
    );
  }
});

interface Said {
  readonly mean: number;
  readonly std: number;
}

test('every published value of every industry is transcribed', { skip }, () => {
  const names = {
    ...{ leadtime: 'change_lead_time', deployfreq: 'deployment_frequency' },
    ...{ failurerecovery: 'failed_deployment_recovery_time', changefailure: 'change_fail_rate' },
    ...{ rework: 'deployment_rework_rate', software_delivery_throughput: 'throughput' },
    software_delivery_instability: 'stability',
  } as const;
  const turned = ['changefailure', 'rework', 'software_delivery_instability'];
  let compared = 0;
  for (const edition of [2024, 2025]) {
    const file = path.join(published, String(edition), 'industry_metrics.json');
    const industries = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, Said>>;
    for (const [industry, told] of Object.entries(industries)) {
      const parts: Record<string, number> = {};
      for (const [theirs, metric] of Object.entries(names)) {
        const said = told[theirs];
        const ours = benchmarks.find(
          one => one.edition === edition && one.industry === industry && one.metric === metric,
        );
        assert.equal(ours === undefined, said === undefined, `${edition} ${industry} ${metric}`);
        if (said === undefined || ours === undefined) continue;
        const mean = turned.includes(theirs) ? 10 - said.mean : said.mean;
        assert.ok(Math.abs(ours.mean - mean) < 1e-9, `${edition} ${industry} ${metric}`);
        assert.equal(ours.deviation, said.std, `${edition} ${industry} ${metric}`);
        if (metric !== 'throughput' && metric !== 'stability') parts[metric] = mean;
        compared += 1;
      }
      const overall = benchmarks.find(
        one => one.edition === edition && one.industry === industry && one.metric === 'overall',
      );
      const mean = Object.values(parts).reduce((sum, part) => sum + part, 0) / Object.keys(parts).length;
      assert.ok(Math.abs(Number(overall?.mean) - mean) < 1e-5, `${edition} ${industry} overall`);
    }
    assert.equal(benchmarks.filter(one => one.edition === edition && one.metric === 'overall').length, 14);
  }
  assert.equal(compared, 14 * 4 + 14 * 7);
});
