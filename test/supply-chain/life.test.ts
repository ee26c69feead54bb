/** The life of a vulnerability follows from scans and what runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events, found, hour, image, openBooks, repository, running, scan, states } from './books.ts';

test('a finding is open while any running digest has it: a clean newer build resolves nothing until the old one is gone', async () => {
  const books = await openBooks();
  await books.hear(
    { running: [running(1, ['shop@1:1.0'])], scans: [scan('shop@1', 2, ['CVE-1 a', 'CVE-2 b'])] },
    hour(3),
  );
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  // A rebuild under another tag, not running: nothing changes.
  await books.hear({ scans: [scan('shop@2:1.1', 4, ['CVE-2 b'])] }, hour(4));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  await books.hear({ running: [running(5, ['shop@1:1.0', 'shop@2:1.1'])] }, hour(5));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  await books.hear({ running: [running(6, ['shop@2:1.1'])] }, hour(6));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop resolved fixed', 'CVE-2 image:shop@eu/shop open']);
  assert.deepEqual(await events(books), ['CVE-1 opened  2', 'CVE-2 opened  2', 'CVE-1 resolved fixed 6']);
  // It is one finding over the rebuild and the tag.
  assert.deepEqual(await books.lines("SELECT count(*), max(episode) FROM finding_states WHERE policy = 'CVE-2'"), [
    '2 1',
  ]);
  await books.close();
});
