import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSlo } from '../../../alerts/slo/compile.ts';
import { decimal } from '../../../alerts/slo/decimal.ts';
import { holds } from './course.ts';
import { alerting, day, options, sloOf } from './given.ts';

const start = '2026-03-02T00:00:00Z';
const labels = 'job="a",instance="b"';
const total = `http_requests_total{${labels},code="200"}`;
const bad = `http_requests_total{${labels},code="500"}`;
const up = `up{${labels}}`;
const timeslices = (seconds: number, target = '0.95') =>
  ({ kind: 'timeslices', seconds, target: decimal(target) }) as const;
const ratios = (seconds: number) => ({ kind: 'ratio_timeslices', seconds }) as const;
const given = {
  window: { kind: 'rolling', seconds: 7 * day },
  target: '0.9',
  alerting: { ...alerting, windows: [], budget: false, noTrafficAfter: undefined },
} as const;

/** Of 100 a minute: an hour with 0, one with 4, one with 6 that are bad, and an hour without traffic. */
const traffic = {
  [total]: '0+100x60 6096+96x59 11854+94x59 17400x60',
  [bad]: '0+0x60 4+4x59 246+6x59 600x60',
  [up]: '1x240',
};
const all = 'round(sum(sum_over_time(slo:events:count[1d])), 0.001)';
const missed = 'round(sum(sum_over_time(slo:bad_events:count[1d])), 0.001)';

for (const minutes of [1, 5, 15, 60])
  test(`slices of ${minutes} minutes are good from their target on, and those without traffic are none`, async t => {
    const slices = 60 / minutes;
    await holds(t, {
      slo: sloOf({ ...given, budgeting: timeslices(minutes * 60) }),
      start,
      series: traffic,
      expect: [
        { expr: missed, at: '2h', value: 0 },
        { expr: missed, at: '3h', value: slices },
        { expr: all, at: '3h', value: 3 * slices },
        { expr: all, at: '4h', value: 3 * slices },
      ],
    });
  });

for (const minutes of [5, 60])
  test(`slices of ${minutes} minutes count with their own ratio`, async t => {
    const slices = 60 / minutes;
    await holds(t, {
      slo: sloOf({ ...given, budgeting: ratios(minutes * 60) }),
      start,
      series: traffic,
      expect: [
        { expr: missed, at: '3h', value: slices / 10 },
        { expr: all, at: '4h', value: 3 * slices },
        { expr: 'round(sum(slo:error_ratio:ratio), 0.0001)', at: '4h', value: 0.0333 },
      ],
    });
  });

test('a slice of a threshold is bad where too many of its samples are', async t => {
  const indicator = { kind: 'threshold', promql: 'latency', op: 'lt', value: decimal(1), every: 60 } as const;
  await holds(t, {
    slo: sloOf({ ...given, indicator, budgeting: timeslices(600, '0.8') }),
    start,
    // the slice that ends at once has one sample; then of 10 samples 2 bad (which is allowed), then 3
    series: { latency: '0 0.5x7 2 2 0.5x6 2 2 2' },
    expect: [
      { expr: all, at: '20m', value: 3 },
      { expr: missed, at: '10m', value: 0 },
      { expr: missed, at: '20m', value: 1 },
    ],
  });
});

for (const [of, exactly, less] of [
  ['success', '0.95', '0.9499'],
  ['failure', '0.05', '0.0501'],
] as const)
  test(`a slice of a ratio of ${of} that is exactly its target is good, and one just below it bad`, async t => {
    const indicator = { kind: 'ratio', promql: 'ratio', of } as const;
    await holds(t, {
      slo: sloOf({ ...given, indicator, budgeting: timeslices(300) }),
      start,
      series: { ratio: `${exactly}x30 ${less}x30` },
      expect: [
        { expr: all, at: '30m', value: 7 },
        { expr: missed, at: '30m', value: 0 },
        { expr: missed, at: '1h', value: 6 },
      ],
    });
  });

test('slices of a day have tickets alone, and no window is shorter than a slice', () => {
  const slo = sloOf({ budgeting: timeslices(day), target: '0.9', window: { kind: 'rolling', seconds: 30 * day } });
  const { windows, groups } = compileSlo(slo, options);
  assert.equal(groups[0]?.interval, '1d');
  assert.ok(windows.length > 0 && windows.every(({ severity, short }) => severity === 'ticket' && short >= day));
});

test('slices that can’t be are refused', () => {
  for (const [budgeting, reason] of [
    [timeslices(30), /not between 1m and 1d/],
    [timeslices(2 * day), /not between 1m and 1d/],
  ] as const)
    assert.throws(() => compileSlo(sloOf({ budgeting, target: '0.9' }), options), reason);
  const server = { ...options.server, scrapeInterval: 60 };
  assert.throws(
    () => compileSlo(sloOf({ budgeting: timeslices(60), target: '0.9' }), { ...options, server }),
    /don’t hold two scrapes of 1m/,
  );
});
