import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { defineErrors, PlumblineError } from '../../exporters/core/errors.ts';
import { firstRetrySeconds, retrySeconds } from '../../exporters/core/retry.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import type { PullSource } from '../../exporters/core/source.ts';
import type { SourceStatus } from '../../exporters/core/status.ts';
import { toyExporter } from './toy.ts';

const now = new Date('2026-01-02T00:00:00Z');
const halfDay = 43_200;
const OwnError = defineErrors({
  TOY_KEY_EXPIRED: { sentence: 'the key has expired', remedy: 'renew it', kind: 'remote', needsPerson: true },
  TOY_MISCONFIGURED: { sentence: 'there is no such toy', remedy: 'correct it', kind: 'usage' },
});
const status = (code: number, more: Readonly<Record<string, string>> = {}) =>
  new PlumblineError('HTTP_STATUS', { method: 'GET', url: 'http://toys', status: code, said: 'no', ...more });

test('what may pass by itself is tried again after minutes, and more rarely every time, up to the schedule', () => {
  for (const error of [new Error('disk'), status(503), status(429), status(408)])
    assert.equal(firstRetrySeconds(error, now), 300);
  assert.deepEqual(
    [1, 2, 3, 8, 9, 2000].map(failures => retrySeconds(halfDay, 300, failures)),
    [300, 600, 1200, 38_400, halfDay, halfDay],
  );
  assert.equal(retrySeconds(60, 300, 1), 60);
});

test('what a person has to mend is tried again after an hour; a mistake in the configuration on schedule', () => {
  for (const error of [new OwnError('TOY_KEY_EXPIRED'), status(401), status(403), status(404)])
    assert.equal(firstRetrySeconds(error, now), 3600);
  const first = firstRetrySeconds(new OwnError('TOY_MISCONFIGURED'), now);
  assert.equal(retrySeconds(halfDay, first, 1), halfDay);
});

test('never sooner than the server has asked for', () => {
  assert.equal(firstRetrySeconds(status(429, { retryAfter: '1800' }), now), 1800);
  assert.equal(firstRetrySeconds(status(503, { retryAfter: 'Fri, 02 Jan 2026 02:00:00 GMT' }), now), 7200);
  assert.equal(firstRetrySeconds(status(429, { retryAfter: '7' }), now), 300);
});

/** The status after the first refresh of a schedule of twelve hours. */
async function afterFirstRefresh(t: TestContext, source: Pick<PullSource, 'batches' | 'mayRetry'>) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const exporter = toyExporter([{ kind: 'pull', name: 'api', everySeconds: halfDay, ...source }]);
  const runtime = await openRuntime(exporter, { dataDir, log: pino({ level: 'silent' }), now: () => now });
  runtime.start();
  let seen: SourceStatus | undefined;
  while (seen?.nextRun === undefined) {
    await new Promise(resolve => setTimeout(resolve, 5));
    [seen] = runtime.sources();
  }
  await runtime.stop();
  return { state: seen.state, seconds: (seen.nextRun.getTime() - now.getTime()) / 1000 };
}

// biome-ignore lint/correctness/useYield: it fails before its first batch.
const failing = async function* (): AsyncGenerator<never> {
  throw new Error('the server is away');
};

test('a source whose refresh failed does not wait for its schedule, and its status tells when it is tried again', async t => {
  const { state, seconds } = await afterFirstRefresh(t, { batches: failing });
  assert.equal(state, 'failed');
  assert.ok(seconds >= 300 && seconds <= 330, `${seconds} s`);
});

test('one that succeeded, or that may not be tried again, waits for its schedule', async t => {
  const good = await afterFirstRefresh(t, { batches: async function* () {} });
  assert.equal(good.state, 'ok');
  assert.ok(good.seconds >= halfDay * 0.9, `${good.seconds} s`);
  const dear = await afterFirstRefresh(t, { batches: failing, mayRetry: async () => false });
  assert.equal(dear.state, 'failed');
  assert.ok(dear.seconds >= halfDay * 0.9, `${dear.seconds} s`);
});
