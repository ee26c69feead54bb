/** A real registry, with the referrers API and without, of images that a real Cosign has signed and attested. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { verificationSchema } from '../../../../exporters/supply-chain/verification/config.ts';
import { makeVerifier } from '../../../../exporters/supply-chain/verification/index.ts';
import { later } from '../source-run.ts';
import {
  type Cosign,
  imageType,
  indexType,
  pushBlob,
  pushImage,
  pushManifest,
  type Registry,
  signing,
  startCosign,
  startRegistry,
} from './programs.ts';
import { heardOf, looksOf, registryRun, runs } from './run.ts';

const bom = (name: string) => ({
  ...{
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    components: [{ type: 'library', name, version: '1', purl: `pkg:npm/${name}@1` }],
  },
});

/** As BuildKit lays it beside an image: nobody has signed it. */
const statement = (digest: string) => ({
  ...{ _type: 'https://in-toto.io/Statement/v0.1', predicateType: 'https://cyclonedx.org/bom' },
  ...{
    subject: [{ name: 'shop', digest: { sha256: digest.slice('sha256:'.length) } }],
    predicate: bom('from-buildkit'),
  },
});

interface World {
  readonly registry: Registry;
  readonly cosign: Cosign;
  readonly digests: Readonly<Record<string, string>>;
}

/** Images by what was done to them, each in a repository of its own. */
async function world(t: TestContext, referrers: boolean, form: 'old' | 'bundle'): Promise<World | undefined> {
  const registry = await startRegistry(t, { referrers });
  const cosign = registry && (await startCosign(t));
  if (!registry || !cosign) return undefined;
  const { url, host } = registry;
  const flags = signing(form);
  const digests: Record<string, string> = {};
  const image = async (name: string) => {
    digests[name] = (await pushImage(url, `acme/${name}`, name, { tag: '1.0' })).digest;
    return `${host}/acme/${name}@${digests[name]}`;
  };
  await cosign.run('generate-key-pair', '--output-key-prefix', 'other');
  const slsa = cosign.file('slsa.json', {
    buildDefinition: { buildType: 'https://acme.io/build', externalParameters: {} },
    runDetails: { builder: { id: 'https://acme.io/builder' } },
  });
  await image('unsigned');
  await cosign.run('sign', ...flags, await image('signed'));
  await cosign.run('sign', ...signing(form, 'other.key'), await image('foreign'));
  await cosign.run('attest', ...flags, '--type', 'slsaprovenance1', '--predicate', slsa, await image('attested'));
  const both = await image('both');
  await cosign.run('sign', ...flags, both);
  await cosign.run(
    'attest',
    ...flags,
    '--type',
    'cyclonedx',
    '--predicate',
    cosign.file('bom.json', bom('left-pad')),
    both,
  );
  await cosign.run(
    'attest',
    ...signing(form, 'other.key'),
    '--type',
    'cyclonedx',
    '--predicate',
    cosign.file('evil.json', bom('evil')),
    await image('forged'),
  );
  return { registry, cosign, digests };
}

const start = async (t: TestContext, { registry, cosign }: World) => {
  const config = { keys: [{ file: cosign.publicKey }], transparency_log: 'optional' };
  const verifier = makeVerifier(verificationSchema.parse(config));
  return registryRun(t, { url: registry.url }, { verifier });
};

for (const [title, referrers, form] of [
  ['a registry with the referrers API, and bundles', true, 'bundle'],
  ['a registry without it, and bundles', false, 'bundle'],
  ['a registry with the referrers API, and signatures under tags', true, 'old'],
  ['a registry without it, and signatures under tags', false, 'old'],
] as const)
  test(`of ${title} it is known what is signed, by whom, and what is not`, async t => {
    const made = await world(t, referrers, form);
    if (!made) return;
    const { registry, digests } = made;
    const run = await start(t, made);
    await runs(run, ...Object.entries(digests).map(([name, digest]) => `${registry.host}/acme/${name}@${digest}`));
    const result = await run.refresh();
    assert.equal(result.error, undefined);
    const heard = heardOf(run);
    const signature = `signature ${form === 'old' ? '-' : 'sign/v1'}`;
    assert.deepEqual(
      looksOf(heard),
      [
        'acme/attested all found -: attestation provenance/v1 verified -',
        `acme/both all found -: attestation cyclonedx.org/bom verified -, ${signature} verified -`,
        'acme/forged all found -: attestation cyclonedx.org/bom failed wrong_key',
        `acme/foreign all found -: ${signature} failed wrong_key`,
        `acme/signed all found -: ${signature} verified -`,
        'acme/unsigned all none -: ',
      ].toSorted(),
    );
    const sboms = heard.flatMap(each => each.sboms ?? []);
    assert.deepEqual(
      sboms.map(
        ({ artifact, components }) => `${artifact.name} ${artifact.digests[0]} ${components.map(({ name }) => name)}`,
      ),
      [`${registry.host}/acme/both ${digests.both} left-pad`],
      'what is attested is of the image, and what is forged is of nothing',
    );
  });

test('an image that was tampered with the signature of another is not signed', async t => {
  const made = await world(t, false, 'old');
  if (!made) return;
  const {
    registry: { url, host },
    digests,
  } = made;
  const tag = (name: string) => `${digests[name]!.replace(':', '-')}.sig`;
  const stolen = await fetch(`${url}/v2/acme/signed/manifests/${tag('signed')}`, { headers: { accept: imageType } });
  const manifest = (await stolen.json()) as {
    mediaType: string;
    config: { digest: string };
    layers: readonly { digest: string }[];
  };
  for (const { digest } of [manifest.config, ...manifest.layers]) {
    const blob = await fetch(`${url}/v2/acme/signed/blobs/${digest}`);
    await pushBlob(url, 'acme/unsigned', Buffer.from(await blob.arrayBuffer()), '');
  }
  await pushManifest(url, 'acme/unsigned', manifest, { tag: tag('unsigned') });
  const run = await start(t, made);
  await runs(run, `${host}/acme/unsigned@${digests.unsigned}`);
  await run.refresh();
  assert.deepEqual(looksOf(heardOf(run)), ['acme/unsigned all found -: signature - failed subject_mismatch']);
});

describe('an image of several platforms', () => {
  async function index(t: TestContext) {
    const registry = await startRegistry(t, { referrers: true });
    const cosign = registry && (await startCosign(t));
    if (!registry || !cosign) return undefined;
    const { url, host } = registry;
    const [amd, arm] = [
      await pushImage(url, 'acme/shop', 'amd', { architecture: 'amd64' }),
      await pushImage(url, 'acme/shop', 'arm', { architecture: 'arm64' }),
    ];
    const layer = await pushBlob(
      url,
      'acme/shop',
      JSON.stringify(statement(amd.digest)),
      'application/vnd.in-toto+json',
    );
    const config = await pushBlob(url, 'acme/shop', '{}', 'application/vnd.oci.image.config.v1+json');
    const beside = await pushManifest(url, 'acme/shop', {
      schemaVersion: 2,
      mediaType: imageType,
      config,
      layers: [layer],
    });
    const of = ({ mediaType, digest, size }: typeof amd, architecture: string) => ({
      mediaType,
      digest,
      size,
      platform: { os: 'linux', architecture },
    });
    const whole = await pushManifest(
      url,
      'acme/shop',
      {
        ...{ schemaVersion: 2, mediaType: indexType },
        manifests: [
          ...[of(amd, 'amd64'), of(arm, 'arm64')],
          {
            ...beside,
            platform: { os: 'unknown', architecture: 'unknown' },
            annotations: {
              'vnd.docker.reference.type': 'attestation-manifest',
              'vnd.docker.reference.digest': amd.digest,
            },
          },
        ],
      },
      { tag: '1.0' },
    );
    const digests = { index: whole.digest, amd: amd.digest, arm: arm.digest, config: amd.config };
    return { registry, cosign, digests, host };
  }

  test('is known by its platform too, whose attestations are its own; a signature of that alone is none of it', async t => {
    const made = await index(t);
    if (!made) return;
    const { cosign, digests, host } = made;
    const predicate = cosign.file('bom.json', bom('left-pad'));
    await cosign.run('sign', ...signing('bundle'), `${host}/acme/shop@${digests.amd}`);
    await cosign.run(
      'attest',
      ...signing('bundle'),
      '--type',
      'cyclonedx',
      '--predicate',
      predicate,
      `${host}/acme/shop@${digests.amd}`,
    );
    await cosign.run(
      'attest',
      ...signing('bundle'),
      '--type',
      'cyclonedx',
      '--predicate',
      cosign.file('arm.json', bom('arm-only')),
      `${host}/acme/shop@${digests.arm}`,
    );
    const run = await start(t, made);
    await runs(run, `${host}/acme/shop@${digests.index}`);
    await run.refresh();
    const heard = heardOf(run);
    assert.deepEqual(looksOf(heard), [
      'acme/shop all found -: attestation cyclonedx.org/bom claimed unsigned, attestation cyclonedx.org/bom verified -',
    ]);
    assert.deepEqual(heard[0]?.signatures?.[0]?.artifact.digests, [digests.index, digests.amd, digests.config]);
    assert.deepEqual(
      heard
        .flatMap(({ sboms = [] }) => sboms.flatMap(({ components }) => components.map(({ name }) => name)))
        .toSorted(),
      ['from-buildkit', 'left-pad'],
    );
  });

  test('is signed where its index is', async t => {
    const made = await index(t);
    if (!made) return;
    const { cosign, digests, host } = made;
    await cosign.run('sign', ...signing('bundle'), `${host}/acme/shop@${digests.index}`);
    const run = await start(t, made);
    await runs(run, `${host}/acme/shop@${digests.index}`);
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), [
      'acme/shop all found -: attestation cyclonedx.org/bom claimed unsigned, signature sign/v1 verified -',
    ]);
  });
});

test('a registry with users is asked by their password, and one that is wrong is said to be', async t => {
  // shop:secret-of-shop
  const cosign = await startCosign(t);
  if (!cosign) return;
  const htpasswd = cosign.file('htpasswd', `shop:${bcrypted}\n`);
  const registry = await startRegistry(t, { htpasswd });
  if (!registry) return;
  const { digest } = await pushImage(registry.url, 'acme/shop', 'x', { user: 'shop:secret-of-shop' });
  const image = `${registry.host}/acme/shop@${digest}`;
  const right = await registryRun(t, { url: registry.url, username: 'shop', password: 'secret-of-shop' });
  await runs(right, image);
  assert.equal((await right.refresh()).error, undefined);
  assert.deepEqual(looksOf(heardOf(right)), ['acme/shop all none -: ']);
  const wrong = await registryRun(t, { url: registry.url, username: 'shop', password: 'not-the-password' });
  await runs(wrong, image);
  const { error } = await wrong.refresh();
  assert.match(String(error), /refused by the registry .* with 401/);
  assert.ok(![String(error), ...wrong.logged].some(line => line.includes('not-the-password')));
  assert.deepEqual(looksOf(heardOf(wrong)), ['acme/shop some unknown unauthorized: ']);
});

/** Of `secret-of-shop`. */
const bcrypted = '$2a$04$FkoKq6oNcrAyRtnxZneLveD4MQdzH8O2kcS0BhYDjemrRtHeOCTNG';

test('an SBOM that is attached and not signed is read, and signs nothing', async t => {
  const registry = await startRegistry(t, { referrers: true });
  if (!registry) return;
  const { url, host } = registry;
  const image = await pushImage(url, 'acme/shop', 'x');
  const [config, layer] = [
    await pushBlob(url, 'acme/shop', '{}', 'application/vnd.oci.empty.v1+json'),
    await pushBlob(url, 'acme/shop', JSON.stringify(bom('attached')), 'application/vnd.cyclonedx+json'),
  ];
  const { config: _, ...subject } = image;
  await pushManifest(url, 'acme/shop', {
    schemaVersion: 2,
    mediaType: imageType,
    artifactType: 'application/vnd.cyclonedx+json',
    config,
    layers: [layer],
    subject,
  });
  const run = await registryRun(t, { url });
  await runs(run, `${host}/acme/shop@${image.digest}`);
  await run.refresh();
  const heard = heardOf(run);
  assert.deepEqual(looksOf(heard), ['acme/shop all none -: ']);
  assert.deepEqual(
    heard.flatMap(({ sboms = [] }) => sboms.map(({ artifact }) => artifact.digests)),
    [[image.digest, image.config]],
  );
  const first = heard.flatMap(({ sboms = [] }) => sboms.map(({ digest, createdAt }) => `${createdAt} ${digest}`));
  later(run, 25 * 60);
  await run.refresh();
  assert.deepEqual(
    heardOf(run).flatMap(({ sboms = [] }) => sboms.map(({ digest, createdAt }) => `${createdAt} ${digest}`)),
    first,
    'it does not say when it was made, and is none the younger for being looked at again',
  );
});

test('VEX that is attached speaks of its image alone, and silences nothing unsigned where someone is trusted', async t => {
  const registry = await startRegistry(t, { referrers: true });
  if (!registry) return;
  const { url, host } = registry;
  const image = await pushImage(url, 'acme/shop', 'x');
  const config = await pushBlob(url, 'acme/shop', '{}', 'application/vnd.oci.empty.v1+json');
  const { config: _, ...subject } = image;
  const attach = async (artifactType: string, document: object) => {
    const layers = [await pushBlob(url, 'acme/shop', JSON.stringify(document), artifactType)];
    await pushManifest(url, 'acme/shop', {
      schemaVersion: 2,
      mediaType: imageType,
      artifactType,
      config,
      layers,
      subject,
    });
  };
  const products = ['pkg:apk/alpine/openssl', `${host}/acme/shop@${image.digest}`, 'ghcr.io/acme/pay:1'];
  await attach('application/vnd.openvex+json', {
    ...{ '@context': 'https://openvex.dev/ns/v0.2.0', '@id': 'v', author: 'x', timestamp: '2026-11-01T00:00:00Z' },
    statements: products.map(id => ({
      ...{ vulnerability: { name: 'CVE-2026-1' }, products: [{ '@id': id }], status: 'not_affected' },
    })),
  });
  await attach('application/vnd.aquasec.trivy.report+json', {
    ...{ SchemaVersion: 2, ArtifactName: 'shop', ArtifactType: 'container_image', CreatedAt: '2026-11-01T00:00:00Z' },
    Results: [{ Target: 'shop (alpine 3.20)', Class: 'os-pkgs', Type: 'alpine' }],
  });
  const told = async (more: object) => {
    const run = await registryRun(t, { url }, more);
    await runs(run, `${host}/acme/shop@${image.digest}`);
    const { rejected } = await run.refresh();
    const heard = heardOf(run);
    const vex = heard.flatMap(one => one.vex ?? []);
    assert.ok(vex.every(({ artifact }) => artifact?.digests[0] === image.digest));
    return [vex.map(({ purl = 'all' }) => purl), heard.flatMap(({ scans = [] }) => scans).length, rejected];
  };
  assert.deepEqual(await told({}), [['pkg:apk/alpine/openssl', 'all'], 1, { vex_of_another_image: 1 }]);
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [{ pem: publicKey.export({ type: 'spki', format: 'pem' }) }];
  const verifier = makeVerifier(verificationSchema.parse({ keys }));
  assert.deepEqual(await told({ verifier }), [[], 0, { vex_of_another_image: 1, not_verified: 2 }]);
});

test('images that the configuration names are looked at without running, by what their tag stands for now', async t => {
  const registry = await startRegistry(t);
  if (!registry) return;
  const { url } = registry;
  await pushImage(url, 'acme/shop', 'one', { tag: '1.0' });
  const run = await registryRun(t, { url, images: ['acme/shop:1.0', 'acme/none:1.0'] });
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(looksOf(heardOf(run)), ['acme/shop all none -: ']);
  await run.refresh();
  assert.deepEqual(looksOf(heardOf(run)), [], 'it was looked at');
  await pushImage(url, 'acme/shop', 'two', { tag: '1.0' });
  await run.refresh();
  assert.deepEqual(looksOf(heardOf(run)), ['acme/shop all none -: '], 'the tag has moved');
});
