/** A bill that is written moments before the first start: its first refresh only sees files that wait. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanup } from './lib/cleanup.ts';
import { eventually } from './lib/eventually.ts';
import { startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';
import { startRecordingProxy } from './lib/recording-proxy.ts';

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

const bill = [
  'ProviderName,BillingAccountId,ChargePeriodStart,BillingPeriodStart,ChargeCategory,BilledCost,EffectiveCost,BillingCurrency,ServiceName',
  ...[40, 39, 38, 3, 2].map(
    ago => `AWS,1,${day(ago)}T00:00:00Z,${day(ago).slice(0, 7)}-01T00:00:00Z,Usage,7,7,USD,EC2`,
  ),
  '',
].join('\n');

async function acceptingTarget(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  cleanup(t, () => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('history waits for a bill that was written just now, and then tells what it held', async t => {
  const directory = temporary(t);
  const proxy = await startRecordingProxy(t, await acceptingTarget(t));
  const configFile = writeConfig(directory, {
    ...{ data_dir: 'data', server: { port: 0 } },
    cost: { focus: [{ path: 'bills', every: 3600 }] },
    remote_write: [{ name: 'prometheus', url: proxy.url }],
  });
  mkdirSync(path.join(directory, 'bills'));
  writeFileSync(path.join(directory, 'bills', 'bill.csv'), bill);
  const plumbline = await startPlumbline(t, configFile);
  const source = () => plumbline.runtime.sources()[0];
  await eventually(async () => assert.equal(source()?.state, 'ok'));
  assert.deepEqual([source()?.records, source()?.files], [0, { waiting: 1, broken: 0 }]);
  await sleep(2_000);
  assert.deepEqual([...proxy.taken.keys()], []);
  const page = await (await fetch(`${plumbline.url}/metrics`)).text();
  assert.match(page, /^plumbline_source_waiting_files\{exporter="cost",source="focus"\} 1$/m);
  assert.match(await (await fetch(plumbline.url)).text(), /<dt>Files that wait<\/dt><dd>1 /);

  await plumbline.runtime.refresh();
  assert.deepEqual([source()?.records, source()?.files], [5, { waiting: 0, broken: 0 }]);
  await eventually(async () => {
    const past = [...proxy.taken]
      .filter(([series]) => series.includes('finops_month_to_date_cost'))
      .flatMap(([, values]) => values);
    assert.ok(
      past.some(value => value > 0),
      `${past.length} samples`,
    );
  });
});
