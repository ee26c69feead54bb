/** Provenance of slsa-verifier's test data, valid and tampered, against the public instance and Google's key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import type { Attestation } from '../../../exporters/supply-chain/document.ts';
import { signedOf } from '../../../exporters/supply-chain/verification/signed.ts';
import {
  attestationsOf,
  corpusFolder,
  countBy,
  fileOf,
  filesOf,
  githubIssuer,
  readAs,
  toldOf,
  verifierOf,
} from './signed.ts';

const { folder, skip } = corpusFolder('slsa-verifier');
const files = skip ? [] : filesOf(folder);

/** npm's own keys, as they come with the root. */
const npmKeys = Object.entries(Object.values(seeds)[0]!.targets).flatMap(([name, target]) =>
  name.endsWith('keys.json')
    ? (
        JSON.parse(Buffer.from(target, 'base64').toString('utf8')) as {
          keys: { publicKey: { rawBytes: string } }[];
        }
      ).keys.map(({ publicKey }) => ({
        pem: `-----BEGIN PUBLIC KEY-----\n${publicKey.rawBytes}\n-----END PUBLIC KEY-----\n`,
      }))
    : [],
);

/** Cloud Build's, as Google publishes them: that of us-west2, and the newer one of everywhere. */
const regionalKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEw/gdczl7qDD4ww9B6WmJ6++/hQ5S
mdw/1RBcwNNQE9qN0O+DilRE9/AjH7OvJUhNznOzEzH7mFq5mNdmUjYlXg==
-----END PUBLIC KEY-----
`;
const globalKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdMcJUyKbmarf6dydhfmAjgmK6c42
oCCNRR1se3Bi3VO65KcGk6qyci6/bsu2s4u+dLKWrsUQomEw4v3FtVctoA==
-----END PUBLIC KEY-----
`;

const generator = 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/';
const anyone = { public_good: true, identities: [{ issuer: githubIssuer, subject: '*' }], keys: npmKeys };

const read = (file: string, verifier = verifierOf(anyone)) => readAs('auto', fileOf(folder, file), { verifier, file });

/** `standing reason level levelReason` of the provenance. */
const levelOf = ({ standing, reason, provenance }: Attestation): string =>
  [standing, reason, provenance?.level, provenance?.reason].filter(word => word !== undefined).join(' ');

test('every file is read, and what is tampered or has no log entry is never verified', { skip }, async () => {
  assert.equal(files.length, 176);
  const told: string[] = [];
  for (const file of files) {
    const reading = await read(file);
    const attestations = attestationsOf(reading);
    assert.ok(reading.fault === undefined || reading.fault === 'malformed', file);
    if (/invalid|mismatch|empty|no-tlog|expired/.test(file) && !file.startsWith('npm'))
      assert.ok(
        attestations.every(({ standing }) => standing !== 'verified'),
        file,
      );
    told.push(
      ...attestations.map(
        ({ standing }) => `${file.split('/')[0]?.replace(/^(?:binary|workflow).*/, 'top')} ${standing}`,
      ),
    );
  }
  // Bundles of the public instance verify; envelopes without their log entry can't, nor can Google's without its key.
  const counts = countBy(told);
  assert.equal(counts['gha_maven verified'], 12);
  assert.equal(counts['gha_delegator verified'], 12);
  assert.equal(counts['gha_container-based verified'], 18);
  assert.equal(counts['gha_go verified'], 3);
  assert.equal(counts['top verified'], undefined);
  assert.equal(counts['gcb_container verified'], undefined);
});

test('of npm, what is named invalid fails and the other attestation of the same file holds', { skip }, async () => {
  for (const file of files.filter(each => each.startsWith('npm/'))) {
    const [publish, provenance] = attestationsOf(await read(file));
    assert.match(publish!.predicateType, /publish\/v0\.1$/);
    assert.equal(publish!.standing, file.includes('invalidsigpub') ? 'failed' : 'verified', file);
    assert.equal(provenance!.standing, file.includes('invalidsigprov') ? 'failed' : 'verified', file);
  }
});

test("Google's signatures hold by its key, whichever of several is good, and only of the image they name", {
  skip,
}, async () => {
  const verifier = verifierOf({
    keys: [{ pem: regionalKey }, { pem: globalKey }],
    transparency_log: 'optional',
    builders: [{ id: 'https://cloudbuild.googleapis.com/GoogleHostedWorker@v0.3', level: 3, identity: 'key:*' }],
  });
  const standings: Record<string, string> = {};
  for (const file of files.filter(each => each.startsWith('gcb_'))) {
    const reading = await read(file, verifier);
    const name = file.replace(/^.*gcloud-container-(.*)\.json$/, '$1');
    standings[name] = reading.fault ?? attestationsOf(reading).map(levelOf).sort().join(', ');
    if (reading.fault === undefined) assert.match(toldOf(reading)[0]!, /^us-west2-docker\.pkg\.dev\//);
  }
  assert.equal(standings.github, 'verified 3');
  assert.equal(standings.gcs, 'verified 3');
  assert.equal(standings['multiple-signatures-2ndvalid'], 'verified 3');
  assert.equal(standings['multiple-signatures-3rdvalid'], 'verified 3');
  assert.match(standings['multiple-provenance-2ndvalid']!, /verified 3/);
  assert.equal(standings['mismatch-summary-digest'], 'failed subject_mismatch 0 subject_mismatch');
  assert.ok(!/verified/.test(standings['multiple-invalid-provenance']!.replaceAll('unverified', '')));
  assert.equal(standings['github-tag'], 'verified 3');
  // Whose key it is meant for tells how it is signed.
  assert.equal(standings['no-keyid'], 'failed wrong_key 0 unverified');
});

test('a level is the configured builder’s, once all that is asked of it holds', { skip }, async () => {
  const file = 'gha_go/v2.1.0/binary-linux-amd64-push-v14.intoto.jsonl';
  const level = async (builder: object | undefined, from = file) => {
    const builders = builder === undefined ? [] : [{ id: `${generator}*`, level: 3, ...builder } as never];
    const [attestation] = attestationsOf(await read(from, verifierOf({ ...anyone, builders })));
    const { provenance } = attestation!;
    return [provenance!.level, provenance!.reason].filter(word => word !== undefined).join(' ');
  };
  assert.equal(await level({}), '3');
  assert.equal(await level(undefined), '0 builder_unknown');
  assert.equal(await level({ source: 'https://github.com/slsa-framework/example-package' }), '3');
  assert.equal(await level({ source: 'git+https://github.com/slsa-framework/example-package' }), '3');
  assert.equal(await level({ source: 'https://github.com/acme/*' }), '0 source_mismatch');
  assert.equal(await level({ build_type: 'https://github.com/slsa-framework/slsa-github-generator/go@v1' }), '3');
  assert.equal(await level({ build_type: 'https://example.com/*' }), '0 build_type_mismatch');
  assert.equal(await level({ identity: `${generator}builder_go_slsa3.yml@refs/tags/v2.1.0` }), '3');
  assert.equal(await level({ identity: `${generator}other.yml@*` }), '0 identity_mismatch');
  assert.equal(await level({ parameters: { 'configSource.entryPoint': '.github/workflows/*' } }), '3');
  assert.equal(await level({ parameters: { 'configSource.entryPoint': 'main.yml' } }), '0 parameters_mismatch');
  assert.equal(await level({ parameters: { 'constructor.name': '*' } }), '0 parameters_mismatch');

  // A v1 predicate in a v0.1 statement, signed by a delegator that the builder id doesn't name.
  const maven = 'gha_maven/v2.0.0/binary-linux-amd64-push-v14.build.slsa';
  assert.equal(await level({}, maven), '0 identity_mismatch');
  assert.equal(await level({ identity: `${generator}delegator_*@refs/tags/v2.0.0` }, maven), '3');
  // The builder that it names has not signed it, though the signature is good.
  const id = 'https://github.com/bazel-contrib/publish-to-bcr/.github/workflows/publish.yaml@*';
  assert.equal(await level({ id }, 'bcr/MODULE-wrong-signer.bazel.intoto.jsonl'), '0 identity_mismatch');
  // Nor was it run for the repository that it names: the certificate says so.
  const wrong = { id, identity: 'https://github.com/*' };
  assert.equal(await level(wrong, 'bcr/MODULE-wrong-signer.bazel.intoto.jsonl'), '0 source_mismatch');
  assert.equal(await level({ id }, 'bcr/MODULE.bazel.intoto.jsonl'), '3');
  // Without its log entry nobody can tell whether the certificate was still good.
  assert.equal(await level({}, 'gha_go/v1.10.0/binary-linux-amd64-push-v14.intoto.jsonl'), '0 unverified');
});

test('read alone, everything is claimed', { skip }, async () => {
  for (const file of files) {
    const attestations = attestationsOf(await readAs('auto', fileOf(folder, file), { file }));
    for (const { standing, provenance } of attestations) {
      assert.notEqual(standing, 'verified', file);
      assert.equal(provenance?.level ?? 0, 0);
    }
  }
});

test("certificate, chain and log entry as an old attestation's annotations have them verify as the bundle", {
  skip,
}, async () => {
  const file = 'gha_container-based/v1.7.0/gha_container-based-binary-linux-amd64-v14.intoto.sigstore';
  const json = JSON.parse(fileOf(folder, file).toString('utf8'));
  const { x509CertificateChain, tlogEntries } = json.verificationMaterial;
  const pem = (raw: string) =>
    `-----BEGIN CERTIFICATE-----\n${raw.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const [entry] = tlogEntries;
  const annotations = {
    'dev.cosignproject.cosign/signature': '',
    'dev.sigstore.cosign/certificate': pem(x509CertificateChain.certificates[0].rawBytes),
    'dev.sigstore.cosign/bundle': JSON.stringify({
      SignedEntryTimestamp: entry.inclusionPromise.signedEntryTimestamp,
      Payload: {
        body: entry.canonicalizedBody,
        integratedTime: Number(entry.integratedTime),
        logIndex: Number(entry.logIndex),
        logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
      },
    }),
  };
  const verifier = verifierOf(anyone);
  const whole = await verifier.judge({ form: 'bundle', json });
  const old = await verifier.judge({ form: 'dsse', json: json.dsseEnvelope, annotations });
  assert.equal(whole.attestation.standing, 'verified');
  assert.deepEqual(old, whole);

  const without = { ...annotations, 'dev.sigstore.cosign/bundle': '' };
  const unlogged = await verifier.judge({ form: 'dsse', json: json.dsseEnvelope, annotations: without });
  assert.deepEqual([unlogged.attestation.standing, unlogged.attestation.reason], ['claimed', 'no_log_entry']);
  const payload = Buffer.from(json.dsseEnvelope.payload, 'base64').toString('utf8').replace('e3b0c44', 'e3b0c45');
  const changed = { ...json.dsseEnvelope, payload: Buffer.from(payload).toString('base64') };
  const tampered = await verifier.judge({ form: 'dsse', json: changed, annotations });
  assert.equal(tampered.attestation.standing, 'failed');
  const tamperedUnlogged = await verifier.judge({ form: 'dsse', json: changed, annotations: without });
  assert.deepEqual(
    [tamperedUnlogged.attestation.standing, tamperedUnlogged.attestation.reason],
    ['failed', 'tampered'],
  );
});

test('versions of provenance are told apart by their shape, as an independent count has them', { skip }, async () => {
  const counts: string[] = [];
  const independent: string[] = [];
  for (const file of files.filter(each => /\.(?:sigstore|slsa|jsonl)$/.test(each))) {
    for (const { provenance } of attestationsOf(await readAs('auto', fileOf(folder, file), { file })))
      counts.push(provenance?.slsa ?? 'none');
    for (const line of fileOf(folder, file).toString('utf8').trim().split('\n')) {
      const { payload = '', dsseEnvelope } = JSON.parse(line) as {
        payload?: string;
        dsseEnvelope?: { payload: string };
      };
      const text = Buffer.from(dsseEnvelope?.payload ?? payload, 'base64').toString('utf8');
      independent.push(/"https:\/\/slsa\.dev\/provenance\/v([\d.]+)"/.exec(text)?.[1] ?? 'none');
    }
  }
  assert.deepEqual(countBy(counts), countBy(independent));
  assert.ok(countBy(counts)['1']! >= 44);
});

test('what is read of a bundle names the source and the builder', { skip }, () => {
  const file = 'gha_go/v2.1.0/binary-linux-amd64-push-v14.intoto.jsonl';
  const signed = signedOf({ form: 'bundle', json: JSON.parse(fileOf(folder, file).toString('utf8')) });
  assert.equal(signed?.statement?.predicateType, 'https://slsa.dev/provenance/v0.2');
  assert.equal(signed?.digests.length, 1);
});
