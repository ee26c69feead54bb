/** What people have said does not matter: suppressions in scans, and VEX. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heard, VexStatement } from '../../exporters/supply-chain/document.ts';
import { events, found, hour, image, openBooks, running, scan, states } from './books.ts';
import { sbom } from './heard-books.ts';

const vex = (status: VexStatement['status'], hours: number, more: Partial<VexStatement> = {}): VexStatement => ({
  ...{ id: `doc#${status}${hours}`, vulnerability: 'CVE-1', status, at: hour(hours), owner: '{}' },
  ...{ artifact: image('shop'), justification: 'vulnerable_code_not_in_execute_path', author: 'sec@acme.example' },
  ...more,
});

test('a suppression excepts with its words, until it expires', async () => {
  const books = await openBooks();
  const suppressed = {
    ...{ by: 'ignore_file', reason: 'not reachable', approvedBy: 'ann' },
    ...{ createdAt: hour(1), expiresAt: hour(30) },
  };
  await books.hear(
    { running: [running(1, ['shop@1'])], scans: [scan('shop@1', 2, [found('CVE-1 a', { suppressed }), 'CVE-2 b'])] },
    hour(3),
  );
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop excepted', 'CVE-2 image:shop@eu/shop open']);
  assert.deepEqual(
    await books.lines(
      `SELECT split_part(exception, ':', 1), policy, reason, approved_by, created_at, expires_at, is_applied, holds FROM finding_exceptions`,
    ),
    ['ignore_file CVE-1 not reachable ann 2026-02-10 01:00:00 2026-02-11 06:00:00 true true'],
  );
  await books.settle(hour(29));
  assert.deepEqual(await events(books), ['CVE-2 opened  2']);
  await books.settle(hour(31));
  await books.settle(hour(32));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  assert.deepEqual(await events(books), ['CVE-2 opened  2', 'CVE-1 opened  30']);
  assert.deepEqual(await books.lines('SELECT is_applied, holds FROM finding_exceptions ORDER BY occurred_at'), [
    'true true',
    'false true',
  ]);
  await books.close();
});

test('VEX excepts what it is about; the newest statement of a product governs', async () => {
  const books = await openBooks();
  const start = {
    running: [running(1, ['shop@1', 'pay@9'])],
    scans: [scan('shop@1', 2, ['CVE-1 a']), scan('pay@9', 2, ['CVE-1 a'])],
  };
  await books.hear(start, hour(3));
  await books.hear({ vex: [vex('not_affected', 4)] }, hour(4));
  assert.deepEqual(await states(books), ['CVE-1 image:pay@eu/shop open', 'CVE-1 image:shop@eu/shop excepted']);
  assert.deepEqual(await books.lines(`SELECT exception, reason, approved_by FROM finding_exceptions`), [
    'vex:doc#not_affected4|pkg:deb/debian/a vulnerable_code_not_in_execute_path sec@acme.example',
  ]);
  await books.hear({ vex: [vex('affected', 5)] }, hour(5));
  assert.deepEqual((await states(books))[1], 'CVE-1 image:shop@eu/shop open');
  // An older word that arrives later changes nothing, nor one of another version or content.
  await books.hear({ vex: [vex('fixed', 4.5), vex('fixed', 6, { purl: 'pkg:deb/debian/a@2.0' })] }, hour(6));
  await books.hear({ vex: [vex('fixed', 6, { id: 'other', artifact: image('shop@2') })] }, hour(6));
  assert.deepEqual((await states(books))[1], 'CVE-1 image:shop@eu/shop open');
  await books.hear({ vex: [vex('fixed', 7, { purl: 'pkg:deb/debian/a@1.0?arch=amd64' })] }, hour(7));
  assert.deepEqual((await states(books))[1], 'CVE-1 image:shop@eu/shop excepted');
  assert.equal(await books.hear({ vex: [vex('fixed', 7, { purl: 'pkg:deb/debian/a@1.0?arch=amd64' })] }, hour(8)), 0);
  await books.close();
});

test('VEX that links to a bill of materials is of what that is of, whichever comes first', async () => {
  const link = 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1';
  const { artifact: _, ...said } = vex('not_affected', 4);
  const linked = (ref: string, to = link) => ({ ...said, id: `doc#${ref}`, bom: { link: to, ref } });
  const bill = { ...sbom('shop@1', hour(2), []), bom: { link, ref: 'shop' } };
  const start = {
    running: [running(1, ['shop@1', 'pay@9'])],
    scans: [scan('shop@1', 2, ['CVE-1 a', 'CVE-1 b']), scan('pay@9', 2, ['CVE-1 a'])],
  };
  const after = async (...heard: readonly Heard[]) => {
    const books = await openBooks();
    for (const [index, one] of [start, ...heard].entries()) await books.hear(one, hour(5 + index));
    const lines = await books.lines(`SELECT resource, state FROM finding_states JOIN findings USING (finding, policy)
      QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, finding_states.learned_at DESC) = 1
      ORDER BY resource`);
    await books.close();
    return lines.map(line => line.replace(/^.*\/(\w+)\|.*\/(\w) (\w+)$/, '$1 $2 $3'));
  };
  const one = linked('pkg:deb/debian/a?arch=amd64');
  const excepted = ['pay a open', 'shop a excepted', 'shop b open'];
  assert.deepEqual(await after({ vex: [one] }, { sboms: [bill] }), excepted);
  assert.deepEqual(await after({ sboms: [bill] }, { vex: [one] }), excepted);
  assert.deepEqual(await after({ vex: [one], sboms: [bill] }), excepted);
  for (const all of [linked('shop'), linked('')])
    assert.deepEqual(await after({ vex: [all] }, { sboms: [bill] }), [
      'pay a open',
      'shop a excepted',
      'shop b excepted',
    ]);
  // Of another bill of materials, or of a name within it that says no package.
  for (const none of [linked('shop', `${link}2`), linked('a')])
    assert.deepEqual(await after({ vex: [none] }, { sboms: [bill] }), ['pay a open', 'shop a open', 'shop b open']);
});

test('VEX that is there before the scan excepts from the first look on', async () => {
  const books = await openBooks();
  await books.hear({ vex: [vex('not_affected', 1, { vulnerability: 'GHSA-X', aliases: ['CVE-1'] })] }, hour(1));
  await books.hear({ running: [running(1, ['shop@1'])], scans: [scan('shop@1', 2, ['CVE-1 a'])] }, hour(3));
  assert.deepEqual(await books.lines('SELECT state FROM finding_states'), ['excepted']);
  assert.deepEqual(await events(books), []);
  await books.close();
});

test('VEX of a package is of what scanners call otherwise', async () => {
  const books = await openBooks();
  const libs = found('CVE-1 a', { package: 'pkg:rpm/redhat/openssl-libs', version: '1:3.0' });
  await books.hear({ running: [running(1, ['shop@1'])], scans: [scan('shop@1', 2, [libs])] }, hour(3));
  await books.hear({ vex: [vex('fixed', 4, { purl: 'pkg:rpm/rhel/openssl-libs@1:3.0?arch=x86_64' })] }, hour(4));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop excepted']);
  await books.close();
});
