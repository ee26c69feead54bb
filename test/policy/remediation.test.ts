/** Times to remediate against published examples, and against an estimate by exact fractions on random cohorts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../exporters/findings/report.ts';
import { remediationEpisodes, remediationMedian, unresolvedAfter30d } from '../../exporters/policy/metrics.ts';
import { seededRandom } from '../core/random.ts';
import { type Books, day, openBooks, owner, report, result } from './books.ts';

const now = '2026-12-01T00:00:00Z';
const at = Date.parse(now);
const dayMs = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

/** A violation, each in a scope of its own: how long it was watched in days, and how that ended. */
interface Watched {
  readonly openedAt: number;
  /** In milliseconds after it was opened; where it is still open, until now. */
  readonly lasted: number;
  readonly outcome: 'resolved' | 'open' | 'excepted' | 'unknown';
  readonly repository: string;
  readonly severity: 'high' | 'low';
}

const still = (days: number, more: Partial<Watched> = {}): Watched => ({
  ...{ openedAt: at - days * dayMs, lasted: days * dayMs, outcome: 'open', repository: 'acme/shop', severity: 'high' },
  ...more,
});
const fixed = (days: number, more: Partial<Watched> = {}): Watched =>
  still(days, { outcome: 'resolved', openedAt: at - 40 * dayMs, ...more });

async function watch(books: Books, cohort: readonly Watched[]): Promise<void> {
  const reports = cohort.flatMap(({ openedAt, lasted, outcome, repository, severity }, index): Report[] => {
    const scope = { scope: `repository:${index}` };
    const one = (kind: 'fail' | 'pass' | 'excepted') =>
      result(`${kind} p r${index}`, { severity, owner: owner(repository) });
    const end = iso(openedAt + lasted);
    const opened = report(iso(openedAt), [one('fail')], scope);
    if (outcome === 'open') return [opened];
    if (outcome === 'resolved') return [opened, report(end, [one('pass')], scope)];
    if (outcome === 'excepted') return [opened, report(end, [one('excepted')], scope)];
    // Seen last at its end, and not evaluated a day later.
    return [
      ...[opened, report(end, [one('fail')], scope)],
      report(iso(openedAt + lasted + dayMs), [], { ...scope, completeness: 'partial' }),
    ];
  });
  await books.tell({ reports }, now);
}

/** Weeks in remission of 21 patients each under 6-MP and placebo (Freireich 1963), as days; negative: still in remission. */
const mercaptopurine = [6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35];
const placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];

test('the estimate is that of the textbook: medians of 23 and 8, and 0.448 that last', async () => {
  const books = await openBooks();
  await watch(books, [
    ...mercaptopurine.map(days => (days < 0 ? still(-days) : fixed(days))),
    ...placebo.map(days => fixed(days, { repository: 'acme/pay' })),
  ]);
  assert.deepEqual(await books.lines(remediationMedian.team, now), [
    ...['ops all 365d', 'ops all 90d', 'ops high 365d', 'ops high 90d'].map(set => `${set} = ${8 * 86_400}`),
    ...['sales all 365d', 'sales all 90d', 'sales high 365d', 'sales high 90d'].map(set => `${set} = ${23 * 86_400}`),
  ]);
  const ratios = await books.lines(unresolvedAfter30d.service, now);
  assert.equal(ratios[0], 'ops pay all 365d = 0');
  // 18/21 * 16/17 * 14/15 * 11/12 * 10/11 * 6/7 * 5/6
  const surviving = (18 / 21) * (16 / 17) * (14 / 15) * (11 / 12) * (10 / 11) * (6 / 7) * (5 / 6);
  assert.equal(surviving.toFixed(3), '0.448');
  assert.match(ratios.at(-1) ?? '', /^sales shop high 90d = /);
  assert.ok(Math.abs(Number(ratios.at(-1)?.split(' = ')[1]) - surviving) < 1e-11, ratios.at(-1));
  assert.deepEqual(await books.lines(remediationEpisodes, now), [
    ...['365d', '90d'].map(window => `ops pay high resolved ${window} = 21`),
    ...['365d', '90d'].map(window => `sales shop high open ${window} = 12`),
    ...['365d', '90d'].map(window => `sales shop high resolved ${window} = 9`),
  ]);
  await books.close();
});

test('a median is there once half are resolved, and a mean over the resolved ones is not told', async () => {
  const books = await openBooks();
  await watch(books, [...[1, 2, 3, 4].map(days => fixed(days)), ...[10, 10, 10, 10, 10].map(days => still(days))]);
  assert.deepEqual(await books.lines(remediationMedian.organisation, now), [], 'five of nine are open');
  assert.deepEqual(await books.lines(unresolvedAfter30d.organisation, now), [], 'nobody was watched for 30 days');
  await books.close();
  const other = await openBooks();
  await watch(other, [...[1, 2, 3, 4].map(days => fixed(days)), ...[50, 50, 50, 50].map(days => still(days))]);
  assert.deepEqual(
    await other.lines(remediationMedian.organisation, now),
    ['all', 'high'].flatMap(severity => ['365d', '90d'].map(window => `${severity} ${window} = ${4 * 86_400}`)),
  );
  assert.equal((await other.lines(unresolvedAfter30d.organisation, now))[0], 'all 365d = 0.5');
  await other.close();
});

test('below the minimum of samples nothing is told, and one young fix among many old violations is not the median', async () => {
  const books = await openBooks();
  await watch(
    books,
    [1, 2, 3, 4].map(days => fixed(days)),
  );
  assert.deepEqual(await books.lines(remediationMedian.organisation, now), []);
  await books.close();
  const old = await openBooks();
  // Forty have been open for 200 days, before the window of 90 days began; one new one was fixed within a day.
  await watch(old, [fixed(1), ...Array.from({ length: 40 }, () => still(200))]);
  assert.deepEqual(await old.lines(remediationMedian.organisation, now), [], 'of 90 days nothing is known at that age');
  const ratios = await old.lines(unresolvedAfter30d.organisation, now);
  assert.deepEqual(
    ratios.map(line => line.replace(/(\.\d{4})\d*/, '$1')),
    ['all 365d = 0.9756', 'high 365d = 0.9756'],
  );
  await old.close();
});

test('an expected median of half exactly is found, however many factors it has', async () => {
  const books = await openBooks();
  await watch(books, [
    ...Array.from({ length: 60 }, (_, index) => fixed((index + 1) / 2)),
    ...Array.from({ length: 60 }, () => still(60)),
  ]);
  assert.equal((await books.lines(remediationMedian.organisation, now))[0], `all 365d = ${30 * 86_400}`);
  await books.close();
});

type Fraction = readonly [bigint, bigint];

/** The product-limit estimate by its definition, over episodes as [entry, exit, resolved], in exact fractions. */
function productLimit(episodes: readonly (readonly [number, number, boolean])[], minimum: number) {
  const ages = [...new Set(episodes.flatMap(([, exit, resolved]) => (resolved ? [exit] : [])))].sort((a, b) => a - b);
  const riskAt = (age: number) => episodes.filter(([entry, exit]) => entry < age && age <= exit).length;
  const risks = ages.map(riskAt);
  let surviving: Fraction = [1n, 1n];
  let median: number | undefined;
  let isThin = false;
  let at30: Fraction = [1n, 1n];
  let isThinAt30 = false;
  let events30 = 0;
  for (const [index, age] of ages.entries()) {
    const risk = risks[index]!;
    const gone = episodes.filter(([, exit, resolved]) => resolved && exit === age).length;
    surviving = [surviving[0] * BigInt(risk - gone), surviving[1] * BigInt(risk)];
    if (risk < minimum && (index === 0 || risks.slice(index + 1).some(later => later >= minimum))) isThin = true;
    if (age <= 30 * dayMs) {
      at30 = surviving;
      isThinAt30 = isThin;
      events30 += 1;
    }
    if (median === undefined && surviving[0] * 2n <= surviving[1]) median = isThin ? Number.NaN : age;
  }
  const reached = episodes.filter(([entry, exit]) => entry < 30 * dayMs && exit >= 30 * dayMs).length;
  const isTold = !isThinAt30 && (at30[0] === 0n || reached >= (events30 === 0 ? minimum : 1));
  return {
    median: median === undefined || Number.isNaN(median) ? undefined : median / 1000,
    ratio: isTold ? Number((at30[0] * 10n ** 15n) / at30[1]) / 1e15 : undefined,
  };
}

test('on random cohorts every level is what the definition gives', async () => {
  let told = 0;
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed);
    const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!;
    const cohort = Array.from({ length: 260 }, (): Watched => {
      const openedAt = at - Math.floor(random() ** 2 * 500) * dayMs - 3_600_000 * Math.floor(random() * 24) - dayMs;
      const lasted = Math.ceil(random() ** 3 * 120 * 24) * 3_600_000;
      const ended =
        openedAt + lasted + 2 * dayMs > at
          ? 'open'
          : pick(['resolved', 'resolved', 'resolved', 'open', 'excepted', 'unknown'] as const);
      return {
        ...{ openedAt, outcome: ended, lasted: ended === 'open' ? at - openedAt : lasted },
        ...{ repository: pick(['acme/shop', 'acme/cart', 'acme/pay']), severity: pick(['high', 'low']) },
      };
    });
    const books = await openBooks({ policy: { minimum_samples: 4 } });
    await watch(books, cohort);
    const teamOf = (repository: string) => (repository === 'acme/pay' ? 'ops' : 'sales');
    const levels = [
      ['service', (one: Watched) => `${teamOf(one.repository)} ${one.repository.slice(5)} `],
      ['team', (one: Watched) => `${teamOf(one.repository)} `],
      ['organisation', () => ''],
    ] as const;
    for (const [level, keyOf] of levels) {
      const medians: string[] = [];
      const ratios: string[] = [];
      for (const [key, own] of Map.groupBy(cohort, keyOf))
        for (const severity of ['all', 'high', 'low'])
          for (const days of [90, 365]) {
            const begins = at - days * dayMs;
            const episodes = own
              .filter(one => severity === 'all' || one.severity === severity)
              .filter(({ openedAt, lasted }) => openedAt + lasted > begins && openedAt + lasted > at - 365 * dayMs)
              .map(
                ({ openedAt, lasted, outcome }) =>
                  [Math.max(0, begins - openedAt), lasted, outcome === 'resolved'] as const,
              );
            const { median, ratio } = productLimit(episodes, 4);
            if (median !== undefined) medians.push(`${key}${severity} ${days}d = ${median}`);
            if (ratio !== undefined) ratios.push(`${key}${severity} ${days}d = ${ratio.toFixed(9)}`);
          }
      assert.deepEqual(await books.lines(remediationMedian[level], now), medians.sort(), `seed ${seed}, ${level}`);
      const lines = await books.lines(unresolvedAfter30d[level], now);
      assert.deepEqual(
        lines.map(line => line.replace(/[\d.]+$/, text => Number(text).toFixed(9))).sort(),
        ratios.sort(),
        `seed ${seed}, ${level}`,
      );
      told += medians.length + ratios.length;
    }
    await books.close();
  }
  assert.ok(told > 60, `only ${told} values were compared`);
});

test('a violation that returns is another episode, and one that a scope fell silent on was watched until its last look', async () => {
  const books = await openBooks({ policy: { minimum_samples: 1 } });
  const reports = [day(10), day(12), day(20), day(25)].map((when, index) =>
    report(when, [index % 2 === 0 ? 'fail p a' : 'pass p a', ...(index < 2 ? ['fail p b'] : ['fail p b', 'fail p c'])]),
  );
  await books.tell({ reports }, day(25), 7);
  const count = async (instant: string) =>
    (await books.lines(remediationEpisodes, instant))
      .filter(line => line.includes('365d'))
      .map(line => line.slice('sales shop high '.length));
  assert.deepEqual(await count(day(26)), ['open 365d = 2', 'resolved 365d = 2']);
  assert.deepEqual(await count(day(40)), ['censored 365d = 2', 'resolved 365d = 2']);
  // At 2 days 4 are at risk, at 5 days 3 (c was seen until its fifth day); b is watched until its fifteenth.
  assert.equal((await books.lines(remediationMedian.organisation, day(40)))[0], `all 365d = ${5 * 86_400}`);
  await books.close();
});
