/** CVE, GHSA and vendors' ids of one vulnerability are one, also where that is learned later. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events, found, hour, image, openBooks, running, scan, states } from './books.ts';

const runs = running(1, ['shop@1']);

test('ids that are said to be one are one finding, called by the CVE', async () => {
  const books = await openBooks();
  const ghsa = found('ghsa-AAAA a', { aliases: ['CVE-2026-1'] });
  await books.hear(
    {
      running: [runs],
      scans: [scan('shop@1', 2, ['CVE-2026-1 a']), scan('shop@1', 2, [ghsa], { scanner: 'osv_scanner' })],
    },
    hour(3),
  );
  assert.deepEqual(await states(books), ['CVE-2026-1 image:shop@eu/shop open']);
  assert.deepEqual(await books.lines('SELECT alias, vulnerability FROM vulnerability_aliases ORDER BY 1'), [
    'CVE-2026-1 CVE-2026-1',
    'GHSA-aaaa CVE-2026-1',
  ]);
  await books.close();
});

test('a finding keeps its identity where a better name is learned later', async () => {
  const books = await openBooks();
  await books.hear({ running: [runs], scans: [scan('shop@1', 2, ['GHSA-aaaa a'])] }, hour(3));
  await books.hear({ scans: [scan('shop@1', 4, [found('GHSA-aaaa a', { aliases: ['CVE-2026-1'] })])] }, hour(4));
  assert.deepEqual(await states(books), ['GHSA-aaaa image:shop@eu/shop open']);
  assert.deepEqual(await events(books), ['GHSA-aaaa opened  2']);
  assert.deepEqual(await books.lines('SELECT vulnerability, best FROM vulnerabilities'), ['GHSA-aaaa CVE-2026-1']);
  await books.close();
});

test('two that turn out to be one go on as one, with the earlier beginning and without an event', async () => {
  const books = await openBooks();
  const grype = { scanner: 'grype' };
  await books.hear(
    { running: [runs], scans: [scan('shop@1', 2, ['GHSA-aaaa a']), scan('shop@1', 5, ['CVE-2026-1 a'], grype)] },
    hour(6),
  );
  // And in another image by the name that goes.
  await books.hear(
    { running: [running(7, ['pay@9'], { place: 'eu/pay' })], scans: [scan('pay@9', 7, ['GHSA-aaaa a'])] },
    hour(7),
  );
  await books.hear({ scans: [scan('shop@1', 8, [found('CVE-2026-1 a', { aliases: ['GHSA-aaaa'] })], grype)] }, hour(8));
  assert.deepEqual(await states(books), [
    'CVE-2026-1 image:pay@eu/pay open',
    'CVE-2026-1 image:shop@eu/shop open',
    'GHSA-aaaa image:pay@eu/pay resolved merged',
    'GHSA-aaaa image:shop@eu/shop resolved merged',
  ]);
  assert.deepEqual(await events(books), ['GHSA-aaaa opened  2', 'CVE-2026-1 opened  5', 'GHSA-aaaa opened  7']);
  assert.deepEqual(
    await books.lines(`SELECT scope, opened_at, episode FROM finding_states WHERE policy = 'CVE-2026-1'
      QUALIFY row_number() OVER (PARTITION BY scope ORDER BY occurred_at DESC, learned_at DESC) = 1 ORDER BY 1`),
    ['image:ghcr.io/acme/pay@eu/pay 2026-02-10 07:00:00 1', 'image:ghcr.io/acme/shop@eu/shop 2026-02-10 02:00:00 1'],
  );
  await books.hear({ scans: [scan('shop@1', 9, []), scan('shop@1', 9, [], grype), scan('pay@9', 9, [])] }, hour(9));
  assert.deepEqual((await events(books)).slice(3), ['CVE-2026-1 resolved fixed 9', 'CVE-2026-1 resolved fixed 9']);
  await books.close();
});

test('an advisory of several CVEs is none of them', async () => {
  const books = await openBooks();
  const advisory = found('DSA-1 a', { aliases: ['CVE-2026-1', 'CVE-2026-2'] });
  await books.hear(
    { running: [runs], scans: [scan('shop@1', 2, ['CVE-2026-1 a', 'CVE-2026-2 a', advisory])] },
    hour(3),
  );
  assert.deepEqual(await books.lines('SELECT alias, vulnerability FROM vulnerability_aliases ORDER BY 1'), [
    ...['CVE-2026-1 CVE-2026-1', 'CVE-2026-2 CVE-2026-2', 'DSA-1 DSA-1'],
  ]);
  await books.hear(
    {
      scans: [
        scan('shop@1', 4, [
          found('GHSA-a a', { aliases: ['CVE-2026-1'] }),
          found('GHSA-a a', { aliases: ['CVE-2026-2'] }),
        ]),
      ],
    },
    hour(4),
  );
  assert.deepEqual(await books.lines(`SELECT count(*) FROM vulnerabilities WHERE best LIKE 'CVE%'`), ['2']);
  await books.close();
});

test('digests that turn out to be of one content are one artifact', async () => {
  const books = await openBooks();
  await books.hear({ running: [running(1, ['shop@index'])], scans: [scan('shop@config', 2, ['CVE-1 a'])] }, hour(3));
  assert.deepEqual(await states(books), []);
  const both = { ...image('shop'), digests: ['sha256:index', 'sha256:config'] };
  await books.hear({ scans: [scan(both, 4, ['CVE-1 a', 'CVE-2 a'])] }, hour(4));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  assert.deepEqual(await books.lines('SELECT artifact, digest FROM artifact_digests ORDER BY 2'), [
    ...['sha256:index sha256:config', 'sha256:index sha256:index'],
  ]);
  assert.deepEqual(await books.lines('SELECT count(*), count(DISTINCT artifact) FROM artifact_scans'), ['2 1']);
  assert.deepEqual(await events(books), ['CVE-1 opened  2', 'CVE-2 opened  4']);
  await books.close();
});

test('an advisory that tells of no artifact makes two findings one', async () => {
  const books = await openBooks();
  const grype = { scanner: 'grype' };
  await books.hear(
    { running: [runs], scans: [scan('shop@1', 2, ['GHSA-aaaa a']), scan('shop@1', 2, ['CVE-2026-1 a'], grype)] },
    hour(3),
  );
  assert.equal((await states(books)).length, 2);
  await books.hear({ aliases: [['GHSA-aaaa', 'CVE-2026-1']] }, hour(4));
  assert.deepEqual(await states(books), [
    'CVE-2026-1 image:shop@eu/shop open',
    'GHSA-aaaa image:shop@eu/shop resolved merged',
  ]);
  await books.close();
});
