/** Ownership where no rule says it: by a fact's own words, and by the repository that a Component's annotation names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { parseEntities } from '../../exporters/catalog/entity.ts';
import { explainSteps } from '../../exporters/catalog/explain.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { repositorySlug } from '../../exporters/catalog/repository.ts';
import type { OwnerAttributes } from '../../exporters/catalog/rules.ts';

const group = (name: string, aliases = '') =>
  `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: ${name}${aliases === '' ? '' : `, annotations: { plumbline.dev/aliases: "${aliases}" }`} }\nspec: { type: team }\n`;
const component = (name: string, owner: string, annotations: Readonly<Record<string, string>> = {}) =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: ${name}, annotations: ${JSON.stringify(annotations)} }\nspec: { owner: ${owner} }\n`;

const over = (documents: readonly string[], config: unknown = {}) =>
  buildOwnership(
    buildCatalog(parseEntities('c.yaml', documents.join('---\n')).entities),
    ownershipSchema.parse(config),
  );

const acme = [
  group('payments', 'Team Pay, squad-7'),
  group('search'),
  component('billing', 'payments', { 'github.com/project-slug': 'acme/billing', 'plumbline.dev/aliases': 'PD0042' }),
  component('finder', 'search', { 'gitlab.com/project-slug': 'acme/search/Finder' }),
  component('cart', 'payments', { 'github.com/project-slug': 'acme/shop' }),
  component('wish', 'payments', { 'backstage.io/source-location': 'url:https://github.com/acme/shop/tree/main/' }),
  component('ads', 'payments', { 'github.com/project-slug': 'acme/mixed' }),
  component('log', 'search', { 'github.com/project-slug': 'acme/mixed' }),
  component('part', 'search', { 'backstage.io/source-location': 'url:https://github.com/acme/mono/tree/main/part' }),
];

const owner = (attributes: OwnerAttributes, config: unknown = {}) => {
  const { team, service, environment } = over(acme, config).resolve(attributes);
  return `${team} ${service} ${environment}`;
};

test("a fact's own service is the Component of that name, reference or alias, with its owner", () => {
  assert.equal(owner({ service: 'Billing' }), 'payments billing unassigned');
  assert.equal(owner({ service: 'component:default/finder' }), 'search finder unassigned');
  assert.equal(owner({ service: 'pd0042' }), 'payments billing unassigned');
  assert.equal(owner({ service: 'Unknown Thing' }), 'unowned unknown thing unassigned', 'a service of its own');
});

test("a fact's own team stands before its service's owner, unless no Group bears it", () => {
  assert.equal(owner({ service: 'billing', team: 'search' }), 'search billing unassigned');
  assert.equal(owner({ service: 'billing', team: 'Team Pay' }), 'payments billing unassigned');
  assert.equal(owner({ team: 'squad-7' }), 'payments unassigned unassigned');
  assert.equal(owner({ service: 'billing', team: 'ghosts' }), 'payments billing unassigned');
  assert.equal(owner({ team: 'ghosts' }), 'unowned unassigned unassigned');
  assert.equal(owner({ environment: 'Production' }), 'unowned unassigned production');
});

test('a repository is of the one Component that names it, however it is written', () => {
  assert.equal(owner({ repository: 'acme/billing' }), 'payments billing unassigned');
  assert.equal(owner({ repository: 'git@github.com:acme/Billing.git' }), 'payments billing unassigned');
  assert.equal(
    owner({ repository: 'https://token@gitlab.example/acme/search/finder.git' }),
    'search finder unassigned',
  );
  assert.equal(owner({ repository: 'acme/billing', service: 'finder' }), 'search finder unassigned', 'its words first');
});

test('a repository that several Components share gives their team where it is one, and no service', () => {
  assert.equal(owner({ repository: 'acme/shop' }), 'payments unassigned unassigned');
  assert.equal(owner({ repository: 'acme/mixed' }), 'unowned unassigned unassigned');
  assert.equal(owner({ repository: 'acme/mono' }), 'unowned unassigned unassigned', 'a folder is a part of it');
  assert.equal(owner({ repository: 'acme/shop', service: 'wish' }), 'payments wish unassigned');
});

test('rules stand before words and annotations, and what they leave open these give', () => {
  const rules = [{ name: 'moved', repository: 'acme/billing', team: 'search' }];
  assert.equal(owner({ repository: 'acme/billing' }, { rules }), 'search billing unassigned');
  const service = [{ name: 'named', repository: 'acme/*', service: 'finder', environment: 'edge' }];
  assert.equal(
    owner({ repository: 'acme/billing', service: 'billing', environment: 'production' }, { rules: service }),
    'search finder edge',
  );
  const split = {
    rules: [{ name: 'shared', repository: 'acme/billing', split: 'all' }],
    splits: [{ name: 'all', method: 'even' }],
  };
  const shared = over(acme, split).resolve({ repository: 'acme/billing' });
  assert.deepEqual([shared.split, shared.team, shared.service], ['all', 'unowned', 'billing'], 'who bears it is said');
});

test('an explanation says that the catalog gave it, after the rules', () => {
  const rules = [{ name: 'moved', repository: 'acme/billing', team: 'search' }];
  const { owner: found, steps } = over(acme, { rules }).explainOwner({ repository: 'acme/billing' });
  assert.deepEqual(found.rules, { team: 'moved', service: 'the catalog' });
  assert.deepEqual(explainSteps(steps), [
    '1. moved: gives team search',
    '2. the catalog: gives team payments (an earlier rule gave one), service billing',
  ]);
});

test('repositories are called by their path, folded, whatever their address', () => {
  const slugs: Readonly<Record<string, string | undefined>> = {
    'https://github.com/Acme/Shop.git': 'acme/shop',
    'ssh://git@host.example:2222/acme/shop': 'acme/shop',
    'git@host.example:acme/shop.git': 'acme/shop',
    'url:https://github.com/acme/shop/tree/main/': 'acme/shop',
    'url:https://gitlab.com/acme/group/shop/-/tree/main/': 'acme/group/shop',
    'https://dev.azure.com/acme/project/_git/shop': 'acme/project/shop',
    'url:https://github.com/acme/shop/tree/main/services/cart': undefined,
    'acme/shop': 'acme/shop',
    '': undefined,
  };
  for (const [address, slug] of Object.entries(slugs)) assert.equal(repositorySlug(address), slug, address);
});
