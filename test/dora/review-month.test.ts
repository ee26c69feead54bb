/** The delivery part of the monthly review, whole, from facts that are told by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reviewDelivery } from '../../exporters/dora/review/index.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { deployed, history, openBooks } from './books.ts';

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
