/** Lists of what runs in files and posts: JSON, CSV, feeds, and what kubectl prints. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { openLedger } from '../../../exporters/core/ledger.ts';
import type { Place } from '../../../exporters/findings/place.ts';
import { readJson } from '../../../exporters/formats/json.ts';
import { supplyChainSchema } from '../../../exporters/supply-chain/config.ts';
import { supplyChainExporter } from '../../../exporters/supply-chain/index.ts';
import { runningKind } from '../../../exporters/supply-chain/sources/running/index.ts';
import { storeHeard } from '../../../exporters/supply-chain/store.ts';
import { digest, ofDeployment, pod } from './pods.ts';

const now = new Date('2026-11-20T10:00:00Z');

async function read(text: string | Buffer | object, place: Place = {}) {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(typeof text === 'string' ? text : JSON.stringify(text));
  const parsed = readJson(bytes);
  const document = { bytes, ...('value' in parsed ? { json: parsed.value } : {}) };
  const reading = await runningKind.read(document, { at: now, now, place, file: 'running' });
  return {
    reading,
    isRecognised: runningKind.recognises(document),
    faults: reading.rejections.map(({ line, reason }) => `${line} ${reason}`),
    /** `AT PLACE LISTS: WORKLOAD/CONTAINER NAME:TAG@DIGEST xREPLICAS, …` */
    lists: (reading.heard.running ?? []).map(
      ({ at, place: where, lists, images }) =>
        `${at.slice(5, 16)} ${where} ${lists}: ${images
          .map(
            ({ artifact: { name, tag, digests }, workload, container, replicas }) =>
              `${workload}/${container} ${name}:${tag ?? ''}@${(digests[0] ?? '').slice(7, 11)} x${replicas}`,
          )
          .toSorted()
          .join(', ')}`,
    ),
  };
}

const image = `ghcr.io/acme/cart:1.2@${digest('cart 1.2')}`;
const short = digest('cart 1.2').slice(7, 11);

describe('a list', () => {
  test('is all that runs in each of its places', async () => {
    const { lists, faults, isRecognised, reading } = await read([
      { image, environment: 'production', service: 'cart', replicas: 3, team: 'shop', started: '2026-11-19T08:00:00Z' },
      { image: 'redis', digest: digest('redis'), place: 'prod/shop', workload: 'statefulset/redis', container: 'main' },
      { image: 'redis', cluster: 'prod', namespace: 'shop', workload: 'statefulset/other' },
    ]);
    assert.ok(isRecognised);
    assert.deepEqual(faults, []);
    assert.deepEqual(lists, [
      `11-20T10:00 production all: cart/ ghcr.io/acme/cart:1.2@${short} x3`,
      `11-20T10:00 prod/shop all: statefulset/other/ docker.io/library/redis:@ x1, statefulset/redis/main docker.io/library/redis:@${digest('redis').slice(7, 11)} x1`,
    ]);
    const first = reading.heard.running?.[0]?.images[0];
    assert.equal(
      first?.owner,
      '{"environment":"production","image":"ghcr.io/acme/cart","service":"cart","team":"shop"}',
    );
    assert.equal(first?.startedAt, '2026-11-19T08:00:00.000Z');
  });

  test('says once what holds for all its rows, and that nothing runs', async () => {
    const at = '2026-11-20T09:00:00Z';
    const { lists } = await read({ place: 'edge', at, images: [{ image, service: 'cart' }] });
    assert.deepEqual(lists, [`11-20T09:00 edge all: cart/ ghcr.io/acme/cart:1.2@${short} x1`]);
    const nothing = await read({ place: 'edge', at, images: [] });
    assert.deepEqual([nothing.lists, nothing.isRecognised], [['11-20T09:00 edge all: '], true]);
  });

  test('with a row that cannot be read ends nothing that it does not name', async () => {
    const { lists, faults } = await read([
      { image, environment: 'production' },
      { image: 'no reference at all', environment: 'production' },
      { image, environment: 'staging' },
    ]);
    assert.deepEqual(faults, ['2 image_unreadable']);
    assert.deepEqual(
      lists.map(line => line.slice(12).replace(/:.*/, '')),
      ['production changes', 'staging all'],
    );
  });

  test('names each row that it cannot read by its reason', async () => {
    const { faults, lists } = await read([
      ...[7, { image }, { place: 'a' }, { image, place: 'a', digest: 'sha256:12' }],
      ...[
        { image, place: 'a', replicas: -1 },
        { image, place: 'a', replicas: 'many' },
        { image, place: 'a', at: 'soon' },
      ],
    ]);
    assert.deepEqual(faults, [
      ...['1 not_an_object', '2 place_missing', '3 image_missing', '4 digest_unreadable'],
      ...['5 replicas_unreadable', '6 replicas_unreadable', '7 time_unreadable'],
    ]);
    assert.deepEqual(lists, []);
  });

  test('takes its place from what is set for the file', async () =>
    assert.deepEqual((await read([{ image }], { environment: 'production', team: 'shop' })).lists, [
      `11-20T10:00 production all: cart/ ghcr.io/acme/cart:1.2@${short} x1`,
    ]));
});

describe('CSV', () => {
  test('is a list by the names of its header, quoted or not, in UTF-8 with a mark or UTF-16', async () => {
    const text = `Image,Environment,Service,Replicas\r\n"${image}",production,cart,2\r\nredis:7,production,"a ""b"", c",\r\n`;
    const expected = [
      `11-20T10:00 production all: a "b", c/ docker.io/library/redis:7@ x1, cart/ ghcr.io/acme/cart:1.2@${short} x2`,
    ];
    for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`), Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
      const { lists, isRecognised } = await read(bytes);
      assert.deepEqual(lists, expected);
      assert.ok(isRecognised);
    }
  });

  test('that is cut inside quotes, or is of something else, is refused by its reason', async () => {
    assert.equal((await read('image,place\n"redis')).reading.fault, 'cut_inside_quotes');
    assert.equal((await read('name,place\nredis,a\n')).reading.fault, 'not_running_list');
    assert.equal((await read('name,place\nredis,a\n')).isRecognised, false);
  });
});

describe('a deployments feed', () => {
  const line = (at: string, tag: string, more: object = {}) =>
    JSON.stringify({ image: `ghcr.io/acme/cart:${tag}`, environment: 'production', service: 'cart', at, ...more });

  test('tells of changes in the order of time', async () => {
    const { lists, isRecognised } = await read(
      [
        line('2026-11-20T09:00:00Z', '2'),
        line('2026-11-20T08:00:00Z', '1'),
        '',
        line('2026-11-20T09:30:00Z', '2', { replicas: 0 }),
      ].join('\n'),
    );
    assert.ok(isRecognised);
    assert.deepEqual(lists, [
      '11-20T08:00 production changes: cart/ ghcr.io/acme/cart:1@ x1',
      '11-20T09:00 production changes: cart/ ghcr.io/acme/cart:2@ x1',
      '11-20T09:30 production changes: cart/ ghcr.io/acme/cart:2@ x0',
    ]);
  });

  test('of one line is one too; a line that was cut is counted', async () => {
    const one = await read(line('2026-11-20T09:00:00Z', '2'));
    assert.deepEqual([one.lists.length, one.isRecognised], [1, true]);
    const cut = await read(`${line('2026-11-20T09:00:00Z', '2')}\n${line('2026-11-20T09:10:00Z', '3').slice(0, 40)}`);
    assert.deepEqual([cut.lists.length, cut.faults, cut.reading.records], [1, ['2 not_json'], 2]);
  });
});

test('a deployment takes the place of what ran in its service, and one that was told before changes nothing', async t => {
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
  const { tables } = supplyChainExporter(supplyChainSchema.parse({}), ownership);
  const ledger = await openLedger({ path: ':memory:', tables, threads: 1 });
  t.after(() => ledger.close());
  const tell = async (at: string, tag: string, more: object = {}) => {
    const row = { image: `acme/cart:${tag}@${digest(tag)}`, environment: 'production', service: 'cart', at, ...more };
    const { reading } = await read(`${JSON.stringify(row)}\n`);
    await ledger.write(tx => storeHeard(tx, 'feed', [reading.heard], { now }));
    const rows = await ledger.read(reader =>
      reader.all(`SELECT tag, replicas FROM running_images QUALIFY row_number() OVER (
        PARTITION BY place, workload, container, artifact ORDER BY occurred_at DESC, learned_at DESC) = 1 ORDER BY tag`),
    );
    return rows.map(each => `${each.tag} x${each.replicas}`);
  };
  assert.deepEqual(await tell('2026-11-20T08:00:00Z', '1'), ['1 x1']);
  assert.deepEqual(await tell('2026-11-20T09:00:00Z', '2', { replicas: 2 }), ['1 x0', '2 x2']);
  assert.deepEqual(await tell('2026-11-20T08:00:00Z', '1'), ['1 x0', '2 x2']);
  assert.deepEqual(await tell('2026-11-20T09:30:00Z', 'other', { service: 'shop' }), ['1 x0', '2 x2', 'other x1']);
  assert.deepEqual(await tell('2026-11-20T09:40:00Z', '2', { replicas: 0 }), ['1 x0', '2 x0', 'other x1']);
});

describe('what kubectl prints', () => {
  const items = [
    pod('shop/cart-6d4cf56db6-aaaaa', ofDeployment('cart', '6d4cf56db6', { team: 'shop' })),
    pod('shop/cart-6d4cf56db6-bbbbb', ofDeployment('cart', '6d4cf56db6', { team: 'shop' })),
    pod('shop/cart-84c9dcb5f-ccccc', {
      ...ofDeployment('cart', '84c9dcb5f', { team: 'shop' }),
      image: 'ghcr.io/acme/cart:1.1',
      imageID: `ghcr.io/acme/cart@${digest('cart 1.1')}`,
    }),
    pod('lab/runner'),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { tier: 'web' } } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'empty' } },
  ];
  const one = digest('cart 1.0').slice(7, 11);

  test('is all that runs in each namespace, workload by workload', async () => {
    const { lists, isRecognised, reading } = await read(
      { apiVersion: 'v1', kind: 'List', items },
      { cluster: 'prod', environment: 'production' },
    );
    assert.ok(isRecognised);
    assert.deepEqual(lists, [
      '11-20T10:00 prod/empty all: ',
      `11-20T10:00 prod/lab all: pod/runner/main ghcr.io/acme/cart:1.0@${one} x1`,
      `11-20T10:00 prod/shop all: deployment/cart/main ghcr.io/acme/cart:1.0@${one} x2, deployment/cart/main ghcr.io/acme/cart:1.1@${digest('cart 1.1').slice(7, 11)} x1`,
    ]);
    assert.equal(
      reading.heard.running?.[2]?.images[0]?.owner,
      '{"cluster":"prod","environment":"production","image":"ghcr.io/acme/cart","namespace":"shop","resource":"prod/shop/cart","tags":{"team":"shop","tier":"web"}}',
    );
  });

  test('of one pod, or with one that cannot be read, ends nothing', async () => {
    assert.match((await read(items[0]!, { cluster: 'prod' })).lists[0]!, /prod\/shop changes/);
    const { lists, faults } = await read(
      { apiVersion: 'v1', kind: 'List', items: [...items, { kind: 'Pod', metadata: {} }, { kind: 'Secret' }] },
      { cluster: 'prod' },
    );
    assert.ok(lists.every(line => line.includes(' changes: ')));
    assert.deepEqual(faults, ['7 shape_unknown', '8 kind_unknown']);
  });

  test('needs to be told of which cluster it is', async () =>
    assert.equal((await read({ apiVersion: 'v1', kind: 'List', items })).reading.fault, 'missing_cluster'));
});

test('what is something else is not taken for a list of what runs', async () => {
  for (const other of [
    null,
    7,
    'image',
    [],
    {},
    [{ image: 'a' }],
    { images: [] },
    { kind: 'List', items: [{ kind: 'Secret' }] },
    { image: { x: 1 }, place: 'a' },
  ])
    assert.equal((await read(JSON.stringify(other))).isRecognised, false, JSON.stringify(other));
  assert.equal((await read('')).reading.fault, 'empty');
  assert.equal((await read(Buffer.from([0xc3, 0x28, 0x41, 0x42]))).reading.fault, 'not_text');
  assert.equal((await read('{}')).reading.fault, 'not_running_list');
});
