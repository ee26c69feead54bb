import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { parseEntities } from '../../exporters/catalog/entity.ts';
import { explainOwned } from '../../exporters/catalog/explain.ts';
import { syncOwners } from '../../exporters/catalog/owners.ts';
import { buildOwnership, type Ownership } from '../../exporters/catalog/ownership.ts';
import type { OwnerAttributes } from '../../exporters/catalog/rules.ts';
import { readsOfAllVersions, recordVersion } from '../../exporters/catalog/versions.ts';
import { type Ledger, openLedger, type Row, type Transaction } from '../../exporters/core/ledger.ts';

const tables = [new URL('../../exporters/catalog/tables.sql', import.meta.url)];
const open = () => openLedger({ path: ':memory:', tables });

/** Components by the Group that owns them. */
function ownershipOf(components: Record<string, string>, config: unknown = serviceRule): Ownership {
  const groups = ['red', 'green', 'blue'].map(name => document('Group', name, 'type: team'));
  const text = [
    ...groups,
    ...Object.entries(components).map(([name, owner]) => document('Component', name, `owner: ${owner}`)),
  ];
  return buildOwnership(
    buildCatalog(parseEntities('c.yaml', text.join('---\n')).entities),
    ownershipSchema.parse(config),
  );
}
const document = (kind: string, name: string, spec: string) =>
  `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { ${spec} }\n`;
const serviceRule = { rules: [{ name: 'service', tag: { keys: ['app'], gives: 'service' } }] };

async function addKeys(tx: Transaction, keys: readonly OwnerAttributes[], learnedAt = '2026-01-01 00:00:00') {
  await tx.run(
    `INSERT INTO owner_keys SELECT (md5_number(a) // 2)::HUGEINT, a::JSON, $at::TIMESTAMP FROM (SELECT unnest(from_json($keys::JSON, '["VARCHAR"]')) AS a)`,
    { keys: JSON.stringify(keys.map(key => JSON.stringify(key))), at: learnedAt },
  );
}
const spansOf = (ledger: Ledger) =>
  ledger.read(reader =>
    reader.all(`SELECT attributes::VARCHAR AS attributes, o.valid_from::VARCHAR AS f, o.valid_to::VARCHAR AS t, team, service,
        environment, split, rules::VARCHAR AS rules, o.learned_at::VARCHAR AS learned
      FROM owners o JOIN owner_keys USING (owner_key) ORDER BY owner_key, o.valid_from`),
  );
const brief = (rows: readonly Row[]) => rows.map(({ f, t, team }) => `${f} ${t} ${team}`);
const day = (text: string) => new Date(`${text}T12:00:00Z`);
const cart = { tags: { app: 'cart' } };

const step = (ledger: Ledger, ownership: Ownership, now: string, reassignFrom?: string) =>
  ledger.write(async tx => {
    const recorded = await recordVersion(tx, ownership, {
      now: day(now),
      ...(reassignFrom === undefined ? {} : { reassignFrom }),
    });
    return { ...recorded, ...(await syncOwners(tx)) };
  });

test('a reorganisation leaves the past alone, and reassignFrom restates it on purpose', async () => {
  const ledger = await open();
  await ledger.write(tx => addKeys(tx, [cart]));
  const red = ownershipOf({ cart: 'red' });
  const blue = ownershipOf({ cart: 'blue' });
  assert.deepEqual(await step(ledger, red, '2026-01-10'), { changed: true, keys: 1 });
  assert.deepEqual(brief(await spansOf(ledger)), ['0001-01-01 9999-12-31 red']);
  const generation = ledger.generation('owners');
  assert.deepEqual(await step(ledger, red, '2026-02-01'), { changed: false, keys: 0 });
  assert.equal(ledger.generation('owners'), generation, 'nothing changed, so nothing is evaluated again');
  assert.deepEqual(await step(ledger, blue, '2026-03-01'), { changed: true, from: '2026-03-01', keys: 1 });
  assert.deepEqual(brief(await spansOf(ledger)), ['0001-01-01 2026-03-01 red', '2026-03-01 9999-12-31 blue']);
  assert.equal(ledger.generation('owners'), generation + 1);
  assert.deepEqual(await step(ledger, blue, '2026-03-05', '2026-02-15'), {
    changed: true,
    from: '2026-02-15',
    keys: 1,
  });
  assert.deepEqual(brief(await spansOf(ledger)), ['0001-01-01 2026-02-15 red', '2026-02-15 9999-12-31 blue']);
  assert.deepEqual(
    await step(ledger, blue, '2026-03-05', '2026-02-20'),
    { changed: false, keys: 0 },
    'holds from there already',
  );
  await ledger.close();
});

test('reassignFrom overrides later versions too, and all of the past where it is the first day', async () => {
  const ledger = await open();
  await ledger.write(tx => addKeys(tx, [cart]));
  await step(ledger, ownershipOf({ cart: 'red' }), '2026-01-01');
  await step(ledger, ownershipOf({ cart: 'blue' }), '2026-03-01');
  await step(ledger, ownershipOf({ cart: 'red' }), '2026-05-01');
  await step(ledger, ownershipOf({ cart: 'green' }), '2026-06-01', '2026-04-01');
  assert.deepEqual(brief(await spansOf(ledger)), [
    '0001-01-01 2026-03-01 red',
    '2026-03-01 2026-04-01 blue',
    '2026-04-01 9999-12-31 green',
  ]);
  assert.deepEqual(await step(ledger, ownershipOf({ cart: 'blue' }), '2026-06-02', '0001-01-01'), {
    changed: true,
    keys: 1,
  });
  assert.deepEqual(brief(await spansOf(ledger)), ['0001-01-01 9999-12-31 blue']);
  for (const wrong of ['2026-02-30', 'yesterday', '2026-1-1'])
    await assert.rejects(step(ledger, ownershipOf({ cart: 'red' }), '2026-06-03', wrong), {
      code: 'OWNERSHIP_DATE_INVALID',
    });
  await ledger.close();
});

test('two changes on one day, and one taken back, leave no trace', async () => {
  const ledger = await open();
  await ledger.write(tx => addKeys(tx, [cart]));
  await step(ledger, ownershipOf({ cart: 'red' }), '2026-01-01');
  await step(ledger, ownershipOf({ cart: 'blue' }), '2026-03-01');
  await step(ledger, ownershipOf({ cart: 'red' }), '2026-03-01');
  assert.deepEqual(brief(await spansOf(ledger)), ['0001-01-01 9999-12-31 red']);
  await ledger.close();
});

test('a key seen late is resolved by the version of each time; unchanged keys keep when they were learned', async () => {
  const ledger = await open();
  await ledger.write(tx => addKeys(tx, [cart, { tags: { app: 'web' } }]));
  await step(ledger, ownershipOf({ cart: 'red', web: 'green' }), '2026-02-01');
  await step(ledger, ownershipOf({ cart: 'blue', web: 'green' }), '2026-03-01');
  const late = { tags: { app: 'CART', note: 'a "b", c: é' } };
  await ledger.write(async tx => {
    await addKeys(tx, [late], '2026-04-01 00:00:00');
    assert.deepEqual(await syncOwners(tx), { keys: 1 });
    assert.deepEqual(await syncOwners(tx), { keys: 0 });
  });
  const spans = Object.groupBy(await spansOf(ledger), row => String(row.attributes));
  assert.deepEqual(brief(spans[JSON.stringify(late)] ?? []), [
    '0001-01-01 2026-03-01 red',
    '2026-03-01 9999-12-31 blue',
  ]);
  const web = spans[JSON.stringify({ tags: { app: 'web' } })] ?? [];
  assert.deepEqual(
    web.map(row => row.learned),
    ['2026-02-01 12:00:00'],
  );
  await ledger.close();
});

test('a process killed between the version and its owners makes up for it', async () => {
  const ledger = await open();
  await ledger.write(tx => addKeys(tx, [cart]));
  await step(ledger, ownershipOf({ cart: 'red' }), '2026-01-01');
  await ledger.write(tx => recordVersion(tx, ownershipOf({ cart: 'blue' }), { now: day('2026-02-01') }));
  assert.deepEqual(brief(await spansOf(ledger)), ['0001-01-01 9999-12-31 red']);
  assert.deepEqual(await ledger.write(syncOwners), { keys: 1 });
  assert.deepEqual(brief(await spansOf(ledger)), ['0001-01-01 2026-02-01 red', '2026-02-01 9999-12-31 blue']);
  await ledger.close();
});

test('no version yet: keys wait', async () => {
  const ledger = await open();
  await ledger.write(tx => addKeys(tx, [cart]));
  assert.deepEqual(await ledger.write(syncOwners), { keys: 0 });
  await ledger.close();
});

test('splits are kept in spans, one row a team, without a weight where proportional', async () => {
  const ledger = await open();
  const withSplits = (...splits: unknown[]) => ownershipOf({}, { rules: [], splits });
  const shared = (shares: Record<string, number>) => ({ name: 'shared', method: 'fixed', shares });
  await step(ledger, withSplits(shared({ red: 3, blue: 1 })), '2026-01-01');
  await step(
    ledger,
    withSplits(shared({ red: 3, blue: 1 }), { name: 'own', method: 'proportional', teams: ['green'] }),
    '2026-02-01',
  );
  await step(ledger, withSplits(shared({ red: 1 })), '2026-03-01');
  const rows = await ledger.read(reader =>
    reader.all(
      `SELECT concat_ws(' ', split, valid_from, valid_to, method, team, coalesce(weight::VARCHAR, '-')) AS r FROM splits ORDER BY split, valid_from, team`,
    ),
  );
  assert.deepEqual(
    rows.map(({ r }) => r),
    [
      'own 2026-02-01 2026-03-01 proportional green -',
      'shared 0001-01-01 2026-03-01 fixed blue 1',
      'shared 0001-01-01 2026-03-01 fixed red 3',
      'shared 2026-03-01 9999-12-31 fixed red 1',
    ],
  );
  await ledger.close();
});

test('sources keep what the rules of any version read', async () => {
  const ledger = await open();
  await step(ledger, ownershipOf({}, { rules: [{ name: 'r', resource: 'x', team: 'red' }] }), '2026-01-01');
  const reads = await ledger.read(reader => readsOfAllVersions(reader, ownershipOf({})));
  assert.deepEqual(reads, { tags: ['app'], attributes: ['resource', 'tags'] });
  await ledger.close();
});

test('explains a resource: owner, rules, since when, and who had it before', async () => {
  const ledger = await open();
  const config = {
    rules: [
      { name: 'by app', tag: { keys: ['app'], gives: 'service' } },
      { name: 'db', resource: 'db-*', environment: 'production' },
    ],
  };
  const id = `db-'1"`;
  await ledger.write(tx => addKeys(tx, [{ resource: id, tags: { app: 'cart' } }]));
  await step(ledger, ownershipOf({ cart: 'red' }, config), '2026-01-01');
  await step(ledger, ownershipOf({ cart: 'blue' }, config), '2026-03-01');
  const told = await ledger.read(reader => explainOwned(reader, 'resource', id, '2026-04-01'));
  assert.equal(
    told,
    [
      `resource db-'1" with tag app="cart"`,
      '  team: blue (by rule "by app", since 2026-03-01)',
      '  service: cart (by rule "by app", since the beginning)',
      '  environment: production (by rule "db", since the beginning)',
      '  owners over time:',
      '    the beginning to 2026-03-01 (not included): team red, service cart, environment production',
      '    from 2026-03-01 on: team blue, service cart, environment production',
      '  rules on 2026-04-01, in order:',
      '    1. by app: gives service cart, team blue',
      '    2. db: gives environment production',
    ].join('\n'),
  );
  assert.match(
    String(await ledger.read(reader => explainOwned(reader, 'resource', id, '2026-02-01'))),
    /team: red .*since the beginning/,
  );
  assert.equal(await ledger.read(reader => explainOwned(reader, 'resource', 'db-2', '2026-04-01')), undefined);
  assert.equal(await ledger.read(reader => explainOwned(reader, 'image', id, '2026-04-01')), undefined);
  await ledger.close();
});

// A small generator, seeded so that a failure comes again.
function random(seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    int: (below: number) => Math.floor(next() * below),
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)]!,
  };
}

const dayOf = (offset: number) => new Date(Date.UTC(2026, 0, 1) + offset * 86_400_000).toISOString().slice(0, 10);
const teams = ['red', 'green', 'blue'];
const apps = ['cart', 'web', 'api', 'nothing'];

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
  test(`any day resolved through the spans is resolved by the version of that day (seed ${seed})`, async () => {
    const { int, pick } = random(seed);
    const ledger = await open();
    // The model: an ownership for each day of the window, written as versions come.
    const timeline = new Map<string, Ownership>();
    const days = ['0001-01-01', ...Array.from({ length: 120 }, (_, offset) => dayOf(offset)), '9999-12-30'];
    let today = 5;
    for (let round = 0; round < 10; round += 1) {
      const components = Object.fromEntries(
        apps.slice(0, 3).flatMap(app => (int(5) === 0 ? [] : [[app, pick(teams)]])),
      );
      const begin = int(100);
      const ownership = ownershipOf(components, {
        rules: [
          {
            name: 'moved',
            namespace: `n${int(3)}*`,
            team: pick(teams),
            valid_from: dayOf(begin),
            valid_to: dayOf(begin + 1 + int(15)),
          },
          { name: 'app', tag: { keys: ['app'], gives: 'service' } },
          { name: 'space', namespace: 'n*', team: pick(teams), environment: pick(['production', 'staging']) },
        ],
      });
      const reassignFrom = int(4) === 0 ? dayOf(int(today)) : undefined;
      const { changed } = await ledger.write(tx =>
        recordVersion(tx, ownership, {
          now: day(dayOf(today)),
          ...(reassignFrom === undefined ? {} : { reassignFrom }),
        }),
      );
      const from = timeline.size === 0 ? '' : (reassignFrom ?? dayOf(today));
      if (changed) for (const date of days) if (date >= from) timeline.set(date, ownership);
      if (int(3) > 0)
        await ledger.write(async tx => {
          await addKeys(
            tx,
            [{ namespace: `n${int(3)}-${round}`, tags: { app: pick(apps), n: `${round}` } }],
            `${dayOf(today)} 00:00:00`,
          );
          await syncOwners(tx);
        });
      today += int(9);
    }
    await ledger.write(syncOwners);
    const byKey = Map.groupBy(await spansOf(ledger), row => String(row.attributes));
    assert.ok(byKey.size > 0);
    for (const [attributes, spans] of byKey) {
      assert.equal(spans[0]?.f, '0001-01-01');
      assert.equal(spans.at(-1)?.t, '9999-12-31');
      for (const [index, span] of spans.entries()) {
        const next = spans[index + 1];
        assert.ok(String(span.f) < String(span.t));
        if (!next) continue;
        assert.equal(next.f, span.t, 'no gap, no overlap');
        const same = (['team', 'service', 'environment', 'split', 'rules'] as const).every(
          column => span[column] === next[column],
        );
        assert.ok(!same, 'equal neighbours are one');
      }
      for (const date of days) {
        const span = spans.find(({ f, t }) => String(f) <= date && date < String(t));
        const owner = timeline.get(date)!.resolve(JSON.parse(attributes) as OwnerAttributes, date);
        assert.deepEqual(
          {
            team: span?.team,
            service: span?.service,
            environment: span?.environment,
            rules: JSON.parse(String(span?.rules)),
          },
          owner,
          `${date} ${attributes}`,
        );
      }
    }
    await ledger.close();
  });

test('explains a split as what divides the cost, though a later rule gives a team', async () => {
  const ledger = await open();
  const config = {
    rules: [
      { name: 'shared', resource: 'db-*', split: 'fix' },
      { name: 'res', resource: 'db-1', team: 'red' },
    ],
    splits: [{ name: 'fix', method: 'fixed', shares: { blue: 50, red: 50 } }],
  } as const;
  await ledger.write(tx => addKeys(tx, [{ resource: 'db-1' }]));
  await step(ledger, ownershipOf({ cart: 'red', shop: 'blue' }, config), '2026-01-01');
  const told = await ledger.read(reader => explainOwned(reader, 'resource', 'db-1', '2026-04-01'));
  assert.deepEqual(String(told).split('\n'), [
    'resource db-1',
    '  team: divided by split fix: blue 1/2, red 1/2 (by rule "shared", since the beginning)',
    '  service: unassigned (no rule gives one, since the beginning)',
    '  environment: unassigned (no rule gives one, since the beginning)',
    '  rules on 2026-04-01, in order:',
    '    1. shared: gives split fix',
    '    2. res: gives team red (an earlier rule splits it)',
  ]);
  await ledger.close();
});
