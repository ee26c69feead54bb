import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployed, history, openBooks, sha } from './books.ts';

const now = '2026-03-20T00:00:00Z';

test('what of the configuration selects nothing is told, and what has no history', async () => {
  const dora = {
    production: [
      { name: 'shops', environments: ['shop-*'], regions: ['shop-eu', 'shop-us'] },
      { name: 'back', environments: ['backoffice'] },
    ],
    services: [
      { service: 'cart', repository: 'acme/shop', tags: ['cart-*'] },
      { service: 'ads', repository: 'acme/shpo' },
    ],
  };
  const books = await openBooks({ dora });
  const check = () => books.exporter.check!(books.ledger);
  assert.deepEqual(await check(), [], 'an empty ledger says nothing');
  await books.tell(
    {
      commits: history('acme/shop', [{ name: 'v1', at: '2026-03-01T00:00:00Z' }]),
      deployments: [
        deployed('v1', '2026-03-01T12:00:00Z', { environment: 'shop-eu' }),
        deployed('v2', '2026-03-02T12:00:00Z', { environment: 'shop-eu', sha: sha('elsewhere') }),
        deployed('v3', '2026-03-03T12:00:00Z', { environment: 'shop-eu', sha: '' }),
        deployed('s', '2026-03-03T12:00:00Z', { environment: 'staging' }),
      ],
    },
    now,
  );
  const notices = await check();
  assert.deepEqual(
    notices.map(({ subject, text }) => `${subject}: ${text}`),
    [
      'production shops: no deployment goes to its region shop-us, so nothing reaches all',
      'production back: no deployment goes to it; environments told are shop-eu (3), staging (1)',
      'service ads: no deployment is of its repository acme/shpo',
      'deployments of acme/shop: 1 tell no commit, so their changes have no lead time',
      'deployments of acme/shop: 1 have no lead times: their commit, or that of the deployment before, is in no history that was read; add the repository to dora.git, or read more of its past',
    ],
  );
  assert.deepEqual(notices.find(({ word }) => word === 'acme/shpo')?.known, ['acme/shop']);
  await books.close();
});
