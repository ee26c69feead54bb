/** Intervals against published examples, tables, and what is computed here in another way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changeOf,
  meanOf,
  meanOfMeans,
  netError,
  npsOf,
  populationFactor,
  t95,
  z95,
} from '../../../exporters/experience/surveys/statistics.ts';

const near = (actual: number, expected: number, within = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

test('the error of NPS is that of the literature: of 10, 6 and 4 it is 30 give or take 34', () => {
  near(npsOf({ promoters: 10, passives: 6, detractors: 4 }).value, 30);
  near(100 * z95 * netError(10, 4, 20), 34, 0.5);
  // The variance of +1, 0 and -1 by its definition.
  const scores = [...Array(10).fill(1), ...Array(6).fill(0), ...Array(4).fill(-1)] as number[];
  const mean = scores.reduce((sum, score) => sum + score, 0) / 20;
  near(netError(10, 4, 20), Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / 20 / 20));
});

test('the interval adds 0.75 promoters, 1.5 passives and 0.75 detractors', () => {
  const { low, high } = npsOf({ promoters: 10, passives: 6, detractors: 4 });
  const [p, d] = [10.75 / 23, 4.75 / 23];
  const half = 1.959964 * Math.sqrt((p + d - (p - d) ** 2) / 23);
  near(low, 100 * (p - d - half));
  near(high, 100 * (p - d + half));
});

test('who has asked everybody is sure, and who has asked a part is surer than who does not know of how many', () => {
  const counts = { promoters: 5, passives: 2, detractors: 3 };
  const all = npsOf(counts, 10);
  near(all.low, 20);
  near(all.high, 20);
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  const widths = [npsOf(counts, 11), npsOf(counts, 20), npsOf(counts, 100), npsOf(counts)].map(width);
  assert.deepEqual(
    widths.toSorted((a, b) => a - b),
    widths,
  );
  near(populationFactor(10, 20), Math.sqrt(10 / 19));
  assert.equal(populationFactor(10, 9), 1, 'a population of fewer than have answered is wrong');
  near(width(npsOf(counts, 1e9)), width(npsOf(counts)), 1e-5);
});

test('few who are all of one mind are not sure of everybody', () => {
  const { value, low, high } = npsOf({ promoters: 5, passives: 0, detractors: 0 });
  assert.equal(value, 100);
  assert.ok(low < 40 && high <= 100);
});

test("Student's t is that of the tables", () => {
  const table = {
    1: 12.7062,
    2: 4.3027,
    3: 3.1824,
    4: 2.7764,
    5: 2.5706,
    9: 2.2622,
    19: 2.093,
    29: 2.0452,
    60: 2.0003,
  };
  for (const [freedom, expected] of Object.entries(table)) near(t95(Number(freedom)), expected, 5e-5);
});

test('a mean has the interval of Student, within its bounds', () => {
  const { value, low, high } = meanOf([0.25, 0.5, 0.75, 1, 0.5], { min: 0, max: 1 });
  near(value, 0.6);
  // Standard deviation 0.28504, standard error 0.12748, times 2.77645.
  near(low, 0.6 - 0.353933, 1e-5);
  near(high, 0.953933, 1e-5);
  assert.equal(meanOf([1, 1, 1, 0], { min: 0, max: 1 }).high, 1);
});

test('a mean of means is as sure as its parts are on average', () => {
  const parts = [
    { n: 8, value: 0.5, low: 0.4, high: 0.6 },
    { n: 6, value: 0.7, low: 0.4, high: 1 },
  ];
  const { n, value, low, high } = meanOfMeans(parts);
  assert.equal(n, 6);
  near(value, 0.6);
  near(low, 0.4);
  near(high, 0.8);
});

test('a change is told by where its own interval lies', () => {
  const at = (value: number, half: number) => ({ n: 9, value, low: value - half, high: value + half });
  const rose = changeOf(at(50, 3), at(40, 4));
  assert.deepEqual(rose, { change: 10, low: 5, high: 15, direction: 1 });
  assert.equal(changeOf(at(40, 3), at(50, 4)).direction, -1);
  assert.equal(changeOf(at(44, 3), at(40, 4)).direction, 0);
  // Wide where it may have been lower, narrow where it may not.
  const { low, high } = changeOf({ n: 9, value: 50, low: 46, high: 51 }, at(40, 3));
  near(low, 5);
  near(high, 10 + Math.hypot(1, 3));
});

test('intervals hold what is true as often as they say', () => {
  let state = 7;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  // The truth: half promoters, three tenths passives, two tenths detractors.
  let holds = 0;
  const rounds = 4_000;
  for (let round = 0; round < rounds; round += 1) {
    const counts = { promoters: 0, passives: 0, detractors: 0 };
    for (let one = 0; one < 12; one += 1) {
      const drawn = random();
      counts[drawn < 0.5 ? 'promoters' : drawn < 0.8 ? 'passives' : 'detractors'] += 1;
    }
    const { low, high } = npsOf(counts);
    if (low <= 30 && 30 <= high) holds += 1;
  }
  assert.ok(holds / rounds > 0.94 && holds / rounds < 0.98, String(holds / rounds));
});
