import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCatalog } from '../../exporters/catalog/backstage.ts';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { parseEntities } from '../../exporters/catalog/entity.ts';
import { parseRef } from '../../exporters/catalog/refs.ts';
import { wildcard } from '../../exporters/catalog/wildcard.ts';
import { PlumblineError } from '../../exporters/core/errors.ts';

const fixtures = fileURLToPath(new URL('../fixtures/catalog/', import.meta.url));
const acme = () => readCatalog({ files: ['acme/*.yaml'], directory: fixtures });

test('reads every kind of entity from multi-document files without a complaint', async () => {
  const catalog = await acme();
  assert.deepEqual(catalog.rejects, []);
  const kinds = Map.groupBy(catalog.entities.values(), entity => entity.kind);
  assert.equal(kinds.get('Component')?.length, 20);
  assert.equal(kinds.get('Group')?.filter(group => group.type === 'team').length, 8);
  for (const kind of ['User', 'Domain', 'System', 'Resource', 'API', 'Location', 'Template'])
    assert.ok(kinds.has(kind), kind);
  const gateway = catalog.entities.get('component:default/payment-gateway');
  assert.equal(gateway?.annotations['github.com/project-slug'], 'acme/payment-gateway');
  assert.deepEqual(gateway?.tags, ['go']);
});

test('an owner is the Group, a User’s first Group, else the System’s owner, else its Domain’s', async () => {
  const catalog = await acme();
  const owner = (ref: string) => catalog.teamOf(ref);
  assert.equal(owner('component:default/cart'), 'checkout');
  assert.equal(owner('component:default/fraud-scoring'), 'payments');
  assert.equal(owner('component:default/event-stream'), 'data', 'the first group of the user');
  assert.equal(owner('component:default/order-api'), 'checkout', 'the owner of its system');
  assert.equal(owner('component:default/api-gateway'), 'platform', 'the owner of its system’s domain');
  assert.equal(owner('resource:default/event-bus'), 'platform');
  assert.equal(catalog.teamOfOwner('user:default/bo.chen'), 'checkout', 'a group that lists the user');
  assert.equal(owner('component:default/no-such'), undefined);
});

test('keeps the tree of Groups, whether stated by parent or by children', async () => {
  const catalog = await acme();
  assert.equal(catalog.parentOf('group:default/search'), 'group:default/commerce');
  assert.deepEqual(catalog.childrenOf('group:default/acme'), ['group:default/commerce', 'group:default/foundation']);
  const { entities } = parseEntities(
    'g.yaml',
    [group('root', 'children: [leaf]'), group('leaf', 'type: team')].join('---\n'),
  );
  assert.equal(buildCatalog(entities).parentOf('group:default/leaf'), 'group:default/root');
});

test('a broken document is rejected with file, line and reason, and the rest goes on', async () => {
  const catalog = await readCatalog({ files: ['broken/*.yaml'], directory: fixtures });
  const told = catalog.rejects.map(({ file, line, reason, field, value }) => ({ file, line, reason, field, value }));
  const file = 'broken/mixed.yaml';
  assert.deepEqual(
    told.map(({ line, reason, field }) => [line, reason, field]),
    [
      [10, 'yaml_not_valid', undefined],
      [20, 'name_not_valid', 'metadata.name'],
      [23, 'field_missing', 'metadata.name'],
      [28, 'not_an_entity', 'apiVersion'],
      [32, 'not_an_entity', undefined],
      [39, 'duplicate_entity', 'metadata.name'],
      [44, 'group_cycle', 'spec.parent'],
      [34, 'owner_unknown', 'spec.owner'],
    ],
  );
  assert.ok(told.every(reject => reject.file === file));
  assert.equal(told[1]?.value, 'not a name!');
  assert.equal(told[5]?.value, 'component:default/lost, first in broken/mixed.yaml:34');
  assert.equal(
    told[6]?.value,
    'group:default/third → group:default/second → group:default/first → group:default/third',
  );
  assert.equal(told[7]?.value, 'group:default/nobody');
  assert.deepEqual(
    [...catalog.entities.keys()],
    ['group:default/first', 'group:default/second', 'component:default/lost', 'group:default/third'],
  );
  assert.equal(catalog.parentOf('group:default/third'), undefined, 'the link that closes the cycle is left out');
  assert.equal(catalog.parentOf('group:default/second'), 'group:default/first');
});

test('a stated owner that leads nowhere is not replaced by the System’s', () => {
  const { entities } = parseEntities(
    'c.yaml',
    [
      group('team-a', 'type: team'),
      entity('System', 's', 'owner: team-a'),
      entity('Component', 'c', 'owner: team-b, system: s'),
      entity('Component', 'd', 'system: s'),
      entity('Component', 'e', 'system: component:default/e'),
      entity('User', 'u', 'memberOf: [user:default/u]'),
    ].join('---\n'),
  );
  const catalog = buildCatalog(entities);
  assert.equal(catalog.teamOf('component:default/c'), undefined);
  assert.equal(catalog.teamOf('component:default/d'), 'team-a');
  assert.equal(catalog.teamOf('component:default/e'), undefined, 'a reference to itself ends');
  assert.equal(catalog.teamOfOwner('user:default/u'), undefined);
});

test('without any Group the words of the owner are the team', async () => {
  const { entities } = parseEntities('c.yaml', entity('Component', 'c', 'owner: group:team-a'));
  const catalog = buildCatalog(entities);
  assert.equal(catalog.teamOf('component:default/c'), 'team-a');
  assert.deepEqual(catalog.rejects, []);
});

test('line endings, byte order marks and an alias bomb do not stop the rest', () => {
  const bomb = `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: bomb\n  a: &a [x,x,x,x,x,x,x,x,x,x]\n  b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n  c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n  d: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;
  const text = `\uFEFF${group('one', 'type: team')}---\n${bomb}--- # two\n${group('two', 'type: team')}...\n---\n`;
  for (const ends of ['\n', '\r\n']) {
    const { entities, rejects } = parseEntities('x.yaml', text.replaceAll('\n', ends));
    assert.deepEqual(
      entities.map(({ name }) => name),
      ['one', 'two'],
    );
    assert.deepEqual(
      rejects.map(({ line, reason }) => [line, reason]),
      [[7, 'yaml_not_valid']],
    );
  }
});

test('a glob that names no file is an error that says which, and where', async () => {
  await assert.rejects(readCatalog({ files: ['acme/*.yaml', 'nowhere/**/*.yaml'], directory: fixtures }), error => {
    assert.ok(error instanceof PlumblineError);
    assert.equal(error.code, 'CATALOG_NO_FILES');
    assert.match(error.message, /no file matches "nowhere\/\*\*\/\*\.yaml"/);
    return true;
  });
  await assert.rejects(readCatalog({ files: ['acme'], directory: fixtures }), { code: 'CATALOG_NO_FILES' }, 'a folder');
});

test('no glob is an empty catalog, which takes any team', async () => {
  const catalog = await readCatalog({ files: [], directory: fixtures });
  assert.equal(catalog.entities.size, 0);
  assert.equal(catalog.hasGroups, false);
});

test('references are completed by the defaults of their field, without regard to case', () => {
  const owner = { kind: 'group', namespace: 'infra' };
  assert.equal(parseRef('Payments', owner), 'group:infra/payments');
  assert.equal(parseRef('default/Payments', owner), 'group:default/payments');
  assert.equal(parseRef('User:default/Ana', owner), 'user:default/ana');
  assert.equal(parseRef('user:ana', owner), 'user:infra/ana');
  for (const wrong of ['', 'a b', 'a:b:c', 'a/b/c', 'group:', '/x'])
    assert.equal(parseRef(wrong, owner), undefined, wrong);
  assert.equal(parseRef('no-kind'), undefined);
});

test('patterns: * is any text, ? one character, the rest itself', () => {
  const holds = (pattern: string, text: string) => wildcard([pattern])(text);
  for (const [pattern, text] of [
    ['*', 'a/b'],
    ['pay-*', 'pay-'],
    ['*a*b', 'xaxbxab'],
    ['a?c', 'a😀c'],
    ['a.c', 'a.c'],
    ['*/x', 'y/z/x'],
  ] as const)
    assert.ok(holds(pattern, text), `${pattern} ${text}`);
  for (const [pattern, text] of [
    ['a.c', 'abc'],
    ['pay-*', 'repay-x'],
    ['a?c', 'ac'],
    ['Pay', 'pay'],
    ['*ab', 'abc'],
    ['', 'a'],
  ] as const)
    assert.ok(!holds(pattern, text), `${pattern} ${text}`);
  assert.ok(wildcard(['PAY*', 'x'], true)('payments'));
  assert.ok(!wildcard(['*a*a*a*a*a*a*a*a*a*a*a*b'])('a'.repeat(5000)), 'many stars end');
});

test('patterns agree with the regular expressions that they stand for', () => {
  const letters = ['a', 'b', '*', '?'];
  const words = (length: number, from: readonly string[]): string[] =>
    length === 0 ? [''] : words(length - 1, from).flatMap(word => from.map(letter => word + letter));
  for (const pattern of words(4, letters)) {
    const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
    const holds = wildcard([pattern]);
    for (const text of [...words(5, ['a', 'b']), ...words(2, ['a', 'b']), 'aba', ''])
      assert.equal(holds(text), expression.test(text), `${pattern} ${text}`);
  }
});

const corpus = `${process.env.PLUMBLINE_CORPUS ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))}/experience`;
test('reads Backstage’s own example files', { skip: !existsSync(corpus) && 'the corpus is absent' }, async () => {
  const catalog = await readCatalog({ files: ['backstage-*/*.yaml'], directory: corpus });
  assert.ok(catalog.entities.has('component:default/artist-lookup'));
  assert.equal(catalog.teamOf('component:default/artist-lookup'), 'team-a');
  assert.equal(catalog.teamOfOwner('user:development/guest'), 'team-a', 'a member across namespaces');
  assert.deepEqual(
    [...new Set(catalog.rejects.map(reject => reject.reason))],
    ['owner_unknown'],
    'these files name owners that stand in others',
  );
});

const entity = (kind: string, name: string, spec: string) =>
  `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec: { ${spec} }\n`;
const group = (name: string, spec: string) => entity('Group', name, spec);
const component = (name: string, spec: string) => entity('Component', name, spec);

test('a template’s skeleton is told as one, and no entity', () => {
  const { entities, rejects } = parseEntities(
    'skeleton/catalog-info.yaml',
    [
      component('${' + '{ values.name }}', 'owner: group:default/red'),
      component('{{cookiecutter.name}}', 'owner: red'),
      component('plain', 'owner: red').replace('spec:', '{%- if values.docs %}\nspec:'),
      component('real', 'owner: red'),
    ].join('---\n'),
  );
  assert.deepEqual(
    entities.map(({ name }) => name),
    ['real'],
  );
  assert.deepEqual(
    rejects.map(({ reason }) => reason),
    Array.from({ length: 3 }, () => 'template_not_filled_in'),
  );
});

test('what a relation or a list holds that is none is told, and the rest of it stays', () => {
  const { entities, rejects } = parseEntities(
    'odd.yaml',
    [
      component('listed', 'owner: [red, blue]').replace('metadata:', 'metadata:\n  tags: [java, 3.11, null]'),
      group('red', 'members: [ann, 7, bo]'),
      component('numbered', 'owner: 42'),
    ].join('---\n'),
  );
  assert.deepEqual(entities[0]?.tags, ['java', '3.11']);
  assert.deepEqual(entities[1]?.members, ['user:default/ann', 'user:default/bo']);
  assert.deepEqual(
    rejects.map(({ line, reason, field, value }) => [line, reason, field, value]),
    [
      [6, 'field_not_valid', 'spec.owner', '[red, blue]'],
      [12, 'field_not_valid', 'spec.members', '[ann, 7, bo]'],
      [18, 'field_not_valid', 'spec.owner', '42'],
    ],
  );
});

test('a fault in a later document names one line, that of the file', () => {
  const { rejects } = parseEntities('two.yaml', `${component('a', 'owner: red')}---\nkind: x: y\n`);
  assert.deepEqual(
    rejects.map(({ line, reason }) => [line, reason]),
    [[7, 'yaml_not_valid']],
  );
  assert.doesNotMatch(rejects[0]?.value ?? '', /at line/);
});

test('of a User’s Groups the first that is known counts', () => {
  const user =
    'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: { name: ann }\nspec: { memberOf: [gone, red] }\n';
  const { entities } = parseEntities('u.yaml', [user, group('red', 'type: team')].join('---\n'));
  assert.equal(buildCatalog(entities).teamOfOwner('user:default/ann'), 'red');
});

test('Locations are followed to the files that they name below their folder, and what is not followed is told', async t => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-locations-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write('secret.yaml', component('outside', 'owner: red'));
  write(
    'catalog/all.yaml',
    entity(
      'Location',
      'all',
      'targets: [./org.yaml, "services/*/catalog-info.yaml", ./gone.yaml, ../secret.yaml, "https://git.example/acme/x.yaml"]',
    ),
  );
  write('catalog/org.yaml', group('red', 'type: team'));
  write('catalog/services/shop/catalog-info.yaml', component('shop', 'owner: red'));
  // Back to where it came from.
  write('catalog/services/cart/catalog-info.yaml', entity('Location', 'cart', 'type: file, target: ../../all.yaml'));
  const catalog = await readCatalog({ files: ['catalog/all.yaml'], directory: folder });
  assert.deepEqual([...catalog.entities.keys()].sort(), [
    'component:default/shop',
    'group:default/red',
    'location:default/all',
    'location:default/cart',
  ]);
  assert.equal(catalog.teamOf('component:default/shop'), 'red');
  assert.deepEqual(
    catalog.rejects.map(({ file, reason, value }) => [file, reason, value]),
    [
      ['catalog/all.yaml', 'target_not_found', './gone.yaml'],
      ['catalog/all.yaml', 'target_outside', '../secret.yaml'],
    ],
  );
});

test('what YAML allows is read: merged keys, keys with nothing after them, and a value that holds itself', () => {
  const head = 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: odd\n';
  const read = (rest: string) => parseEntities('odd.yaml', `${head}${rest}`);
  assert.equal(read('spec:\n  <<: { owner: red }\n').entities[0]?.owner, 'group:default/red');
  assert.deepEqual(read('  namespace:\n  labels:\nspec:\n').entities[0]?.ref, 'component:default/odd');
  const circle = read('spec: &s\n  owner: red\n  system: *s\n');
  assert.equal(circle.entities[0]?.owner, 'group:default/red');
  assert.deepEqual(
    circle.rejects.map(({ reason, field, value }) => [reason, field, value]),
    [['field_not_valid', 'spec.system', '*s']],
  );
});
