import { test } from 'node:test';
import { decimal } from '../../../alerts/slo/decimal.ts';
import type { Part } from '../../../alerts/slo/model.ts';
import { holds } from './course.ts';
import { alerting, day, events, sloOf } from './given.ts';

const labels = 'job="a",instance="b"';
const start = '2026-03-02T00:00:00Z';

const part = (name: string, target: string, weight: string): Part => ({
  name,
  indicator: events(`${name}_bad_total`, `${name}_total`),
  target: decimal(target),
  weight: decimal(weight),
});

const given = {
  window: { kind: 'rolling', seconds: 7 * day },
  parts: [part('cart', '0.9', '1'), part('pay', '0.8', '0.5')],
  alerting: { ...alerting, windows: [], budget: false, noTrafficAfter: undefined },
} as const;

/** 100 events a minute in the cart, 10 payments. In the first hour 4 % of the cart, in the second 10 % of payments fail. */
const series = {
  cart_total: `0+100x120`,
  cart_bad_total: '0+4x60 240+0x59',
  pay_total: '0+10x120',
  pay_bad_total: '0+0x60 1+1x59',
};
const scraped = {
  ...Object.fromEntries(Object.entries(series).map(([name, values]) => [`${name}{${labels}}`, values])),
  [`up{${labels}}`]: '1x120',
};

const rounded = (expr: string) => `round(${expr}, 0.0001)`;
const burn = rounded('sum(slo:burn_rate:ratio{window="1h"})');
const left = rounded('sum(slo:error_budget_remaining:ratio)');

test('a composite of events burns as its parts do, by weight', async t => {
  await holds(t, {
    slo: sloOf(given),
    start,
    series: scraped,
    expect: [
      // 0.04 / 0.1
      { expr: burn, at: '1h', value: 0.4 },
      // half of 0.1 / 0.2
      { expr: burn, at: '2h', value: 0.25 },
      // 1 − 0.02 / 0.1 − 0.5 × 0.05 / 0.2
      { expr: left, at: '2h', value: 0.675 },
    ],
  });
});

test('a slice of a composite is bad where it is for any part, which the strictest target judges', async t => {
  await holds(t, {
    slo: sloOf({ ...given, budgeting: { kind: 'timeslices', seconds: 300, target: decimal('0.95') } }),
    start,
    series: scraped,
    expect: [
      { expr: rounded('sum(slo:window_bad_events:count)'), at: '1h', value: 0 },
      { expr: rounded('sum(slo:window_bad_events:count)'), at: '2h', value: 12 },
      { expr: rounded('sum(slo:window_events:count)'), at: '2h', value: 24 },
      // 12 of 24 slices, of which 0.1 may be
      { expr: left, at: '2h', value: -4 },
      { expr: burn, at: '2h', value: 10 },
    ],
  });
});

test('what the slices of a composite miss is summed by weight', async t => {
  await holds(t, {
    slo: sloOf({ ...given, budgeting: { kind: 'ratio_timeslices', seconds: 300 } }),
    start,
    series: scraped,
    expect: [
      { expr: burn, at: '1h', value: 0.4 },
      { expr: burn, at: '2h', value: 0.25 },
      // 0.02 + 0.5 × 0.05
      { expr: rounded('sum(slo:error_ratio:ratio)'), at: '2h', value: 0.045 },
      { expr: left, at: '2h', value: 0.675 },
    ],
  });
});

test('a part without traffic burns nothing, and the others count', async t => {
  const cart = Object.fromEntries(Object.entries(scraped).filter(([name]) => !name.startsWith('pay_')));
  for (const budgeting of [{ kind: 'occurrences' }, { kind: 'ratio_timeslices', seconds: 300 }] as const)
    await holds(t, {
      slo: sloOf({ ...given, budgeting }),
      start,
      series: cart,
      expect: [
        { expr: burn, at: '1h', value: 0.4 },
        { expr: left, at: '2h', value: 0.8 },
      ],
    });
});

test('parts whose names hold a dollar are two', async t => {
  await holds(t, {
    slo: sloOf({
      ...given,
      parts: [
        { ...given.parts[0], name: 'of $1' },
        { ...given.parts[1], name: 'of $2' },
      ],
    }),
    start,
    series: scraped,
    expect: [{ expr: burn, at: '2h', value: 0.25 }],
  });
});
