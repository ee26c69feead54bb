import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLedger } from '../../exporters/core/ledger.ts';

test('a ledger closes after the reads that are under way, and refuses what comes later', async () => {
  const ledger = await openLedger({ path: ':memory:' });
  let ended = false;
  const reading = ledger.read(async reader => {
    let rows = 0;
    for await (const chunk of reader.stream('SELECT unnest(range(300000)) AS n')) rows += chunk.length;
    ended = true;
    return rows;
  });
  await ledger.close();
  assert.ok(ended, 'closed while a read was under way');
  assert.equal(await reading, 300_000);
  const closed = { code: 'LEDGER_FAILED' };
  await assert.rejects(
    ledger.read(async reader => reader.all('SELECT 1')),
    closed,
  );
  await assert.rejects(
    ledger.write(async tx => tx.run('SELECT 1')),
    closed,
  );
});
