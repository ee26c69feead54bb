/** PagerDuty's v3 webhooks at the server's own door: signatures, deliveries twice, late and out of order; real files. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { PushSource } from '../../../exporters/core/source.ts';
import { incidentSchema, reportOf } from '../../../exporters/dora/sources/pagerduty/incident.ts';
import { isSigned, webhookSource } from '../../../exporters/dora/sources/pagerduty/webhooks.ts';
import { corpusRows } from '../corpus.ts';
import { eventData, type FakeIncident, secret, webhook } from '../vendors/pagerduty.ts';
import { type DoraRun, doraRun, incidentsOf, statementsOf } from './runs.ts';

const rotated = 'whsec-of-a-test-new-9876543210';

async function open(t: TestContext): Promise<DoraRun & { readonly source: PushSource }> {
  const run = await doraRun(t, {
    config: { pagerduty: [{ webhook_secret: secret, webhook_secrets: [rotated] }] },
    sources: ({ pagerduty }) => [webhookSource(pagerduty[0]!)],
    now: '2026-11-10T12:00:00Z',
    secrets: [secret, rotated],
  });
  return { ...run, source: run.runtime.exporter.sources[0] as PushSource };
}

const post = async (run: Awaited<ReturnType<typeof open>>, hook: ReturnType<typeof webhook>) => {
  const principal = await run.source.verify?.(hook.body, hook.headers);
  assert.ok(principal, 'the signature holds');
  return run.runtime.accept(run.source.name, { ...hook, principal });
};

const fault: FakeIncident = { id: 'PGR0VU2', created: '2026-11-10T08:00:00Z', priority: 'P1' };
const resolved = { ...fault, resolved: '2026-11-10T09:00:00Z' };
const life = [
  webhook({ id: 'e1', type: 'incident.triggered', at: '2026-11-10T08:00:00.100Z', data: eventData(fault) }),
  webhook({ id: 'e2', type: 'incident.resolved', at: '2026-11-10T09:00:00.200Z', data: eventData(resolved) }),
  webhook({ id: 'e3', type: 'incident.priority_updated', at: '2026-11-10T09:10:00Z', data: eventData(resolved) }),
  webhook({
    ...{ id: 'e4', type: 'incident.reopened', at: '2026-11-10T10:00:00Z' },
    data: { ...eventData(fault), reopened_at: '2026-11-10T10:00:00Z' },
  }),
  webhook({ id: 'e5', type: 'incident.resolved', at: '2026-11-10T11:00:00Z', data: eventData(resolved) }),
];

describe('webhooks', () => {
  test('tell the life of an incident: resolved by incident.resolved alone, and by its time', async t => {
    const run = await open(t);
    const states: string[] = [];
    for (const hook of life) {
      await post(run, hook);
      states.push((await incidentsOf(run)).join());
    }
    assert.deepEqual(states, [
      'PGR0VU2 open Shop 11-10T08:00 -',
      'PGR0VU2 resolved Shop 11-10T08:00 11-10T09:00',
      // What comes after says nothing of when it was resolved.
      'PGR0VU2 resolved Shop 11-10T08:00 11-10T09:00',
      'PGR0VU2 open Shop 11-10T08:00 -',
      'PGR0VU2 resolved Shop 11-10T08:00 11-10T11:00',
    ]);
  });

  test('delivered twice, late and out of order make the same ledger', async t => {
    const inOrder = await open(t);
    for (const hook of life) await post(inOrder, hook);
    for (const order of [
      [4, 3, 2, 1, 0, 0, 4],
      [2, 0, 4, 0, 1, 3, 1, 2],
    ]) {
      const other = await open(t);
      for (const index of order) await post(other, life[index]!);
      assert.deepEqual(await statementsOf(other, 'incidents'), await statementsOf(inOrder, 'incidents'));
    }
    assert.deepEqual(await post(inOrder, life[0]!), { records: 1, changed: 0, rejected: {} });
    assert.equal((await inOrder.rows('FROM webhook_deliveries')).length, life.length);
  });

  test('of notes, responders, services and tests are taken and change nothing', async t => {
    const run = await open(t);
    for (const [id, type, data] of [
      ['n1', 'incident.annotated', { type: 'incident_note', content: 'Restarted', incident: { id: 'PGR0VU2' } }],
      ['n2', 'service.updated', { id: 'PF9KMXH', type: 'service', summary: 'API Service' }],
      ['n3', 'pagey.ping', { message: 'Hello from your friend Pagey!', type: 'ping' }],
    ] as const)
      assert.deepEqual(await post(run, webhook({ id, type, at: '2026-11-10T08:00:00Z', data })), {
        ...{ records: 1, changed: 0, rejected: {} },
      });
    assert.deepEqual(await incidentsOf(run), []);
  });

  test('of an incident that cannot be read are answered and kept: PagerDuty switches off what refuses three', async t => {
    const run = await open(t);
    const data = { ...eventData(fault), status: 'gone fishing' };
    const counts = await post(run, webhook({ id: 'x1', type: 'incident.triggered', at: '2026-11-10T08:00:00Z', data }));
    assert.deepEqual(counts.rejected, { unreadable_incident: 1 });
    assert.match(String((await run.rows('SELECT value FROM rejects'))[0]?.value), /status/);
  });

  test('that are no v3 webhook are refused with the reason', async t => {
    const run = await open(t);
    for (const [text, reason] of [
      ['{"event":', /the body is not JSON/],
      ['{"messages":[]}', /it is no v3 webhook/],
    ] as const)
      await assert.rejects(
        run.runtime.accept(run.source.name, {
          body: Buffer.from(text),
          headers: {},
          principal: { name: 'x', role: 'admin' },
        }),
        reason,
      );
  });
});

describe('a signature', () => {
  const hook = life[0]!;
  const header = hook.headers['x-pagerduty-signature'];

  test('holds by any of several secrets, and any of several signatures', () => {
    assert.ok(isSigned(hook.body, header, [secret]));
    assert.ok(isSigned(hook.body, header, [rotated, secret]));
    const both = webhook({ id: 'e1', type: 'incident.triggered', at: '2026-11-10T08:00:00Z', data: {} }, [
      rotated,
      secret,
    ]);
    assert.ok(isSigned(both.body, both.headers['x-pagerduty-signature'], [secret]));
    assert.ok(isSigned(both.body, ` v2=abc , ${both.headers['x-pagerduty-signature']}`, [rotated]));
  });

  test('does not hold by another secret, for another body, in another version, or by none', () => {
    assert.ok(!isSigned(hook.body, header, [rotated]));
    assert.ok(!isSigned(Buffer.concat([hook.body, Buffer.from(' ')]), header, [secret]));
    assert.ok(!isSigned(hook.body, header.replace('v1=', 'v0='), [secret]));
    assert.ok(!isSigned(hook.body, header.slice(0, 40), [secret]));
    assert.ok(!isSigned(hook.body, '', [secret]));
    assert.ok(!isSigned(hook.body, undefined, [secret]));
    assert.ok(!isSigned(hook.body, header, []));
  });

  test('is in the way of whoever has none', async t => {
    const { source } = await open(t);
    assert.equal(source.verify?.(hook.body, { 'x-pagerduty-signature': 'v1=00' }), undefined);
    assert.equal(source.verify?.(hook.body, {}), undefined);
  });
});

test('real incidents are read whole, with their service and the time they were resolved', async t => {
  const rows = await corpusRows(t, 'dora/devlake/pagerduty/raw_tables/_raw_pagerduty_incidents.csv');
  const told = await corpusRows(t, 'dora/devlake/pagerduty/snapshot_tables/_tool_pagerduty_incidents.csv');
  if (!rows || !told) return;
  const reports = rows.map(({ data }) =>
    reportOf(incidentSchema.parse(JSON.parse(data!)), { urgencies: ['high', 'low'] }, ({ name }) => ({
      service: name,
    })),
  );
  assert.equal(reports.length, 3);
  for (const [index, row] of told.entries()) {
    const { incident, affected } = reports[index]!;
    assert.equal(incident.url, row.url);
    assert.equal(incident.title, String(row.summary).replace(/^\[#\d+\] /, ''));
    assert.equal(Date.parse(incident.startedAt), Date.parse(row.created_date!));
    assert.equal(Date.parse(incident.updatedAt), Date.parse(row.updated_date!));
    assert.equal(incident.status, row.status === 'resolved' ? 'resolved' : 'open');
    assert.equal(incident.resolvedAt === undefined, row.status !== 'resolved');
    assert.deepEqual(affected, [{ service: 'DevService' }]);
  }
  assert.equal(reports[2]?.incident.resolvedAt, '2022-11-03T06:51:44.000000Z');
});
