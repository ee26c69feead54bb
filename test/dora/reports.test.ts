/** How reports of incidents are kept: a row a service, what is taken back, what comes late, what can't be read. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openLedger } from '../../exporters/core/ledger.ts';
import { keepRejections } from '../../exporters/core/rejections.ts';
import { factsOf, type IncidentReport, storeGone, storeReports } from '../../exporters/dora/reports.ts';
import { incidentsOf } from './sources/runs.ts';

const room = (file: string) => new URL(`../../exporters/${file}`, import.meta.url);
const now = new Date('2026-11-10T12:00:00Z');

async function open(t: TestContext) {
  const ledger = await openLedger({ path: ':memory:', tables: [room('catalog/tables.sql'), room('dora/tables.sql')] });
  t.after(() => ledger.close());
  const rows = (sql: string) => ledger.read(reader => reader.all(sql));
  return {
    ledger,
    ids: async () => (await incidentsOf({ rows })).map(line => line.split(' ').slice(0, 3).join(' ')),
    store: (reports: readonly IncidentReport[], options = {}) =>
      ledger.write(tx => storeReports(tx, 'ops', reports, now, options)),
    rows,
  };
}

const report = (
  hour: number,
  services: readonly string[],
  status: 'open' | 'resolved' | 'cancelled' = 'open',
): IncidentReport => ({
  incident: {
    ...{ incident: 'A', title: 'Fault', status, startedAt: '2026-11-10T08:00:00Z' },
    updatedAt: `2026-11-10T0${hour}:00:00Z`,
  },
  affected: services.map(service => ({ service })),
});

test('one incident of several services is a row for each, the first by its own id', () => {
  assert.deepEqual(
    factsOf(report(8, ['a', 'b', 'a'])).map(({ incident, service }) => [incident, service]),
    [
      ['A', 'a'],
      ['A#b', 'b'],
    ],
  );
  assert.equal(factsOf(report(8, [])).length, 1);
});

test('reports twice, late and out of order make one ledger', async t => {
  const reports = [report(8, ['a', 'b', 'c']), report(9, ['a', 'c'], 'resolved')];
  for (const order of [
    [0, 1],
    [1, 0],
    [0, 1, 0],
    [1, 1, 0, 0],
  ]) {
    const { ids, store } = await open(t);
    for (const index of order) await store([reports[index]!]);
    assert.deepEqual(await ids(), ['A resolved a', 'A#c resolved c'], String(order));
    assert.equal(await store([reports[1]!]), 0);
  }
});

test('what is gone is gone with all of its services, and comes back where it is seen again', async t => {
  const { ids, store, ledger, rows } = await open(t);
  await store([report(8, ['a', 'b'])]);
  await ledger.write(tx => tx.run('DELETE FROM incidents_to_derive'));
  assert.equal(await ledger.write(tx => storeGone(tx, 'ops', ['A'], now)), 2);
  assert.equal(await ledger.write(tx => storeGone(tx, 'ops', ['A'], now)), 0);
  assert.deepEqual(await ids(), []);
  // What it was linked to is looked at anew, and no repository besides.
  const marked = await rows('SELECT source, incident FROM incidents_to_derive ORDER BY incident');
  assert.deepEqual(
    marked.map(({ incident }) => incident),
    ['A', 'A#b'],
  );
  assert.deepEqual(await rows('FROM repositories_to_derive'), []);
  // What was told before tells nothing new, unless it was just read from its system.
  await store([report(8, ['a', 'b'])]);
  assert.deepEqual(await ids(), []);
  await store([report(8, ['a', 'b'])], { present: true });
  assert.deepEqual(await ids(), ['A open a', 'A#b open b']);
  assert.equal(await store([report(8, ['a', 'b'])], { present: true }), 0);
});

test('a record that cannot be read is counted once, however often it is read, and forgotten when it can', async t => {
  const { ledger, rows } = await open(t);
  const keep = (rejections: readonly { readonly file: string; readonly reason: string }[]) =>
    ledger.write(tx => keepRejections(tx, 'ops', { read: ['incident A', 'incident B'], rejections }, now));
  const broken = [{ file: 'incident A', reason: 'unreadable_incident' }];
  assert.deepEqual(await keep(broken), { unreadable_incident: 1 });
  assert.deepEqual(await keep(broken), {});
  assert.deepEqual(await keep([{ file: 'incident A', reason: 'without_service' }]), { without_service: 1 });
  assert.deepEqual(await keep([]), {});
  assert.deepEqual(await rows('FROM rejects'), []);
});
