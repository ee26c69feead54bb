/** Documents that nobody meant well: none throws, none verifies, none holds up the event loop. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { documentKinds } from '../../../exporters/supply-chain/kinds.ts';
import type { Material } from '../../../exporters/supply-chain/verification/verifier.ts';
import { at, attestationsOf, documentOf, readAs, verifierOf } from './signed.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const verifier = verifierOf({ keys: [{ pem }], transparency_log: 'optional' });

const pae = (type: string, payload: Buffer) =>
  Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
const type = 'application/vnd.in-toto+json';
function envelope(value: unknown, payloadType = type) {
  const payload = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  const sig = sign('sha256', pae(payloadType, payload), privateKey).toString('base64');
  return { payloadType, payload: payload.toString('base64'), signatures: [{ sig }] };
}
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'shop', digest: { sha256: 'a'.repeat(64) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { buildDefinition: {}, runDetails: { builder: { id: 'https://b' } } },
};
const word = async (json: unknown) => {
  const { attestation } = await verifier.judge({ form: 'dsse', json });
  return [attestation.standing, attestation.reason].filter(Boolean).join(' ');
};

test('what is signed verifies, and no other bytes under the same signature', async () => {
  const good = envelope(statement);
  assert.equal(await word(good), 'verified');
  assert.equal(await word({ ...good, payloadType: 'application/json' }), 'failed wrong_key');
  assert.equal(await word({ ...good, payload: `${good.payload.slice(0, -4)}fX0K` }), 'failed wrong_key');
  assert.equal(await word({ ...good, payload: `${good.payload}!` }), 'failed malformed');
  assert.equal(await word({ ...good, signatures: [] }), 'failed malformed');
  assert.equal(await word({ ...good, signatures: [{ sig: '' }] }), 'failed malformed');
  assert.equal(await word({ ...good, signatures: [{ sig: 'AAAA' }, ...good.signatures] }), 'verified');
  // A key id names a key; that it is so, the signature shows alone.
  assert.equal(await word({ ...good, signatures: [{ sig: 'AAAA', keyid: pem }] }), 'failed wrong_key');
  const raw = sign('sha256', Buffer.from(good.payload, 'base64'), privateKey).toString('base64');
  assert.equal(await word({ ...good, signatures: [{ sig: raw }] }), 'failed wrong_key');
});

test('a bundle’s signature is of what it names, in a version that is known', async () => {
  const artifact = Buffer.from('as built');
  const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  const judge = async (digest: Buffer, mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json') => {
    const json = {
      mediaType,
      verificationMaterial: { publicKey: { hint: '' } },
      messageSignature: {
        messageDigest: { algorithm: 'SHA2_256', digest: digest.toString('base64') },
        signature: sign('sha256', artifact, privateKey).toString('base64'),
      },
    };
    const subject = { digests: [`sha256:${digest.toString('hex')}`] };
    const { attestation } = await verifier.judge({ form: 'bundle', json, artifact }, subject);
    return [attestation.standing, attestation.reason].filter(Boolean).join(' ');
  };
  assert.equal(await judge(digestOf(artifact)), 'verified');
  // A good signature of one thing beside the digest of another.
  assert.equal(await judge(digestOf(Buffer.from('as another built it'))), 'failed wrong_key');
  assert.equal(
    await judge(digestOf(artifact), 'application/vnd.dev.sigstore.bundle+json;version=0.9'),
    'failed malformed',
  );
  assert.equal(await judge(digestOf(artifact), 'application/vnd.dev.sigstore.bundle.v9.9+json'), 'failed malformed');
});

test('keys of other kinds, and what they can’t have signed', async () => {
  for (const pair of [
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ]) {
    const own = verifierOf({
      keys: [{ pem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() }],
      transparency_log: 'optional',
    });
    const payload = Buffer.from(JSON.stringify(statement));
    const hash = pair.publicKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    const sig = sign(hash, pae(type, payload), pair.privateKey).toString('base64');
    const json = { payloadType: type, payload: payload.toString('base64'), signatures: [{ sig }] };
    const { attestation } = await own.judge({ form: 'dsse', json });
    assert.equal(attestation.standing, 'verified', pair.publicKey.asymmetricKeyType);
    assert.equal(await word(json), 'failed wrong_key');
    const signed = Buffer.from(
      JSON.stringify({
        critical: {
          identity: { 'docker-reference': 'ghcr.io/acme/shop' },
          image: { 'docker-manifest-digest': `sha256:${'a'.repeat(64)}` },
          type: 'cosign container image signature',
        },
      }),
    );
    const signature = sign(hash, signed, pair.privateKey).toString('base64');
    const annotations = { 'dev.cosignproject.cosign/signature': signature };
    const simple: Material = { form: 'simple_signing', payload: signed, annotations };
    assert.equal((await own.judge(simple)).attestation.standing, 'verified');
    assert.equal((await verifier.judge(simple)).attestation.reason, 'wrong_key');
  }
});

const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const oddities: readonly unknown[] = [
  ...[null, true, 0, '', [], {}, [[]], [null], 1e308, { payload: 1 }, { payload: '', payloadType: '', signatures: {} }],
  ...[
    { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' },
    { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=9.9' },
  ],
  {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: [],
    messageSignature: { messageDigest: 1, signature: {} },
  },
  {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { certificate: { rawBytes: 'AAAA' } },
    dsseEnvelope: envelope(statement),
  },
  {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: { x509CertificateChain: { certificates: [] } },
    dsseEnvelope: envelope(statement),
  },
  { _type: 'https://in-toto.io/Statement/v1', predicateType: 5, subject: 'all' },
  {
    ...statement,
    subject: [null, 1, { name: {}, digest: { sha256: {} } }, { digest: { __proto__: null, constructor: 'x' } }],
  },
  { ...statement, predicate: { buildDefinition: { externalParameters: [] }, runDetails: [] } },
  { attestations: [{ bundle: { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' } }, null, 1] },
  { image_summary: { digest: {} }, provenance_summary: { provenance: [null, { envelope: 1 }, {}] } },
  [{ critical: { identity: 1, image: null, type: [] } }],
  [{ critical: { identity: {}, image: { 'docker-manifest-digest': 'sha256:short' }, type: 'x' } }],
  { exit: 0, stdout: '[{"critical":{"image":{},"identity":{}}}]' },
  { exit: 1e9, stdout: deep(50_000), command: 'cosign verify --key a b' },
  { exit: -1, command: 'verify ghcr.io/acme/shop' },
  { Base64Signature: 'AAAA', Payload: 'AAAA', Bundle: { Payload: [] }, Cert: { Raw: 'AAAA' }, Chain: [{}] },
];

test('odd shapes never throw and never verify, by any kind', async () => {
  const texts = [
    ...oddities.map(each => JSON.stringify(each)),
    ...[
      deep(100_000),
      `{"payloadType":"a","signatures":[],"payload":${deep(100_000)}}`,
      `{"_type":"https://in-toto.io/Statement/v1","predicateType":"x","subject":[{"name":"a","digest":{"sha256":"${'a'.repeat(64)}"}}],"predicate":${deep(100_000)}}`,
    ],
    ...['{', '\u0000', '[[[', '{"__proto__":{"exit":0},"exit":10,"stdout":""}', `${'[1]\n'.repeat(50_000)}`],
  ];
  for (const text of texts)
    for (const kind of documentKinds)
      for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`), Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
        const document = documentOf(bytes);
        kind.recognises(document);
        const reading = await kind.read(document, { at, now: at, place: {}, file: 'odd', verifier });
        assert.ok(
          attestationsOf(reading).every(({ standing }) => standing !== 'verified'),
          `${kind.kind}: ${text.slice(0, 80)}`,
        );
      }
});

test('a signed statement of a deep predicate is read, and carries nothing', async () => {
  const text = JSON.stringify({ ...statement, predicateType: 'https://cyclonedx.org/bom', predicate: 0 });
  const payload = text.replace('"predicate":0', `"predicate":${deep(100_000)}`);
  const reading = await readAs('in-toto', JSON.stringify(envelope(payload)), { verifier });
  assert.equal(attestationsOf(reading)[0]?.standing, 'verified');
  assert.equal(reading.heard.sboms, undefined);
  assert.equal(reading.rejections[0]?.reason, 'unknown_predicate');
});

test('a thousand lines leave the event loop to others', async () => {
  const line = JSON.stringify(envelope(statement));
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 0);
  const reading = await readAs('in-toto', Array.from({ length: 1000 }, () => line).join('\n'), { verifier });
  clearInterval(ticking);
  assert.equal(reading.records, 1000);
  assert.ok(turns > 10, `others had ${turns} turns`);
});
