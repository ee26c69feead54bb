/** What Cosign prints and how it exits: its real runs, and what a pipeline may write of one. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  attestationsOf,
  corpusFolder,
  countBy,
  fileOf,
  filesOf,
  readAs,
  toldOf,
  verifierOf,
} from '../verification/signed.ts';

const { folder, skip } = corpusFolder('cosign-live');

interface Row {
  readonly case: string;
  readonly command: string;
  readonly exit: number;
}

const rows: Row[] = skip
  ? []
  : readFileSync(path.join(folder, 'results.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Row);

/** A run as a pipeline would post it. */
function runOf(name: string) {
  const row = rows.find(each => each.case === name)!;
  const out = path.join(folder, 'verify', `${name}.stdout.log`);
  return { exit: row.exit, command: row.command, ...(existsSync(out) && { stdout: readFileSync(out, 'utf8') }) };
}

const told = async (name: string, more: object = {}) =>
  toldOf(await readAs('cosign', JSON.stringify({ ...runOf(name), ...more }))).map(word =>
    word.replaceAll('127.0.0.1:15000/', ''),
  );

test('84 real runs: every verification is a look at each of its images, by its exit code', { skip }, async () => {
  assert.equal(rows.length, 84);
  const verifications = rows.filter(({ command }) => /^cosign verify(?:-attestation)? /.test(command));
  const whole = await readAs('auto', rows.map(row => JSON.stringify(runOf(row.case))).join('\n'));
  assert.equal(whole.kind, 'cosign');
  const byCase = await Promise.all(
    verifications.map(async row => [row, await readAs('cosign', JSON.stringify(runOf(row.case)))] as const),
  );
  for (const [row, { heard, fault }] of byCase) {
    assert.equal(fault, undefined, row.case);
    const looks = heard.signatures!;
    const passed = looks.some(({ attestations }) => attestations.some(({ standing }) => standing === 'verified'));
    // An image that failed is one, whatever another of the same run is.
    const failed = looks.filter(({ attestations }) => attestations.every(({ standing }) => standing !== 'verified'));
    if (row.exit === 0) {
      const isPlain = !/--output text|--check-claims=false/.test(row.command) && runOf(row.case).stdout !== undefined;
      assert.equal(passed, isPlain, row.case);
    } else assert.equal(failed.length, 1, row.case);
    const [outcome, reason] =
      {
        10: ['none', 'no_signature'],
        11: ['unknown', 'tag_not_found'],
        12: ['found', undefined],
        1: ['unknown', 'could_not_tell'],
      }[row.exit] ?? [];
    if (row.exit !== 0) assert.deepEqual([failed[0]?.outcome, failed[0]?.reason], [outcome, reason], row.case);
  }
  const others = countBy(whole.rejections.map(({ reason }) => reason));
  const blobs = rows.filter(({ command }) => command.startsWith('cosign verify-blob')).length;
  assert.deepEqual(
    { not_a_verification: others.not_a_verification, not_an_image: others.not_an_image },
    { not_a_verification: rows.length - verifications.length - blobs, not_an_image: blobs },
  );
});

test('a signature, an attestation alone, several images and the failing one after a good one', { skip }, async () => {
  assert.deepEqual(await told('verify-good'), ['shop/express found [signature verified]']);
  assert.deepEqual(await told('verify-attest-only-newbundle'), [
    'shop/attonly found [attestation verified https://slsa.dev/provenance/v1]',
  ]);
  assert.deepEqual(await told('verify-newbundle'), [
    'shop/newbundle found [attestation verified https://slsa.dev/provenance/v1] [attestation verified https://cyclonedx.org/bom] [signature verified https://sigstore.dev/cosign/sign/v1]',
  ]);
  assert.deepEqual(await told('verify-two-images'), [
    'shop/express found [signature verified]',
    'shop/flask found [signature verified]',
  ]);
  assert.deepEqual(await told('verify-two-images-one-unsigned'), [
    'shop/express found [signature verified]',
    'shop/unsigned none no_signature',
  ]);
  assert.deepEqual(await told('verify-attest-only-old'), ['shop/attonlyold none no_signature']);
  assert.deepEqual(await told('verify-wrong-key'), ['shop/express found [signature failed none_matches]']);
  assert.deepEqual(await told('verify-registry-down'), ['127.0.0.1:15999/shop/express unknown could_not_tell']);
  // Cosign was told not to compare what is signed with the image that it was asked for.
  assert.deepEqual(await told('verify-copied-signature-no-claims'), [
    'shop/express found [signature claimed claims_unchecked]',
    'shop/claimswap unknown not_named',
  ]);
  const twice = attestationsOf(await readAs('cosign', JSON.stringify(runOf('verify-attestation-twice'))));
  assert.equal(twice.length, 2);
  assert.ok(twice.every(({ standing, provenance }) => standing === 'verified' && provenance?.level === 0));
  assert.deepEqual(twice[0]?.provenance?.reason, 'identity_unknown');
});

test('the output alone, with the exit code in the address', { skip }, async () => {
  const output = fileOf(folder, 'verify/verify-good.stdout.log');
  const good = await readAs('auto', output);
  assert.equal(good.kind, 'cosign');
  assert.deepEqual(toldOf(good), ['127.0.0.1:15000/shop/express found [signature verified]']);
  const words = (exit: number, body = '', image = 'ghcr.io/acme/shop:1.0') =>
    readAs('cosign', body, { place: { exit, image } }).then(toldOf);
  assert.deepEqual(await words(10), ['ghcr.io/acme/shop none no_signature']);
  assert.deepEqual(await words(12), ['ghcr.io/acme/shop found [signature failed none_matches]']);
  assert.deepEqual(await words(11), ['ghcr.io/acme/shop unknown tag_not_found']);
  assert.deepEqual(await words(1), ['ghcr.io/acme/shop unknown could_not_tell']);
  assert.deepEqual(await words(0, 'Verified OK'), ['ghcr.io/acme/shop unknown no_json_output']);
  assert.equal((await readAs('cosign', '', { place: { exit: 10 } })).fault, 'without_image');
  const wrapped = await readAs('auto', JSON.stringify({ exit: '10', image: 'ghcr.io/acme/shop', stderr: 'Error: …' }));
  assert.deepEqual(toldOf(wrapped), ['ghcr.io/acme/shop none no_signature']);
  // Envelopes alone are what `download` prints too, and are judged here; with the exit code they are Cosign's verdict.
  const envelopes = fileOf(folder, 'verify/verify-attestation-good-json.stdout.log');
  const both = await readAs('cosign', `${output}${envelopes}`);
  assert.deepEqual(
    attestationsOf(both).map(({ claim, standing }) => `${claim} ${standing}`),
    ['signature verified', 'attestation claimed'],
  );
  assert.deepEqual(
    attestationsOf(await readAs('cosign', envelopes)).map(({ standing }) => standing),
    ['claimed'],
  );
  assert.deepEqual(
    attestationsOf(await readAs('cosign', envelopes, { place: { exit: 0 } })).map(({ standing }) => standing),
    ['verified'],
  );
});

test('a preamble for people, JSON over several lines, and the image that was asked for', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const entry = {
    critical: {
      identity: { 'docker-reference': 'ghcr.io/acme/shop' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: {
      Issuer: 'https://token.actions.githubusercontent.com',
      Subject: 'https://github.com/acme/shop/.github/workflows/ci.yml@refs/heads/main',
      Bundle: { Payload: { integratedTime: 1_760_000_000 } },
    },
  };
  const preamble =
    '\nVerification for ghcr.io/acme/shop:1.0 --\nThe following checks were performed:\n  - The cosign claims were validated\n';
  const [keyless] = attestationsOf(await readAs('auto', `${preamble}\n${JSON.stringify([entry])}\n`));
  assert.deepEqual(
    [keyless?.standing, keyless?.identity, keyless?.issuer, keyless?.signedAt],
    ['verified', entry.optional.Subject, entry.optional.Issuer, '2025-10-09T08:53:20.000Z'],
  );
  const pretty = await readAs('cosign', `${preamble}${JSON.stringify([entry], undefined, 2)}\n`);
  assert.deepEqual(attestationsOf(pretty), [keyless]);
  const image = (hex: string) => ({ place: { exit: 0, image: `ghcr.io/acme/shop@sha256:${hex.repeat(64)}` } });
  assert.deepEqual(toldOf(await readAs('cosign', JSON.stringify([entry]), image('a'))), [
    'ghcr.io/acme/shop found [signature verified]',
  ]);
  const other = await readAs('cosign', JSON.stringify([entry]), image('b'));
  assert.deepEqual(toldOf(other), ['ghcr.io/acme/shop found [signature failed subject_mismatch]']);
  assert.deepEqual(other.heard.signatures?.[0]?.artifact.digests, [`sha256:${'b'.repeat(64)}`]);
  // A payload without its signature shows nothing.
  assert.equal((await readAs('auto', JSON.stringify(entry))).fault, 'payload_without_signature');
});

test('signatures as `cosign download` writes them are checked by key', { skip }, async () => {
  const download = fileOf(folder, 'verify/download-signature-express.stdout.log');
  const by = (name: string) =>
    verifierOf({ keys: [{ file: path.join(folder, `${name}.pub.pem`) }], transparency_log: 'optional' });
  const standing = async (content: Buffer | string, name: string) =>
    toldOf(await readAs('auto', content, { verifier: by(name) })).map(word => word.replaceAll('127.0.0.1:15000/', ''));
  assert.deepEqual(await standing(download, 'good'), ['shop/express found [signature verified]']);
  assert.deepEqual(await standing(download, 'other'), ['shop/express found [signature failed wrong_key]']);
  const { Payload, ...rest } = JSON.parse(download.toString('utf8')) as { Payload: string };
  const payload = Buffer.from(Payload, 'base64').toString('utf8').replace('shop/express', 'shop/another');
  const swapped = JSON.stringify({ ...rest, Payload: Buffer.from(payload).toString('base64') });
  assert.deepEqual(await standing(swapped, 'good'), ['shop/another found [signature failed wrong_key]']);
  const attestations = fileOf(folder, 'verify/download-attestation-express.stdout.log');
  const verified = attestationsOf(await readAs('auto', attestations, { verifier: by('good') }));
  assert.deepEqual(countBy(verified.map(({ standing: each }) => each)), { verified: 3 });
  const blob = await readAs('auto', fileOf(folder, 'blob/express.slsa.sigstore.json'), { verifier: by('good') });
  assert.equal(attestationsOf(blob)[0]?.standing, 'verified');
  // In no log, where one is asked for.
  const logged = verifierOf({ keys: [{ file: path.join(folder, 'good.pub.pem') }] });
  assert.deepEqual(toldOf(await readAs('auto', download, { verifier: logged })), [
    '127.0.0.1:15000/shop/express found [signature claimed no_log_entry]',
  ]);
});

test('every file is read, or refused by what it is', { skip }, async () => {
  const faults: Record<string, string> = {};
  for (const file of filesOf(folder)) {
    const { fault, heard } = await readAs('auto', fileOf(folder, file), { file });
    if (fault === undefined) assert.ok((heard.signatures ?? []).length > 0, file);
    else faults[file] = fault;
  }
  const read = filesOf(folder).filter(file => !(file in faults));
  // Cosign's verdicts with an entry, downloads, bundles, statements and the table of runs: the rest is for people.
  const withJson = filesOf(folder).filter(
    file =>
      /^(?:verify|blob)\//.test(file) &&
      /"(?:critical|payloadType|mediaType|_type|Base64Signature)"/.test(fileOf(folder, file).toString('utf8')),
  );
  assert.deepEqual(read, [...withJson, 'results.jsonl'].sort());
  const {
    'blob/express.spdx.cosign-bundle.json': detached,
    'empty-trusted-root.json': root,
    'slsa-predicate.json': predicate,
  } = faults;
  assert.deepEqual(
    [detached, root, predicate],
    ['signature_without_content', 'trusted_root', 'predicate_without_statement'],
  );
  for (const name of ['express.att.manifest', 'express.manifest', 'express.sig.manifest'])
    assert.equal(faults[`registry/${name}.json`], 'oci_manifest');
  assert.equal(faults['registry/express.sig.payload.json'], 'payload_without_signature');
});

test('a missing attestation says nothing of signatures', async () => {
  const image = `registry.example/shop/express@sha256:${'a'.repeat(64)}`;
  const lookOf = async (verb: string, exit: number) => {
    const { heard } = await readAs('cosign', JSON.stringify({ exit, command: `cosign ${verb} --key k.pub ${image}` }));
    const [look] = heard.signatures!;
    return [look?.outcome, look?.reason ?? '', ...look!.attestations.map(({ claim }) => claim)].join(' ');
  };
  assert.equal(await lookOf('verify', 10), 'none no_signature');
  assert.equal(await lookOf('verify-attestation', 10), 'unknown no_attestation');
  assert.equal(await lookOf('verify', 12), 'found  signature');
  assert.equal(await lookOf('verify-attestation', 12), 'found  attestation');
});
