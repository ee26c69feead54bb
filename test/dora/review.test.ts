/** What the review of delivery says, against counts of the same events that are made here. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { delivery } from '../../exporters/demo/delivery.ts';
import { services } from '../../exporters/demo/world.ts';
import { span } from '../../exporters/formats/markdown.ts';
import { deliveryReview, goldenDeliveryReview, reviewed } from '../golden/delivery-review.ts';
import { changesOf, quantileOf } from './told.ts';

const months = { before: '2026-09', month: reviewed.month } as const;
const told = delivery(reviewed);
const teamOf = new Map(services.map(({ name, team }) => [name, team]));
const isIn = (at: Date, month: string) => at.toISOString().startsWith(month);
const isOf = (service: string, team: string | undefined) => team === undefined || teamOf.get(service) === team;

/** The cells of the row that begins so. */
function cells(text: string, name: string): readonly string[] {
  const line = text.split('\n').find(one => one.startsWith(`| ${name} |`));
  assert.ok(line, `a row ${name}`);
  return line
    .split('|')
    .slice(2, -1)
    .map(cell => cell.trim());
}
const both = (value: (month: string) => string) => [value(months.before), value(months.month)];

test('its numbers are those of the events, of all teams together and of each', async () => {
  const parts = await deliveryReview(months.month);
  const teams = [...new Set(services.map(({ team }) => team))].sort();
  assert.deepEqual(
    parts.map(({ team }) => team),
    [undefined, ...teams],
  );
  for (const { team, text } of parts) {
    const successes = (month: string) =>
      told.deployments.filter(
        one => one.status === 'success' && isOf(one.service, team) && isIn(one.finishedAt, month),
      );
    assert.deepEqual(
      cells(text, 'Successful deployments'),
      both(month => String(successes(month).length)),
      team,
    );

    const changes = (month: string) =>
      changesOf(told).filter(one => one.excluded === '' && isOf(one.service, team) && isIn(one.at, month));
    assert.deepEqual(
      cells(text, 'Changes measured'),
      both(month => String(changes(month).length)),
      team,
    );
    for (const [name, share] of [
      ['Change lead time, median', 0.5],
      ['Change lead time, p90', 0.9],
    ] as const)
      assert.deepEqual(
        cells(text, name),
        both(month => {
          const seconds = changes(month).map(one => one.seconds);
          return seconds.length < 5 ? '–' : span(quantileOf(seconds, share));
        }),
        `${team} ${name}`,
      );

    const incidents = (month: string) =>
      told.incidents.filter(one => isOf(one.service, team) && isIn(one.startedAt, month));
    assert.deepEqual(
      cells(text, 'Incidents'),
      both(month => String(incidents(month).length)),
      team,
    );
  }
});

test('one team is asked for by its name; a team that deploys nothing, and a month before all, have no review', async () => {
  const [only, ...others] = await deliveryReview(months.month, 'payments');
  assert.deepEqual([only?.team, others], ['payments', []]);
  assert.match(only?.text ?? '', /^# Delivery review 2026-10: payments\n/);
  assert.deepEqual(await deliveryReview(months.month, 'nobody'), []);
  assert.deepEqual(await deliveryReview('2025-01'), []);
});

test('the review of the demo is the one that is kept', async () => {
  const kept = readFileSync(path.join(import.meta.dirname, '..', 'golden', 'delivery-review.md'), 'utf8');
  assert.equal(await goldenDeliveryReview(), kept);
});
