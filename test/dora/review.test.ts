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
/** The delivery part of the monthly review, whole, from facts that are told by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reviewDelivery } from '../../exporters/dora/review/index.ts';
import { deployed, history, openBooks, ownershipOf } from './books.ts';

test('the review of a month tells its numbers, what failed, and what is in no number', async () => {
  const told = await openBooks({
    ownership: ownershipOf({ sales: { shop: 'acme/shop' } }),
    dora: { minimum_samples: 1 },
  });
  const at = (day: string) => `2026-03-${day}T12:00:00Z`;
  await told.tell(
    {
      commits: history('acme/shop', [
        { name: 'v1', at: at('01') },
        { name: 'v2', at: at('02') },
        { name: 'bot', at: at('03'), author: 'renovate[bot]' },
        { name: 'v3', at: at('04') },
      ]),
      deployments: [
        deployed('v1', at('05')),
        deployed('v2', at('06')),
        deployed('v3', at('07')),
        deployed('v2', at('08'), { deployment: 'back' }),
      ],
      incidents: [
        {
          ...{
            incident: '1',
            title: 'slow',
            service: 'shop',
            status: 'open',
            startedAt: at('20'),
            updatedAt: at('20'),
          },
        },
      ],
    },
    '2026-04-02T00:00:00Z',
  );
  const review = await reviewDelivery(
    told.ledger,
    { month: '2026-03', team: 'sales' },
    { now: new Date('2026-04-02T00:00:00Z'), facts: told.exporter.facts, minimumSamples: 1 },
  );
  assert.equal(review.length, 1);
  const { text } = review[0]!;
  for (const line of [
    '| Successful deployments | 0 | 4 |',
    '| Change lead time, median | – | 3 d 12 h |',
    '| Change fail rate | – | 33.3 % (1 of 3) |',
    '| Rework rate | – | 25.0 % (1 of 4) |',
    '| Incidents | 0 | 1 |',
    '| shop | 2026-03-07 12:00 | rolled back | ci:v3 | 1 d |',
    '| commits without a lead time | bot | 1 |',
    '| incidents that match no deployment | no deployment | 1 |',
  ])
    assert.ok(text.includes(`${line}\n`), `${line} is not in\n${text}`);
});
