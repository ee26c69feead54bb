import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  absent,
  absolute,
  age,
  and,
  andOn,
  averageBy,
  bucketRate,
  clampMax,
  clampMin,
  compare,
  countBy,
  current,
  dayBars,
  dayIncrease,
  daysSum,
  dividedBy,
  increaseExact,
  joinOn,
  labelledBy,
  largestDays,
  latest,
  matching,
  maxBy,
  minBy,
  minus,
  not,
  notMatching,
  oneOf,
  or,
  plus,
  promqlText,
  type Query,
  quantile,
  rangeSum,
  rate,
  type Scalar,
  scalar,
  seriesOf,
  sortDescending,
  sum,
  sumBy,
  times,
  topk,
  twin,
  twinTimestamp,
  unless,
  unlessOn,
  up,
  type Variable,
  vector,
  withoutComparisons,
} from '../../dashboards/lib/promql.ts';
import { daily, deployments, leadTime, monthly, newest, previous, share } from './sample-metrics.ts';

const team: Variable = { kind: 'variable', name: 'team', multi: true };
const currency: Variable = { kind: 'variable', name: 'currency', multi: false };
const money = { cost_basis: 'effective', currency: 'EUR' } as const;
const counted = latest(deployments);
const byTeam = sumBy(['team'], counted);

const printed: Readonly<Record<string, readonly [Query | Scalar, string]>> = {
  'the last value of a day': [latest(monthly), 'last_over_time(test_month_cost[1d])'],
  'the last scrape': [current(up, { job: 'plumbline' }), 'up{job="plumbline"}'],
  'the twin of a daily family': [twin(daily), 'last_over_time(test_cost_daily_latest[1d])'],
  "the twin's day": [twinTimestamp(daily), 'last_over_time(test_cost_daily_latest_timestamp_seconds[1d])'],
  'bars at their own day': [dayBars(daily), 'last_over_time(test_cost_daily[1d] offset -1d)'],
  'a sum of days': [daysSum(daily, 30), 'sum_over_time(last_over_time(test_cost_daily[1d])[30d:1d])'],
  'the sum of the days before': [
    daysSum(daily, 30, {}, 30),
    'sum_over_time(last_over_time(test_cost_daily[1d])[30d:1d] offset 30d)',
  ],
  'a sum over the time range': [
    rangeSum(daily),
    'sum_over_time(last_over_time(test_cost_daily[1d])[$__range:1d] @ end())',
  ],
  'a rate': [rate(deployments, '$__rate_interval'), 'rate(test_deployments_total[$__rate_interval])'],
  'a rate of observations': [rate(leadTime, '5m'), 'rate(test_lead_time_seconds_count[5m])'],
  'an exact increase': [
    increaseExact(deployments, '7d'),
    'last_over_time(test_deployments_total[1d]) - last_over_time(test_deployments_total[1d] offset 7d)',
  ],
  'the increase of each day': [
    dayIncrease(deployments),
    'last_over_time(test_deployments_total[1d] offset -1d) - last_over_time(test_deployments_total[1d])',
  ],
  'a quantile of buckets': [
    quantile(0.95, sumBy(['team', 'le'], bucketRate(leadTime, '1h'))),
    'histogram_quantile(0.95, sum by (le, team) (rate(test_lead_time_seconds_bucket[1h])))',
  ],
  'matchers in the order of their labels': [
    latest(monthly, { team, currency, cost_basis: not('list') }),
    'last_over_time(test_month_cost{cost_basis!="list",currency="$currency",team=~"$team"}[1d])',
  ],
  'patterns, and literals among patterns': [
    current(monthly, { team: oneOf('a.b', 'c|d'), service: matching('web-.+'), currency: notMatching('U.*') }),
    'test_month_cost{currency!~"U.*",service=~"web-.+",team=~"a\\\\.b|c\\\\|d"}',
  ],
  'label values escaped': [
    current(monthly, { team: 'a "quoted", back\\slashed\nvalue' }),
    'test_month_cost{team="a \\"quoted\\", back\\\\slashed\\nvalue"}',
  ],
  'sums by sorted labels': [
    sumBy(['team', 'service'], counted),
    'sum by (service, team) (last_over_time(test_deployments_total[1d]))',
  ],
  'a sum of all': [sum(current(deployments)), 'sum(test_deployments_total)'],
  'an average': [averageBy(['team'], current(deployments)), 'avg by (team) (test_deployments_total)'],
  'a maximum over a ratio': [maxBy(['team'], current(share)), 'max by (team) (test_untagged_ratio)'],
  'a minimum': [minBy([], current(share)), 'min(test_untagged_ratio)'],
  'a number of series': [countBy(['team'], current(share)), 'count by (team) (test_untagged_ratio)'],
  'the greatest': [topk(3, current(share)), 'topk(3, test_untagged_ratio)'],
  'parentheses only where precedence asks for them': [
    dividedBy(plus(byTeam, 1), minus(byTeam, minus(byTeam, 1))),
    '(X + 1) / (X - (X - 1))'.replaceAll('X', promqlText(byTeam)),
  ],
  'no parentheses from left to right': [
    minus(minus(times(byTeam, 2), 1), byTeam),
    'X * 2 - 1 - X'.replaceAll('X', promqlText(byTeam)),
  ],
  'comparisons inside set operators': [
    or(and(compare(byTeam, '>', 1), compare(byTeam, '<', 5)), unless(byTeam, byTeam)),
    'X > 1 and X < 5 or X unless X'.replaceAll('X', promqlText(byTeam)),
  ],
  'a set operator inside an aggregate': [
    sum(unless(current(deployments), current(deployments))),
    'sum(test_deployments_total unless test_deployments_total)',
  ],
  'set operators on labels': [
    unlessOn(['team'], andOn(['team'], current(deployments), current(share)), current(share)),
    'test_deployments_total and on (team) test_untagged_ratio unless on (team) test_untagged_ratio',
  ],
  'many to one': [
    joinOn(['team'], current(deployments), '/', byTeam),
    'test_deployments_total / on (team) group_left () X'.replace('X', promqlText(byTeam)),
  ],
  'further labels': [
    labelledBy(['team'], byTeam, maxBy(['team', 'currency'], current(share)), ['currency']),
    'X * on (team) group_left (currency) max by (currency, team) (test_untagged_ratio)'.replace(
      'X',
      promqlText(byTeam),
    ),
  ],
  'bounds and signs': [
    absolute(clampMax(clampMin(current(share), -1), 0.5)),
    'abs(clamp_max(clamp_min(test_untagged_ratio, -1), 0.5))',
  ],
  'an age': [maxBy([], age(current(newest))), 'max(time() - test_newest_timestamp_seconds)'],
  'nothing at all': [absent(current(up, { job: 'plumbline' })), 'absent(up{job="plumbline"})'],
  'a number where there is nothing': [
    or(sum(current(deployments)), vector(0)),
    'sum(test_deployments_total) or vector(0)',
  ],
  'a scalar': [
    times(byTeam, scalar(sum(current(deployments)))),
    'X * scalar(sum(test_deployments_total))'.replace('X', promqlText(byTeam)),
  ],
  'an order': [sortDescending(byTeam), `sort_desc(${promqlText(byTeam)})`],
};

suite('the text of', () => {
  for (const [name, [query, text]] of Object.entries(printed)) test(name, () => assert.equal(promqlText(query), text));
});

test('a family of two parts has the greatest and all others', () => {
  const { largest, others } = largestDays(2, ['team'], daily, money);
  const selector = 'test_cost_daily{cost_basis="effective",currency="EUR"}';
  const bars = `sum by (team) (last_over_time(${selector}[1d] offset -1d))`;
  const rank = `topk(2, sum by (team) (sum_over_time(last_over_time(${selector}[1d])[$__range:1d] @ end())))`;
  assert.equal(promqlText(largest), `${bars} and on (team) ${rank}`);
  assert.equal(promqlText(others), `sum(${bars} unless on (team) ${rank}) or vector(0)`);
  assert.ok(largest.byDay && others.byDay);
});

test('money of two currencies or bases is never put together', () => {
  assert.throws(() => sum(latest(monthly)), /sum over currency would mix kinds of money/);
  assert.throws(() => sum(latest(monthly, { currency: 'EUR' })), /sum over cost_basis/);
  assert.throws(() => sum(latest(monthly, { ...money, currency: matching('EUR|USD') })), /sum over currency/);
  assert.throws(() => maxBy(['team'], latest(monthly, { currency: 'EUR' })), /max over cost_basis/);
  assert.equal(
    promqlText(sumBy(['currency', 'cost_basis'], latest(monthly))),
    'sum by (cost_basis, currency) (last_over_time(test_month_cost[1d]))',
  );
  assert.ok(sum(sumBy(['team'], latest(monthly, money))));
});

test('series that cannot match are refused', () => {
  const byTeamAndService = sumBy(['team', 'service'], counted);
  assert.throws(() => dividedBy(byTeamAndService, byTeam), /no series match between \{service, team\} and \{team\}/);
  assert.throws(() => unless(counted, byTeamAndService), /no series match between \{job, service, team\}/);
});

test('the unit follows from the metrics', () => {
  assert.equal(latest(monthly).unit, 'currency');
  assert.equal(dividedBy(latest(monthly), latest(previous)).unit, 'ratio');
  assert.equal(dividedBy(latest(monthly), 12).unit, 'currency');
  assert.equal(age(latest(newest)).unit, 'seconds');
  assert.equal(twinTimestamp(daily).unit, 'timestamp_seconds');
  assert.equal(countBy(['team'], latest(monthly, money)).unit, 'count');
  assert.equal(rate(deployments, '5m').unit, undefined);
  assert.throws(() => age(latest(monthly)), /an age needs a timestamp/);
});

test('an alert without its bound is what it watches', () => {
  const alert = and(compare(byTeam, '>', 5), compare(byTeam, '<', compare(byTeam, '!=', 1)));
  assert.equal(promqlText(withoutComparisons(alert)), 'X and X'.replaceAll('X', promqlText(byTeam)));
  assert.deepEqual(seriesOf(dividedBy(latest(monthly), latest(previous))), ['test_month_cost', 'test_previous_cost']);
});

test('queries and what they are made of cannot be changed', () => {
  const query = sumBy(['team'], dayBars(daily, money));
  assert.ok(Object.isFrozen(query));
  assert.equal(
    promqlText(query),
    promqlText(sumBy(['team'], dayBars(daily, { currency: 'EUR', cost_basis: 'effective' }))),
  );
  assert.throws(() => daysSum(daily, 1.5), /whole numbers/);
});

test('a label that a metric does not have is refused, whatever the compiler knew of it', () => {
  const elsewhere: Readonly<Record<string, string>> = { renamed: 'x' };
  assert.throws(() => latest(monthly, { ...elsewhere, cost_basis: 'list' }), /no label renamed/);
});
