import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryPath, repositorySlug } from '../../exporters/catalog/repository.ts';

const same = [
  'acme/shop',
  'Acme/Shop',
  ' acme/shop ',
  'acme/shop.git',
  'https://github.com/acme/shop',
  'https://github.com/acme/shop/',
  'https://github.com/Acme/Shop.git',
  'https://user:token@github.com/acme/shop.git',
  'https://github.com/acme/shop?tab=readme#top',
  'ssh://git@github.com:22/acme/shop.git',
  'git+ssh://git@github.com/acme/shop.git',
  'git@github.com:acme/shop.git',
  'github.com:acme/shop',
  'url:https://github.com/acme/shop/tree/main/',
  'url:https://gitlab.example.com/acme/shop/-/tree/main/',
];

test('a repository is called the same however it is written', () => {
  for (const text of same) assert.equal(repositorySlug(text), 'acme/shop', text);
});

test('a path keeps its groups and its spelling', () => {
  assert.equal(repositoryPath('https://gitlab.com/Acme/Backend/shop.git'), 'Acme/Backend/shop');
  assert.equal(repositoryPath('git@gitlab.com:Acme/Backend/shop.git'), 'Acme/Backend/shop');
  assert.equal(repositorySlug('https://dev.azure.com/acme/store/_git/shop'), 'acme/store/shop');
});

test('a folder inside a repository is no repository, and neither is nothing', () => {
  for (const text of [
    'url:https://github.com/acme/mono/tree/main/services/shop',
    'https://gitlab.com/acme/mono/-/blob/main/catalog-info.yaml',
    'https://bitbucket.org/acme/mono/src/main/shop',
    ...['', ' ', '/', 'https://github.com/', 'user@host'],
  ])
    assert.equal(repositorySlug(text), undefined, text);
});
