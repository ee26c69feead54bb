/** What a real registry held of an image that Cosign has signed and attested three times (cosign-live), byte by byte. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { verificationSchema } from '../../../../exporters/supply-chain/verification/config.ts';
import { makeVerifier } from '../../../../exporters/supply-chain/verification/index.ts';
import { startRegistryServer } from '../../../vendors/oci/registry-server.ts';
import { heardOf, looksOf, registryRun, runs } from './run.ts';

const corpus = process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../../../shared/data');
const folder = path.join(corpus, 'supply-chain/cosign-live');

for (const [key, standing] of [
  ['good.pub.pem', 'verified -'],
  ['other.pub.pem', 'failed wrong_key'],
] as const)
  test(`of a real image by ${key} each signature is ${standing}`, async t => {
    if (!existsSync(folder)) return t.skip(`no ${folder}; set PLUMBLINE_CORPUS`);
    const file = (name: string) => readFileSync(path.join(folder, name));
    const server = await startRegistryServer(t, { referrers: { status: 404 } });
    const digest = server.rawManifest('shop/express', file('registry/express.manifest.json'), '1.0');
    const tag = digest.replace(':', '-');
    assert.ok(file('registry/express.tags.log').toString().includes(`${tag}.sig`));
    server.rawManifest('shop/express', file('registry/express.sig.manifest.json'), `${tag}.sig`);
    server.rawManifest('shop/express', file('registry/express.att.manifest.json'), `${tag}.att`);
    server.blob(file('registry/express.sig.payload.json'), '');
    const envelopes = file('verify/download-attestation-express.stdout.log').toString().trim().split('\n');
    for (const envelope of envelopes) server.blob(envelope, '');
    const verifier = makeVerifier(
      verificationSchema.parse({ keys: [{ file: path.join(folder, key) }], transparency_log: 'optional' }),
    );
    const run = await registryRun(t, { url: server.url }, { verifier });
    await runs(run, `${server.host}/shop/express@${digest}`);
    const result = await run.refresh();
    assert.equal(result.error, undefined);
    const heard = heardOf(run);
    assert.deepEqual(looksOf(heard), [
      `shop/express all found -: ${[
        `attestation cyclonedx.org/bom ${standing}`,
        `attestation provenance/v1 ${standing}`,
        `attestation spdx.dev/Document ${standing}`,
        `signature - ${standing}`,
      ].join(', ')}`,
    ]);
    const statements = envelopes.map(
      line =>
        JSON.parse(Buffer.from((JSON.parse(line) as { payload: string }).payload, 'base64').toString()) as {
          predicateType: string;
          predicate: {
            components?: { purl?: string; type: string }[];
            packages?: { externalRefs?: { referenceType: string; referenceLocator: string }[] }[];
          };
        },
    );
    // Each purl once, as both documents name actions several times.
    const counted = statements.flatMap(({ predicate: { components, packages } }) => {
      const purls = components
        ? components.flatMap(({ purl }) => purl ?? [])
        : packages?.flatMap(({ externalRefs = [] }) =>
            externalRefs.flatMap(({ referenceType, referenceLocator }) =>
              referenceType === 'purl' ? referenceLocator : [],
            ),
          );
      return purls ? [new Set(purls).size] : [];
    });
    const read = heard
      .flatMap(({ sboms = [] }) => sboms)
      .map(({ artifact, components }) => {
        assert.equal(artifact.digests[0], digest);
        return components.filter(({ purl }) => purl !== '').length;
      });
    assert.deepEqual(read.toSorted(), standing === 'verified -' ? counted.toSorted() : []);
  });
