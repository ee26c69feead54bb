import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSlo } from '../../../alerts/slo/compile.ts';
import { decimal } from '../../../alerts/slo/decimal.ts';
import type { Server, Slo } from '../../../alerts/slo/model.ts';
import { burnWindows } from '../../../alerts/slo/windows.ts';
import { alerting, day, events, server, settings, sloOf } from './given.ts';

const page = (burnRate: string, long = 3600, short = 300) => ({
  ...alerting,
  windows: [{ severity: 'page' as const, long, short, burnRate: decimal(burnRate) }],
});

const refused: Readonly<Record<string, readonly [Slo, RegExp, Partial<Server>?]>> = {
  'a threshold that nothing reaches': [
    sloOf({ target: '0.9', alerting: page('14.4') }),
    /14\.4 over 1h can never be reached: with a budget of 10 % it would take 144 % bad events/,
  ],
  'a threshold of exactly all': [sloOf({ target: '0.9', alerting: page('10') }), /can never be reached/],
  'the workbook’s, where a severity has none that is reached': [sloOf({ target: '0.8' }), /never be reached/],
  'a window that the server forgets': [
    sloOf(),
    /window of 30d is longer than the server remembers \(15d\)/,
    { retention: 15 * day },
  ],
  'a bound that is no bucket': [
    sloOf({ indicator: events('x_bucket{le="0.3"}', 'x_count', 'good') }),
    /le="0\.3" is no bucket of x_bucket; it has 0\.25, 0\.5/,
    { buckets: new Map([['x', ['0.25', '0.5', '+Inf']]]) },
  ],
  'a bound that is not written as it is stored': [
    sloOf({ indicator: events('x_bucket{le="0.30"}', 'x_count', 'good') }),
    /le="0\.30" of x_bucket is no text that is stored; write "0\.3"/,
    { buckets: new Map([['x', ['0.1', '0.3']]]) },
  ],
  'a pattern that no engine takes': [sloOf({ indicator: events('x{code=~"["}', 'x') }), /"\[" of x.* is no pattern/],
  'a pattern that Prometheus doesn’t take': [sloOf({ indicator: events('x{code!~"(?!2).."}', 'x') }), /RE2/],
  'a range under two scrapes': [
    sloOf({ indicator: events('rate(x[30s])', 'rate(y[5m])') }),
    /doesn’t hold two scrapes of 30s/,
  ],
  'a short window under two scrapes': [
    sloOf({ alerting: page('2', 3600, 30) }),
    /the window 30s doesn’t hold two scrapes/,
  ],
  'scrapes that 5 minutes don’t hold two of': [sloOf(), /scraped every 3m/, { scrapeInterval: 180 }],
  'what is no PromQL': [
    sloOf({ indicator: events('sum(rate(x[5m]) +', 'y') }),
    /the bad events’ expression is not valid PromQL at line 1, character 18/,
  ],
  'a counter that is a subquery': [
    sloOf({ indicator: events('rate(sum(x)[5m:1m])', 'y') }),
    /can’t be counted at line 1/,
  ],
  'a name that is no DNS label': [sloOf({ name: 'Check_out' }), /its name "Check_out" is no DNS label/],
  'a service that is none': [sloOf({ service: 'check out' }), /its service "check out" is no DNS label/],
  'more bad slices than a window has': [
    sloOf({
      target: '0.9',
      budgeting: { kind: 'timeslices', seconds: 3600, target: decimal('0.9') },
      alerting: { ...alerting, leastBadEvents: decimal(73) },
    }),
    /at least 73 bad events can never be met: within 3d there are 72 slices at the most/,
  ],
  'more bad samples than a condition looks back on': [
    sloOf({
      indicator: { kind: 'threshold', promql: 'max(queue_length)', op: 'lt', value: decimal(100), every: 60 },
      alerting: {
        ...alerting,
        windows: [],
        leastBadEvents: decimal(31),
        conditions: [
          {
            name: 'x',
            severity: 'ticket',
            op: 'gt',
            burnRate: decimal(2),
            lookback: 1800,
            after: 0,
            whenNoData: false,
          },
        ],
      },
    }),
    /at least 31 bad events can never be met: within 30m there are 30 samples at the most/,
  ],
  'all good': [sloOf({ target: '1' }), /not within 0 and 1/],
  'a label of our own': [sloOf({ labels: { window: '1h' } }), /its label window/],
};
for (const [name, [slo, words, of]] of Object.entries(refused))
  test(`${name} is refused, with where it was written`, () => {
    assert.throws(() => compileSlo(slo, { server: { ...server, ...of }, settings }), {
      code: 'SLO_REFUSED',
      message: words,
    });
    assert.throws(
      () => compileSlo(slo, { server: { ...server, ...of }, settings }),
      /slos\/checkout\.yaml, document 1/,
    );
  });

test('what is within its limits is not refused', () => {
  for (const pattern of [
    '(?i)err',
    'a(?i)b',
    '[(?!]x',
    '\\\\\\\\1',
    '(?P<a>b)[[:alpha:]]\\\\d',
    '\\\\pL+',
    '\\\\Q(?=\\\\E',
  ])
    compileSlo(sloOf({ indicator: events(`x{code=~"${pattern}"}`, 'x') }), { server, settings });
  compileSlo(sloOf({ indicator: events('x_bucket{le="1.0"}', 'x_count', 'good') }), {
    server: { ...server, buckets: new Map([['x', ['1']]]) },
    settings,
  });
  compileSlo(sloOf({ target: '0.9', alerting: page('9.99') }), { server, settings });
  compileSlo(sloOf({ indicator: events('x_bucket{le="0.5"}', 'x_count', 'good') }), {
    server: { ...server, buckets: new Map([['x', ['0.5']]]), retention: 31 * day },
    settings,
  });
});

test('of the workbook’s pairs those that nothing reaches are left out where another of the severity is', () => {
  const { windows } = compileSlo(sloOf({ target: '0.9' }), { server, settings });
  assert.deepEqual(
    windows.map(({ severity, long }) => [severity, long / 3600]),
    [
      ['page', 6],
      ['ticket', 24],
      ['ticket', 72],
    ],
  );
});

const table = (days: number) =>
  burnWindows(days * day).map(({ severity, long, short, burnRate }) => [
    severity,
    long / 3600,
    short / 60,
    burnRate.toFixed(),
  ]);

test('the windows of 30 days are the workbook’s', () => {
  assert.deepEqual(table(30), [
    ['page', 1, 5, '14.4'],
    ['page', 6, 30, '6'],
    ['ticket', 24, 120, '3'],
    ['ticket', 72, 360, '1'],
  ]);
});

test('28 days keep the windows and have exact rates', () => {
  assert.deepEqual(
    table(28).map(([, , , rate]) => rate),
    ['13.44', '5.6', '2.8', '1'],
  );
});

test('windows of any length: never below what spends the budget, short a twelfth, whole minutes', () => {
  for (const days of [1, 2, 7, 14, 30, 45, 90, 180, 365])
    for (const { long, short, burnRate } of burnWindows(days * day)) {
      assert.ok(burnRate.greaterThanOrEqualTo(1) && long <= days * day, `${days} d`);
      assert.equal(short * 12, long);
      assert.equal(short % 60, 0);
    }
  assert.equal(burnWindows(90 * day)[0]?.long, 3 * 3600);
});
