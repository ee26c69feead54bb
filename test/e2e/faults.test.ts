/** What goes wrong in a night: a target that is away, a process that is killed, a ledger that another holds, a full disk. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { loadConfig } from '../../exporters/config.ts';
import { openRuntime, type Runtime } from '../../exporters/core/runtime.ts';
import { buildExporters } from '../../exporters/registry.ts';
import { promQuery } from '../tools/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { ownBill, sharedAccount, sharedParts } from './lib/bill.ts';
import { cleanup } from './lib/cleanup.ts';
import { eventually } from './lib/eventually.ts';
import { deliver, readAgain, silent, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';
import { startScraping } from './lib/prometheus.ts';
import { assertSame, type RawSums, rawSums } from './lib/raw.ts';
import { startRecordingProxy } from './lib/recording-proxy.ts';

const configuration = (focus: string, more: object = {}) => ({
  data_dir: 'data',
  server: { port: 0 },
  ownership: {
    rules: [
      { name: 'team tags', tag: { keys: ['Team'], gives: 'team' } },
      { name: 'service tags', tag: { keys: ['service'], gives: 'service' } },
      { name: 'shared', account: { [sharedAccount]: { split: 'shared', service: 'shared' } } },
    ],
    splits: [{ name: 'shared', method: 'fixed', shares: sharedParts }],
  },
  cost: { focus: [{ path: focus, every: 3600 }] },
  ...more,
});

const raw = (file: string): Promise<RawSums> =>
  rawSums(
    {
      ...{ file, teamTag: 'Team', serviceTag: 'service', top: 100 },
      shared: { account: sharedAccount, weights: sharedParts },
    },
    'effective',
  );

async function open(t: TestContext, configFile: string): Promise<Runtime> {
  const config = await loadConfig(configFile, { env: {} });
  const [exporter] = await buildExporters(config);
  assert.ok(exporter);
  const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log: silent });
  cleanup(t, runtime.stop);
  return runtime;
}

/** Sums by day, team and currency as the ledger has them. */
async function ledgerSums({ ledger }: Runtime): Promise<Map<string, number>> {
  const rows = await ledger.read(reader =>
    reader.all(
      'SELECT charge_day::VARCHAR AS day, team, currency, sum(effective)::VARCHAR AS value FROM allocations GROUP BY ALL',
    ),
  );
  return new Map(rows.map(row => [JSON.stringify([row.day, row.team, row.currency]), Number(row.value)]));
}

test('what a remote-write target misses while it is away it gets later, each sample once', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const prometheus = await startScraping(t, { instances: {}, window: true });
  const proxy = await startRecordingProxy(t, `${prometheus.url}/api/v1/write`);
  const directory = temporary(t);
  const file = path.join(directory, 'bill.csv');
  deliver(file, ownBill(new Date()));
  const target = { remote_write: [{ name: 'prometheus', url: proxy.url }] };
  const configFile = writeConfig(directory, configuration(file, target));

  proxy.down = true;
  const first = await startPlumbline(t, configFile);
  await readAgain(first);
  await eventually(() => assert.ok(proxy.refused > 0, 'it was asked while it was down'));
  await first.stop();
  // A restart, and a restatement, while the target is still away.
  const second = await startPlumbline(t, configFile);
  deliver(file, ownBill(new Date(), true));
  await readAgain(second);
  assert.equal(proxy.taken.size, 0);
  proxy.down = false;

  const { byTeam } = await raw(file);
  const published = Number(await second.runtime.ledger.read(reader => reader.scalar('SELECT count(*) FROM published')));
  await eventually(async () => {
    const days = '(last_over_time(finops_cost_daily{cost_basis="effective"}[1d]))';
    const samples = await promQuery(prometheus.url, `sum by (team, currency) ${days}[100d:1d]`);
    const sums = samples.map(({ labels, value, at }) => {
      // The end of a day tells of that day.
      const day = new Date(at * 1000 - 86_400_000).toISOString().slice(0, 10);
      return [JSON.stringify([day, labels.team, labels.currency]), value] as const;
    });
    assertSame(new Map(sums), byTeam, 'Prometheus');
    const daily = [...proxy.taken.keys()].filter(key => !key.endsWith('00000'));
    assert.ok(daily.length > 0);
    const [held] = await promQuery(
      prometheus.url,
      'sum(count_over_time({__name__=~".+_daily|finops_charge_day_finality"}[400d]))',
    );
    assert.equal(held?.value, published, 'samples of daily families');
  }, 300_000);
  assert.deepEqual(
    [...proxy.taken].filter(([, values]) => values.length > 1),
    [],
    'sent twice',
  );
});

function startIngest(configFile: string, ...more: readonly string[]) {
  const script = path.join(import.meta.dirname, 'lib', 'ingest.ts');
  const child = spawn(process.execPath, [script, configFile, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', line => said.push(line));
  const exited = once(child, 'exit');
  const says = (word: string) =>
    eventually(() => {
      if (said.includes(word)) return;
      assert.equal(child.exitCode, null, `it ended before it said ${word}`);
      throw new Error(`it has not said ${word}`);
    }, 300_000);
  return { pid: child.pid, child, exited, says, said };
}

test('a process killed while it reads loses nothing and counts nothing twice', { timeout: 1_800_000 }, async t => {
  const directory = temporary(t);
  const whole = path.join(directory, 'whole.csv');
  const text = ownBill(new Date());
  deliver(whole, text);
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const bills = path.join(directory, 'bills');
  mkdirSync(bills);
  const files = 30;
  for (let n = 0; n < files; n++) {
    const own = lines.filter((_, index) => index % files === n);
    deliver(path.join(bills, `part-${n}.csv`), `${[header, ...own].join('\n')}\n`);
  }
  const configFile = writeConfig(directory, configuration(path.join(bills, '*.csv')));
  let killed = 0;
  for (let n = 0; n < 10; n++) {
    const { child, says, exited, said } = startIngest(configFile);
    await says('open');
    await sleep(120 + 61 * n);
    child.kill('SIGKILL');
    await exited;
    if (!said.includes('done')) killed += 1;
  }
  assert.ok(killed >= 3, `only ${killed} of 10 were killed before the end`);

  const runtime = await open(t, configFile);
  const before = Number(await runtime.ledger.read(reader => reader.scalar('SELECT count(*) FROM deliveries')));
  t.diagnostic(`${killed} of 10 killed while reading; ${before} of ${files} files were read by then`);
  for (const { error } of await runtime.refresh()) assert.equal(error, undefined);
  assertSame(await ledgerSums(runtime), (await raw(whole)).byTeam, 'the ledger');
  const ask = (sql: string) => runtime.ledger.read(reader => reader.scalar(sql));
  const twice = `SELECT count(*)::INTEGER FROM (
    SELECT 1 FROM charges GROUP BY origin, charge_day, billing_period, key_id HAVING count(*) > 1)`;
  assert.equal(await ask(twice), 0, 'facts that are there twice');
  assert.equal(await ask('SELECT count(*)::INTEGER FROM restatements'), 0, 'reading again restates nothing');
  assert.equal(await ask('SELECT count(*)::INTEGER FROM deliveries'), files);
});

test('a ledger that another process holds is an error that names that process', async t => {
  const directory = temporary(t);
  const file = path.join(directory, 'bill.csv');
  deliver(file, ownBill(new Date()));
  const configFile = writeConfig(directory, configuration(file));
  const { pid, child, says, exited } = startIngest(configFile, 'hold');
  cleanup(t, () => child.kill('SIGKILL'));
  await says('done');
  await assert.rejects(open(t, configFile), (error: Error & { code?: string; remedy?: string }) => {
    assert.equal(error.code, 'LEDGER_LOCKED');
    assert.match(error.message, new RegExp(`cost\\.duckdb: process ${pid} holds it`));
    return true;
  });
  child.kill('SIGKILL');
  await exited;
  assertSame(await ledgerSums(await open(t, configFile)), (await raw(file)).byTeam, 'afterwards');
});

/** Mounts a small file system in the folder; undefined, after skipping the test, where that isn't possible. */
async function smallDisk(t: TestContext, folder: string, megabytes: number): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  try {
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  } catch (error) {
    t.skip(`a small file system can't be mounted here: ${error instanceof Error ? error.message.trim() : error}`);
    return false;
  }
  cleanup(t, () => promisify(execFile)('umount', ['-l', folder]));
  return true;
}

test('a full disk is a clear error, keeps what there is, and is over once there is space', async t => {
  const directory = temporary(t);
  const data = path.join(directory, 'data');
  if (!(await smallDisk(t, data, 32))) return;
  const file = path.join(directory, 'bill.csv');
  deliver(file, ownBill(new Date()));
  const first = await raw(file);
  const runtime = await open(t, writeConfig(directory, configuration(file)));
  for (const { error } of await runtime.refresh()) assert.equal(error, undefined);
  await runtime.takeSnapshot();

  const filler = path.join(data, 'filler');
  const { bsize, bavail } = statfsSync(data);
  writeFileSync(filler, Buffer.alloc(bsize * bavail));
  deliver(file, ownBill(new Date(), true));
  const [refused] = await runtime.refresh();
  assert.match(refused?.error ?? 'no error', /no space left on the device/i);
  assert.doesNotMatch(refused?.error ?? '', /at \w+.*\.ts:/, 'a sentence, not a stack');
  assertSame(await ledgerSums(runtime), first.byTeam, 'what was there');
  assert.equal(runtime.sources()[0]?.state, 'failed');

  rmSync(filler);
  for (const { error } of await runtime.refresh()) assert.equal(error, undefined);
  assertSame(await ledgerSums(runtime), (await raw(file)).byTeam, 'what came later');
  await runtime.takeSnapshot();
  assert.deepEqual(runtime.problems(), []);
});
