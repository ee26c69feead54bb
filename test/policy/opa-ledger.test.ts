/** What time does to decisions in the ledger: folding, forgetting, history. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { prune } from '../../exporters/core/retention.ts';
import { withView } from '../../exporters/core/views.ts';
import { decisions } from '../../exporters/policy/metrics/opa.ts';
import { type OpaRun, opaRun } from './opa-run.ts';

const post = async (run: OpaRun, events: readonly (readonly [id: string, at: string])[]) => {
  const body = events.map(([id, at]) => ({
    decision_id: id,
    timestamp: at,
    path: 'a/allow',
    result: true,
    labels: { id: 'i' },
  }));
  const answer = await run.post('/ingest/policy/opa/logs', gzipSync(JSON.stringify(body)));
  assert.equal(answer.status, 200);
  await run.runtime.drain();
};
const counter = async (run: OpaRun, instants: readonly string[], target?: string) => {
  const { exporter, ledger } = run.runtime;
  const asOf = { instants: instants.map(at => new Date(at)), ...(target === undefined ? {} : { history: { target } }) };
  return ledger.read(reader =>
    withView(reader, exporter.facts, decisions, asOf, async sql =>
      (await reader.all(`SELECT sum(value)::BIGINT AS n FROM (${sql}) GROUP BY ts ORDER BY ts`)).map(({ n }) =>
        Number(n ?? 0),
      ),
    ),
  );
};

test('a counter has a history, and it is the same after minutes were folded into hours', async t => {
  const run = await opaRun(t, { now: () => new Date('2026-11-26T12:00:00Z') });
  await post(run, [
    ['a', '2026-09-01T10:00:30Z'],
    ['b', '2026-09-01T10:59:30Z'],
    ['c', '2026-09-01T11:00:00Z'],
    ['d', '2026-11-26T11:58:00Z'],
  ]);
  const hours = ['2026-09-01T10:00:00Z', '2026-09-01T11:00:00Z', '2026-09-01T12:00:00Z', '2026-11-26T12:00:00Z'];
  assert.deepEqual(
    await counter(run, ['2026-09-01T09:59:00Z', '2026-09-01T10:30:00Z', ...hours.slice(1)]),
    [0, 1, 3, 3, 4],
  );
  const retention = run.runtime.exporter.retention ?? [];
  const fold = () => run.runtime.ledger.write(tx => prune(tx, retention, new Date('2026-11-26T12:00:00Z')));
  await fold();
  assert.deepEqual(await run.rows('SELECT occurred_at, decisions FROM opa_decisions ORDER BY occurred_at'), [
    { occurred_at: '2026-09-01 10:59:59', decisions: '2' },
    { occurred_at: '2026-09-01 11:59:59', decisions: '1' },
    { occurred_at: '2026-11-26 11:58:00', decisions: '1' },
  ]);
  assert.deepEqual(await counter(run, hours), [0, 2, 3, 4]);
  assert.equal((await fold()).opa_decisions, undefined);
});

test('what comes after history was written counts from then on, and never in the part that is written', async t => {
  let now = new Date('2026-11-26T12:00:00Z');
  const run = await opaRun(t, { now: () => now });
  await post(run, [['a', '2026-11-26T10:00:30Z']]);
  await run.runtime.ledger.write(tx =>
    tx.run(
      `INSERT INTO watermarks VALUES ('tsdb', 'policy_decisions_total', '2026-11-26 11:00:00', '2026-11-26 12:30:00')`,
    ),
  );
  now = new Date('2026-11-26T13:00:00Z');
  await post(run, [['late', '2026-11-26T10:00:40Z']]);
  assert.equal((await run.rows('FROM opa_decisions')).length, 2);
  const instants = ['2026-11-26T10:30:00Z', '2026-11-26T11:30:00Z'];
  assert.deepEqual(await counter(run, instants, 'tsdb'), [1, 2]);
  assert.deepEqual(await counter(run, instants), [2, 2]);
});

test('a decision is known again for remember_days, and no longer', async t => {
  let now = new Date('2026-11-01T12:00:00Z');
  const run = await opaRun(t, { now: () => now, opa: [{ remember_days: 5 }] });
  const retention = run.runtime.exporter.retention ?? [];
  await post(run, [['a', '2026-11-01T11:00:00Z']]);
  const again = async (at: string) => {
    now = new Date(at);
    await run.runtime.ledger.write(tx => prune(tx, retention, now));
    await post(run, [['a', '2026-11-01T11:00:00Z']]);
    return Number((await run.rows('SELECT sum(decisions) AS n FROM opa_decisions'))[0]?.n);
  };
  assert.equal(await again('2026-11-06T12:00:00Z'), 1);
  assert.equal(await again('2026-11-09T12:00:00Z'), 2);
});
