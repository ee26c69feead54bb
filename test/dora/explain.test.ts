/** What is said of a deployment and a pull request holds everything behind their numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { type Books, deployed, history, openBooks, sha } from './books.ts';

const now = '2026-03-20T00:00:00Z';
const at = (day: number, time: string) => `2026-03-0${day}T${time}:00Z`;
const ownership = ownershipOf({ sales: { shop: 'acme/shop' } });

async function books(): Promise<Books> {
  const told = await openBooks({ ownership });
  const commits = history('acme/shop', [
    { name: 'v1', at: at(1, '08:00') },
    { name: 'side', at: at(2, '09:00'), parents: ['v1'] },
    { name: 'bot', at: at(2, '10:00'), parents: ['v1'], author: 'renovate[bot]' },
    { name: 'v2', at: at(2, '11:00'), parents: ['bot', 'side'] },
    { name: 'v3', at: at(3, '11:00') },
  ]);
  const pullRequests = [
    {
      ...{ repository: 'acme/shop', number: 7, title: 'cart', author: 'ada', isBot: false, state: 'merged' as const },
      ...{
        base: 'main',
        head: 'cart',
        mergeSha: sha('side'),
        firstCommitAt: at(2, '08:00'),
        createdAt: at(2, '08:30'),
      },
      ...{ approvedAt: at(2, '08:45'), mergedAt: at(2, '09:00'), updatedAt: at(2, '09:00') },
    },
    {
      ...{ repository: 'acme/shop', number: 8, title: 'ads', author: 'ada', isBot: false, state: 'open' as const },
      ...{ base: 'main', head: 'ads', createdAt: at(2, '08:30'), updatedAt: at(2, '08:30') },
    },
  ];
  await told.tell({ commits, pullRequests }, now);
  await told.tell(
    {
      deployments: [
        deployed('v1', at(1, '12:00')),
        deployed('v2', at(2, '12:00'), { version: '2.0', task: 'deploy.yml', labels: ['x'], url: 'https://ci/v2' }),
        deployed('v3', at(3, '12:00')),
        deployed('back', at(3, '13:00'), { sha: sha('v2') }),
        deployed('stage', at(3, '14:00'), { environment: 'staging' }),
        { ...deployed('stuck', at(3, '14:00')), statuses: [{ status: 'running', at: at(3, '14:00') }] },
      ],
    },
    now,
  );
  const incident = { incident: '1', title: '', service: 'shop', startedAt: at(2, '13:00') };
  await told.tell({ incidents: [{ ...incident, status: 'open', updatedAt: at(2, '13:00') }] }, now, 'pd');
  return told;
}

const explained = (told: Books, kind: string, id: string) => told.exporter.explain!(told.ledger, kind, id);

test('a deployment is explained by its commits, their clocks and exclusions, pull requests, incidents and verdicts', async () => {
  const told = await books();
  assert.equal(
    await explained(told, 'deployment', 'v2'),
    `deployment ci:v2 of shop, team sales, to production: success
  ended 2026-03-02 12:00:00 UTC, 10m after it began
  of acme/shop, commit ${sha('v2').slice(0, 12)}, version 2.0, by deploy.yml, labels x, https://ci/v2
  changes of acme/shop: 3 commits, 1 of them merges, since ci:v1 (${sha('v1').slice(0, 12)}..${sha('v2').slice(0, 12)}); 1 have a lead time
    ${sha('side').slice(0, 12)} "side" by Ada: 4h from 2026-03-02 08:00:00 (its pull request's first commit), 3h from its commit date
    ${sha('bot').slice(0, 12)} "bot" by renovate[bot]: excluded, by a bot
    ${sha('v2').slice(0, 12)} "v2" by Ada: excluded, a merge, whose commits stand for themselves
  pull requests:
    acme/shop#7: coding 30m, review 15m, merge 15m, deploy 3h, total 4h
  incident pd:1 of shop: open, began 2026-03-02 13:00:00, linked by service and time (confidence 0.8)
  failed: by incident, because of pd:1, since 2026-03-02 13:00:00 (confidence 0.8)`,
  );
  assert.match((await explained(told, 'deployment', 'ci:v3'))!, /recovered after 1h: by rollback, because of ci:back/);
  assert.match(
    (await explained(told, 'deployment', 'v1'))!,
    /nothing was deployed before it.*\n {2}nothing speaks against it/,
  );
  await told.close();
});

test('what was taken back is told as such', async () => {
  const told = await books();
  await told.tell(
    {
      incidents: [
        {
          incident: '1',
          title: '',
          service: 'shop',
          status: 'cancelled',
          startedAt: at(2, '13:00'),
          updatedAt: at(4, '13:00'),
        },
      ],
    },
    now,
    'pd',
  );
  const text = (await explained(told, 'deployment', 'v2'))!;
  assert.match(text, /no longer failed: by incident, because of pd:1, taken back at 2026-03-20/);
  await told.close();
});

test('a deployment that is not counted is told why; an unknown one is nothing', async () => {
  const told = await books();
  assert.match(
    (await explained(told, 'deployment', 'stage'))!,
    /not counted: environment staging is not in dora.production/,
  );
  assert.match(
    (await explained(told, 'deployment', 'ci:stuck'))!,
    /not counted: it has not ended: its newest status is running/,
  );
  assert.equal(await explained(told, 'deployment', 'nothing'), undefined);
  assert.equal(await explained(told, 'resource', 'v1'), undefined);
  await told.close();
});

test('a pull request is explained by its dates and the deployment that brought it', async () => {
  const told = await books();
  assert.equal(
    await explained(told, 'pull-request', 'acme/shop#7'),
    `pull request acme/shop#7 "cart" by ada: merged
  first commit 2026-03-02 08:00:00, opened 2026-03-02 08:30:00, approved 2026-03-02 08:45:00, merged 2026-03-02 09:00:00
  from cart into main, merge commit ${sha('side').slice(0, 12)}
  reached production with ci:v2 of shop at 2026-03-02 12:00:00: coding 30m, review 15m, merge 15m, deploy 3h, total 4h`,
  );
  assert.match(
    (await explained(told, 'pull-request', 'https://git.acme.example/acme/shop!8'))!,
    /has not reached production: it is open/,
  );
  assert.equal(await explained(told, 'pull-request', 'acme/shop#9'), undefined);
  assert.equal(await explained(told, 'pull-request', 'acme/shop'), undefined);
  await told.close();
});
