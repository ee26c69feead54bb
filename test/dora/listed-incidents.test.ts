/** Which incidents a team is shown, with the deployment that each is linked to; and that no more are than people read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentFact } from '../../exporters/dora/facts.ts';
import { incidentDuration, incidentInfo, incidentStart } from '../../exporters/dora/metrics.ts';
import { storeGone } from '../../exporters/dora/reports.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { type Books, deployed, openBooks, sha } from './books.ts';

const ownership = ownershipOf({ sales: { shop: 'acme/shop' }, ops: { pay: 'acme/pay' } });
const now = '2026-03-20T00:00:00Z';
const at = (time: string) => `2026-03-05T${time}:00Z`;

const incident = (id: string, startedAt: string, more: Partial<IncidentFact> = {}): IncidentFact => ({
  ...{ incident: id, title: id, service: 'shop', status: 'open', startedAt, updatedAt: startedAt },
  ...more,
});

async function books(dora: unknown = {}): Promise<Books> {
  const told = await openBooks({ ownership, dora });
  const deployments = [
    deployed('one', at('10:00'), { version: '1.0' }),
    deployed('two', at('12:00'), { sha: sha('two'), ref: 'v2' }),
    deployed('p', at('12:00'), { repository: 'acme/pay' }),
  ];
  await told.tell({ deployments }, now);
  return told;
}

/** `incident: what is said of it`, as of an instant. */
const info = async (told: Books, instant = now) =>
  (await told.lines(incidentInfo, instant)).map(line => {
    const [team, service, environment, source, id, ...more] = line.replace(/ = 1$/, '').split(' ');
    assert.deepEqual([environment, source], ['production', 'pd']);
    return `${id}: ${team} ${service} ${more.join(' ')}`;
  });

test('an incident is listed with the deployment that it is linked to, how it is called and why, else why it is of none', async () => {
  const told = await books();
  const incidents = [
    incident('1', at('12:30'), { deployment: 'one' }),
    incident('2', at('12:40')),
    incident('3', at('12:50'), { service: 'pay', status: 'resolved', resolvedAt: at('14:50') }),
    incident('4', '2026-03-09T00:00:00Z'),
    incident('5', at('12:30'), { deployment: 'gone' }),
  ];
  await told.tell({ incidents }, now, 'pd');
  assert.deepEqual(await info(told), [
    `3: ops pay resolved ci:p ${sha('p').slice(0, 12)} service_and_time 0.8`,
    '1: sales shop open ci:one 1.0 names_deployment 1',
    '2: sales shop open ci:two v2 service_and_time 0.5',
    '4: sales shop open none  no_deployment 0',
    '5: sales shop open none  unknown_deployment 0',
  ]);
  assert.deepEqual(
    (await told.lines(incidentDuration, now)).filter(line => /pd [34] /.test(line)),
    ['ops pd 3 = 7200', `sales pd 4 = ${11 * 86_400}`],
    'till it was resolved, or up to now',
  );
  assert.ok((await told.lines(incidentStart, now)).includes(`ops pd 3 = ${Date.parse(at('12:50')) / 1000}`));
  // As they were known to be at the time.
  assert.match((await info(told, at('13:00')))[0] ?? '', /^3: ops pay open ci:p /);
  assert.deepEqual(await info(told, at('12:00')), []);
  await told.close();
});

test('a deployment is called by its version, its tag or its commit, and by no branch that many are deployed from', async () => {
  const of = async (more: Parameters<typeof deployed>[2]) => {
    const told = await openBooks({ ownership });
    await told.tell({ deployments: [deployed('one', at('10:00'), more)] }, now);
    await told.tell({ incidents: [incident('1', at('12:30'), { deployment: 'one' })] }, now, 'pd');
    const [line = ''] = await info(told);
    await told.close();
    return line.split(' ')[5];
  };
  const [full, short] = [sha('one'), sha('one').slice(0, 12)];
  assert.equal(await of({ version: '1.0', ref: 'v1' }), '1.0');
  assert.equal(await of({ ref: 'refs/tags/nightly' }), 'nightly');
  assert.equal(await of({ ref: 'shop/v1.2.3' }), 'shop/v1.2.3');
  for (const ref of ['main', 'refs/heads/main', 'refs/heads/v2', full, '']) assert.equal(await of({ ref }), short, ref);
  assert.equal(await of({ version: full }), short);
  assert.equal(await of({ sha: '', ref: 'refs/heads/main' }), 'main');
});

test('one that is linked anew, resolved, opened again, cancelled or deleted is listed as it is now, once', async () => {
  const told = await books();
  let minute = 0;
  const say = (more: Partial<IncidentFact> = {}) => {
    minute += 1;
    const updatedAt = new Date(Date.parse(at('14:00')) + minute * 60_000).toISOString();
    return told.tell({ incidents: [incident('1', at('14:00'), { updatedAt, ...more })] }, now, 'pd');
  };
  await say();
  assert.deepEqual(await info(told), ['1: sales shop open ci:two v2 service_and_time 0.5']);
  await told.tell({ deployments: [deployed('three', at('13:30'), { version: '3.0' })] }, now);
  assert.deepEqual(await info(told), ['1: sales shop open ci:three 3.0 service_and_time 0.5']);
  await say({ deployment: 'one' });
  assert.deepEqual(await info(told), ['1: sales shop open ci:one 1.0 names_deployment 1']);
  await say({ status: 'resolved', resolvedAt: at('15:00') });
  assert.deepEqual(await info(told), ['1: sales shop resolved ci:three 3.0 service_and_time 0.5']);
  await say();
  assert.match((await info(told))[0] ?? '', /^1: sales shop open/);
  await say({ status: 'cancelled' });
  assert.deepEqual(await info(told), []);
  await say();
  assert.equal((await info(told)).length, 1);
  await told.tell({}, now, 'pd', async tx => {
    await storeGone(tx, 'pd', ['1'], new Date(now));
  });
  assert.deepEqual(await info(told), []);
  assert.deepEqual(await told.lines(incidentStart, now), []);
  assert.deepEqual(await told.lines(incidentDuration, now), []);
  await told.close();
});

test('a resolved one is listed for 90 days from when it began, an open one as long as it is open', async () => {
  const told = await books();
  const incidents = [
    incident('1', at('12:30'), { status: 'resolved', resolvedAt: at('13:00') }),
    incident('2', at('12:40')),
  ];
  await told.tell({ incidents }, now, 'pd');
  const listed = async (instant: string) => (await info(told, instant)).map(line => line.slice(0, 1));
  assert.deepEqual(await listed('2026-06-03T12:29:59Z'), ['1', '2']);
  assert.deepEqual(await listed('2026-06-03T12:30:00Z'), ['2']);
  assert.deepEqual(await listed('2027-03-05T00:00:00Z'), ['2']);
  await told.close();
});

test('of each team the newest are listed, as many as configured, at each instant', async () => {
  const told = await books({ listed_incidents: 2 });
  const incidents = [
    ...['1', '2', '3', '4'].map(id => incident(id, at(`12:${id}0`))),
    incident('5', at('12:00'), { service: 'pay' }),
  ];
  await told.tell({ incidents }, now, 'pd');
  const listed = async (instant: string) => (await info(told, instant)).map(line => line.slice(0, 1));
  assert.deepEqual(await listed(now), ['5', '3', '4']);
  assert.deepEqual(await listed(at('12:35')), ['5', '2', '3']);
  for (const metric of [incidentStart, incidentDuration])
    assert.deepEqual(
      (await told.lines(metric, now)).map(line => line.split(' ')[2]),
      ['5', '3', '4'],
    );
  // Another number holds at once.
  const none = await openBooks({ ownership, dora: { listed_incidents: 0 }, ledger: told.ledger, now });
  assert.deepEqual(await none.lines(incidentInfo, now), []);
  const usual = await openBooks({ ownership, ledger: told.ledger, now });
  assert.equal((await usual.lines(incidentInfo, now)).length, 5);
  await told.close();
});

test('however many teams there are, 5,000 incidents are listed at most, the newest', async () => {
  const told = await openBooks({ dora: { listed_incidents: 100 } });
  await told.ledger.write(tx =>
    tx.run(`INSERT INTO incident_links BY NAME
      SELECT 'pd' AS source, i::VARCHAR AS incident, 'shop' AS service, 'team-' || i % 60 AS team,
        'production' AS environment, 'open' AS status, '' AS deployment, 'no_service' AS reason, 0 AS confidence,
        TIMESTAMP '2026-03-01' + to_seconds(i) AS started_at, started_at AS occurred_at, started_at AS learned_at
      FROM range(9000) AS r(i)`),
  );
  const lines = await told.lines(incidentStart, now);
  assert.equal(lines.length, 5_000);
  const oldest = Math.min(...lines.map(line => Number(line.split(' ')[2])));
  assert.equal(oldest, 4_000);
  assert.equal((await told.lines(incidentInfo, now)).length, 5_000);
  await told.close();
});
