/** What incidents are linked to, and that links that change take verdicts back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentFact } from '../../exporters/dora/facts.ts';
import {
  changeFailRatio,
  failedDeployments,
  incidents as incidentCounts,
  unmatchedIncidents,
  unrecoveredDeployments,
} from '../../exporters/dora/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { type Books, deployed, history, openBooks, sha } from './books.ts';

const ownership = ownershipOf({ sales: { shop: 'acme/shop', cart: 'acme/cart' } });
const now = '2026-03-20T00:00:00Z';
const at = (time: string) => `2026-03-05T${time}:00Z`;

const incident = (id: string, startedAt: string, more: Partial<IncidentFact> = {}): IncidentFact => ({
  ...{ incident: id, title: id, service: 'shop', status: 'open', startedAt, updatedAt: startedAt },
  ...more,
});

async function books(): Promise<Books> {
  const told = await openBooks({ ownership, dora: { minimum_samples: 1 } });
  const commits = [
    ...history('acme/shop', [
      { name: 'v1', at: at('08:00') },
      { name: 'a', at: at('09:00') },
      { name: 'v2', at: at('09:30') },
    ]),
    ...history('acme/cart', [{ name: 'c1', at: at('08:00') }]),
  ];
  const deployments = [
    deployed('v1', at('10:00')),
    deployed('v2', at('12:00')),
    deployed('c1', at('13:00'), { repository: 'acme/cart' }),
    deployed('w1', at('11:00'), { repository: 'acme/web' }),
  ];
  await told.tell({ commits, deployments }, now);
  return told;
}

/** `incident service deployment reason confidence` of the links that hold. */
async function links({ rows }: Books): Promise<readonly string[]> {
  const found = await rows(
    `SELECT incident, service, deployment, reason, confidence FROM (
       FROM incident_links QUALIFY row_number() OVER (PARTITION BY source, incident ORDER BY learned_at DESC) = 1
     ) ORDER BY incident`,
  );
  return found.map(row =>
    Object.values(row)
      .map(value => (value === '' ? '-' : String(value)))
      .join(' '),
  );
}

const linkedTo = async (more: Partial<IncidentFact>, startedAt = at('12:30')) => {
  const told = await books();
  await told.tell({ incidents: [incident('1', startedAt, more)] }, now, 'pd');
  const [line] = await links(told);
  await told.close();
  return line;
};

test('an incident is linked to what it names: a deployment, in full or by its id, or the commit that caused it', async () => {
  assert.equal(await linkedTo({ deployment: 'ci:v1' }), '1 shop ci:v1 names_deployment 1');
  assert.equal(await linkedTo({ deployment: 'v1' }), '1 shop ci:v1 names_deployment 1');
  assert.equal(await linkedTo({ rootCauseSha: sha('a') }), '1 shop ci:v2 names_commit 0.95', 'the one that brought it');
  assert.equal(await linkedTo({ rootCauseSha: sha('a').slice(0, 9) }), '1 shop ci:v2 names_commit 0.95');
  assert.equal(await linkedTo({ service: '', deployment: 'v1' }), '1 shop ci:v1 names_deployment 1');
  assert.equal(await linkedTo({ deployment: 'gone' }), '1 shop - unknown_deployment 0');
  assert.equal(await linkedTo({ rootCauseSha: 'f'.repeat(40) }), '1 shop - unknown_commit 0');
});

test('a commit is named as people write it: cut short, in capitals, by its address', async () => {
  const told = await openBooks({ ownership });
  const commits = history('acme/shop', [
    { name: 'v1', at: at('08:00') },
    { name: 'jk', at: at('09:00') },
    { name: 'v2', at: at('09:30') },
  ]);
  await told.tell({ commits, deployments: [deployed('v1', at('10:00')), deployed('v2', at('12:00'))] }, now);
  const full = sha('jk');
  const words = [
    full,
    full.toUpperCase(),
    full.slice(0, 8).toUpperCase(),
    `https://git.acme.example/shop/commit/${full}`,
  ];
  const incidents = [...words, 'not a sha at all', 'INC-1234567'].map((rootCauseSha, index) =>
    incident(String(index), at('12:30'), { rootCauseSha }),
  );
  await told.tell({ incidents }, now, 'pd');
  assert.deepEqual(
    (await links(told)).map(line => line.split(' ').slice(2, 4).join(' ')),
    [...words.map(() => 'ci:v2 names_commit'), '- unknown_commit', '- unknown_commit'],
  );
  await told.tell({ deployments: [deployed('short', at('11:00'), { repository: 'acme/web', sha: 'abcdef1' })] }, now);
  const rootCauseSha = `abcdef1${'0'.repeat(33)}`;
  await told.tell({ incidents: [incident('6', at('12:31'), { rootCauseSha })] }, now, 'pd');
  assert.match((await links(told)).at(-1) ?? '', /ci:short names_commit/);
  await told.close();
});

test('a deployment is named in full or by its id, which may have colons, and by no part of an id', async () => {
  const told = await books();
  const deployments = ['shop:1.2.3', 'shop', 'api:shop', 'api'].map((id, index) => deployed(id, at(`11:1${index}`)));
  await told.tell({ deployments }, now);
  const names = ['shop:1.2.3', 'ci:shop:1.2.3', 'shop', 'api:shop', '1.2.3', 'ci'];
  const incidents = names.map((deployment, index) => incident(String(index), at('12:30'), { deployment }));
  await told.tell({ incidents }, now, 'pd');
  assert.deepEqual(
    (await links(told)).map(line => line.split(' ')[2]),
    ['ci:shop:1.2.3', 'ci:shop:1.2.3', 'ci:shop', 'ci:api:shop', '-', '-'],
  );
  // What another system calls so too is named in full alone.
  await told.tell({ deployments: [deployed('ci:shop', at('11:20'), { repository: 'acme/web' })] }, now, 'a');
  await told.tell({ incidents: [incident('6', at('12:31'), { deployment: 'ci:shop' })] }, now, 'pd');
  assert.match((await links(told)).at(-1) ?? '', /^6 \S+ ci:shop names_deployment 1$/);
  await told.close();
});

test('else to the newest deployment of its service within a limit, never to whatever happened to deploy last', async () => {
  assert.equal(await linkedTo({}), '1 shop ci:v2 service_and_time 0.5');
  assert.equal(await linkedTo({}, at('10:30')), '1 shop ci:v1 service_and_time 0.8', 'there is but one');
  assert.equal(await linkedTo({}, at('11:55')), '1 shop ci:v2 service_and_time 0.5', 'it is being deployed');
  assert.equal(await linkedTo({}, at('13:30')), '1 shop ci:v2 service_and_time 0.5', 'cart has deployed meanwhile');
  assert.equal(await linkedTo({}, '2026-03-06T12:30:00Z'), '1 shop - no_deployment 0', 'a day later');
  assert.equal(await linkedTo({}, at('09:00')), '1 shop - no_deployment 0', 'nothing was deployed before it');
  assert.equal(await linkedTo({ service: 'billing' }), '1 billing - no_deployment 0');
  assert.equal(await linkedTo({ service: '' }), '1 - - no_service 0');
  assert.equal(await linkedTo({ service: '', repository: 'acme/shop' }), '1 shop ci:v2 service_and_time 0.5');
  assert.equal(await linkedTo({ environment: 'staging' }), '1 shop - not_production 0');
  assert.equal(await linkedTo({ environment: 'PROD' }), '1 shop ci:v2 service_and_time 0.5');
});

test('an incident that is told after a rollback is of what the rollback withdrew', async () => {
  const told = await books();
  await told.tell({ deployments: [deployed('v1b', at('12:40'), { sha: sha('v1') })] }, now);
  await told.tell({ incidents: [incident('1', at('12:45'))] }, now, 'pd');
  assert.deepEqual(await links(told), ['1 shop ci:v2 service_and_time 0.5']);
  await told.close();
});

test('an incident that was linked by time moves to a deployment that comes to be known later', async () => {
  const told = await books();
  await told.tell({ incidents: [incident('1', at('14:00'))] }, now, 'pd');
  assert.deepEqual(await links(told), ['1 shop ci:v2 service_and_time 0.5']);
  const later = '2026-03-21T00:00:00Z';
  await told.tell({ deployments: [deployed('v3', at('13:30'))] }, later);
  assert.deepEqual(await links(told), ['1 shop ci:v3 service_and_time 0.5']);
  const failed = await told.rows(`SELECT deployment, holds FROM (
    FROM verdicts WHERE verdict = 'failed' QUALIFY row_number() OVER (PARTITION BY deployment ORDER BY learned_at DESC) = 1
  ) ORDER BY deployment`);
  assert.deepEqual(
    failed.map(row => Object.values(row)),
    [
      ['ci:v2', false],
      ['ci:v3', true],
    ],
  );
  await told.close();
});

test('what an incident names may come to be known later', async () => {
  const told = await books();
  await told.tell({ incidents: [incident('1', at('14:00'), { deployment: 'v9' })] }, now, 'pd');
  assert.deepEqual(await links(told), ['1 shop - unknown_deployment 0']);
  assert.deepEqual(await told.lines(unmatchedIncidents, now), [
    'sales unknown_deployment 30d = 1',
    'sales unknown_deployment 7d = 0',
    'sales unknown_deployment 90d = 1',
  ]);
  await told.tell({ deployments: [deployed('v9', at('13:30'), { repository: 'acme/cart' })] }, now);
  assert.deepEqual(await links(told), ['1 shop ci:v9 names_deployment 1']);
  assert.deepEqual(await told.lines(unmatchedIncidents, now), []);
  await told.close();
});

test('incidents that are resolved, cancelled, opened again, linked anew or deleted change what is said, and no counter', async () => {
  const told = await books();
  const failedIn = async () =>
    (await told.lines(failedDeployments, now)).filter(line => line.includes('90d')).map(line => line.split(' ').at(-1));
  const ratio = async () =>
    (await told.lines(changeFailRatio.service, now)).find(line => line.startsWith('sales shop production 90d'));
  const open = async () => (await told.lines(unrecoveredDeployments, now)).map(line => line.split(' ').at(-1));
  let minute = 0;
  const say = (more: Partial<IncidentFact>) => {
    minute += 1;
    const updatedAt = new Date(Date.parse(at('12:30')) + minute * 60_000).toISOString();
    return told.tell({ incidents: [incident('1', at('12:30'), { updatedAt, ...more })] }, now, 'pd');
  };
  await say({});
  assert.deepEqual([await failedIn(), await open(), await ratio()], [['1'], ['1'], 'sales shop production 90d = 0.5']);
  await say({ status: 'resolved', resolvedAt: at('13:00') });
  assert.deepEqual([await failedIn(), await open()], [['1'], ['0']]);
  await say({ status: 'open', resolvedAt: at('13:00') });
  assert.deepEqual([await failedIn(), await open()], [['1'], ['1']], 'opened again');
  await say({ status: 'cancelled' });
  assert.deepEqual([await failedIn(), await open(), await ratio()], [[], [], 'sales shop production 90d = 0']);
  await say({ status: 'resolved', resolvedAt: at('13:00') });
  assert.deepEqual(await failedIn(), ['1']);
  await say({ status: 'resolved', resolvedAt: at('13:00'), isDeleted: true });
  assert.deepEqual(await failedIn(), []);
  assert.deepEqual(
    (await told.lines(incidentCounts, now)).filter(line => line.includes('90d')),
    ['sales shop production deleted 90d = 1'],
  );
  await told.close();
});

test('a deployment of another service that was made for an incident remedies what that is linked to', async () => {
  const told = await books();
  await told.tell({ incidents: [incident('INC-7', at('12:30'))] }, now, 'jira');
  assert.deepEqual(await told.lines(unrecoveredDeployments, now), ['sales shop production = 1']);
  await told.tell({ deployments: [deployed('c2', at('14:00'), { repository: 'acme/cart', incident: 'INC-7' })] }, now);
  assert.deepEqual(await told.lines(unrecoveredDeployments, now), ['sales shop production = 0']);
  const verdicts = await told.rows(
    `SELECT deployment, verdict, cause, seconds FROM verdicts ORDER BY deployment, verdict`,
  );
  assert.deepEqual(
    verdicts.map(row => Object.values(row).join(' ')),
    ['ci:c2 rework INC-7 ', 'ci:v2 failed jira:INC-7 ', 'ci:v2 recovered ci:c2 7200'],
  );
  await told.close();
});

test('an incident is first open and then resolved in history too, though it was over when it came to be known', async () => {
  const told = await books();
  await told.tell(
    {
      incidents: [incident('1', at('12:30'), { status: 'resolved', resolvedAt: at('15:00'), updatedAt: at('15:00') })],
    },
    now,
    'pd',
  );
  const statusAt = async (instant: string) =>
    (await told.lines(incidentCounts, instant)).filter(line => line.includes('90d')).map(line => line.split(' ')[3]);
  assert.deepEqual(await statusAt(at('12:00')), []);
  assert.deepEqual(await statusAt(at('13:00')), ['open']);
  assert.deepEqual(await statusAt(at('15:00')), ['resolved']);
  await told.close();
});

test('an incident that tells its repository alone is of the service that this is deployed as', async () => {
  const services = [
    { service: 'checkout', repository: 'acme/pay' },
    { service: 'red', repository: 'acme/mono', labels: ['svc:red'] },
    { service: 'blue', repository: 'acme/mono', labels: ['svc:blue'] },
  ];
  const told = await openBooks({ dora: { services } });
  const ofRepository = (id: string, repository: string, more: Partial<IncidentFact> = {}) =>
    incident(id, at('12:30'), { service: '', repository, ...more });
  await told.tell({ incidents: [ofRepository('1', 'acme/pay'), ofRepository('2', 'acme/bills')] }, now, 'gh');
  await told.tell({ incidents: [ofRepository('3', 'acme/mono', { labels: ['svc:blue'] })] }, now, 'gh');
  await told.tell({ incidents: [ofRepository('4', 'acme/mono')] }, now, 'gh');
  await told.tell(
    {
      deployments: [
        deployed('p1', at('12:00'), { repository: 'acme/pay' }),
        deployed('b1', at('12:00'), { repository: 'acme/bills', service: 'billing' }),
        deployed('m1', at('12:00'), { repository: 'acme/mono', labels: ['svc:red', 'svc:blue'] }),
        // Deployed from there since, and no reason to forget what was linked.
        deployed('b2', at('13:00'), { repository: 'acme/bills', service: 'invoices' }),
      ],
    },
    now,
  );
  assert.deepEqual(await links(told), [
    '1 checkout ci:p1 service_and_time 0.8',
    '2 billing ci:b1 service_and_time 0.8',
    '3 blue ci:m1 service_and_time 0.8',
    '4 - - no_service 0',
  ]);
});

test('an incident that tells no environment is looked for in all productions of its service', async () => {
  const production = [
    { name: 'eu', environments: ['prod-eu'] },
    { name: 'us', environments: ['prod-us'] },
  ];
  const told = await openBooks({ dora: { production } });
  await told.tell(
    {
      deployments: [
        deployed('u1', at('12:00'), { repository: 'acme/us', environment: 'prod-us' }),
        deployed('o1', '2026-03-01T12:00:00Z', { repository: 'acme/old', environment: 'prod-eu' }),
        deployed('o2', at('12:00'), { repository: 'acme/old', environment: 'prod-us' }),
        deployed('t1', at('12:10'), { repository: 'acme/two', environment: 'prod-eu' }),
        deployed('t2', at('12:00'), { repository: 'acme/two', environment: 'prod-us' }),
      ],
    },
    now,
  );
  const of = (service: string) => incident(service, at('12:30'), { service });
  await told.tell({ incidents: ['acme/us', 'acme/old', 'acme/two', 'acme/none'].map(of) }, now, 'pd');
  assert.deepEqual(await links(told), [
    'acme/none acme/none - no_deployment 0',
    'acme/old acme/old ci:o2 service_and_time 0.8',
    'acme/two acme/two ci:t1 service_and_time 0.5',
    'acme/us acme/us ci:u1 service_and_time 0.8',
  ]);
  // What comes to be known of another production moves it.
  await told.tell(
    { deployments: [deployed('u2', at('12:20'), { repository: 'acme/us', environment: 'prod-eu' })] },
    now,
  );
  assert.equal((await links(told)).at(-1), 'acme/us acme/us ci:u2 service_and_time 0.5');
});

test('an incident that nobody owns is of the team that deploys its service', async () => {
  const told = await openBooks();
  await told.tell(
    {
      deployments: [
        deployed('a1', at('12:00'), { repository: 'acme/a', team: 'blue' }),
        deployed('a2', at('18:00'), { repository: 'acme/a', team: 'red' }),
      ],
    },
    now,
  );
  const incidents = [
    incident('1', at('12:30'), { service: 'acme/a' }),
    incident('2', at('12:30'), { service: 'other', deployment: 'a2' }),
    incident('3', at('12:30'), { service: 'acme/a', team: 'green' }),
    incident('4', at('12:30'), { service: 'other' }),
  ];
  await told.tell({ incidents }, now, 'pd');
  const rows = await told.rows('SELECT incident, team FROM incident_links ORDER BY incident');
  assert.deepEqual(
    rows.map(row => `${row.incident} ${row.team}`),
    ['1 blue', '2 red', '3 green', '4 unowned'],
  );
});
