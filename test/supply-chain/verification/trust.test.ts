/** What the configuration trusts: which sections are refused, what is said of keys and roots, how the public root is kept. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { verificationSchema } from '../../../exporters/supply-chain/verification/config.ts';
import { makeVerifier } from '../../../exporters/supply-chain/verification/index.ts';
import { carriedRoot, rootFinder } from '../../../exporters/supply-chain/verification/trusted-root.ts';
import { corpusFolder, githubIssuer, verifierOf } from './signed.ts';

const identities = [{ issuer: githubIssuer, subject: '*' }];
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

test('a section that trusts nobody, or two roots, or certificates by none, is refused', () => {
  const problems = (value: object) =>
    verificationSchema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];
  assert.match(problems({})[0]!, /without them nobody is trusted/);
  assert.match(problems({ identities })[0]!, /expected trusted_root or public_good beside identities/);
  assert.match(
    problems({ identities, public_good: true, trusted_root: 'r' })[0]!,
    /either trusted_root or public_good/,
  );
  assert.match(problems({ keys: [{ file: 'a', pem }] })[0]!, /either file or pem/);
  assert.equal(problems({ keys: [{ pem }], builders: [{ id: '*', level: 4 }] }).length, 1);
  assert.deepEqual(problems({ keys: [{ pem }] }), []);
  assert.equal(verificationSchema.parse({ keys: [{ pem }] }).transparency_log, 'required');
});

test('a private key is refused and never shown; so is what is no key', () => {
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const error = (key: object) => {
    try {
      verifierOf({ keys: [key] });
    } catch (caught) {
      return caught as Error & { code: string };
    }
    throw new Error('it was taken');
  };
  assert.equal(error({ pem: secret }).code, 'SUPPLY_CHAIN_KEY');
  assert.match(error({ pem: secret }).message, /keys\[0\]\.pem.*private key/);
  assert.ok(!JSON.stringify(error({ pem: secret })).includes(secret.split('\n')[1]!));
  assert.match(error({ pem: `${pem}${secret}` }).message, /private key/);
  assert.match(error({ pem: 'cosign' }).message, /no public key in PEM/);
  assert.match(error({ file: '/nowhere/cosign.pub' }).message, /\/nowhere\/cosign\.pub.*cannot be read/);
});

test('a trusted root that is none is refused by its path', t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-root-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const refused = (content: string | undefined) => {
    const file = path.join(folder, 'root.json');
    if (content !== undefined) writeFileSync(file, content);
    return () => verifierOf({ trusted_root: content === undefined ? `${file}.other` : file, identities });
  };
  assert.throws(refused(undefined), /root\.json\.other.*cannot be read/);
  assert.throws(refused('{'), /it is not JSON/);
  assert.throws(refused('{"mediaType":"text/plain"}'), /no trusted root/);
  assert.throws(refused('[]'), { code: 'SUPPLY_CHAIN_TRUSTED_ROOT' });
  const carried = JSON.stringify(TrustedRoot.toJSON(carriedRoot()));
  assert.doesNotThrow(refused(carried));
  // The time from which the key of a log is good is not to be left out.
  for (const list of ['tlogs', 'ctlogs'] as const) {
    const root = JSON.parse(carried) as Record<typeof list, { publicKey: { validFor: { start?: string } } }[]>;
    delete root[list][0]!.publicKey.validFor.start;
    assert.throws(refused(JSON.stringify(root)), {
      code: 'SUPPLY_CHAIN_TRUSTED_ROOT',
      message: /the key of the log https:\S+ lacks validFor\.start/,
    });
  }
});

test('the public root is asked for once a day, and again soon after a failure', async () => {
  let now = 0;
  let asked = 0;
  let isDown = true;
  const fetchRoot = async () => {
    asked += 1;
    if (isDown) throw new Error('down');
    return carriedRoot();
  };
  const finder = rootFinder(verificationSchema.parse({ public_good: true, identities }), { now: () => now, fetchRoot });
  const first = await finder.find();
  assert.ok(first.isOld && first.root !== undefined);
  await finder.find();
  assert.equal(asked, 1);
  now += 301_000;
  isDown = false;
  assert.equal((await finder.find()).isOld, undefined);
  now += 3_600_000;
  await finder.find();
  assert.equal(asked, 2);
  now += 86_400_000;
  isDown = true;
  // What was good yesterday still serves.
  assert.equal((await finder.find()).isOld, true);
  assert.equal(asked, 3);
});

const { folder, skip } = corpusFolder('sigstore-conformance/bundle-verify');
test('by an old root nothing is known to be bad for being unknown to it', { skip }, async () => {
  const judge = async (name: string) => {
    const json: unknown = JSON.parse(readFileSync(path.join(folder, name, 'bundle.sigstore.json'), 'utf8'));
    const artifact = readFileSync(path.join(folder, 'a.txt'));
    const config = verificationSchema.parse({ public_good: true, identities });
    const standings = [];
    for (const fetchRoot of [() => Promise.reject(new Error('down')), async () => carriedRoot()]) {
      const { attestation } = await makeVerifier(config, { fetchRoot }).judge({ form: 'bundle', json, artifact });
      standings.push([attestation.standing, attestation.reason].filter(Boolean).join(' '));
    }
    return standings;
  };
  assert.deepEqual(await judge('happy-path-v0.3'), ['verified', 'verified']);
  assert.deepEqual(await judge('invalid-checkpoint-signature_fail'), [
    'claimed trusted_root_old',
    'failed log_entry_invalid',
  ]);
  assert.deepEqual(await judge('signature-mismatch_fail'), ['failed log_entry_mismatch', 'failed log_entry_mismatch']);
});

test('without a root what a certificate signed is claimed, and what is not its own is bad', { skip }, async () => {
  const json = JSON.parse(readFileSync(path.join(folder, 'happy-path-intoto-in-dsse-v3/bundle.sigstore.json'), 'utf8'));
  const verifier = verifierOf({ keys: [{ pem }] });
  const { attestation } = await verifier.judge({ form: 'bundle', json });
  assert.deepEqual([attestation.standing, attestation.reason], ['claimed', 'no_trusted_root']);
  assert.match(attestation.identity, /^https:\/\/github\.com\//);
  assert.equal(attestation.issuer, githubIssuer);
  assert.match(attestation.signedAt!, /^20\d\d-.*Z$/);
  json.dsseEnvelope.payload = Buffer.from('{}').toString('base64');
  assert.equal((await verifier.judge({ form: 'bundle', json })).attestation.reason, 'tampered');
});
