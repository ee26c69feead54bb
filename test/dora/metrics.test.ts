/** Families against values that are worked out by hand or by other means. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changeFailBaselineRatio,
  changeLeadTime,
  changeLeadTimeQuantile,
  deploymentDates,
  deploymentInterval,
  deploymentReworkRatio,
  deployments,
  deploymentsTotal,
  excludedChanges,
  incidentRestoreQuantile,
  lastDeployment,
  leadTimeChanges,
  pipelineRunDuration,
  pipelineRuns,
} from '../../exporters/dora/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { evaluate } from '../core/as-of.ts';
import { seededRandom } from '../core/random.ts';
import { deployed, history, openBooks, sha } from './books.ts';

const now = '2026-06-30T12:00:00Z';
const day = 86_400_000;
const daysBefore = (days: number) => new Date(Date.parse(now) - days * day).toISOString();
const ownership = ownershipOf({ sales: { shop: 'acme/shop', cart: 'acme/cart' }, ops: { pay: 'acme/pay' } });

/** A line with its value rounded: the last digit of a sum of shares is anyone's. */
const inMilliseconds = (line: string) => line.replace(/[\d.]+$/, value => Number(value).toFixed(3));

/** The continuous quantile as spreadsheets compute it. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  return sorted[below]! + (place - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
}

test('quantiles of lead times are exact at each level, from all of its commits', async () => {
  const random = seededRandom(3);
  const books = await openBooks({ ownership, dora: { minimum_samples: 3 } });
  const values: { team: string; service: string; ended: number; seconds: number }[] = [];
  for (const [repository, service, team] of [
    ['acme/shop', 'shop', 'sales'],
    ['acme/cart', 'cart', 'sales'],
    ['acme/pay', 'pay', 'ops'],
  ] as const) {
    const ends = Array.from({ length: 25 }, (_, index) => Date.parse(daysBefore(100 - index * 4)));
    const steps = ends.flatMap((ended, index) =>
      Array.from({ length: 1 + Math.floor(random() * 3) }, (_, own) => {
        const seconds = Math.floor(random() * 500_000);
        if (index > 0) values.push({ team, service, ended, seconds });
        return { name: `${service}${index}-${own}`, at: new Date(ended - seconds * 1000).toISOString(), ended };
      }),
    );
    await books.tell({ commits: history(repository, steps) }, now);
    await books.tell(
      {
        deployments: ends.map((ended, index) =>
          deployed(`${service}-${index}`, new Date(ended).toISOString(), {
            ...{ repository, sha: sha(steps.findLast(step => step.ended === ended)!.name) },
          }),
        ),
      },
      now,
    );
  }
  const inWindow = (days: number) => values.filter(({ ended }) => ended > Date.parse(now) - days * day);
  const levels = [
    [changeLeadTimeQuantile.service, (one: (typeof values)[number]) => `${one.team} ${one.service} production `],
    [changeLeadTimeQuantile.team, (one: (typeof values)[number]) => `${one.team} `],
    [changeLeadTimeQuantile.organisation, () => ''],
  ] as const;
  for (const [metric, keyOf] of levels) {
    const expected = [7, 30, 90].flatMap(days =>
      [...Map.groupBy(inWindow(days), keyOf)].flatMap(([key, own]) =>
        own.length < 3
          ? []
          : (
              [
                ['p50', 0.5],
                ['p75', 0.75],
                ['p90', 0.9],
              ] as const
            ).map(
              ([name, share]) =>
                `${key}authored all ${days}d ${name} = ${quantile(
                  own.map(({ seconds }) => seconds),
                  share,
                )}`,
            ),
      ),
    );
    const lines = (await books.lines(metric, now)).filter(line => line.includes('authored'));
    assert.deepEqual([...lines].map(inMilliseconds).sort(), expected.map(inMilliseconds).sort());
    assert.ok(lines.length >= 6);
  }
  const counted = (await books.lines(leadTimeChanges, now)).filter(line =>
    line.includes('ops pay production authored'),
  );
  assert.deepEqual(
    counted,
    [30, 7, 90].map(
      days =>
        `ops pay production authored all ${days}d = ${inWindow(days).filter(({ team }) => team === 'ops').length}`,
    ),
  );
  const [histogram] = (
    await evaluate(books.ledger, books.exporter, changeLeadTime, { instants: [new Date(now)] })
  ).filter(row => row.service === 'pay' && row.clock === 'authored');
  const pay = values.filter(({ team }) => team === 'ops').map(({ seconds }) => seconds);
  assert.deepEqual(
    ((histogram?.buckets ?? []) as string[]).map(Number),
    [...changeLeadTime.buckets!, Number.POSITIVE_INFINITY].map(bound => pay.filter(seconds => seconds <= bound).length),
  );
  assert.equal(
    Number(histogram?.sum),
    pay.reduce((sum, seconds) => sum + seconds, 0),
  );
  await books.close();
});

test('frequency counts successes in each window to the second, and what is over stays at 0 while the longest has one', async () => {
  const books = await openBooks({ ownership });
  const ends = [0, 6.9999, 7, 29.9, 30, 89.9, 90, 200].map(daysBefore);
  await books.tell(
    {
      deployments: [
        ...ends.map((ended, index) => deployed(`d${index}`, ended)),
        deployed('failed', daysBefore(1), { outcome: 'failure' }),
        deployed('old', daysBefore(60), { repository: 'acme/cart' }),
      ],
    },
    now,
  );
  assert.deepEqual(await books.lines(deployments, now), [
    'sales cart production success 30d = 0',
    'sales cart production success 7d = 0',
    'sales cart production success 90d = 1',
    'sales shop production failure 30d = 1',
    'sales shop production failure 7d = 1',
    'sales shop production failure 90d = 1',
    'sales shop production success 30d = 4',
    'sales shop production success 7d = 2',
    'sales shop production success 90d = 6',
  ]);
  assert.deepEqual(await books.lines(deploymentsTotal, now), [
    'sales cart production success = 1',
    'sales shop production failure = 1',
    'sales shop production success = 8',
  ]);
  assert.deepEqual(await books.lines(lastDeployment, now), [
    `sales cart production = ${Date.parse(daysBefore(60)) / 1000}`,
    `sales shop production = ${Date.parse(now) / 1000}`,
  ]);
  await books.close();
});

test('days with a deployment are distinct days at each level, and no sum over services', async () => {
  const books = await openBooks({ ownership });
  await books.tell(
    {
      deployments: [
        deployed('a', daysBefore(1)),
        deployed('b', daysBefore(1.1)),
        deployed('c', daysBefore(2)),
        deployed('d', daysBefore(1), { repository: 'acme/cart' }),
        deployed('e', daysBefore(3), { repository: 'acme/pay' }),
      ],
    },
    now,
  );
  const sevenDays = async (level: keyof typeof deploymentDates) =>
    (await books.lines(deploymentDates[level], now)).filter(line => /(^| )7d/.test(line));
  assert.deepEqual(await sevenDays('service'), [
    'ops pay production 7d = 1',
    'sales cart production 7d = 1',
    'sales shop production 7d = 2',
  ]);
  assert.deepEqual(await sevenDays('team'), ['ops 7d = 1', 'sales 7d = 2']);
  assert.deepEqual(await sevenDays('organisation'), ['7d = 3']);
  await books.close();
});

test('below the minimum of samples a quantile and a ratio are absent, and at it they are there', async () => {
  for (const [minimum, isThere] of [
    [6, false],
    [5, true],
  ] as const) {
    const books = await openBooks({ ownership, dora: { minimum_samples: minimum } });
    const ends = [60, 50, 40, 30, 20].map(daysBefore);
    await books.tell({ deployments: ends.map((ended, index) => deployed(`d${index}`, ended)) }, now);
    assert.equal((await books.lines(deploymentReworkRatio.service, now)).length, isThere ? 1 : 0);
    assert.equal((await books.lines(deploymentInterval, now)).length, 0, 'five deployments have four intervals');
    await books.close();
  }
});

test('the baseline is of the 90 days before the last 30', async () => {
  const books = await openBooks({ ownership, dora: { minimum_samples: 1 } });
  const days = [1, 29, 31, 60, 119, 121];
  await books.tell({ deployments: days.map(ago => deployed(`d${ago}`, daysBefore(ago))) }, now);
  const incidents = [1, 60, 121].map(ago => ({
    ...{ incident: `i${ago}`, title: '', service: 'shop', deployment: `d${ago}`, status: 'open' as const },
    ...{ startedAt: daysBefore(ago - 0.1), updatedAt: daysBefore(ago - 0.1) },
  }));
  await books.tell({ incidents }, now, 'pd');
  assert.deepEqual(await books.lines(changeFailBaselineRatio.service, now), [`sales shop production = ${1 / 3}`]);
  assert.deepEqual(
    await books.lines(changeFailBaselineRatio.organisation, now),
    [`= ${1 / 3}`].map(line => line),
  );
  await books.close();
});

test('the older time to restore is of all incidents in production, linked or not', async () => {
  const books = await openBooks({ ownership, dora: { minimum_samples: 1 } });
  const incident = (id: string, hours: number, more: object = {}) => ({
    ...{ incident: id, title: '', service: 'shop', status: 'resolved' as const, startedAt: daysBefore(2) },
    ...{ resolvedAt: daysBefore(2 - hours / 24), updatedAt: daysBefore(1) },
    ...more,
  });
  await books.tell(
    { incidents: [incident('1', 1), incident('2', 3), incident('3', 9, { environment: 'staging' })] },
    now,
    'pd',
  );
  const lines = (await books.lines(incidentRestoreQuantile.service, now)).filter(line => line.includes('7d p50'));
  assert.deepEqual(lines, ['sales shop production 7d p50 = 7200']);
  await books.close();
});

test('commits without a lead time are counted by why they have none', async () => {
  const books = await openBooks({ ownership });
  const commits = history('acme/shop', [
    { name: 'v1', at: daysBefore(10) },
    { name: 'bot', at: daysBefore(9), author: 'renovate[bot]' },
    { name: 'late', at: daysBefore(1) },
    { name: 'fine', at: daysBefore(8) },
    { name: 'side', at: daysBefore(8), parents: ['v1'] },
    { name: 'v2', at: daysBefore(7), parents: ['fine', 'side'] },
  ]);
  await books.tell({ commits, deployments: [deployed('v1', daysBefore(9.5)), deployed('v2', daysBefore(6))] }, now);
  assert.deepEqual(
    (await books.lines(excludedChanges, now)).filter(line => line.includes(' 7d')),
    ['after_deployment', 'bot', 'merge'].map(reason => `sales shop production ${reason} 7d = 1`),
  );
  assert.ok((await books.lines(leadTimeChanges, now)).includes('sales shop production authored all 7d = 2'));
  await books.close();
});

test('runs of pipelines count once each, as they ended, whatever is said again', async () => {
  const books = await openBooks({ ownership });
  const run = (id: string, more: object) => ({
    ...{ run: id, repository: 'acme/shop', pipeline: 'build', branch: 'main', event: 'push', sha: '', attempt: 1 },
    ...{ queuedAt: daysBefore(3), startedAt: daysBefore(2), finishedAt: daysBefore(1.5), updatedAt: daysBefore(1.5) },
    status: 'success' as const,
    ...more,
  });
  const { startedAt: _, ...unstarted } = run('3', { status: 'failure' as const });
  await books.tell({ pipelineRuns: [run('1', {}), run('2', { status: 'running' as const }), unstarted] }, now);
  await books.tell({ pipelineRuns: [run('1', { updatedAt: daysBefore(1) })] }, now);
  assert.deepEqual(await books.lines(pipelineRuns, now), [
    'sales shop build failure = 1',
    'sales shop build success = 1',
  ]);
  const [row] = await evaluate(books.ledger, books.exporter, pipelineRunDuration, { instants: [new Date(now)] });
  assert.deepEqual([Number(row?.count), Number(row?.sum)], [1, 43_200]);
  await books.close();
});

test('a deployment that comes to be known late takes over its changes: n stays, and the counter counts each once', async () => {
  const books = await openBooks({ ownership, dora: { minimum_samples: 1 } });
  const names = ['v1', 'a', 'b', 'v3'];
  const commits = history(
    'acme/shop',
    names.map((name, index) => ({ name, at: daysBefore(6 - index / 24) })),
  );
  await books.tell({ commits, deployments: [deployed('v1', daysBefore(5.5)), deployed('v3', daysBefore(1))] }, now);
  const seen = async () => {
    const of = async (metric: typeof leadTimeChanges | typeof changeLeadTimeQuantile.service) =>
      (await books.lines(metric, now))
        .filter(line => /authored all 7d(?! p[79])/.test(line))
        .map(line => line.split(' ').at(-1));
    const [row] = await evaluate(books.ledger, books.exporter, changeLeadTime, { instants: [new Date(now)] });
    return {
      n: await of(leadTimeChanges),
      p50: await of(changeLeadTimeQuantile.service),
      counted: [Number(row?.count), Number(row?.sum)],
    };
  };
  const [a, b, v3] = [1, 2, 3].map(index => (5 - index / 24) * 86_400);
  const counted = [3, a! + b! + v3!];
  assert.deepEqual(await seen(), { n: ['3'], p50: [String(b)], counted });
  await books.tell({ deployments: [deployed('late', daysBefore(4), { sha: sha('b') })] }, '2026-07-01T00:00:00Z');
  const earlier = [a! - 3 * 86_400, b! - 3 * 86_400, v3!].sort((x, y) => x - y);
  assert.deepEqual(await seen(), { n: ['3'], p50: [String(earlier[1])], counted });
  await books.close();
});
