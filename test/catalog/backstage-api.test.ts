/** The catalog of a Backstage server: read whole, kept, and stood in for when it does not answer. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { parseAllDocuments } from 'yaml';
import { readCatalog } from '../../exporters/catalog/backstage.ts';
import { answersOf } from '../../exporters/catalog/backstage-answers.ts';
import { catalogSchema, ownershipSchema } from '../../exporters/catalog/config.ts';
import { directoryOf } from '../../exporters/catalog/directory.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { PlumblineError } from '../../exporters/core/errors.ts';
import {
  type BackstageWorld,
  company,
  entity,
  type Raw,
  refuse,
  send,
  startBackstage,
  token,
} from './backstage-server.ts';

interface Options {
  readonly world?: Partial<BackstageWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly files?: string;
}

async function open(t: TestContext, { world = {}, config = {}, files }: Options = {}) {
  const server = await startBackstage(t, { entities: company, ...world });
  const directory = mkdtempSync(path.join(os.tmpdir(), 'plumbline-backstage-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  if (files !== undefined) writeFileSync(path.join(directory, 'catalog.yaml'), files);
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date('2026-11-10T12:00:00Z') };
  const section = catalogSchema.parse({ backstage: [{ url: server.url, token, ...config }] });
  const answers = (maxAgeSeconds?: number) =>
    answersOf(section.backstage, {
      ...{ dataDir: directory, log, now: () => clock.now, sleep: async () => undefined },
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    });
  const catalog = async () =>
    readCatalog({ files: files === undefined ? [] : ['catalog.yaml'], directory, answers: await answers() });
  t.after(() => assert.ok(!logged.some(line => line.includes(token)), 'the token was logged'));
  return {
    ...server,
    directory,
    clock,
    logged,
    answers,
    catalog,
    kept: path.join(directory, 'catalog', 'backstage.json'),
  };
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof PlumblineError, String(error));
  return `${error.code} ${error.message}`;
};

const component = (name: string, owner: string) =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {owner: ${owner}}\n`;

describe('a catalog', () => {
  test('has owners as files of the same entities would have', async t => {
    const run = await open(t);
    const catalog = await run.catalog();
    assert.deepEqual(catalog.rejects, []);
    assert.equal(catalog.teamOf('component:default/shop'), 'sales');
    assert.equal(catalog.teamOf('component:default/cart'), 'ops', 'of its system');
    assert.deepEqual(directoryOf(catalog).users, [{ ref: 'user:default/ada', team: 'sales' }]);
    assert.ok(!catalog.entities.has('template:default/golden-path'), 'the filter does not select it');
    const { names } = buildOwnership(catalog, ownershipSchema.parse({}));
    assert.deepEqual(names.serviceOfRepository('acme/shop'), { service: 'shop', team: 'sales' });
    assert.deepEqual(run.asked[0]?.getAll('filter'), [
      ...['kind=component', 'kind=group', 'kind=user', 'kind=system', 'kind=domain'],
    ]);
  });

  test('of 10,000 entities comes in pages, whatever number the server gives at once', async t => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      entity('Component', `service-${index}`, { owner: 'sales' }),
    );
    const run = await open(t, { world: { entities: [...company, ...many], pageSize: 300 } });
    const catalog = await run.catalog();
    assert.equal(catalog.entities.size, 10_006);
    assert.equal(catalog.teamOf('component:default/service-9999'), 'sales');
    assert.equal(run.asked.length, Math.ceil(10_006 / 300));
    assert.ok(run.asked.every(query => query.get('fields')?.includes('spec.memberOf')));
  });

  test('is asked for by the configured filters, each of which selects', async t => {
    const run = await open(t, { config: { filter: ['kind=component,spec.owner=sales', 'kind=group'] } });
    assert.deepEqual([...(await run.catalog()).entities.keys()].sort(), [
      ...['component:default/shop', 'group:default/ops', 'group:default/sales'],
    ]);
  });

  test('may be addressed with the path of its API', async t => {
    const run = await open(t);
    const section = catalogSchema.parse({ backstage: [{ name: 'other', url: `${run.url}/api/catalog/`, token }] });
    const [answer] = await answersOf(section.backstage, { dataDir: run.directory });
    assert.equal(answer?.entities.length, 6);
  });

  test('gives way to files, and its first server to none after it', async t => {
    const run = await open(t, { files: component('shop', 'ops') });
    const catalog = await run.catalog();
    assert.deepEqual([catalog.rejects, catalog.teamOf('component:default/shop')], [[], 'ops']);
    assert.deepEqual(
      directoryOf(catalog).services.map(({ service, api = 'files' }) => `${service} ${api}`),
      ['cart backstage', 'shop files'],
    );
  });

  test('rejects what is no entity, by its number, and goes on', async t => {
    const bad = [
      { ...entity('Component', 'a b'), apiVersion: 'backstage.io/v1' },
      { ...entity('Component', 'x'), apiVersion: 7 },
    ];
    const run = await open(t, { world: { entities: [...company, ...bad] } });
    const { rejects, entities } = await run.catalog();
    assert.equal(entities.size, 6);
    assert.deepEqual(
      rejects.map(({ file, line, reason, field, value }) => [file, line, reason, field, value]),
      [
        ['backstage', 7, 'name_not_valid', 'metadata.name', 'a b'],
        ['backstage', 8, 'field_not_valid', 'apiVersion', '7'],
      ],
    );
  });
});

describe('an answer', () => {
  test('is kept for its user alone, without what is of a person, and is not asked for again while it is young', async t => {
    const run = await open(t, { world: { hasFields: false } });
    await run.catalog();
    const text = readFileSync(run.kept, 'utf8');
    assert.ok(text.includes('user') || text.includes('User'));
    assert.ok(!/Lovelace|example\.invalid|relations|etag/.test(text));
    assert.equal(statSync(run.kept).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(path.dirname(run.kept)), ['backstage.json']);
    run.clock.now = new Date('2026-11-10T12:14:59Z');
    await run.catalog();
    assert.equal(run.asked.length, 1);
    run.clock.now = new Date('2026-11-10T12:15:00Z');
    await run.catalog();
    assert.equal(run.asked.length, 2);
    await run.answers(0);
    assert.equal(run.asked.length, 3);
  });

  test('of another server, or to another filter, is no answer; nor is a file that is broken', async t => {
    const run = await open(t);
    await run.catalog();
    const section = catalogSchema.parse({ backstage: [{ url: run.url, token, filter: ['kind=group'] }] });
    const [other] = await answersOf(section.backstage, { dataDir: run.directory, now: () => run.clock.now });
    assert.equal(other?.entities.length, 2);
    writeFileSync(run.kept, '{"format":1,');
    assert.equal((await run.answers())[0]?.entities.length, 6);
  });

  const faults: Readonly<Record<string, [NonNullable<BackstageWorld['fault']>, RegExp]>> = {
    'that never comes': [(_, response) => refuse(response, 503, 'ServiceUnavailableError'), /FAILED .*503/],
    'of a wrong address': [(_, response) => refuse(response, 404, 'NotFoundError'), /FAILED .*404/],
    'that is refused': [(_, response) => refuse(response, 401, 'AuthenticationError'), /REFUSED .*with 401/],
    'that is forbidden': [(_, response) => refuse(response, 403, 'NotAllowedError'), /REFUSED .*with 403/],
    'that breaks off at its second page': [
      (query, response) => query.has('cursor') && refuse(response, 500, 'Error'),
      /FAILED .*500/,
    ],
    'whose pages go round': [
      (_, response) => send(response, { items: [company[0]], totalItems: 9, pageInfo: { nextCursor: 'again' } }),
      /FAILED .*go round in a circle/,
    ],
    'that is shorter than it says': [
      (_, response) => send(response, { items: company.slice(0, 3), totalItems: 6, pageInfo: {} }),
      /FAILED .*told 3 of the 6 entities/,
    ],
    'without an entity': [(_, response) => send(response, { items: [], totalItems: 0, pageInfo: {} }), /no entity/],
    'of another shape': [(_, response) => send(response, [{ kind: 'Group' }]), /has another shape/],
    'that is a page for people': [(_, response) => void response.end('<html>sign in</html>') === undefined, /FAILED/],
  };

  for (const [name, [fault, expected]] of Object.entries(faults))
    test(`${name} stops the first start, and later the last good one stands in`, async t => {
      const run = await open(t, { world: { fault, pageSize: 3 } });
      assert.match(await codeOf(run.catalog()), expected);
      assert.ok(!existsSync(run.kept));
      run.world.fault = undefined;
      const good = directoryOf(await run.catalog());
      run.clock.now = new Date('2026-11-12T00:00:00Z');
      run.world.fault = fault;
      const [answer] = await run.answers();
      assert.match(answer?.error ?? '', new RegExp(expected.source.replace(/^(FAILED|REFUSED) /, '')));
      assert.deepEqual(answer?.readAt, new Date('2026-11-10T12:00:00Z'));
      assert.deepEqual(directoryOf(await run.catalog()), good);
      assert.ok(run.logged.some(line => line.includes('its last good answer stands in')));
    });

  test('that grows while it is read is read once more', async t => {
    let isFirst = true;
    const run = await open(t, {
      world: {
        fault: (_, response) => {
          if (!isFirst) return false;
          isFirst = false;
          return send(response, { items: company.slice(0, 5), totalItems: 6, pageInfo: {} });
        },
      },
    });
    assert.equal((await run.catalog()).entities.size, 6);
  });
});

const corpus = `${process.env.PLUMBLINE_CORPUS ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))}/experience`;
test('tells Backstage’s own example entities as their files do', {
  skip: !existsSync(corpus) && 'the corpus is absent',
}, async t => {
  const files = ['backstage-*/*.yaml'];
  const texts = ['backstage-demo', 'backstage-examples'].flatMap(folder =>
    readdirSync(path.join(corpus, folder))
      .filter(name => name.endsWith('.yaml'))
      .map(name => readFileSync(path.join(corpus, folder, name), 'utf8')),
  );
  const entities = texts
    .flatMap(text => parseAllDocuments(text).map(document => document.toJS() as Raw | null))
    .filter(one => one !== null);
  const fromFiles = await readCatalog({ files, directory: corpus });
  const kinds = new Set(entities.map(({ kind }) => String(kind).toLowerCase()));
  const run = await open(t, {
    world: { entities, pageSize: 4 },
    config: { filter: [...kinds].map(kind => `kind=${kind}`) },
  });
  const fromServer = await run.catalog();
  const shown = (catalog: typeof fromServer) =>
    [...catalog.entities.values()]
      .map(({ file: _, line: __, api: ___, annotations, ...one }) => ({ ...one, annotations }))
      .sort((a, b) => (a.ref < b.ref ? -1 : 1));
  assert.ok(fromServer.entities.size > 5, String(fromServer.entities.size));
  assert.deepEqual(shown(fromServer), shown(fromFiles));
});
