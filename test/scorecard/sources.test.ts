/** Where facts come from: exporters of this process and of another, queries, files; and what goes wrong there. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { SubjectRow } from '../../exporters/core/subjects.ts';
import { subjectColumns } from '../../exporters/core/subjects.ts';
import { checks } from '../../exporters/scorecard/metrics.ts';
import { day, openBooks, type Said, sayer } from './books.ts';

const off = ['owner', 'catalog-entry', 'on-call', 'runbook', 'documentation'].map(id => ({ id, enabled: false }));
const two = [
  { name: 'cart', team: 'red' },
  { name: 'search', team: 'blue' },
];

test('a check that is met for the first time is asked for each past day, and again once another source was read', async () => {
  const said: Said[] = [
    { from: -9, check: 'sla', subject: 'cart', state: 'pass' },
    { from: -4, check: 'sla', subject: 'cart', state: 'fail' },
  ];
  const sources = ['one'];
  const books = await openBooks({
    services: two,
    config: { checks: off, history_days: 8 },
    exporters: ['supply-chain'],
    subjects: () => [sayer('supply-chain', ['sla'], said, sources)],
  });
  await books.on(0.5);
  const slaOf = async (days: number) =>
    Object.keys(await books.values(checks, days))
      .filter(key => key.includes(' sla '))
      .map(key => key.split(' ')[3]);
  assert.deepEqual(await slaOf(-6), ['not_measured', 'pass']);
  assert.deepEqual(await slaOf(-3), ['not_measured', 'fail']);
  const text = await books.exporter.explain?.(books.ledger, 'service', 'cart');
  assert.match(text ?? '', /FAILS since 2026-08-28: No finding past its SLA/);
  // What another source knows of the past is not told before it was read.
  said.push({ from: -7, check: 'sla', subject: 'search', state: 'pass' });
  await books.on(1);
  assert.deepEqual(await slaOf(-6), ['not_measured', 'pass']);
  sources.push('two');
  await books.on(2);
  assert.deepEqual(await slaOf(-6), ['pass', 'pass']);
  assert.deepEqual(await slaOf(-3), ['pass', 'fail']);
  const rows = await books.ledger.read(reader =>
    reader.all('SELECT subject, state FROM subject_states WHERE "check" = \'sla\' ORDER BY ALL'),
  );
  assert.equal(
    rows.filter(({ subject, state }) => subject === 'cart' && state === 'fail').length,
    1,
    'nothing is told twice',
  );
  await books.close();
});

/** A server that answers as `answer` says, until the test ends. */
async function serve(t: TestContext, answer: (url: URL, body: string, token: string) => readonly [number, unknown]) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk as Buffer));
    request.on('end', () => {
      const [status, body] = answer(
        new URL(request.url ?? '/', 'http://x'),
        Buffer.concat(chunks).toString(),
        request.headers.authorization ?? '',
      );
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an exporter that another Plumbline serves is read page by page, and begun anew where its facts change meanwhile', async t => {
  const said: Said[] = [
    { from: -9, check: 'sla', subject: 'cart', state: 'pass' },
    { from: -9, check: 'sla', subject: 'search', state: 'fail' },
  ];
  const reader = sayer('supply-chain', ['sla'], said);
  let changes = 1;
  const url = await serve(t, (asked, _, token) => {
    if (token !== 'Bearer secret') return [401, { error: 'a valid token is needed' }];
    if (asked.pathname === '/api/supply-chain/subject-checks')
      return [
        200,
        {
          'subject-checks': [
            { check: 'sla', help: 'x.', every_seconds: 1, version: String(said.length), sources_read: 'one' },
          ],
        },
      ];
    const from = asked.searchParams.get('from');
    const instants = from === null ? [day(0)] : [new Date(from), day(0)];
    const rows: SubjectRow[] = [];
    void reader.read('sla', instants, some => rows.push(...some));
    const items = rows.map(row => Object.fromEntries(subjectColumns.map((name, index) => [name, row[index]])));
    if (asked.searchParams.has('cursor')) {
      if (changes-- > 0)
        return [400, { error: 'could not list subject-facts: cursor: the facts have changed since; begin again' }];
      return [200, { 'subject-facts': items.slice(1), next: null, total: items.length }];
    }
    return [200, { 'subject-facts': items.slice(0, 1), next: 'more', total: items.length }];
  });
  const of = (token: string) =>
    openBooks({
      services: two,
      config: { checks: off, history_days: 3, exporters: [{ exporter: 'supply-chain', url, token }] },
    });
  const books = await of('secret');
  await books.on(0);
  const found = Object.keys(await books.values(checks, 0)).filter(key => key.includes(' sla '));
  assert.deepEqual(found, ['blue search sla fail', 'red cart sla pass']);
  assert.equal(changes, -2, 'its second page was refused once, and asked for again');
  await books.close();
  const refused = await of('wrong');
  await assert.rejects(refused.on(0), /refused its subject facts with 401/);
  await refused.close();
});

test('a query judges services by their series, and error budgets by what is left', async t => {
  let fault: 'refused' | 'label' | undefined;
  let isOverspent = true;
  let refused = 'none';
  const url = await serve(t, (_, body) => {
    const query = new URLSearchParams(body).get('query') ?? '';
    if (fault === 'refused' || query.startsWith(refused)) return [400, { status: 'error', error: 'parse error' }];
    const series = (metric: Record<string, string>, value: string) => ({ metric, value: [1, value] });
    const result = query.startsWith('min by')
      ? [
          series({ service: 'cart', slo: 'latency' }, isOverspent ? '-0.2' : '0.1'),
          series({ service: 'cart', slo: 'errors' }, '0.7'),
        ]
      : [series({ app: 'Cart' }, '0.5'), series({ app: 'search' }, '+Inf'), series({ app: 'search' }, 'NaN')];
    if (fault === 'label') for (const { metric } of result) delete metric.app;
    return [200, { status: 'success', data: { resultType: 'vector', result } }];
  });
  const books = await openBooks({
    services: two,
    slos: [{ service: 'cart', name: 'latency' }],
    config: {
      checks: [
        ...off,
        { id: 'slo', enabled: false },
        {
          id: 'replicas',
          title: 'Two replicas',
          means: 'Two run.',
          query: { promql: 'sum by (app) (up)', label: 'app', at_least: 2 },
        },
      ],
      prometheus: { url },
    },
  });
  await books.on(0);
  assert.deepEqual(await books.values(checks, 0), {
    ...{ 'blue search replicas pass': 1, 'blue search slo-budget not_measured': 1 },
    ...{ 'red cart replicas fail': 1, 'red cart slo-budget fail': 1 },
  });
  const [list] = books.exporter.api ?? [];
  const { items } = await list!.answer(books.ledger, {
    ...{
      query: { check: 'slo-budget', state: 'fail' },
      principal: { name: 'x', role: 'reader' as const },
      now: day(0),
    },
  });
  assert.deepEqual(
    items.map(({ service, detail, link }) => [service, detail, link]),
    [['cart', 'latency', '/explain/service/cart']],
  );
  fault = 'label';
  await assert.rejects(books.on(0.1), /to the query of the check replicas: no series has the label app/);
  fault = 'refused';
  await assert.rejects(books.on(0.2), /the query of the check replicas was refused/);
  fault = undefined;
  isOverspent = false;
  refused = 'sum by';
  await assert.rejects(books.on(0.3), /the query of the check replicas was refused/);
  const after = await books.values(checks, 0.3);
  assert.equal(after['red cart slo-budget pass'], 1, 'a query that is refused keeps no other from being asked');
  await books.close();
});

test('a file is all that there is, its bad lines are kept as rejects, and one that is gone is told', async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-facts-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'facts.csv');
  writeFileSync(
    file,
    'check,service,state,detail\nload,cart,fail,"2 s, and 1 is asked"\nload,search,great,\nload,nobody,pass,\n',
  );
  const books = await openBooks({
    services: two,
    config: {
      checks: [
        ...off,
        {
          id: 'load',
          title: 'Load test',
          means: 'It was run.',
          told: true,
          link: 'https://x.example/{repository}?s={service}',
        },
      ],
      files: [{ path: file }],
    },
  });
  await books.on(0);
  await books.on(0.1);
  assert.deepEqual(await books.values(checks, 0.2), { 'blue search load not_measured': 1, 'red cart load fail': 1 });
  const rejects = await books.ledger.read(reader => reader.all('SELECT reason, line FROM rejects ORDER BY line'));
  assert.deepEqual(rejects, [
    { reason: 'bad_state', line: '3' },
    { reason: 'unknown_service', line: '4' },
  ]);
  writeFileSync(file, 'check,service,state\nload,search,pass\n');
  await books.on(0.3);
  await books.on(0.4);
  assert.deepEqual(await books.values(checks, 0.4), { 'blue search load pass': 1, 'red cart load not_measured': 1 });
  writeFileSync(file, 'service,state\n');
  await assert.rejects(async () => {
    await books.on(0.5);
    await books.on(0.6);
  }, /its header has no column check/);
  await books.close();
});

const told = (id: string) => ({ id, title: id, means: 'It is.', told: true as const });

test('two files and posts that tell of one check leave each other’s words, and a file takes its own back', async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-facts-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [one, other] = [path.join(dir, 'one.csv'), path.join(dir, 'other.csv')];
  writeFileSync(one, 'check,service,state\nload,cart,pass\naudit,cart,pass\n');
  writeFileSync(other, 'check,service,state\nload,search,fail\n');
  const books = await openBooks({
    services: [...two, { name: 'mail', team: 'red' }],
    config: {
      checks: [...off, told('load'), told('audit')],
      files: [{ path: one }, { name: 'other', path: other }],
    },
  });
  const post = (service: string, state: string) =>
    books.runtime.accept('facts', {
      ...{ body: Buffer.from(JSON.stringify({ check: 'load', service, state })), headers: {} },
      principal: { name: 'ci', role: 'admin' },
    });
  await books.on(0);
  await books.on(0.1);
  await books.on(0.15);
  await post('mail', 'pass');
  await post('cart', 'fail');
  await books.on(0.2);
  await books.on(0.3);
  assert.deepEqual(await books.values(checks, 0.3), {
    ...{ 'blue search load fail': 1, 'red cart load fail': 1, 'red mail load pass': 1 },
    ...{ 'blue search audit not_measured': 1, 'red cart audit pass': 1, 'red mail audit not_measured': 1 },
  });
  const rows = await books.ledger.read(reader =>
    reader.scalar(`SELECT count(*) FROM subject_states WHERE exporter = 'told' AND "check" = 'load'`),
  );
  assert.equal(Number(rows), 4, 'nothing changes while nobody says another thing');
  writeFileSync(one, 'check,service,state\nload,cart,pass\n');
  await books.on(0.4);
  await books.on(0.5);
  const after = await books.values(checks, 0.5);
  assert.equal(after['red cart audit not_measured'], 1, 'a check that the file lacks is said no more');
  assert.equal(after['red cart load pass'], 1, 'a file that changed is the newest word');
  assert.equal(after['red mail load pass'], 1);
  await books.close();
});

test('of a check and service that two files tell of, the first file of the configuration counts, whichever is read last', async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-facts-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [one, other] = [path.join(dir, 'one.csv'), path.join(dir, 'other.csv')];
  writeFileSync(one, 'check,service,state\nload,cart,pass\n');
  writeFileSync(other, 'check,service,state\nload,search,fail\nload,cart,fail\n');
  const books = await openBooks({
    services: two,
    config: { checks: [...off, told('load')], files: [{ path: one }, { name: 'other', path: other }] },
  });
  const rejects = () =>
    books.ledger.read(reader => reader.all('SELECT source, line, reason, value FROM rejects ORDER BY line'));
  for (const days of [0, 0.1, 0.2, 0.3]) await books.on(days);
  assert.deepEqual(await books.values(checks, 0.3), { 'blue search load fail': 1, 'red cart load pass': 1 });
  assert.deepEqual(await rejects(), [
    { source: 'other', line: '3', reason: 'told_by_earlier_file', value: 'load of cart' },
  ]);
  // The later file changes: it is the newest, and still not the first.
  writeFileSync(other, 'check,service,state\nload,cart,unknown\nload,search,pass\n');
  for (const days of [0.4, 0.5, 0.6]) await books.on(days);
  assert.deepEqual(await books.values(checks, 0.6), { 'blue search load pass': 1, 'red cart load pass': 1 });
  rmSync(one);
  for (const days of [0.7, 0.8]) await assert.rejects(books.on(days), /there is no such file/);
  assert.equal((await books.values(checks, 0.8))['red cart load pass'], 1, 'what is lost for a while stands');
  writeFileSync(one, 'check,service,state\n');
  writeFileSync(other, 'check,service,state\nload,cart,fail\n');
  for (const days of [0.9, 1, 1.1]) await books.on(days);
  assert.deepEqual(await books.values(checks, 1.1), { 'blue search load not_measured': 1, 'red cart load fail': 1 });
  assert.deepEqual(await rejects(), []);
  await books.close();
});

test('what a post said of one service grows stale though others are told of again, and never comes back', async () => {
  const books = await openBooks({
    services: two,
    config: { checks: [...off, told('load')], stale_hours: 48 },
  });
  const post = (service: string) =>
    books.runtime.accept('facts', {
      ...{ body: Buffer.from(JSON.stringify({ check: 'load', service, state: 'pass' })), headers: {} },
      principal: { name: 'ci', role: 'admin' },
    });
  await books.on(0);
  await post('cart');
  await post('search');
  for (const days of [1, 2, 3]) {
    await books.on(days);
    await post('search');
  }
  assert.deepEqual(await books.values(checks, 1.5), { 'blue search load pass': 1, 'red cart load pass': 1 });
  const stale = { 'blue search load pass': 1, 'red cart load not_measured': 1 };
  assert.deepEqual(await books.values(checks, 3), stale);
  await books.close();
});

test('a day of a fact is a day, and not what a clock elsewhere or a number makes of it', async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-facts-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'facts.csv');
  const lines = [
    'load,cart,fail,,2026-08-01 10:00',
    'load,search,pass,,1',
    'load,search,pass,,2199-01-01',
    'load,search,fail,"two',
    'lines",2026-08-01',
  ];
  writeFileSync(file, `check,service,state,detail,since\n${lines.join('\n')}\n`);
  const zone = process.env.TZ;
  process.env.TZ = 'America/New_York';
  t.after(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  const books = await openBooks({ services: two, config: { checks: [...off, told('load')], files: [{ path: file }] } });
  await books.on(0);
  await books.on(0.1);
  const rejects = await books.ledger.read(reader => reader.all('SELECT reason, line FROM rejects ORDER BY line'));
  assert.deepEqual(
    rejects.map(({ reason, line }) => `${line} ${reason}`),
    [...['3 bad_date', '4 bad_date', '5 open_quote', '6 open_quote']],
  );
  const since = await books.ledger.read(reader =>
    reader.scalar(`SELECT since::VARCHAR FROM subject_states WHERE "check" = 'load' AND state = 'fail'`),
  );
  assert.equal(since, '2026-08-01 10:00:00');
  await books.close();
});
