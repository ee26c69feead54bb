/** Tasks of Backstage's scaffolder over a local server with its paging, authentication and faults. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { pseudonymsOf } from '../../../exporters/experience/pseudonym.ts';
import { startLocalServer } from '../../core/local-server.ts';
import { key, peopleOf } from '../usage/books.ts';
import { backstageRun } from './backstage-run.ts';

interface Task {
  readonly id: string;
  readonly status: string;
  readonly createdAt: string;
  readonly [more: string]: unknown;
}

interface World {
  tasks: readonly Task[];
  /** Releases that know no pages answer with all tasks. */
  isOld?: boolean;
  fault?: ((offset: number, response: ServerResponse) => boolean) | undefined;
  /** Between two pages. */
  meanwhile?: ((offset: number) => void) | undefined;
}

const token = 'backstage-token-of-a-test-0123';

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}

/** As the backend lists them: newest first, its errors as @backstage/errors writes them. */
async function open(t: TestContext, given: Partial<World> = {}) {
  const world: World = { tasks: [], ...given };
  const asked: string[] = [];
  const { url } = await startLocalServer(t, (request, response) => {
    const { pathname, searchParams, search } = new URL(request.url ?? '/', 'http://api');
    asked.push(search);
    const offset = Number(searchParams.get('offset') ?? 0);
    if (world.fault?.(offset, response)) return;
    if (request.headers.authorization !== `Bearer ${token}`)
      return void send(response, 401, {
        error: { name: 'AuthenticationError', message: 'canaryname' },
        response: { statusCode: 401 },
      });
    if (pathname !== '/api/scaffolder/v2/tasks') return void send(response, 404, { error: { name: 'NotFoundError' } });
    const sorted = [...world.tasks].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    if (world.isOld) return void send(response, 200, { tasks: sorted });
    const limit = Number(searchParams.get('limit') ?? 10);
    send(response, 200, { tasks: sorted.slice(offset, offset + limit), totalTasks: sorted.length });
    world.meanwhile?.(offset);
  });
  const run = await backstageRun(t, {
    backstage: { url, token, every: 60 },
    ownership: peopleOf({ red: 9 }),
    now: '2026-03-10T12:00:00Z',
  });
  return { ...run, world, asked };
}

let serial = 0;

const task = (createdAt: string, status = 'completed', more: object = {}): Task => {
  serial += 1;
  return {
    ...{ id: `task-${String(serial).padStart(5, '0')}`, status, createdAt },
    lastHeartbeatAt: new Date((Date.parse(createdAt) || 0) + 42_000).toISOString(),
    createdBy: 'user:default/p1-red',
    spec: {
      templateInfo: { entityRef: 'template:default/node-service', baseUrl: 'https://git.example/canaryurl' },
      parameters: { name: 'canaryname', owner: 'canaryowner', description: 'canarytext' },
      user: { ref: 'user:default/p1-red', entity: { spec: { profile: { email: 'canarymail@example.org' } } } },
    },
    ...more,
  };
};

const iso = (hoursAgo: number) => new Date(Date.parse('2026-03-10T12:00:00Z') - hoursAgo * 3_600_000).toISOString();
const many = (count: number, hours = 1) => Array.from({ length: count }, (_, index) => task(iso((index + 1) * hours)));

const counted = (run: Awaited<ReturnType<typeof open>>) =>
  run.rows('SELECT count(DISTINCT task)::INTEGER AS tasks, count(*)::INTEGER AS states FROM usage_tasks');

/** What stands for a task in the ledger. */
const kept = (id: string) => pseudonymsOf(key)('task', `backstage-scaffolder\n${id}`);

test('all pages are read at first, and then those alone that may have changed', async t => {
  const run = await open(t, { tasks: many(250) });
  const result = await run.refresh();
  assert.deepEqual([result.error, result.records, result.rejected], [undefined, 250, {}]);
  assert.deepEqual(await counted(run), [{ tasks: 250, states: 500 }]);
  assert.deepEqual(run.asked, ['?limit=100&offset=0', '?limit=100&offset=100', '?limit=100&offset=200']);
  run.asked.length = 0;
  assert.equal((await run.refresh()).changed, 0);
  assert.equal(run.asked.length, 1);
  run.world.tasks = [...run.world.tasks, task(iso(0), 'processing')];
  assert.equal((await run.refresh()).changed, 2);
  run.clock.now = new Date('2026-03-12T12:00:00Z');
  const last = run.world.tasks.at(-1)!;
  run.world.tasks = [...run.world.tasks.slice(0, -1), { ...last, status: 'failed' }];
  assert.equal((await run.refresh()).changed, 1);
  assert.deepEqual(
    await run.rows(
      `SELECT status, strftime(occurred_at, '%dT%H:%M:%S') AS at FROM usage_tasks WHERE task = '${kept(last.id)}' ORDER BY learned_at, status <> 'open'`,
    ),
    [
      { status: 'open', at: '10T12:00:00' },
      { status: 'processing', at: '10T12:00:00' },
      { status: 'failed', at: '10T12:00:42' },
    ],
  );
});

test('a task that is under way for days is looked for until it ends, and one that is tried again is open again', async t => {
  const slow = task(iso(100), 'processing');
  const run = await open(t, { tasks: [slow, ...many(150)] });
  await run.refresh();
  run.asked.length = 0;
  run.world.tasks = [{ ...slow, status: 'completed' }, ...run.world.tasks.slice(1)];
  assert.equal((await run.refresh()).changed, 1);
  assert.equal(run.asked.length, 2, 'as far back as the slow one');
  const [newest] = run.world.tasks.slice(1);
  run.clock.now = new Date('2026-03-10T13:00:00Z');
  run.world.tasks = run.world.tasks.map(one => (one === newest ? { ...one, status: 'open' } : one));
  assert.equal((await run.refresh()).changed, 1);
  assert.match(await run.page(), /devex_template_tasks\{template="node-service",status="open",window="7d"\} 1/);
  assert.match(await run.page(), /devex_template_tasks_started_total\{template="node-service"\} 151/);
});

test('what is created or deleted while pages are read is neither missed nor doubled', async t => {
  const run = await open(t, { tasks: many(250) });
  run.world.meanwhile = offset => {
    if (offset === 0) run.world.tasks = [task(iso(0)), ...run.world.tasks];
    if (offset === 100) run.world.tasks = run.world.tasks.slice(40);
  };
  const last = run.world.tasks.map(({ id }) => id).slice(60);
  assert.equal((await run.refresh()).error, undefined);
  const known = new Set((await run.rows('SELECT DISTINCT task FROM usage_tasks')).map(row => row.task));
  assert.deepEqual(
    last.filter(id => !known.has(kept(id))),
    [],
  );
  assert.deepEqual(await run.rows('SELECT task FROM usage_tasks GROUP BY task HAVING count(*) > 2'), []);
});

test('a release that knows no pages answers with all', async t => {
  for (const count of [100, 130]) {
    const run = await open(t, { tasks: many(count), isOld: true });
    assert.deepEqual([(await run.refresh()).error, (await counted(run))[0]?.tasks], [undefined, count]);
    assert.ok(run.asked.length <= 2);
  }
});

test('what can not be read is counted once, and says nothing of it', async t => {
  const { spec: _, ...bare } = task(iso(2));
  const run = await open(t, {
    tasks: [
      bare,
      task(iso(3), 'canarystatus'),
      task('canarytime'),
      task(iso(4), 'completed', { spec: { templateInfo: { entityRef: 'canary template' } } }),
      { ...task(iso(5)), id: '' },
      task('2026-03-10 05:00:00', 'completed', { createdBy: null, lastHeartbeatAt: null }),
    ],
  });
  const result = await run.refresh();
  assert.deepEqual([result.error, result.records], [undefined, 1]);
  assert.deepEqual(result.rejected, { no_template: 2, no_status: 1, no_time: 1, no_task: 1 });
  assert.deepEqual((await run.refresh()).rejected, {});
  await run.assertNothingOf(['canary', 'p1-red', token]);
});

test('by the portal’s list of tasks nobody is found in the ledger', async t => {
  const run = await open(t, { tasks: many(20) });
  await run.refresh();
  assert.equal((await run.rows('SELECT DISTINCT task FROM usage_tasks')).length, 20);
  await run.assertNothingOf(run.world.tasks.map(({ id }) => id));
});

test('faults are told without what the portal says of people, and what was read stays', async t => {
  const run = await open(t, { tasks: many(150) });
  const leak = { tasks: [{ createdBy: 'user:default/canaryname' }], message: 'canarytext' };
  run.world.fault = (offset, response) => offset > 0 && send(response, 500, leak);
  assert.match((await run.refresh()).error ?? '', /SCAFFOLDER_ANSWER/);
  assert.deepEqual(await counted(run), [{ tasks: 0, states: 0 }]);
  run.world.fault = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"tasks": [{"createdBy": "canaryname');
    return true;
  };
  assert.match((await run.refresh()).error ?? '', /no JSON, or cut short/);
  run.world.fault = (_, response) => send(response, 200, { canaryname: 1 });
  assert.match((await run.refresh()).error ?? '', /no list of tasks/);
  run.world.fault = (_, response) => send(response, 403, leak);
  assert.match((await run.refresh()).error ?? '', /SCAFFOLDER_REFUSED/);
  let refused = 0;
  run.world.fault = (_, response) => {
    refused += 1;
    return refused === 1 && send(response, 429, leak, { 'retry-after': '1' });
  };
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(await counted(run), [{ tasks: 150, states: 300 }]);
  await run.assertNothingOf(['canary', 'p1-red', token]);
});

test('a token that is wrong is told as such', async t => {
  const run = await open(t, { tasks: many(1) });
  run.world.fault = (_, response) => send(response, 401, { error: { message: 'canaryname' } });
  const { error } = await run.refresh();
  assert.match(error ?? '', /the token was refused by Backstage at http:.* with 401.*externalAccess/);
  await run.assertNothingOf(['canary', token]);
});
