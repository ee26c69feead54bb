/** Analytics as Backstage's generic HTTP module posts them: batches, redelivery, clocks, rights, and hostile bodies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { peopleOf } from '../usage/books.ts';
import { backstageRun } from './backstage-run.ts';

/** A record as the module makes it; its fields are those of its source. */
const record = (user: string | undefined, timestamp: unknown, event: object = {}, more: object = {}) => ({
  event: {
    ...{ action: 'navigate', subject: '/catalog/default/component/shop', attributes: {}, value: undefined },
    context: { extension: 'App', pluginId: 'catalog', routeRef: 'catalog:entity', entityRef: 'component:default/shop' },
    ...event,
  },
  ...{ timestamp, sessionId: 'k3j2h1session', user },
  teamMetadata: { kind: 'User', spec: { profile: { displayName: 'Joan Planted', email: 'joan@planted.example' } } },
  ...more,
});

const at = '2026-03-05T11:59:00.123Z';
const counts = (run: Awaited<ReturnType<typeof backstageRun>>) =>
  run.rows(`SELECT family, label, other_label, sum(n)::INTEGER AS n FROM usage_counts GROUP BY ALL ORDER BY ALL`);
const lines = async (run: Awaited<ReturnType<typeof backstageRun>>) =>
  (await counts(run)).map(({ family, label, other_label: other, n }) =>
    [family, label, other, n].filter(w => w !== '').join(' '),
  );

test('a batch is answered when it is on the disk, and counted once however often it comes', async t => {
  const run = await backstageRun(t, { ownership: peopleOf({ red: 9 }, { shop: 'red' }) });
  const batch = [
    record('user:default/p1-red', at),
    record('user:default/p1-red', '2026-03-05T11:59:30.000Z', {
      action: 'click',
      subject: 'Docs',
      context: { pluginId: 'home' },
    }),
    record('user:default/p2-red', '2026-03-05T11:58:00.000Z', {
      action: 'search',
      subject: 'how to',
      value: 0,
      context: { pluginId: 'search' },
    }),
    record('user:default/p2-red', '2026-03-05T11:58:01.000Z', {
      ...{
        subject: '/docs/default/component/shop/guides',
        context: { pluginId: 'techdocs', routeRef: 'techdocs:reader-page' },
      },
    }),
    record('user:default/p2-red', '2026-03-05T11:58:02.000Z', {
      action: 'download',
      subject: 'x',
      context: { pluginId: 'kubernetes' },
    }),
  ];
  const answer = await run.post(JSON.stringify(batch));
  assert.deepEqual([answer.status, await answer.json()], [200, { records: 0, changed: 0, rejected: {}, waiting: 1 }]);
  await run.drain();
  const once = [
    'event click 1',
    'event navigate catalog 1',
    'event other 1',
    'event search 1',
    'event view docs 1',
    'search none 1',
    'undeclared home 1',
    'undeclared kubernetes 1',
    'undeclared search 1',
    'view red shop 1',
  ];
  assert.deepEqual(await lines(run), once);
  // The module tries again up to three times what was not answered in time, with what came meanwhile, in any order.
  await run.post(gzipSync(JSON.stringify([...batch.slice(2).reverse(), ...batch.slice(0, 2)])), {
    'content-encoding': 'gzip',
  });
  run.clock.now = new Date('2026-03-05T13:00:00Z');
  await run.post(JSON.stringify(batch));
  const again = await run.restart();
  await again.drain();
  assert.deepEqual(await lines(again), once);
  assert.deepEqual(await again.rows(`SELECT count(DISTINCT person)::INTEGER AS n FROM usage_days`), [{ n: 2 }]);
  await again.post(JSON.stringify([record('user:default/p1-red', at, {}, { sessionId: 'another' })]));
  await again.drain();
  assert.ok((await lines(again)).includes('event navigate catalog 2'));
});

test('flat events, one by one, and the user of the first versions are read too', async t => {
  const run = await backstageRun(t);
  const { event, ...outer } = record(undefined, Date.parse(at));
  await run.post(JSON.stringify({ ...event, ...outer, userId: 'user:default/p1-red' }));
  await run.post(JSON.stringify({ events: [record('User:P1-red', at, { value: 1 })] }));
  await run.drain();
  assert.deepEqual(await lines(run), ['event navigate catalog 2']);
  assert.deepEqual(await run.rows('SELECT count(DISTINCT person)::INTEGER AS n FROM usage_days'), [{ n: 1 }]);
});

test('a clock that is ahead is set right by its post; what is older, later, or no event is rejected without a word of it', async t => {
  const run = await backstageRun(t);
  // Three hours ahead, as the last of the batch says.
  await run.post(
    JSON.stringify([
      record('user:default/p1-red', '2026-03-05T14:30:00Z'),
      record('user:default/p1-red', '2026-03-05T15:00:00Z'),
    ]),
  );
  await run.drain();
  assert.deepEqual(
    await run.rows('SELECT occurred_at::VARCHAR AS at, n::INTEGER AS n FROM usage_counts ORDER BY ALL'),
    [
      { at: '2026-03-05 12:00:00', n: 1 },
      { at: '2026-03-05 13:00:00', n: 1 },
    ],
  );
  await run.post(
    JSON.stringify([
      record('user:default/secret-jane', '2026-01-01T00:00:00Z'),
      record('user:default/secret-jane', '2099-01-01T00:00:00Z'),
      record('user:default/secret-jane', 'secret-time'),
      record('user:default/secret-jane', null),
      { timestamp: at, secret: 'thing' },
      { event: { action: 7 }, timestamp: at },
      'secret-text',
      null,
      record('user:default/p3-red', '2026-02-20T00:00:00Z'),
    ]),
  );
  await run.post('{"secret": "cut');
  await run.post('[1, 2');
  await run.post('"secret"');
  await run.post('');
  await run.drain();
  assert.deepEqual(
    await run.rows('SELECT reason, line::INTEGER AS line, field, value FROM rejects ORDER BY reason, line NULLS FIRST'),
    [
      ...[
        { reason: 'in_future', line: 2 },
        { reason: 'no_event', line: 5 },
        { reason: 'no_event', line: 6 },
      ],
      ...[
        { reason: 'no_event', line: 7 },
        { reason: 'no_event', line: 8 },
        { reason: 'no_time', line: 3 },
      ],
      ...[{ reason: 'no_time', line: 4 }, { reason: 'not_json' }, { reason: 'not_json' }, { reason: 'not_json' }],
      ...[{ reason: 'not_json' }, { reason: 'too_old', line: 1 }],
    ].map(row => ({ line: null, ...row, field: null, value: null })),
  );
  assert.deepEqual(
    await run.rows(`SELECT reason, value::INTEGER AS n FROM source_totals WHERE kind = 'rejected' ORDER BY reason`),
    [
      ...[
        { reason: 'in_future', n: 1 },
        { reason: 'no_event', n: 4 },
        { reason: 'no_time', n: 2 },
      ],
      ...[
        { reason: 'not_json', n: 4 },
        { reason: 'too_old', n: 1 },
      ],
    ],
  );
  await run.assertNothingOf(['secret']);
});

test('who posts for a team tells of its people alone; readers and strangers post nothing; a basic token does where it is set', async t => {
  const run = await backstageRun(t, { backstage: { basic_auth: 'dXNlcjpwYXNzd29yZA==' } });
  const records = ['p1-red', 'p1-blue', 'nobody'].map(user => record(`user:default/${user}`, at));
  const asTeam = await run.post(JSON.stringify([...records, record(undefined, at)]), {
    authorization: 'Bearer red-token',
  });
  assert.equal(asTeam.status, 200);
  await run.drain();
  assert.deepEqual(await lines(run), ['event navigate catalog 1']);
  assert.deepEqual(await run.rows(`SELECT reason, value::INTEGER AS n FROM source_totals WHERE kind = 'rejected'`), [
    { reason: 'other_team', n: 3 },
  ]);
  const statusAs = async (authorization: string) => (await run.post('[]', { authorization })).status;
  assert.equal(await statusAs('Bearer reader-token'), 403);
  assert.equal(await statusAs('Bearer wrong'), 401);
  assert.equal(await statusAs(''), 401);
  assert.equal(await statusAs('Basic d3Jvbmc6d3Jvbmc='), 401);
  assert.equal(await statusAs('Bearer dXNlcjpwYXNzd29yZA=='), 401);
  assert.equal(await statusAs('Basic dXNlcjpwYXNzd29yZA=='), 200);
  await run.assertNothingOf(['dXNlcjpwYXNzd29yZA', 'p1-blue']);
});

test('hostile bodies are bounded: nested, enormous, of many names, of halves of characters', async t => {
  const run = await backstageRun(t);
  await run.post(`[${'['.repeat(200_000)}${']'.repeat(200_000)}]`);
  await run.post(gzipSync(Buffer.alloc(70 * 2 ** 20, ' '))).then(({ status }) => assert.equal(status, 413));
  assert.equal((await run.post(Buffer.alloc(9 * 2 ** 20, ' '))).status, 413);
  const names = Array.from({ length: 3_000 }, (_, index) =>
    record(`user:default/x${index}`, at, {
      context: { pluginId: `plugin-${index}`, routeRef: index % 2 ? `<script>${index}` : `r:${index}` },
    }),
  );
  await run.post(JSON.stringify(names));
  await run.post(
    JSON.stringify([
      record('user:default/\ud800', at, {
        subject: '\udfff',
        context: { pluginId: '__proto__', entityRef: "x'; DROP TABLE usage_days; --" },
      }),
      record(`user:default/${'u'.repeat(100_000)}`, at, {
        subject: 's'.repeat(500_000),
        context: { pluginId: 'p'.repeat(3_000) },
      }),
      record('user:default/p1-red', at, { action: 'search', value: 'many', context: ['techdocs'] }),
      record('user:default/p1-red', at, { action: 'constructor', context: null, attributes: 3 }),
    ]),
  );
  await run.drain();
  const told = await lines(run);
  assert.equal(told.filter(line => line.startsWith('undeclared')).length, 51);
  assert.ok(
    told.includes('event navigate 3002') && told.includes('search unknown 1') && told.includes('event other 1'),
    told.join('\n'),
  );
  assert.doesNotMatch(await run.page(), /script|DROP|__proto__/);
});

test('nobody who uses the portal, and nothing that they read, search or type, is in a file, a log or on a page', async t => {
  const words = [
    'canaryuser',
    'canarymail',
    'canarysubject',
    'canaryterm',
    'canaryname',
    'canaryattribute',
    'canarysession',
    'canarygroup',
  ];
  const run = await backstageRun(t, { ownership: peopleOf({ red: 9 }) });
  const more = {
    sessionId: 'canarysession1',
    teamMetadata: { metadata: { name: 'canaryname' }, spec: { memberOf: ['canarygroup'] } },
  };
  const records = Array.from({ length: 40 }, (_, index) => [
    record(
      `user:default/canaryuser${index}`,
      at,
      { subject: `/catalog/canarysubject${index}`, attributes: { to: 'canaryattribute' } },
      more,
    ),
    record(
      `canarymail${index}@example.org`,
      at,
      {
        action: 'search',
        subject: `canaryterm ${index}`,
        value: 3,
        context: { pluginId: 'canarymail@example.org', searchTypes: 'canaryterm' },
      },
      more,
    ),
    record(`user:default/canaryuser${index}`, 'canarysubject', {}, more),
    record(
      `user:default/p${(index % 9) + 1}-red`,
      at,
      {
        action: 'create',
        subject: 'canaryname',
        context: { pluginId: 'scaffolder', entityRef: 'template:default/canaryname' },
      },
      more,
    ),
  ]).flat();
  await run.post(JSON.stringify(records));
  await run.post(`[${JSON.stringify(records[0])}, {"canaryterm`);
  await run.drain();
  run.clock.now = new Date('2026-03-10T00:30:00Z');
  await run.post(JSON.stringify([record('user:default/p1-red', '2026-03-10T00:00:00Z')]));
  await run.drain();
  assert.match(await run.page(), /devex_organisation_active_users\{window="7d"\} 89/);
  // Also those that the catalog names.
  await run.assertNothingOf([...words, 'p1-red', 'p9-red']);
});
