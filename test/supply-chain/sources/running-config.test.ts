/** The sections `kubernetes` and `registries` of supply_chain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { supplyChainSchema } from '../../../exporters/supply-chain/config.ts';

const faultsOf = (config: object): readonly string[] =>
  supplyChainSchema.safeParse(config).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

test('clusters and registries are named after what they are', () => {
  const { kubernetes, registries } = supplyChainSchema.parse({
    kubernetes: [{ cluster: 'prod' }],
    registries: [
      { host: 'ghcr.io' },
      { url: 'http://10.0.0.1:5000' },
      { host: 'ghcr.io', repositories: ['acme/*'], name: 'acme' },
    ],
  });
  assert.deepEqual(
    [...kubernetes, ...registries].map(({ name }) => name),
    ['running-prod', 'registry-ghcr.io', 'registry-10.0.0.1:5000', 'acme'],
  );
});

for (const [what, config, expected] of [
  ['registry nowhere', { registries: [{}] }, ['registries.0.host: expected host or url']],
  [
    'host that is an address',
    { registries: [{ host: 'https://ghcr.io' }] },
    ['registries.0.host: expected a host as images name it, such as ghcr.io'],
  ],
  [
    'user without a password',
    { registries: [{ host: 'a.io', username: 'x' }] },
    ['registries.0.username: expected username and password_file together'],
  ],
  [
    'image that is stale before it is due',
    { registries: [{ host: 'a.io', stale: 12 }] },
    ['registries.0.stale: expected more hours than refresh'],
  ],
  [
    'platform of one word',
    { registries: [{ host: 'a.io', platform: 'amd64' }] },
    ['registries.0.platform: expected a platform such as linux/amd64'],
  ],
  [
    'namespace that is none',
    { kubernetes: [{ cluster: 'prod', namespaces: ['a/b'] }] },
    ['kubernetes.0.namespaces.0: expected the name of a namespace'],
  ],
  [
    'half a certificate',
    { kubernetes: [{ cluster: 'prod', client_key_file: 'x' }] },
    ['kubernetes.0.client_key_file: expected client_certificate_file and client_key_file together'],
  ],
  [
    'second source of a name',
    { registries: [{ host: 'a.io' }, { host: 'a.io' }] },
    ['registries.1.name: expected a name of its own for each of several sources, and none that posts have'],
  ],
] as const)
  test(`a ${what} is refused`, () => assert.deepEqual(faultsOf(config), expected));
