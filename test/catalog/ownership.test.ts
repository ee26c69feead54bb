import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCatalog } from '../../exporters/catalog/backstage.ts';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { explainSteps } from '../../exporters/catalog/explain.ts';
import { buildOwnership, canonicalJson, ownershipFromDocument } from '../../exporters/catalog/ownership.ts';
import type { OwnerAttributes } from '../../exporters/catalog/rules.ts';

const fixtures = fileURLToPath(new URL('../fixtures/catalog/', import.meta.url));
const acme = await readCatalog({ files: ['acme/*.yaml'], directory: fixtures });
const none = buildCatalog([]);

const over = (catalog: typeof acme, config: unknown) => buildOwnership(catalog, ownershipSchema.parse(config));
const tagRule = (name: string, gives: string, ...keys: string[]) => ({ name, tag: { keys, gives } });
const tags = (values: Record<string, string>): OwnerAttributes => ({ tags: values });

test('what no rule gives is unowned and unassigned', () => {
  assert.deepEqual(over(acme, {}).resolve({ provider: 'AWS', tags: { team: 'payments' } }), {
    team: 'unowned',
    service: 'unassigned',
    environment: 'unassigned',
    rules: {},
  });
});

test('for each attribute the first rule that gives it wins, in the order written', () => {
  const rules = [
    { name: 'namespace', namespace: 'pay-*', team: 'payments', environment: 'staging' },
    tagRule('team tag', 'team', 'team'),
    { name: 'account', account: { '1': { team: 'data', service: 'warehouse', environment: 'production' } } },
  ];
  const attributes = { namespace: 'pay-eu', sub_account: '1', tags: { team: 'search' } };
  assert.deepEqual(over(acme, { rules }).resolve(attributes), {
    team: 'payments',
    service: 'warehouse',
    environment: 'staging',
    rules: { team: 'namespace', environment: 'namespace', service: 'account' },
  });
  const reversed = over(acme, { rules: rules.toReversed() }).resolve(attributes);
  assert.equal(reversed.team, 'data');
  assert.equal(reversed.environment, 'production');
  const tagFirst = over(acme, { rules: [rules[1], rules[0]] }).resolve(attributes);
  assert.deepEqual([tagFirst.team, tagFirst.environment], ['search', 'staging']);
});

test('a tag names a team by its name, reference, alias or annotated alias, without regard to case', () => {
  const ownership = over(acme, {
    aliases: { payments: ['cost-center: 42, "eu"', 'Zürich'] },
    rules: [tagRule('t', 'team', 'Team', 'owner')],
  });
  const team = (value: string) => ownership.resolve(tags({ team: value })).team;
  for (const word of [
    'payments',
    ' Payments ',
    'group:default/payments',
    'Group:payments',
    'default/payments',
    'team-payments',
    'cost-center: 42, "eu"',
    'zu\u0308rich',
  ])
    assert.equal(team(word), 'payments', word);
  assert.equal(team('user:default/dana.okafor'), 'data');
  for (const word of [
    'paymnets',
    'team-search',
    'component:default/cart',
    'other/payments',
    '',
    '  ',
    'a,b',
    '"',
    'constructor',
    '__proto__',
  ])
    assert.equal(team(word), 'unowned', word);
  assert.equal(ownership.resolve(tags({ TEAM: 'search' })).team, 'search', 'the tag’s name too');
});

test('a mistyped team tag falls through to the next key, then to later rules, and makes no ghost team', () => {
  const ownership = over(acme, {
    rules: [tagRule('t', 'team', 'team', 'owner'), { name: 'ns', namespace: '*', team: 'platform' }],
  });
  assert.deepEqual(ownership.resolve(tags({ team: 'paymnets', owner: 'search' })).team, 'search');
  const fallen = ownership.resolve({ namespace: 'x', ...tags({ team: 'paymnets' }) });
  assert.equal(fallen.team, 'platform');
  assert.deepEqual(fallen.rules, { team: 'ns' });
});

test('without any Group every team value is taken, folded', () => {
  const ownership = over(none, { aliases: { 'Team Pay': ['pay'] }, rules: [tagRule('t', 'team', 'team')] });
  assert.equal(ownership.resolve(tags({ team: 'Whoever' })).team, 'whoever');
  assert.equal(ownership.resolve(tags({ team: 'PAY' })).team, 'Team Pay');
  assert.deepEqual(ownership.teams, ['Team Pay']);
});

test('a Component gives the service, and its owning team unless an earlier rule gave one', () => {
  const service = tagRule('service', 'service', 'app');
  const team = tagRule('team', 'team', 'team');
  const attributes = tags({ app: 'Fraud-Scoring', team: 'search' });
  const first = over(acme, { rules: [service, team] }).resolve(attributes);
  assert.deepEqual([first.service, first.team, first.rules.team], ['fraud-scoring', 'payments', 'service']);
  const second = over(acme, { rules: [team, service] }).resolve(attributes);
  assert.deepEqual([second.service, second.team], ['fraud-scoring', 'search']);
  const unknown = over(acme, { rules: [service, team] }).resolve(tags({ app: 'Batch: "π", 1', team: 'search' }));
  assert.deepEqual([unknown.service, unknown.team], ['batch: "π", 1', 'search']);
  assert.equal(
    over(acme, { rules: [service] }).resolve(tags({ app: 'paygw' })).service,
    'payment-gateway',
    'an annotated alias',
  );
  const written = over(acme, { rules: [{ name: 'r', image: 'reg/cart:*', service: 'cart' }] }).resolve({
    image: 'reg/cart:1.2',
  });
  assert.deepEqual([written.service, written.team], ['cart', 'checkout']);
});

test('spellings of a value are one value', () => {
  const ownership = over(acme, {
    rules: [
      { name: 'env', tag: { keys: ['env'], gives: 'environment', values: { production: ['prod', 'PRD'] } } },
      { name: 'centre', tag: { keys: ['cc'], gives: 'team', values: { data: ['4711'] } } },
    ],
  });
  assert.deepEqual(
    ['Prod', 'prd', 'production', 'QA'].map(env => ownership.resolve(tags({ env })).environment),
    ['production', 'production', 'production', 'qa'],
  );
  assert.equal(ownership.resolve(tags({ cc: '4711' })).team, 'data');
});

test('all conditions of a rule must hold; ids are compared with case, names of the bill without', () => {
  const rules = [
    {
      name: 'r',
      provider: 'aws',
      resource: ['arn:*:db:*', 'i-?'],
      service_name: '*Database*',
      charge_category: 'usage',
      team: 'data',
    },
  ];
  const ownership = over(acme, { rules });
  const attributes = {
    provider: 'AWS',
    resource: 'arn:aws:rds:db:orders',
    service_name: 'Relational database',
    charge_category: 'Usage',
  };
  assert.equal(ownership.resolve(attributes).team, 'data');
  for (const change of [
    { provider: 'gcp' },
    { resource: 'ARN:aws:rds:db:orders' },
    { resource: 'i-12' },
    { resource: '' },
    { charge_category: 'Tax' },
  ])
    assert.equal(ownership.resolve({ ...attributes, ...change }).team, 'unowned', JSON.stringify(change));
  assert.equal(ownership.resolve({ ...attributes, resource: 'i-1' }).team, 'data');
});

test('an account is the sub-account, else the billing account; nothing is inherited from JavaScript', () => {
  const ownership = over(acme, {
    rules: [{ name: 'a', account: { '012': { team: 'data' }, '9': { team: 'search' } } }],
  });
  assert.equal(ownership.resolve({ sub_account: '012', billing_account: '9' }).team, 'data');
  assert.equal(ownership.resolve({ sub_account: '013', billing_account: '9' }).team, 'search');
  for (const account of ['12', 'constructor', ''])
    assert.equal(ownership.resolve({ sub_account: account }).team, 'unowned');
});

test('an Azure subscription is one account, however it is written', () => {
  const id = '64E355D7-997C-491D-B0C1-8414DCCFCF42';
  for (const key of [id, id.toLowerCase(), `/subscriptions/${id}`, `/Subscriptions/${id}/`]) {
    const ownership = over(acme, { rules: [{ name: 'a', account: { [key]: { team: 'data' } } }] });
    for (const account of [id, id.toLowerCase(), `/subscriptions/${id.toLowerCase()}`])
      assert.equal(ownership.resolve({ sub_account: account }).team, 'data', `${account} by ${key}`);
    assert.equal(ownership.resolve({ sub_account: '/subscriptions/' }).team, 'unowned');
  }
});

test('a cluster has an owner, and what is in it where nothing else says so', () => {
  const ownership = over(acme, {
    rules: [
      { name: 'pay', namespace: 'pay-*', team: 'search' },
      { name: 'clusters', cluster: 'prod-*', team: 'data', environment: 'production' },
    ],
  });
  assert.equal(ownership.resolve({ cluster: 'prod-eu' }).team, 'data');
  assert.deepEqual(ownership.resolve({ cluster: 'prod-eu', namespace: 'pay-api' }).rules, {
    ...{ team: 'pay', environment: 'clusters' },
  });
  assert.equal(ownership.resolve({ cluster: 'test' }).team, 'unowned');
});

test('a rule holds from valid_from until the day before valid_to', () => {
  const ownership = over(acme, {
    rules: [
      { name: 'move', namespace: 'x', team: 'data', valid_from: '2026-03-01', valid_to: '2026-06-01' },
      { name: 'rest', namespace: 'x', team: 'search' },
    ],
  });
  const team = (day: string) => ownership.resolve({ namespace: 'x' }, day).team;
  assert.deepEqual(['2026-02-28', '2026-03-01', '2026-05-31', '2026-06-01'].map(team), [
    'search',
    'data',
    'data',
    'search',
  ]);
  assert.deepEqual(ownership.boundaries, ['2026-03-01', '2026-06-01']);
});

test('a team that the catalog does not know is not given, and is reported', () => {
  const ownership = over(acme, {
    aliases: { ghosts: ['boo'] },
    rules: [
      { name: 'old', namespace: 'x', team: 'disbanded', environment: 'production' },
      { name: 'rest', namespace: 'x', team: 'Search' },
    ],
    splits: [
      { name: 's', method: 'fixed', shares: { search: 2, disbanded: 1 } },
      { name: 'e', method: 'even', teams: ['disbanded'] },
    ],
  });
  const owner = ownership.resolve({ namespace: 'x' });
  assert.deepEqual([owner.team, owner.environment], ['search', 'production']);
  assert.deepEqual(
    ownership.problems.map(({ reason, name, value }) => [reason, name, value]),
    [
      ['rule_team_unknown', 'old', 'disbanded'],
      ['alias_team_unknown', 'ghosts', 'ghosts'],
      ['split_team_unknown', 's', 'disbanded'],
      ['split_team_unknown', 'e', 'disbanded'],
      ['split_without_teams', 'e', 'even'],
    ],
  );
  assert.deepEqual(ownership.splits[0]?.shares, [{ team: 'search', weight: 2 }]);
});

test('a split that names no teams is shared by the Groups of type team, not by departments', () => {
  const { splits } = over(acme, {
    splits: [
      { name: 'even', method: 'even' },
      { name: 'own', method: 'proportional' },
      { name: 'fixed', method: 'fixed', shares: { pay: 1, payments: 2, data: 1 } },
    ],
  });
  const teams = ['catalogue', 'checkout', 'data', 'identity', 'mobile', 'payments', 'platform', 'search'];
  assert.deepEqual(
    splits[0]?.shares,
    teams.map(team => ({ team, weight: 1 })),
  );
  assert.deepEqual(
    splits[1]?.shares,
    teams.map(team => ({ team })),
  );
  assert.deepEqual(splits[2]?.shares, [
    { team: 'data', weight: 1 },
    { team: 'payments', weight: 3 },
  ]);
});

test('says what it reads, so that nothing else need be kept', () => {
  const { reads } = over(acme, {
    rules: [
      tagRule('t', 'team', 'Team', 'owner'),
      { name: 'a', account: { '1': { team: 'data' } }, provider: 'aws' },
      { name: 'n', namespace: '*', team: 'data' },
    ],
  });
  assert.deepEqual(reads, {
    tags: ['owner', 'team'],
    attributes: ['billing_account', 'namespace', 'provider', 'sub_account', 'tags'],
  });
});

test('its document builds the same ownership again; what rules do not read of the catalog does not change it', () => {
  const config = {
    aliases: { payments: ['x'] },
    rules: [tagRule('s', 'service', 'app'), tagRule('t', 'team', 'team')],
    splits: [{ name: 'e', method: 'even' }],
  };
  const ownership = over(acme, config);
  const again = ownershipFromDocument(canonicalJson(ownership.document), 1);
  assert.equal(again.digest, ownership.digest);
  for (const attributes of [
    tags({ app: 'cart' }),
    tags({ app: 'order-api' }),
    tags({ team: 'pay' }),
    tags({ team: 'x' }),
    tags({ team: 'nobody' }),
  ])
    assert.deepEqual(again.resolve(attributes), ownership.resolve(attributes));
  assert.deepEqual([again.teams, again.splits, again.reads], [ownership.teams, ownership.splits, ownership.reads]);
  const described = buildCatalog(
    [...acme.entities.values()].reverse().map(entity => ({ ...entity, tags: ['new'], line: 1 })),
  );
  assert.equal(over(described, config).digest, ownership.digest);
  const moved = buildCatalog(
    [...acme.entities.values()].map(entity =>
      entity.name === 'cart' ? { ...entity, owner: 'group:default/data' } : entity,
    ),
  );
  assert.notEqual(over(moved, config).digest, ownership.digest);
  assert.throws(() => ownershipFromDocument('{"format":2}', 7), { code: 'OWNERSHIP_VERSION_UNREADABLE' });
});

test('explains the whole way through the rules', () => {
  const ownership = over(acme, {
    rules: [
      { name: 'past', namespace: 'x', team: 'data', valid_to: '2020-01-01' },
      tagRule('tag', 'team', 'team'),
      tagRule('other tag', 'environment', 'env', 'stage'),
      { name: 'accounts', account: { '1': { team: 'data' } } },
      { name: 'ns', namespace: ['x*'], team: 'search', environment: 'staging' },
      { name: 'late', namespace: 'x', team: 'data' },
      { name: 'img', image: 'a', team: 'data' },
      { name: 'aws', provider: 'aws', team: 'data' },
    ],
  });
  const { owner, steps } = ownership.explainOwner(
    { namespace: 'x', provider: 'gcp', sub_account: '7', tags: { team: 'serach' } },
    '2026-01-01',
  );
  assert.deepEqual(
    owner,
    ownership.resolve({ namespace: 'x', sub_account: '7', tags: { team: 'serach' } }, '2026-01-01'),
  );
  assert.deepEqual(explainSteps(steps), [
    '1. past: does not hold on this day, until 2020-01-01',
    '2. tag: "serach" is no Group of the catalog, and no alias of one',
    '3. other tag: has no tag env, stage',
    '4. accounts: account 7 is not listed',
    '5. ns: gives team search, environment staging',
    '6. late: gives team data (an earlier rule gave one)',
    '7. img: has no image',
    '8. aws: provider gcp does not match',
  ]);
});

test('the first rule that says who bears a charge decides, be it a team or a split', () => {
  const build = (rules: unknown[]) =>
    buildOwnership(
      buildCatalog([]),
      ownershipSchema.parse({ rules, splits: [{ name: 'shared', method: 'even', teams: ['a', 'b'] }] }),
    );
  const byTag = { name: 'tag', tag: { keys: ['team'], gives: 'team' } };
  const byAccount = { name: 'account', account: { '1': { split: 'shared', environment: 'production' } } };
  const charge = { sub_account: '1', tags: { team: 'checkout' } };
  const tagFirst = build([byTag, byAccount]).resolve(charge);
  assert.deepEqual([tagFirst.team, tagFirst.split, tagFirst.environment], ['checkout', undefined, 'production']);
  assert.equal(build([byAccount, byTag]).resolve(charge).split, 'shared');
  assert.equal(build([byTag, byAccount]).resolve({ sub_account: '1' }).split, 'shared');
});
