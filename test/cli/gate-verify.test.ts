/** `plumbline gate --report` with signatures, verified against a Sigstore instance of our own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownInstance } from '../supply-chain/verification/own-instance.ts';
import { workplace } from './command.ts';

const image = 'registry.acme.example/shop';
const digest = `sha256:${'a'.repeat(64)}`;
const signer = {
  identity: 'https://git.acme.example/shop/.gitlab-ci.yml@refs/heads/main',
  issuer: 'https://git.acme.example',
  at: new Date('2026-11-01T10:00:00Z'),
};
const payload = Buffer.from(
  JSON.stringify({
    critical: {
      identity: { 'docker-reference': image },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  }),
);
const instance = ownInstance();

/** As `cosign download signature` writes it. */
function signature(identity = signer.identity, of = instance): string {
  const { signature: base64, annotations } = of.sign(payload, { ...signer, identity });
  const raw = (pem = '') => ({ Raw: pem.replace(/-----[^-]+-----|\s/g, '') });
  return JSON.stringify({
    ...{ Base64Signature: base64, Payload: payload.toString('base64') },
    Cert: raw(annotations['dev.sigstore.cosign/certificate']),
    Chain: [raw(annotations['dev.sigstore.cosign/chain'])],
    Bundle: JSON.parse(annotations['dev.sigstore.cosign/bundle'] ?? ''),
  });
}

const leaked = 'AKIAIOSFODNN7EXAMPLE';
const scan = JSON.stringify({
  ...{ SchemaVersion: 2, ArtifactName: `${image}:1.0`, ArtifactType: 'container_image' },
  ...{ CreatedAt: '2026-11-20T00:00:00Z', Metadata: { RepoDigests: [`${image}@${digest}`] } },
  Results: [
    { Target: 'debian', Class: 'os-pkgs', Type: 'debian' },
    {
      ...{ Target: '/app/.env', Class: 'secret' },
      Secrets: [
        {
          ...{ RuleID: 'aws-access-key-id', Category: 'AWS', Severity: 'CRITICAL', Title: 'AWS Access Key ID' },
          ...{ StartLine: 1, EndLine: 1, Match: `KEY=${leaked}`, Code: { Lines: [{ Content: `KEY=${leaked}` }] } },
        },
      ],
    },
  ],
});

const config = (mode: string, verification = true) => `
server: { port: 0 }
supply_chain:
${
  verification
    ? `  verification:
    trusted_root: root.json
    identities:
      - { issuer: "${signer.issuer}", subject: "https://git.acme.example/shop/*" }
`
    : ''
}  gate:
    rules:
      - { name: signed, signature: verified, mode: ${mode} }
      - { name: secret, class: [secret], severity: high, mode: warn }
`;

test('a signature passes the gate where it holds and its signer is trusted, and no secret is printed', async t => {
  const { run, write } = workplace(t);
  write('root.json', JSON.stringify(instance.root));
  write('scan.json', scan);
  write('signed.json', signature());
  write('stranger.json', signature('https://git.acme.example/other/ci.yml'));
  write('plumbline.yaml', config('enforce'));
  const gate = (file: string, ...more: readonly string[]) =>
    run('gate', '--report', 'scan.json', '--report', file, ...more);

  const good = await gate('signed.json');
  assert.equal(good.code, 0, good.stdout + good.stderr);
  assert.match(
    good.stdout,
    /^PASS {2}registry\.acme\.example\/shop:1\.0.*\n {2}warning by secret: .*aws-access-key-id/,
  );
  assert.doesNotMatch(good.stdout + good.stderr, new RegExp(leaked));

  const bad = await gate('stranger.json');
  assert.equal(bad.code, 1, bad.stdout + bad.stderr);
  assert.match(bad.stdout, /^BLOCKED .*\n(?:.*\n)* {2}blocked by signed: /);

  const json = await gate('stranger.json', '--format', 'json');
  const [line] = JSON.parse(json.stdout) as { verdict: string; rule: string }[];
  assert.deepEqual([line?.verdict, line?.rule], ['blocked', 'signed']);
  assert.doesNotMatch(json.stdout, new RegExp(leaked));

  write('plumbline.yaml', config('warn'));
  const warned = await gate('stranger.json');
  assert.equal(warned.code, 0, warned.stdout + warned.stderr);
  assert.match(warned.stdout, /^PASS .*\n(?:.*\n)* {2}warning by signed: /);

  // Of another instance: its own chain vouches for nothing.
  write('plumbline.yaml', config('enforce'));
  write('forged.json', signature(signer.identity, ownInstance()));
  const forged = await gate('forged.json');
  assert.equal(forged.code, 1, forged.stdout);
});

test('a signature that nobody may verify never passes as verified', async t => {
  const { run, write } = workplace(t);
  write('scan.json', scan);
  write('signed.json', signature());
  write('plumbline.yaml', config('enforce', false));
  const { code, stdout } = await run('gate', '--report', 'scan.json', '--report', 'signed.json');
  assert.notEqual(code, 0, stdout);
  assert.match(stdout, / by signed: /);
});
