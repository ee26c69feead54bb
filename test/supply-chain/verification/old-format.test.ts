/** Cosign's old format without keys: a layer of a `.sig` tag with certificate, chain and log entry, of an instance of our own. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ownInstance } from './own-instance.ts';
import { readAs, toldOf, verifierOf } from './signed.ts';

const instance = ownInstance();
const other = ownInstance();
const digest = `sha256:${'a'.repeat(64)}`;
const image = 'registry.acme.example/shop';
const payloadOf = (of: string) =>
  Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': image },
        image: { 'docker-manifest-digest': of },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
const payload = payloadOf(digest);
const signer = {
  identity: 'https://git.acme.example/shop/.gitlab-ci.yml@refs/heads/main',
  issuer: 'https://git.acme.example',
  at: new Date('2026-11-01T10:00:00Z'),
};

const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-own-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(path.join(folder, 'root.json'), JSON.stringify(instance.root));
const verifier = verifierOf({
  trusted_root: path.join(folder, 'root.json'),
  identities: [{ issuer: signer.issuer, subject: 'https://git.acme.example/shop/*', for: ['registry.acme.example/*'] }],
});

async function judge(annotations: Record<string, string>, signed = payload, digests = [digest]) {
  const { attestation } = await verifier.judge(
    { form: 'simple_signing', payload: signed, annotations },
    { digests, name: image },
  );
  return [attestation.standing, attestation.reason].filter(Boolean).join(' ');
}

test('it verifies, and says who signed when', async () => {
  const { annotations } = instance.sign(payload, signer);
  const { attestation, digests, names } = await verifier.judge({ form: 'simple_signing', payload, annotations });
  assert.deepEqual(attestation, {
    ...{ id: attestation.id, claim: 'signature', predicateType: '', standing: 'verified' },
    ...{ identity: signer.identity, issuer: signer.issuer, signedAt: '2026-11-01T10:00:00.000Z' },
  });
  assert.deepEqual([digests, names], [[digest], [image]]);
});

test('not of another image, another signer, another instance, out of time or without its entry', async () => {
  const { annotations } = instance.sign(payload, signer);
  const swapped = payloadOf(`sha256:${'b'.repeat(64)}`);
  assert.equal(await judge(annotations), 'verified');
  assert.equal(await judge(annotations, payload, [`sha256:${'b'.repeat(64)}`]), 'failed subject_mismatch');
  assert.equal(await judge(annotations, swapped, [`sha256:${'b'.repeat(64)}`]), 'failed log_entry_mismatch');
  const stranger = { ...signer, identity: 'https://git.acme.example/other/ci.yml' };
  assert.equal(await judge(instance.sign(payload, stranger).annotations), 'failed no_trusted_identity');
  assert.equal(
    await judge(instance.sign(payload, { ...signer, issuer: 'https://evil.example' }).annotations),
    'failed no_trusted_identity',
  );
  assert.equal(await judge(other.sign(payload, signer).annotations), 'failed certificate_untrusted');
  const late = { ...signer, loggedAt: new Date('2026-11-01T10:30:00Z') };
  assert.equal(await judge(instance.sign(payload, late).annotations), 'failed expired');
  const { 'dev.sigstore.cosign/bundle': entry, ...without } = annotations;
  assert.equal(await judge(without), 'claimed no_log_entry');
  assert.equal(await judge({ ...without, 'dev.sigstore.cosign/bundle': '{' }), 'failed malformed');
  const { SignedEntryTimestamp, Payload } = JSON.parse(entry!) as { SignedEntryTimestamp: string; Payload: object };
  const later = JSON.stringify({ SignedEntryTimestamp, Payload: { ...Payload, integratedTime: 1_793_527_300 } });
  assert.equal(await judge({ ...without, 'dev.sigstore.cosign/bundle': later }), 'failed log_entry_invalid');
  // The chain beside it is its own word: what is trusted the root alone says.
  const stolen = {
    ...annotations,
    'dev.sigstore.cosign/chain': other.sign(payload, signer).annotations['dev.sigstore.cosign/chain']!,
  };
  assert.equal(await judge(stolen), 'verified');
});

test('as `cosign download signature` writes it', async () => {
  const { signature, annotations } = instance.sign(payload, signer);
  const raw = (pem: string) => ({ Raw: pem.replace(/-----[^-]+-----|\s/g, '') });
  const downloaded = {
    ...{ Base64Signature: signature, Payload: payload.toString('base64') },
    Cert: raw(annotations['dev.sigstore.cosign/certificate']!),
    Chain: [raw(annotations['dev.sigstore.cosign/chain']!)],
    Bundle: JSON.parse(annotations['dev.sigstore.cosign/bundle']!),
  };
  assert.deepEqual(toldOf(await readAs('auto', JSON.stringify(downloaded), { verifier })), [
    `${image} found [signature verified]`,
  ]);
});
