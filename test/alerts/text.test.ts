import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asPercentage,
  count,
  duration,
  fillIn,
  label,
  labelInQuery,
  labelOr,
  labelsRead,
  money,
  percentage,
  smallMoney,
  templateOf,
  text,
} from '../../alerts/lib/text.ts';

test('a text is a template for Prometheus, and the same words filled in', () => {
  const said = text`Team ${labelOr('team', 'platform')} spent ${money} of ${label('budget')} (${percentage}), limit ${3}`;
  assert.equal(
    templateOf(said),
    'Team {{ or $labels.team "platform" }} spent {{ $value | printf "%.2f" }} {{ $labels.currency }} of {{ $labels.budget }} ({{ $value | humanizePercentage }}), limit 3',
  );
  assert.equal(fillIn(said, { budget: 'b', currency: 'EUR' }, 0.5), 'Team platform spent 0.50 EUR of b (50%), limit 3');
  assert.deepEqual(labelsRead(said), ['team', 'currency', 'budget']);
});

test('values read as people say them', () => {
  const say = (slot: typeof percentage, value: number) => fillIn(text`${slot}`, {}, value);
  assert.equal(say(percentage, 0.8512345), '85.12%');
  assert.equal(asPercentage(0.07), '7%');
  assert.equal(say(count, 17.4), '17');
  assert.equal(say(duration, 180_000), '2d 2h 0m 0s');
  assert.equal(say(duration, 5400), '1h 30m 0s');
  assert.equal(say(duration, 90), '1m 30s');
  assert.equal(fillIn(text`${smallMoney}`, { currency: 'EUR' }, 0.000015), '1.50e-05 EUR');
});

test('a team in a URL is escaped', () => {
  assert.equal(fillIn(text`?var-team=${labelInQuery('team', 'platform')}`, { team: 'a&b c' }, 0), '?var-team=a%26b+c');
});
