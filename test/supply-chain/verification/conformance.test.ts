/** Sigstore's conformance cases: what must verify verifies, and nothing else does. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { corpusFolder, githubIssuer, verifierOf } from './signed.ts';

const { folder, skip } = corpusFolder('sigstore-conformance/bundle-verify');
const beacon =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';

/** As the suite's README says: what a case doesn't bring is the suite's. */
async function standingOf(
  name: string,
  change: (json: unknown, artifact: Buffer) => [unknown, Buffer] = (...as) => as,
) {
  const file = (each: string) => {
    const whole = path.join(folder, name, each);
    return existsSync(whole) ? whole : undefined;
  };
  const said = (each: string, otherwise: string) => (file(each) ? readFileSync(file(each)!, 'utf8').trim() : otherwise);
  const key = file('key.pub');
  const root = file('trusted_root.json');
  const common = root === undefined ? { public_good: true } : { trusted_root: root };
  const identity = { issuer: said('issuer', githubIssuer), subject: said('identity', beacon) };
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file('bundle.sigstore.json')!, 'utf8'));
  } catch {
    return 'not_json';
  }
  try {
    const verifier = verifierOf({
      ...common,
      ...(key === undefined ? { identities: [identity] } : { keys: [{ file: key }] }),
    });
    const [bundle, artifact] = change(json, readFileSync(file('artifact') ?? path.join(folder, 'a.txt')));
    const digests = [`sha256:${createHash('sha256').update(artifact).digest('hex')}`];
    const { attestation } = await verifier.judge({ form: 'bundle', json: bundle, artifact }, { digests });
    return [attestation.standing, attestation.reason].filter(Boolean).join(' ');
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const cases = skip ? [] : readdirSync(folder).filter(each => statSync(path.join(folder, each)).isDirectory());

test('what must verify verifies, and every _fail fails with its reason', { skip }, async () => {
  const reasons: Record<string, string> = {};
  for (const name of cases) {
    const standing = await standingOf(name);
    if (name.endsWith('_fail')) reasons[name.replace(/_fail$/, '')] = standing;
    assert.equal(standing === 'verified', !name.endsWith('_fail'), `${name}: ${standing}`);
  }
  assert.ok(cases.length >= 56 && Object.keys(reasons).length >= 35);
  assert.equal(reasons['bundle-malformed-json'], 'not_json');
  assert.equal(reasons['managed-key-no-key'], 'claimed no_trusted_key');
  // The case's key is no point of the curve: the configuration is refused.
  assert.equal(reasons['managed-key-wrong-key'], 'SUPPLY_CHAIN_KEY');
  assert.equal(reasons['rekor2-no-timestamp'], 'claimed no_timestamp');
  assert.equal(reasons['intoto-expired-certificate'], 'failed expired');
  assert.equal(reasons['bundle-unknown-version'], 'failed malformed');
  assert.equal(reasons['signature-mismatch'], 'failed log_entry_mismatch');
  assert.equal(reasons['invalid-ct-key'], 'failed certificate_untrusted');
});

test('no good bundle verifies for another artifact, or with a byte of its signature changed', { skip }, async () => {
  for (const name of cases.filter(each => !each.endsWith('_fail'))) {
    const other = await standingOf(name, json => [json, Buffer.from('another')]);
    assert.equal(other, 'failed subject_mismatch', name);
    const changed = await standingOf(name, (json, artifact) => [flipped(json), artifact]);
    assert.match(changed, /^failed /, name);
  }
});

/** The same JSON with another signature of the same length. */
function flipped(json: unknown): unknown {
  const copy = structuredClone(json) as {
    messageSignature?: { signature: string };
    dsseEnvelope?: { signatures: { sig: string }[] };
  };
  const flip = (text: string) => {
    const bytes = Buffer.from(text, 'base64');
    bytes[bytes.length - 5]! ^= 1;
    return bytes.toString('base64');
  };
  if (copy.messageSignature) copy.messageSignature.signature = flip(copy.messageSignature.signature);
  for (const each of copy.dsseEnvelope?.signatures ?? []) each.sig = flip(each.sig);
  return copy;
}

test('a message signature without what it is of is claimed, however good all else is', { skip }, async () => {
  const json: unknown = JSON.parse(readFileSync(path.join(folder, 'happy-path-v0.3/bundle.sigstore.json'), 'utf8'));
  const verifier = verifierOf({ public_good: true, identities: [{ issuer: githubIssuer, subject: beacon }] });
  const { attestation, digests } = await verifier.judge({ form: 'bundle', json });
  assert.deepEqual([attestation.standing, attestation.reason], ['claimed', 'artifact_missing']);
  assert.deepEqual(digests, [
    `sha256:${createHash('sha256')
      .update(readFileSync(path.join(folder, 'a.txt')))
      .digest('hex')}`,
  ]);
  assert.equal(attestation.identity, beacon);
});

test('a good signature counts for those alone who are trusted, and for what they are trusted for', {
  skip,
}, async () => {
  const file = path.join(folder, 'happy-path-intoto-in-dsse-v3/bundle.sigstore.json');
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const standing = async (identity: { issuer: string; subject: string; for?: string[] }, name?: string) => {
    const verifier = verifierOf({ public_good: true, identities: [identity] });
    const { digests } = await verifier.judge({ form: 'bundle', json });
    const subject = name === undefined ? undefined : { digests, name };
    const { attestation } = await verifier.judge({ form: 'bundle', json }, subject);
    return [attestation.standing, attestation.reason].filter(Boolean).join(' ');
  };
  assert.equal(await standing({ issuer: githubIssuer, subject: beacon }), 'verified');
  assert.equal(
    await standing({ issuer: githubIssuer, subject: 'https://github.com/sigstore-conformance/*' }),
    'verified',
  );
  const refused = 'failed no_trusted_identity';
  assert.equal(await standing({ issuer: 'https://accounts.example', subject: beacon }), refused);
  assert.equal(await standing({ issuer: githubIssuer, subject: beacon.slice(0, -1) }), refused);
  // Patterns are no regular expressions.
  assert.equal(
    await standing({ issuer: githubIssuer, subject: 'https://github.com/sigstore-conformance/.*' }),
    refused,
  );
  const shop = { issuer: githubIssuer, subject: beacon, for: ['ghcr.io/acme/*'] };
  assert.equal(await standing(shop, 'ghcr.io/acme/shop'), 'verified');
  assert.equal(await standing(shop, 'ghcr.io/other/shop'), refused);
  // The statement's own subject, where nobody asks for an image.
  assert.equal(await standing(shop), refused);
});
