/** Quick Check scores and bands of what was measured, against the format's own functions, and at their bounds. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Metric } from '../../exporters/core/metric.ts';
import {
  organisationPerformanceBand,
  organisationQuickCheckScore,
  quickCheckBenchmarkScore,
  teamPerformanceBand,
  teamQuickCheckScore,
} from '../../exporters/dora/metrics.ts';
import {
  answerOf,
  bandOf,
  quickCheckSummary,
  scoreOfAnswer,
  scoreOfRatio,
  weekdaySecondsBetween,
} from '../../exporters/formats/dora-benchmark/index.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { type Books, deployed, history, openBooks } from './books.ts';

const ownership = ownershipOf({ core: { shop: 'acme/shop' }, find: { search: 'acme/search' } });
const now = '2026-11-20T12:00:00Z';
const hour = 3_600;

/** Twelve deployments a day apart, each of a commit of two hours before; the fifth is withdrawn by going back. */
const deploys = Array.from({ length: 12 }, (_, index) => `v${index}`);
const at = (index: number, hours: number) =>
  new Date(Date.parse('2026-11-05T00:00:00Z') + (index * 24 + hours) * hour * 1000).toISOString();

async function open(t: TestContext, dora: object = {}): Promise<Books> {
  const books = await openBooks({ ownership, dora: { minimum_samples: 1, ...dora } });
  t.after(() => books.close());
  await books.tell(
    {
      commits: history(
        'acme/shop',
        deploys.map((name, index) => ({ name, at: at(index, 8) })),
      ),
      deployments: [
        ...deploys.map((name, index) => deployed(name, at(index, 10))),
        deployed('back', at(4, 13), { sha: deployed('v3', now).sha!, rollsBackTo: 'v3' }),
      ],
    },
    now,
  );
  return books;
}

const linesOf = async (books: Books, metric: Metric) =>
  new Map((await books.lines(metric, now)).map(line => line.split(' = ') as [string, string]));

test('scores are those of what the families say, at both levels', async t => {
  const books = await open(t);
  const scores = await linesOf(books, teamQuickCheckScore);
  const measured = {
    change_lead_time: scoreOfAnswer(answerOf('change_lead_time', 2 * hour)),
    deployment_frequency: scoreOfAnswer(answerOf('deployment_frequency', weekdaySecondsBetween(13, 90))),
    failed_deployment_recovery_time: scoreOfAnswer(answerOf('failed_deployment_recovery_time', 3 * hour)),
    change_fail_rate: scoreOfRatio(1 / 12),
    deployment_rework_rate: scoreOfRatio(1 / 13),
  };
  const { throughput, stability, overall } = quickCheckSummary(measured, 2025);
  for (const [metric, score] of Object.entries({ ...measured, throughput, stability, overall })) {
    assert.ok(
      Math.abs(Number(scores.get(`core ${metric}`)) - Number(score)) < 1e-5,
      `${metric}: ${scores.get(`core ${metric}`)} for ${score}`,
    );
    assert.equal((await linesOf(books, organisationQuickCheckScore)).get(metric), scores.get(`core ${metric}`));
  }
  assert.equal(scores.size, 8);
});

test('a metric falls in one band of each year, the four of it add up to 1', async t => {
  const books = await open(t);
  const bands = await linesOf(books, teamPerformanceBand);
  const values = {
    change_lead_time: 2 * hour,
    deployment_frequency: weekdaySecondsBetween(13, 90),
    failed_deployment_recovery_time: 3 * hour,
    change_fail_rate: 1 / 12,
  } as const;
  for (const year of [2021, 2023] as const)
    for (const [metric, value] of Object.entries(values)) {
      const fallen = [...bands].filter(([line, one]) => line.startsWith(`core ${metric} ${year} `) && one === '1');
      assert.deepEqual(
        fallen.map(([line]) => line),
        [`core ${metric} ${year} ${bandOf(year, metric as keyof typeof values, value)}`],
      );
    }
  assert.equal(bands.size, 4 * 2 * 4);
  assert.equal((await linesOf(books, organisationPerformanceBand)).size, 4 * 2 * 4);
});

test('below the minimum of samples a score and a band are absent, and so are the means that need them', async t => {
  const books = await open(t, { minimum_samples: 5 });
  const scores = await linesOf(books, teamQuickCheckScore);
  // One recovery is too few.
  assert.deepEqual(
    [...scores.keys()],
    [
      'core change_fail_rate',
      'core change_lead_time',
      'core deployment_frequency',
      'core deployment_rework_rate',
      'core stability',
    ],
  );
  const bands = await linesOf(books, teamPerformanceBand);
  assert.ok([...bands.keys()].every(line => !line.includes('recovery')));
  assert.equal(bands.size, 3 * 2 * 4);
});

test('benchmarks are told by industry and year', async t => {
  const books = await open(t);
  const lines = await linesOf(books, quickCheckBenchmarkScore);
  assert.equal(lines.get('change_lead_time all 2025'), '5.5');
  assert.equal(lines.get('change_fail_rate all 2025'), '8.1');
  assert.equal(lines.get('failed_deployment_recovery_time government 2024'), '6.8');
  assert.equal(lines.has('deployment_rework_rate all 2024'), false);
  assert.equal(lines.size, 14 * 5 + 14 * 8);
});
