import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CalendarWindow, windowStarts } from '../../../alerts/slo/calendar.ts';
import { compileSlo } from '../../../alerts/slo/compile.ts';
import { holds } from './course.ts';
import { alerting, options, sloOf } from './given.ts';

/** Nothing but the budget, which is what is tried here. */
const quiet = { ...alerting, windows: [], budget: false, noTrafficAfter: undefined };

const windowOf = (given: Partial<CalendarWindow>): CalendarWindow => ({
  kind: 'calendar',
  start: '2026-01-01T00:00:00',
  timeZone: 'Europe/Zurich',
  count: 1,
  unit: 'month',
  ...given,
});

const now = Date.parse('2026-06-01T00:00:00Z') / 1000;
/** Without those before the first, unless it is long ago. */
const beginnings = (given: Partial<CalendarWindow>) => {
  const window = windowOf(given);
  return windowStarts(window, now)
    .map(start => new Date(start * 1000).toISOString().slice(0, 16))
    .filter(start => start >= '2025-06-15' && Date.parse(start) > Date.parse(`${window.start}Z`) - 86_400_000);
};

test('windows begin by the clocks of their zone, in winter and in summer', () => {
  assert.deepEqual(beginnings({}).slice(0, 5), [
    '2025-12-31T23:00',
    '2026-01-31T23:00',
    '2026-02-28T23:00',
    '2026-03-31T22:00',
    '2026-04-30T22:00',
  ]);
  assert.equal(beginnings({}).length, 14 * 12 + 1);
  assert.deepEqual(
    beginnings({ unit: 'quarter', timeZone: 'America/New_York', start: '2022-01-01T12:00:00' }).slice(1, 4),
    ['2025-10-01T16:00', '2026-01-01T17:00', '2026-04-01T16:00'],
  );
  assert.deepEqual(beginnings({ unit: 'year', start: '2020-07-01T00:00:00' }).slice(0, 3), [
    '2025-06-30T22:00',
    '2026-06-30T22:00',
    '2027-06-30T22:00',
  ]);
  assert.deepEqual(beginnings({ count: 2 }).slice(0, 3), ['2025-12-31T23:00', '2026-02-28T23:00', '2026-04-30T22:00']);
  assert.deepEqual(beginnings({ unit: 'week', start: '2025-12-29T00:00:00' }).slice(12, 15), [
    '2026-03-22T23:00',
    '2026-03-29T22:00',
    '2026-04-05T22:00',
  ]);
});

test('rules are the same on every day of five years, and reach ten years on', () => {
  const slo = sloOf({ window: windowOf({}) });
  const rulesOn = (at: string) =>
    compileSlo(slo, { ...options, server: { ...options.server, now: Date.parse(at) / 1000 } }).groups;
  const today = rulesOn('2026-11-27T00:00:00Z');
  for (const at of ['2025-01-01T00:00:00Z', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z', '2029-12-31T23:59:59Z'])
    assert.deepEqual(rulesOn(at), today, at);
  assert.notDeepEqual(rulesOn('2030-01-01T00:00:00Z'), today);
  for (const unit of ['day', 'week', 'month', 'quarter', 'year'] as const)
    for (const at of ['2026-06-01T00:00:00Z', '2029-12-31T23:59:59Z'])
      assert.ok(
        (windowStarts(windowOf({ unit }), Date.parse(at) / 1000).at(-1) ?? 0) >
          Date.parse(at) / 1000 + 9 * 365.25 * 86_400,
        `${unit} ${at}`,
      );
});

test('before the first window there are such as after it, for a budget of today', () => {
  const found = windowStarts(windowOf({ start: '2027-03-31T00:00:00', timeZone: 'UTC' }), now);
  assert.deepEqual(
    found.slice(0, 3).map(start => new Date(start * 1000).toISOString().slice(0, 10)),
    ['2024-12-31', '2025-01-31', '2025-02-28'],
  );
  for (const unit of ['day', 'week', 'quarter', 'year'] as const)
    assert.ok(
      (windowStarts(windowOf({ unit, start: '2028-05-17T03:00:00' }), now)[0] ?? now) < Date.UTC(2025, 0, 1) / 1000,
    );
});

test('a month that starts on a 31st starts on the last day of shorter ones, and then on a 31st again', () => {
  assert.deepEqual(beginnings({ start: '2026-01-31T00:00:00', timeZone: 'UTC' }).slice(0, 4), [
    '2026-01-31T00:00',
    '2026-02-28T00:00',
    '2026-03-31T00:00',
    '2026-04-30T00:00',
  ]);
});

test('a time that the clocks leave out is an hour later, and of one that they repeat the first is meant', () => {
  const days = { unit: 'day', timeZone: 'America/New_York' } as const;
  const spring = beginnings({ ...days, start: '2026-01-01T02:30:00' });
  assert.deepEqual(spring.filter(start => /-03-0[789]/.test(start)).slice(0, 3), [
    '2026-03-07T07:30',
    '2026-03-08T07:30',
    '2026-03-09T06:30',
  ]);
  const autumn = beginnings({ ...days, start: '2026-01-01T01:30:00' });
  assert.deepEqual(autumn.filter(start => /(-10-31|-11-0[12])/.test(start)).slice(0, 3), [
    '2026-10-31T05:30',
    '2026-11-01T05:30',
    '2026-11-02T06:30',
  ]);
});

/** One event a minute; `ends`: of a window that began at `start`. */
const changes = [
  ['a day of 23 hours in New York', { unit: 'day', timeZone: 'America/New_York' }, '2026-03-08T05:00:00Z', 23],
  ['a day of 25 hours in New York', { unit: 'day', timeZone: 'America/New_York' }, '2026-11-01T04:00:00Z', 25],
  ['a day of 23 hours in Zurich', { unit: 'day', timeZone: 'Europe/Zurich' }, '2026-03-28T23:00:00Z', 23],
  ['a day of 25 hours in Zurich', { unit: 'day', timeZone: 'Europe/Zurich' }, '2026-10-24T22:00:00Z', 25],
] as const;

const total = 'http_requests_total{job="a",instance="b",code="200"}';
const bad = 'http_requests_total{job="a",instance="b",code="500"}';
const clock = (seconds: number) => new Date(seconds * 1000).toISOString();

for (const [name, window, began, hours] of changes)
  test(`the budget of ${name} begins with it and ends with it`, async t => {
    const start = Date.parse(began) / 1000;
    const end = start + hours * 3600;
    const slo = sloOf({ window: windowOf(window), target: '0.9', alerting: quiet });
    await holds(t, {
      slo,
      start: clock(start - 3600),
      series: {
        [total]: `0+0.9x${(hours + 2) * 60}`,
        [bad]: `0+0.1x${(hours + 2) * 60}`,
        'up{job="a",instance="b"}': `1x${(hours + 2) * 60}`,
      },
      expect: [
        { expr: 'sum(slo:window_start:timestamp_seconds)', at: clock(start + 300), value: start },
        { expr: 'round(sum(slo:window_events:count), 0.001)', at: clock(start + 300), value: 5 },
        { expr: 'round(sum(slo:window_events:count), 0.001)', at: clock(end - 300), value: hours * 60 - 5 },
        { expr: 'round(sum(slo:error_budget_remaining:ratio), 0.001)', at: clock(end - 300), value: 0 },
        { expr: 'sum(slo:window_start:timestamp_seconds)', at: clock(end - 300), value: start },
        { expr: 'round(sum(slo:window_events:count), 0.001)', at: clock(end), value: hours * 60 },
        { expr: 'sum(slo:window_start:timestamp_seconds)', at: clock(end + 300), value: end },
        { expr: 'round(sum(slo:window_events:count), 0.001)', at: clock(end + 300), value: 5 },
        { expr: 'round(sum(slo:window_events:count), 0.001)', at: clock(end + 600), value: 10 },
      ],
    });
  });

/** The evening before and after a beginning; the length itself is tried above. */
const longer = [
  ['a week', { unit: 'week', start: '2022-01-01T12:00:00', timeZone: 'America/New_York' }, '2026-03-14T16:00:00Z'],
  ['a month', {}, '2026-03-31T22:00:00Z'],
  ['two months', { count: 2 }, '2026-04-30T22:00:00Z'],
  ['a quarter', { unit: 'quarter', timeZone: 'America/New_York' }, '2026-04-01T04:00:00Z'],
  ['a year', { unit: 'year', start: '2024-07-01T12:00:00' }, '2026-07-01T10:00:00Z'],
] as const;

for (const [name, window, begins] of longer)
  test(`the budget of ${name} is whole again when the next one begins`, async t => {
    const start = Date.parse(begins) / 1000;
    await holds(t, {
      slo: sloOf({ window: windowOf(window), target: '0.9', alerting: quiet }),
      start: clock(start - 3600),
      series: { [total]: '0+0.5x60 31+1x60', [bad]: '0+0.5x60 30+0x60', 'up{job="a",instance="b"}': '1x121' },
      expect: [
        { expr: 'round(sum(slo:window_events:count), 0.001)', at: clock(start - 300), value: 55 },
        { expr: 'round(sum(slo:error_budget_remaining:ratio), 0.001)', at: clock(start - 300), value: -4 },
        { expr: 'round(sum(slo:window_events:count), 0.001)', at: clock(start), value: 60 },
        { expr: 'round(sum(slo:window_events:count), 0.001)', at: clock(start + 300), value: 5 },
        { expr: 'sum(slo:error_budget_remaining:ratio)', at: clock(start + 1800), value: 1 },
      ],
    });
  });

test('no time zone, no such day and a beginning beyond the rules are refused', () => {
  for (const [given, reason] of [
    [{ timeZone: 'Europe/Basel-Land' }, /time zone "Europe\/Basel-Land" is none/],
    [{ start: '2026-02-30T00:00:00' }, /which is no time/],
    [{ start: '2090-01-01T00:00:00' }, /too far ahead/],
  ] as const)
    assert.throws(() => compileSlo(sloOf({ window: windowOf(given) }), options), reason);
});
