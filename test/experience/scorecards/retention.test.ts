/** What is pruned of scorecards tells of no instant since, and the newest standing stays however old it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prune } from '../../../exporters/core/retention.ts';
import { scorecardsMetrics } from '../../../exporters/experience/metrics.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { evaluate } from '../../core/as-of.ts';
import { openBooks } from './books.ts';
import { randomLife } from './life.ts';

test('instants since the limit are told as before, and what was replaced before it is gone', async () => {
  const ownership = ownershipOf({ sales: { shop: 'acme/shop' }, ops: { pay: 'acme/pay' } });
  const books = await openBooks(ownership, '2026-01-01T00:00:00Z');
  const life = randomLife(5, 14);
  for (const { at, told } of life) await books.tell(told, at);
  const cut = life[7]!.at;
  // Moves look 30 days further back.
  const instants = [0, 31, 60].map(days => new Date(cut.getTime() + days * 86_400_000 + 1_000));
  const told = async () => {
    const rows = [];
    for (const metric of scorecardsMetrics)
      for (const instant of metric.name.endsWith('_moves') ? instants.slice(1) : instants)
        rows.push(await evaluate(books.ledger, books.exporter, metric, { instants: [instant] }));
    return rows;
  };
  const before = await told();
  const gone = await books.ledger.write(tx =>
    prune(tx, books.exporter.retention ?? [], new Date(cut.getTime() + 400 * 86_400_000)),
  );
  assert.ok((gone.scorecard_standings ?? 0) > 20, JSON.stringify(gone));
  assert.ok((gone.scorecard_evaluations ?? 0) > 5, JSON.stringify(gone));
  assert.deepEqual(await told(), before);
  await books.ledger.write(tx => prune(tx, books.exporter.retention ?? [], new Date('2036-01-01T00:00:00Z')));
  const last = [life.at(-1)!.at];
  const newest = await books.ledger.read(reader =>
    reader.all('SELECT source, scorecard, entity FROM scorecard_standings GROUP BY ALL HAVING count(*) > 1'),
  );
  assert.deepEqual(newest, []);
  assert.ok((await evaluate(books.ledger, books.exporter, scorecardsMetrics[0], { instants: last })).length > 0);
  await books.ledger.close();
});
