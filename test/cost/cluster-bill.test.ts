/** A cluster's own lines on the bill, split by what OpenCost says of it: money comes from the bill alone. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { costRun } from './sources/run.ts';
import { startKubernetes } from './vendors/kubernetes.ts';

const header =
  'BillingAccountId,BillingPeriodStart,BillingPeriodEnd,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceCategory,ServiceName,ResourceId,Tags';
const line = (day: string, cost: string, service: string, resource: string) =>
  `b-1,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,${cost},${cost},${cost},${cost},USD,Usage,2026-11-${day}T00:00:00Z,2026-11-${Number(day) + 1}T00:00:00Z,AWS,Compute,${service},${resource},{}`;

const ownership = {
  aliases: { payments: [], search: [], platform: [] },
  rules: [
    { name: 'cluster', service_name: 'Nodes', split: 'prod', team: 'platform' },
    { name: 'pay', namespace: 'pay', team: 'payments', service: 'checkout' },
    { name: 'search', namespace: 'search', team: 'search' },
  ],
  splits: [{ name: 'prod', method: 'usage', usage: 'prod', carry_days: 1 }],
};

test('the bill is split by the cluster, and moves between teams when the cluster is reconciled; its sum stays', async t => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-cluster-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const bill = path.join(folder, 'bill.csv');
  const lines = [line('20', '100', 'Nodes', 'i-1'), line('21', '100', 'Nodes', 'i-1'), line('21', '7', 'DNS', 'z-1')];
  await writeFile(bill, `${[header, ...lines].join('\n')}\n`);
  const pay = { namespace: 'pay', cpu: 2, ram: 1 };
  const search = { namespace: 'search', cpu: 1, ram: 0 };
  const server = await startKubernetes(t, { '2026-11-20': { workloads: [pay, search], idle: 1 } });
  const run = await costRun(
    t,
    {
      focus: [{ path: bill, settle: 0 }],
      kubernetes: [{ cluster: 'prod', url: server.url, idle: 'kept', history_days: 7 }],
    },
    ownership,
  );
  const parts = async () =>
    run.ledger.read(async reader =>
      (
        await reader.all(
          `SELECT concat_ws(' ', charge_day, team, service, sum(effective)::DECIMAL(38,4)) AS line FROM allocations
           GROUP BY charge_day, team, service HAVING sum(effective) <> 0 ORDER BY ALL`,
        )
      ).map(row => String(row.line)),
    );
  for (const result of await run.refresh('2026-11-22T10:00:00Z')) assert.equal(result.error, undefined);
  const split = (day: string) => [
    `${day} payments checkout 60.0000`,
    `${day} platform idle 20.0000`,
    `${day} search prod 20.0000`,
  ];
  assert.deepEqual(await parts(), [
    ...split('2026-11-20'),
    // The cluster tells nothing of the 21st yet: the day before stands in.
    ...split('2026-11-21'),
    '2026-11-21 unowned unassigned 7.0000',
  ]);

  server.days['2026-11-20'] = { workloads: [{ ...pay, adjustment: -2 }, search], idle: -1 };
  for (const result of await run.refresh('2026-11-22T12:00:00Z')) assert.equal(result.error, undefined);
  const restated = (day: string) => [`${day} payments checkout 50.0000`, `${day} search prod 50.0000`];
  assert.deepEqual(await parts(), [
    ...restated('2026-11-20'),
    ...restated('2026-11-21'),
    '2026-11-21 unowned unassigned 7.0000',
  ]);

  const told = await run.ledger.read(reader =>
    reader.all(`SELECT sum(effective)::DECIMAL(10,2)::VARCHAR AS bill FROM charges`),
  );
  assert.deepEqual(told, [{ bill: '207.00' }]);
});
