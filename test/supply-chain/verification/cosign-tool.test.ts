/** A real Cosign as counterpart: what it signs verifies here, and what it refuses is refused. Keys alone, no network. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Verifier } from '../../../exporters/supply-chain/verification/verifier.ts';
import { requireTool } from '../../tools/tools.ts';
import { attestationsOf, readAs, verifierOf } from './signed.ts';

interface Workshop {
  /** Runs Cosign in the folder; returns its exit code. */
  readonly cosign: (...args: readonly string[]) => Promise<number>;
  readonly read: (file: string) => Buffer;
  readonly write: (file: string, content: string) => void;
  readonly verifier: Verifier;
  readonly other: Verifier;
}

async function workshop(t: TestContext): Promise<Workshop | undefined> {
  const tool = await requireTool(t, 'cosign');
  if (tool === undefined) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-cosign-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, HOME: folder, COSIGN_PASSWORD: 'test', TUF_ROOT: path.join(folder, 'tuf') };
  const cosign = (...args: readonly string[]) =>
    new Promise<number>(resolve => {
      execFile(tool.path, args, { cwd: folder, env }, error => resolve(error === null ? 0 : Number(error.code)));
    });
  for (const name of ['good', 'other']) assert.equal(await cosign('generate-key-pair', '--output-key-prefix', name), 0);
  const by = (name: string) =>
    verifierOf({
      keys: [{ file: path.join(folder, `${name}.pub`), for: ['artifact*'] }],
      transparency_log: 'optional',
      builders: [
        { id: 'https://ci.acme.example/*', level: 2, identity: 'key:*', source: 'https://git.acme.example/*' },
      ],
    });
  return {
    cosign,
    read: file => readFileSync(path.join(folder, file)),
    write: (file, content) => writeFileSync(path.join(folder, file), content),
    verifier: by('good'),
    other: by('other'),
  };
}

const offline = ['--tlog-upload=false', '--use-signing-config=false', '-y', '--key', 'good.key'];
const ignoring = ['--insecure-ignore-tlog=true', '--key'];
const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const word = ({ standing, reason }: { standing: string; reason?: string }) =>
  [standing, reason].filter(Boolean).join(' ');

test('a blob signed in the new format and in the old one', async t => {
  const shop = await workshop(t);
  if (shop === undefined) return;
  const { cosign, read, write, verifier, other } = shop;
  write('artifact', 'as built');
  write('artifact.other', 'as another built it');
  await cosign('sign-blob', ...offline, '--new-bundle-format=true', '--bundle', 'new.json', 'artifact');
  await cosign('sign-blob', ...offline, '--new-bundle-format=false', '--output-signature', 'old.sig', 'artifact');
  await cosign('trusted-root', 'create', '--out', 'root.json');

  const json: unknown = JSON.parse(read('new.json').toString('utf8'));
  const check = async (by: Verifier, artifact: Buffer) =>
    word(
      (await by.judge({ form: 'bundle', json, artifact }, { digests: [digestOf(artifact)], name: 'artifact' }))
        .attestation,
    );
  const cosignSays = (key: string, file: string) =>
    cosign('verify-blob', ...ignoring, key, '--trusted-root', 'root.json', '--bundle', 'new.json', file);
  assert.deepEqual(
    [await check(verifier, read('artifact')), await cosignSays('good.pub', 'artifact')],
    ['verified', 0],
  );
  assert.deepEqual(
    [await check(other, read('artifact')), await cosignSays('other.pub', 'artifact')],
    ['failed wrong_key', 1],
  );
  assert.deepEqual(
    [await check(verifier, read('artifact.other')), await cosignSays('good.pub', 'artifact.other')],
    ['failed subject_mismatch', 1],
  );
  // The digest alone is named: whether the signature is of it takes the content.
  const subject = { digests: [digestOf(read('artifact'))], name: 'artifact' };
  const alone = await verifier.judge({ form: 'bundle', json }, subject);
  assert.deepEqual(
    [word(alone.attestation), alone.digests],
    ['claimed artifact_missing', [digestOf(read('artifact'))]],
  );
  // What names nothing is nothing that a key for some names may sign.
  assert.equal(word((await verifier.judge({ form: 'bundle', json })).attestation), 'claimed no_trusted_key');
  // Who may sign one image may not sign another.
  const strange = await verifier.judge(
    { form: 'bundle', json, artifact: read('artifact') },
    { ...subject, name: 'ghcr.io/other' },
  );
  assert.equal(word(strange.attestation), 'claimed no_trusted_key');
  // The old format is a bare signature, over the payload that a `.sig` tag's layer holds.
  const payload = Buffer.from('{}');
  const annotations = { 'dev.cosignproject.cosign/signature': read('old.sig').toString('utf8').trim() };
  const bare = await verifier.judge({ form: 'simple_signing', payload, annotations });
  assert.equal(word(bare.attestation), 'failed malformed');
});

test("an image's payload signed as a `.sig` tag has it", async t => {
  const shop = await workshop(t);
  if (shop === undefined) return;
  const { cosign, read, write, verifier, other } = shop;
  const digest = `sha256:${'c'.repeat(64)}`;
  const payloadOf = (of: string) =>
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': 'artifact.example/shop' },
        image: { 'docker-manifest-digest': of },
        type: 'cosign container image signature',
      },
      optional: null,
    });
  write('artifact', payloadOf(digest));
  await cosign('sign-blob', ...offline, '--new-bundle-format=false', '--output-signature', 'sig', 'artifact');
  const annotations = { 'dev.cosignproject.cosign/signature': read('sig').toString('utf8').trim() };
  const judge = async (by: Verifier, payload: string, digests: string[]) =>
    word(
      (
        await by.judge(
          { form: 'simple_signing', payload: Buffer.from(payload), annotations },
          { digests, name: 'artifact.example/shop' },
        )
      ).attestation,
    );
  assert.equal(await judge(verifier, payloadOf(digest), [digest]), 'verified');
  assert.equal(await judge(verifier, payloadOf(digest), [`sha256:${'d'.repeat(64)}`]), 'failed subject_mismatch');
  assert.equal(
    await judge(verifier, payloadOf(`sha256:${'d'.repeat(64)}`), [`sha256:${'d'.repeat(64)}`]),
    'failed wrong_key',
  );
  assert.equal(await judge(other, payloadOf(digest), [digest]), 'failed wrong_key');
});

test('provenance attested in both formats has its level by the configured builder alone', async t => {
  const shop = await workshop(t);
  if (shop === undefined) return;
  const { cosign, read, write, verifier, other } = shop;
  write('artifact', 'as built');
  const predicate = (builder: string, repository: string) =>
    JSON.stringify({
      buildDefinition: {
        buildType: 'https://ci.acme.example/build/v1',
        externalParameters: { workflow: { repository } },
      },
      runDetails: { builder: { id: builder }, metadata: { startedOn: '2026-11-20T09:00:00Z' } },
    });
  write('good.json', predicate('https://ci.acme.example/runner', 'https://git.acme.example/shop'));
  write('elsewhere.json', predicate('https://ci.acme.example/runner', 'https://git.evil.example/shop'));
  write('unknown.json', predicate('https://laptop.example', 'https://git.acme.example/shop'));
  await cosign('trusted-root', 'create', '--out', 'root.json');
  const attest = async (file: string, isNew: boolean) => {
    const out = isNew ? 'bundle.json' : 'envelope.json';
    const format = isNew
      ? ['--new-bundle-format=true', '--bundle', out]
      : ['--new-bundle-format=false', '--output-signature', out];
    assert.equal(
      await cosign('attest-blob', ...offline, ...format, '--type', 'slsaprovenance1', '--predicate', file, 'artifact'),
      0,
    );
    return read(out);
  };
  const levels = async (document: Buffer, by: Verifier) =>
    attestationsOf(await readAs('auto', document, { verifier: by })).map(({ standing, provenance }) =>
      [standing, provenance?.level, provenance?.reason].filter(each => each !== undefined).join(' '),
    );
  for (const isNew of [true, false]) {
    const good = await attest('good.json', isNew);
    assert.deepEqual(await levels(good, verifier), ['verified 2']);
    assert.deepEqual(await levels(good, other), ['failed 0 unverified']);
    assert.deepEqual(await levels(await attest('elsewhere.json', isNew), verifier), ['verified 0 source_mismatch']);
    assert.deepEqual(await levels(await attest('unknown.json', isNew), verifier), ['verified 0 builder_unknown']);
  }
  await attest('good.json', true);
  const says = (key: string) =>
    cosign(
      'verify-blob-attestation',
      ...ignoring,
      key,
      '--trusted-root',
      'root.json',
      '--bundle',
      'bundle.json',
      '--type',
      'slsaprovenance1',
      'artifact',
    );
  assert.deepEqual([await says('good.pub'), await says('other.pub')], [0, 1]);
  // What Cosign refuses for its key is refused here, and what is changed on the way too.
  const bundle = JSON.parse(read('bundle.json').toString('utf8')) as { dsseEnvelope: { payload: string } };
  const text = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8').replace('git.acme', 'git.evil');
  const changed = {
    ...bundle,
    dsseEnvelope: { ...bundle.dsseEnvelope, payload: Buffer.from(text).toString('base64') },
  };
  write('bundle.json', JSON.stringify(changed));
  assert.deepEqual(await levels(read('bundle.json'), verifier), ['failed 0 unverified']);
  assert.deepEqual(attestationsOf(await readAs('auto', read('bundle.json'), { verifier }))[0]?.reason, 'tampered');
  assert.equal(await says('good.pub'), 1);
});
