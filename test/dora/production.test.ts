/** Deployments to production: which there are, of which service and team, how they ended, how far they have got. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentFact } from '../../exporters/dora/facts.ts';
import { noteBackfill } from '../../exporters/dora/marks.ts';
import { deploymentsTotal } from '../../exporters/dora/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { type Books, type BooksOptions, deployed, openBooks } from './books.ts';

const now = '2026-03-20T00:00:00Z';

/** `deployment service team environment outcome end` of what holds. */
async function held({ rows }: Books): Promise<readonly string[]> {
  const found = await rows(
    `SELECT deployment, service, team, environment, outcome, strftime(finished_at, '%d %H:%M') AS ended FROM (
       FROM production_deployments
       QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC) = 1
     ) WHERE outcome <> '' ORDER BY finished_at, deployment, service`,
  );
  return found.map(row => Object.values(row).join(' '));
}

async function told(deployments: readonly DeploymentFact[], options: BooksOptions = {}): Promise<readonly string[]> {
  const books = await openBooks(options);
  await books.tell({ deployments }, now);
  const lines = await held(books);
  await books.close();
  return lines;
}

test('environments are production by pattern, whatever their case; others are not counted', async () => {
  const environments = ['Production', 'PROD', 'prod-eu', 'staging', 'preprod', 'live'];
  const deployments = environments.map((environment, index) =>
    deployed(`d${index}`, `2026-03-0${index + 1}T12:00:00Z`, { environment }),
  );
  assert.deepEqual(
    (await told(deployments)).map(line => line.split(' ')[0]),
    ['ci:d0', 'ci:d1', 'ci:d2', 'ci:d5'],
  );
  const two = {
    production: [
      { name: 'shops', environments: ['shop-*'] },
      { name: 'backoffice', environments: ['back'] },
    ],
  };
  assert.deepEqual(
    await told(
      [
        deployed('a', '2026-03-01T12:00:00Z', { environment: 'shop-7' }),
        deployed('b', '2026-03-02T12:00:00Z', { environment: 'Back' }),
      ],
      { dora: two },
    ),
    ['ci:a acme/shop unowned shops success 01 12:00', 'ci:b acme/shop unowned backoffice success 02 12:00'],
  );
});

const at = (time: string) => `2026-03-05T${time}:00Z`;
type Said = readonly [DeploymentFact['statuses'][number]['status'], string];
const statuses = (...told: readonly Said[]) => ({
  statuses: told.map(([status, time]) => ({ status, at: at(time) })),
});

test('the last end of a deployment holds: inactive after a success is none, and one that never ends is not counted', async () => {
  const ends = async (...all: readonly Said[]) =>
    (await told([deployed('d', at('12:00'), statuses(...all))])).map(line => line.split(' ').slice(4).join(' '))[0];
  assert.equal(await ends(['running', '11:50'], ['success', '12:00'], ['inactive', '18:00']), 'success 05 12:00');
  assert.equal(await ends(['queued', '11:40'], ['running', '11:50']), undefined);
  assert.equal(await ends(['running', '11:50'], ['inactive', '18:00']), undefined);
  assert.equal(await ends(['failure', '12:00'], ['success', '12:30']), 'success 05 12:30');
  assert.equal(await ends(['success', '12:00'], ['failure', '12:30']), 'failure 05 12:30');
  assert.equal(await ends(['success', '12:00'], ['success', '13:00']), 'success 05 12:00', 'said twice');
  assert.equal(await ends(['cancelled', '12:00']), 'cancelled 05 12:00');
});

test('each attempt is a deployment: a re-run is another one', async () => {
  assert.deepEqual(
    await told([
      deployed('run1', at('12:00'), { sha: 'a'.repeat(40), outcome: 'failure' }),
      deployed('run2', at('12:30'), { sha: 'a'.repeat(40) }),
    ]),
    ['ci:run1 acme/shop unowned production failure 05 12:00', 'ci:run2 acme/shop unowned production success 05 12:30'],
  );
});

test('a service comes from the rules, else the source, else ownership, else the repository', async () => {
  const ownership = ownershipOf({ sales: { shop: 'acme/shop' }, ops: { cart: 'acme/cart' } });
  const deployments = [
    deployed('word', at('10:00'), { service: 'Component:default/cart' }),
    deployed('none', at('11:00')),
    deployed('other', at('12:00'), { repository: 'acme/unknown' }),
    deployed('team', at('13:00'), { repository: 'acme/unknown', team: 'ops', service: 'new' }),
    deployed('rule', at('14:00'), { task: 'deploy-cart', service: 'shop' }),
  ];
  const dora = { services: [{ service: 'cart', repository: 'acme/*', tasks: ['deploy-*'] }] };
  assert.deepEqual(
    (await told(deployments, { ownership, dora })).map(line => line.split(' ').slice(0, 3).join(' ')),
    ['ci:word cart ops', 'ci:none shop sales', 'ci:other acme/unknown unowned', 'ci:team new ops', 'ci:rule cart ops'],
  );
});

test('a deployment of a monorepo is of the service that its tag, task, environment or labels say, or of several', async () => {
  const rule = (service: string, more: object) => ({ service, repository: 'acme/mono', ...more });
  const services = async (rules: readonly object[], more: Partial<DeploymentFact>) =>
    (await told([deployed('d', at('12:00'), { repository: 'acme/mono', ...more })], { dora: { services: rules } })).map(
      line => line.split(' ')[1],
    );
  const tags = [rule('cart', { tags: ['cart-v*'] }), rule('pay', { tags: ['pay-v*'] })];
  assert.deepEqual(await services(tags, { ref: 'refs/tags/pay-v2' }), ['pay']);
  assert.deepEqual(await services(tags, { version: 'cart-v1' }), ['cart']);
  assert.deepEqual(await services(tags, { ref: 'refs/tags/v3' }), ['acme/mono']);
  const labels = [
    rule('cart', { labels: ['cart'] }),
    rule('pay', { labels: ['pay'] }),
    rule('ads', { labels: ['ads'] }),
  ];
  assert.deepEqual(await services(labels, { labels: ['pay', 'cart', 'x'] }), ['cart', 'pay']);
  const paths = [rule('cart', { paths: ['cart/**'] }), rule('pay', { paths: ['pay/**'] }), rule('rest', {})];
  assert.deepEqual(await services(paths, {}), ['cart', 'pay'], 'one deployment brings both');
  const environments = [rule('cart', { environments: ['prod-cart'] }), rule('rest', {})];
  assert.deepEqual(await services(environments, { environment: 'prod-cart' }), ['cart']);
  assert.deepEqual(await services(environments, { environment: 'prod-pay' }), ['rest']);
});

const regions = { production: [{ regions: ['prod-eu', 'prod-us', 'prod-ap', 'prod-sa'], rollout_hours: 24 }] };
const inRegion = (
  name: string,
  region: string,
  ended: string,
  version: string,
  more: Partial<DeploymentFact> & { outcome?: 'failure' } = {},
) => deployed(name, ended, { environment: `prod-${region}`, sha: version.repeat(40).slice(0, 40), ...more });

async function reached(deployments: readonly DeploymentFact[]): Promise<readonly string[]> {
  const books = await openBooks({ dora: regions });
  await books.tell({ deployments }, now);
  const rows = await books.rows(
    `SELECT deployment, reach, strftime(reached_at, '%d %H:%M') AS reached FROM rollouts
     ORDER BY deployment, reached_at, reach`,
  );
  await books.close();
  return rows.map(row => Object.values(row).join(' '));
}

test('one version in several regions is one deployment, told for the first, half and all of them', async () => {
  const rollout = [
    inRegion('eu', 'eu', '2026-03-05T12:00:00Z', 'a'),
    inRegion('us', 'us', '2026-03-05T13:00:00Z', 'a'),
    inRegion('ap', 'ap', '2026-03-05T14:00:00Z', 'a'),
    inRegion('sa', 'sa', '2026-03-05T15:00:00Z', 'a'),
  ];
  assert.deepEqual(await told(rollout, { dora: regions }), ['ci:eu acme/shop unowned production success 05 12:00']);
  assert.deepEqual(await reached(rollout), ['ci:eu first 05 12:00', 'ci:eu half 05 13:00', 'ci:eu all 05 15:00']);
  assert.deepEqual(await reached(rollout.slice(0, 3)), ['ci:eu first 05 12:00', 'ci:eu half 05 13:00']);
});

test('what a later version brings to the regions that were left out has reached them too; an older one has not', async () => {
  const later = [
    inRegion('a-eu', 'eu', '2026-03-05T12:00:00Z', 'a'),
    inRegion('a-us', 'us', '2026-03-05T13:00:00Z', 'a'),
    inRegion('b-eu', 'eu', '2026-03-06T12:00:00Z', 'b'),
    inRegion('b-us', 'us', '2026-03-06T13:00:00Z', 'b'),
    inRegion('a-ap', 'ap', '2026-03-07T12:00:00Z', 'a'),
    inRegion('b-ap', 'ap', '2026-03-08T12:00:00Z', 'b'),
    inRegion('b-sa', 'sa', '2026-03-08T13:00:00Z', 'b'),
  ];
  const lines = await reached(later);
  assert.ok(lines.includes('ci:a-eu all 08 13:00'), 'with b in sa');
  assert.ok(lines.includes('ci:b-eu half 06 13:00') && lines.includes('ci:b-eu all 08 13:00'));
});

test('a region that failed may be tried again; after the rollout, or where all failed, it is another deployment', async () => {
  const failed = { outcome: 'failure' } as const;
  const one = [
    inRegion('eu', 'eu', '2026-03-05T12:00:00Z', 'a', failed),
    inRegion('us', 'us', '2026-03-05T13:00:00Z', 'a'),
    inRegion('eu2', 'eu', '2026-03-05T14:00:00Z', 'a'),
  ];
  assert.deepEqual(await told(one, { dora: regions }), ['ci:eu acme/shop unowned production success 05 13:00']);
  const anew = [
    inRegion('eu', 'eu', '2026-03-05T12:00:00Z', 'a', failed),
    inRegion('eu2', 'eu', '2026-03-05T14:00:00Z', 'a'),
    inRegion('us', 'us', '2026-03-07T13:00:00Z', 'a'),
  ];
  assert.deepEqual(
    (await told(anew, { dora: regions })).map(line => line.split(' ')[0]),
    ['ci:eu', 'ci:eu2', 'ci:us'],
  );
});

test('a deployment keeps its name though a region that began before it comes to be known later', async () => {
  const books = await openBooks({ dora: regions });
  await books.tell({ deployments: [inRegion('us', 'us', '2026-03-05T13:00:00Z', 'a')] }, now);
  await books.tell({ deployments: [inRegion('eu', 'eu', '2026-03-05T12:00:00Z', 'a')] }, now);
  assert.deepEqual(await held(books), ['ci:us acme/shop unowned production success 05 12:00']);
  assert.deepEqual(await books.lines(deploymentsTotal, now), ['unowned acme/shop production success = 1']);
  await books.close();
});

test('told twice, late and out of order, it is the same ledger; a second derivation changes nothing', async () => {
  const facts = Array.from({ length: 8 }, (_, index) =>
    deployed(`d${index}`, `2026-03-0${index + 1}T12:00:00Z`, index % 3 === 0 ? { outcome: 'failure' } : {}),
  );
  const at_once = await told(facts);
  const books = await openBooks();
  for (const fact of [...facts, ...facts].toReversed()) await books.tell({ deployments: [fact] }, now);
  assert.deepEqual(await held(books), at_once);
  const before = await books.rows('SELECT count(*) AS n FROM production_deployments');
  await books.ledger.write(tx => tx.run(`INSERT INTO repositories_to_derive VALUES ('*')`));
  await books.derive('2026-03-21T00:00:00Z');
  assert.deepEqual(await books.rows('SELECT count(*) AS n FROM production_deployments'), before);
  await books.close();
});

test('a repository whose past is still being read waits, and others do not', async () => {
  const books = await openBooks();
  await books.ledger.write(tx => noteBackfill(tx, 'ci', 'acme/shop', 'running'));
  await books.tell(
    { deployments: [deployed('a', at('12:00')), deployed('b', at('13:00'), { repository: 'acme/cart' })] },
    now,
  );
  assert.deepEqual(
    (await held(books)).map(line => line.split(' ')[0]),
    ['ci:b'],
  );
  await books.ledger.write(tx => noteBackfill(tx, 'ci', 'acme/shop', 'done'));
  await books.derive(now);
  assert.deepEqual(
    (await held(books)).map(line => line.split(' ')[0]),
    ['ci:a', 'ci:b'],
  );
  await books.close();
});

test('what turns out to be no deployment to production is taken back, and lowers no counter', async () => {
  const books = await openBooks();
  await books.tell({ deployments: [deployed('a', at('12:00'))] }, now);
  await books.tell(
    { deployments: [deployed('a', at('12:00'), { environment: 'staging', updatedAt: at('15:00') })] },
    '2026-03-20T01:00:00Z',
  );
  assert.deepEqual(await held(books), []);
  assert.deepEqual(await books.lines(deploymentsTotal, '2026-03-20T02:00:00Z'), [
    'unowned acme/shop production success = 1',
  ]);
  await books.close();
});
