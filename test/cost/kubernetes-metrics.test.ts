import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from '../../exporters/core/ledger.ts';
import { allocate } from '../../exporters/cost/allocate.ts';
import {
  kubernetesAssetCost,
  kubernetesEfficiency,
  kubernetesIdleCost,
  kubernetesIdleRatio,
  kubernetesReconciliationGap,
  teamKubernetesEfficiency,
} from '../../exporters/cost/metrics.ts';
import { addKey, addSplit, linesAt, openBooks, own, post } from './books.ts';

const noon = '2026-11-23 12:00';

interface Cost {
  readonly day?: string;
  readonly cluster?: string;
  readonly allocation?: string;
  readonly team?: string;
  readonly cost: string;
  readonly requested?: string;
  readonly used?: string;
}

async function costs(tx: Transaction, rows: readonly Cost[]): Promise<void> {
  for (const row of rows)
    await tx.run(
      `INSERT INTO kubernetes_costs VALUES ($cluster, $day::DATE, 'USD', $allocation, $team, 'shop', '',
         $cost::DECIMAL(38,10), 0, $requested::DECIMAL(38,10), $used::DECIMAL(38,10), $day::DATE + INTERVAL 1 DAY,
         $day::DATE + INTERVAL 1 DAY)`,
      { day: '2026-11-22', cluster: 'prod', allocation: 'workload', team: 'web', requested: '0', used: '0', ...row },
    );
}

test('idle is a share of all that a cluster cost in seven complete days, and may be negative', async () => {
  const ledger = await openBooks();
  await ledger.write(tx =>
    costs(tx, [
      { cost: '6' },
      { cost: '1', allocation: 'shared' },
      { cost: '1', allocation: 'unmounted' },
      { cost: '2', allocation: 'idle', team: '' },
      { cost: '100', day: '2026-11-15', allocation: 'idle', team: '' },
      { cost: '100', day: '2026-11-23', allocation: 'idle', team: '' },
      { cost: '5', cluster: 'test' },
      { cost: '-1', cluster: 'test', allocation: 'idle', team: '' },
    ]),
  );
  assert.deepEqual(await linesAt(ledger, kubernetesIdleRatio, noon), ['prod USD 0.2', 'test USD -0.25']);
  assert.deepEqual(await linesAt(ledger, kubernetesIdleCost, noon), ['prod USD 2', 'test USD -1']);
  await ledger.close();
});

test('efficiency is weighed by cost, of a cluster and of each team, without what is idle', async () => {
  const ledger = await openBooks();
  await ledger.write(tx =>
    costs(tx, [
      { cost: '6', requested: '6', used: '3' },
      { cost: '2', requested: '2', used: '2', day: '2026-11-20' },
      { cost: '8', requested: '8', used: '1', team: 'search' },
      { cost: '8', requested: '8', used: '0', team: 'idler', allocation: 'idle' },
      { cost: '1', team: 'disks' },
    ]),
  );
  assert.deepEqual(await linesAt(ledger, kubernetesEfficiency, noon), ['prod USD 0.375']);
  assert.deepEqual(await linesAt(ledger, teamKubernetesEfficiency, noon), [
    'prod search USD 0.125',
    'prod web USD 0.625',
  ]);
  await ledger.close();
});

test("a cluster's cost is held against its own lines on the bill, on days that both tell and that are settled", async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await tx.run(`INSERT INTO cost_settings VALUES ('estimated_days', 3)`);
    await tx.run(`INSERT INTO kubernetes_clusters VALUES ('prod', 'shared', '')`);
    await addSplit(tx, 'cluster', 'usage', {}, { name: 'prod', carryDays: 7 });
    await addSplit(tx, 'network', 'even');
    for (const [key, split] of [
      [1, 'cluster'],
      [2, 'network'],
    ] as const) {
      await addKey(tx, { id: key });
      await own(tx, { key, team: 'platform', split });
    }
    await post(tx, [
      { key: 1, day: '2026-11-10', amount: '100' },
      { key: 1, day: '2026-11-11', amount: '60' },
      { key: 1, day: '2026-11-12', amount: '1000' },
      { key: 1, day: '2026-11-21', amount: '1' },
      { key: 2, day: '2026-11-10', amount: '500' },
    ]);
    await costs(tx, [
      { day: '2026-11-10', cost: '80' },
      { day: '2026-11-10', cost: '10', allocation: 'idle' },
      { day: '2026-11-11', cost: '30' },
      { day: '2026-11-21', cost: '50' },
      { day: '2026-11-09', cost: '50' },
    ]);
    await allocate(tx, new Date('2026-11-23T10:00:00Z'));
  });
  assert.deepEqual(await linesAt(ledger, kubernetesReconciliationGap, noon), ['prod USD -0.25']);
  await ledger.close();
});

test('assets are told by type', async () => {
  const ledger = await openBooks();
  await ledger.write(tx =>
    tx.run(`INSERT INTO kubernetes_assets
      SELECT 'prod', day, 'USD', 'AWS', type, cost, 0, day + INTERVAL 1 DAY, day + INTERVAL 1 DAY
      FROM (VALUES (DATE '2026-11-22', 'Node', 5.5), ('2026-11-21', 'Node', 2), ('2026-11-21', 'Disk', 1),
        ('2026-11-14', 'Disk', 9)) AS given (day, type, cost)`),
  );
  assert.deepEqual(await linesAt(ledger, kubernetesAssetCost, noon), ['prod Disk USD 1', 'prod Node USD 7.5']);
  await ledger.close();
});
