/** Attestations in files: what is read, what is refused and why, and what they carry. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { ReadContext, Reading } from '../../../exporters/supply-chain/reading.ts';
import { inTotoKind } from '../../../exporters/supply-chain/sources/in-toto/index.ts';
import type { ReadInner } from '../../../exporters/supply-chain/verification/inner.ts';
import {
  at,
  attestationsOf,
  corpusFolder,
  documentOf,
  fileOf,
  filesOf,
  readAs,
  toldOf,
} from '../verification/signed.ts';

const hex = 'f'.repeat(64);
const image = 'ghcr.io/acme/shop';
const statement = (predicateType: string, predicate: unknown, name = image) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name, digest: { sha256: hex } }],
  ...{ predicateType, predicate },
});
const envelope = (value: unknown, sig = 'AAAA') => ({
  payloadType: 'application/vnd.in-toto+json',
  payload: Buffer.from(JSON.stringify(value)).toString('base64'),
  signatures: [{ keyid: '', sig }],
});

for (const name of ['in-toto', 'cosign']) {
  const { folder, skip } = corpusFolder(name);
  test(`every file of ${name} is read, or refused by what it is`, { skip }, async () => {
    for (const file of filesOf(folder)) {
      const text = fileOf(folder, file).toString('utf8');
      const { fault, heard, kind } = await readAs('auto', text, { file });
      if (file.endsWith('.json.txt')) {
        // Excerpts of documentation, with what is left out: no JSON.
        assert.throws(() => JSON.parse(text), file);
        assert.equal((await readAs('in-toto', text)).fault, 'not_json', file);
      } else if (/"_type": *"https:\/\/in-toto/.test(text)) {
        const [, algorithm = '', digest = ''] = /"(sha256|gitCommit)": *"([^"]*)"/.exec(text) ?? [];
        const isWhole = /^(?:[0-9a-f]{64}|[0-9a-f]{40})$/.test(digest);
        // A package's version is named by its URL, whatever the documentation cut of its digest.
        const isPackage = /"name": *"pkg:npm\/semver@7\.5\.4"/.test(text);
        assert.equal(fault, isWhole || isPackage ? undefined : 'no_readable_digest', file);
        if (isWhole) assert.equal(heard.signatures?.[0]?.artifact.digests[0], `${algorithm}:${digest}`);
      } else if (kind === 'trivy') {
        // The predicate alone, which is Trivy's report.
        assert.equal(file, 'COSIGN_VULN_ATTESTATION_SPEC.02.fields.json');
        assert.equal(fault, undefined);
      } else {
        const reason = file.startsWith('resource_descriptor')
          ? 'resource_descriptor'
          : file.startsWith('BUNDLE_SPEC')
            ? 'oci_manifest'
            : {
                'README.00.envelope.json': 'malformed',
                'SIGNATURE_SPEC.02.properties.json': 'log_entry_alone',
                'COSIGN_VULN_ATTESTATION_SPEC.03.fields.json': 'predicate_without_statement',
              }[file];
        assert.equal(fault, reason ?? 'payload_without_signature', file);
      }
    }
  });
}

const conformance = corpusFolder('sigstore-conformance');
test('of the conformance suite bundles and a statement are read, roots and keys refused', {
  skip: conformance.skip,
}, async () => {
  for (const file of filesOf(conformance.folder)) {
    const { fault, heard } = await readAs('auto', fileOf(conformance.folder, file), { file });
    const name = path.basename(file);
    if (name === 'trusted_root.json') assert.equal(fault, 'trusted_root', file);
    else if (name === 'statement.json') assert.equal(heard.signatures?.length, 1);
    else if (name === 'bundle.sigstore.json')
      // Which of them hold is told in the cases' own test; here that they are known as bundles.
      assert.ok(
        fault === undefined || ['malformed', 'unknown_format', 'no_readable_digest'].includes(fault),
        `${file}: ${fault}`,
      );
    else assert.equal(fault, 'unknown_format', file);
  }
});

test('one a line, each told once, with a broken line and one of something else', async () => {
  const provenance = envelope(
    statement('https://slsa.dev/provenance/v0.2', { builder: { id: 'https://b' }, invocation: {} }),
  );
  const lines = [
    JSON.stringify(provenance),
    '{"payload',
    JSON.stringify(provenance),
    JSON.stringify({ a: 1 }),
    JSON.stringify(envelope(statement('https://example.com/t', {}))),
  ];
  const reading = await readAs('auto', lines.join('\n'));
  assert.equal(reading.kind, 'in-toto');
  assert.deepEqual(toldOf(reading), [
    `${image} found [attestation claimed not_verified https://slsa.dev/provenance/v0.2] [attestation claimed not_verified https://example.com/t]`,
  ]);
  assert.deepEqual(
    reading.rejections.map(({ line, reason }) => `${line} ${reason}`),
    ['2 not_json', '4 not_signed'],
  );
  assert.equal(reading.records, 5);
});

test('layouts and links are refused by their name, and a bare predicate for want of a statement', async () => {
  const refused = async (value: unknown) => (await readAs('auto', JSON.stringify(value))).fault;
  assert.equal(await refused({ signed: { _type: 'layout', steps: [] }, signatures: [] }), 'in_toto_layout');
  assert.equal(await refused({ signed: { _type: 'link', materials: {} }, signatures: [] }), 'in_toto_link');
  assert.equal(await refused({ buildDefinition: {}, runDetails: {} }), 'predicate_without_statement');
  assert.equal(await refused({ schemaVersion: 2, layers: [] }), 'oci_manifest');
  assert.equal(await refused(envelope('text')), 'not_in_toto');
  assert.equal((await readAs('sigstore', '{}')).fault, 'not_signed');
  assert.equal((await readAs('sigstore', '')).fault, 'empty');
});

test('a file’s subject is a file; an image’s is one, by its name or its package URL', async () => {
  const artifact = async (name: string, place: ReadContext['place'] = {}) =>
    (await readAs('auto', JSON.stringify(statement('https://example.com/t', {}, name)), { place })).heard
      .signatures![0]!.artifact;
  assert.deepEqual(await artifact('shop-linux-amd64'), {
    kind: 'file',
    name: 'shop-linux-amd64',
    digests: [`sha256:${hex}`],
  });
  assert.equal((await artifact('dist/shop.tgz')).kind, 'file');
  assert.equal((await artifact('pkg:npm/shop@1.0.0')).kind, 'file');
  assert.deepEqual(await artifact('ghcr.io/acme/shop:1.2'), {
    kind: 'image',
    name: image,
    tag: '1.2',
    digests: [`sha256:${hex}`],
  });
  assert.equal((await artifact(`pkg:oci/shop@sha256%3A${hex}?repository_url=ghcr.io%2Facme%2Fshop&tag=1`)).name, image);
  // Cosign names a subject as it likes; the address knows better.
  assert.equal((await artifact('index.docker.io/shop', { image: 'ghcr.io/acme/shop' })).name, image);
  const other = await readAs('auto', JSON.stringify(envelope(statement('https://example.com/t', {}))), {
    place: { image: `${image}@sha256:${'0'.repeat(64)}` },
  });
  assert.deepEqual(toldOf(other), [`${image} found [attestation failed subject_mismatch https://example.com/t]`]);
});

/** Stands for the readers of bills of materials and scans. */
const inner: ReadInner = async ({ json }, context): Promise<Reading> => ({
  heard: {
    sboms: [
      {
        artifact: { kind: 'file', name: context.file, digests: ['sha256:own'] },
        ...{ format: 'cyclonedx', specVersion: String((json as { specVersion?: string }).specVersion), tool: '' },
        ...{ createdAt: at.toISOString(), components: [], gaps: [], digest: '', owner: '{}' },
      },
    ],
  },
  records: 3,
  rejections: [],
});
const readWith = async (value: unknown, readInner: ReadInner | undefined = inner) =>
  inTotoKind(readInner).read(documentOf(Buffer.from(JSON.stringify(value))), { at, now: at, place: {}, file: 'att' });

test('the bill of materials of an attestation is the subject’s', async () => {
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.5' };
  const { heard, records } = await readWith(envelope(statement('https://cyclonedx.org/bom/v1.5', bom)));
  assert.deepEqual(heard.sboms?.[0]?.artifact, {
    kind: 'image',
    name: image,
    digests: [`sha256:${hex}`, 'sha256:own'],
  });
  assert.equal(heard.sboms?.[0]?.specVersion, '1.5');
  assert.equal(records, 4);
  assert.equal(heard.signatures?.length, 1);
  // As Cosign wrote it once: the document as text.
  const old = await readWith(
    envelope(statement('https://spdx.dev/Document', { Data: JSON.stringify(bom), Timestamp: '' })),
  );
  assert.equal(old.heard.sboms?.[0]?.specVersion, '1.5');
  // And as a value.
  const wrapped = await readWith(envelope(statement('https://cyclonedx.org/bom', { Data: bom, Timestamp: '' })));
  assert.equal(wrapped.heard.sboms?.[0]?.specVersion, '1.5');
  const scan = await readWith(
    statement('https://cosign.sigstore.dev/attestation/vuln/v1', { scanner: { result: bom } }),
  );
  assert.equal(scan.heard.sboms?.length, 1);
});

test('what an attestation that fails carries is not believed', async () => {
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.5' };
  const document = documentOf(Buffer.from(JSON.stringify(envelope(statement('https://cyclonedx.org/bom', bom)))));
  const place = { image: `${image}@sha256:${'0'.repeat(64)}` };
  const { heard, rejections } = await inTotoKind(inner).read(document, { at, now: at, place, file: 'att' });
  assert.equal(heard.sboms, undefined);
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['attestation_failed'],
  );
});

test('in-toto’s own vulnerabilities are a scan of the subject', async () => {
  const predicate = {
    scanner: {
      uri: 'pkg:github/aquasecurity/trivy@244fd47e07d1004f0aed9',
      version: '0.19.2',
      db: { lastUpdate: '2026-11-06T17:45:50.52Z' },
      result: [
        {
          id: 'CVE-2026-1',
          severity: [
            { method: 'nvd', score: 'medium' },
            { method: 'cvss_score', score: '5.2' },
          ],
        },
        { id: 'CVE-2026-2', severity: [{ method: 'cvss_score', score: '9.8' }] },
        { severity: [] },
      ],
    },
    metadata: { scanFinishedOn: '2026-11-19T17:50:50.52Z' },
  };
  const { heard, rejections } = await readAs(
    'in-toto',
    JSON.stringify(statement('https://in-toto.io/attestation/vulns/v0.2', predicate)),
  );
  const [scan] = heard.scans!;
  assert.deepEqual(
    [scan!.scanner, scan!.scannerVersion, scan!.scannedAt, scan!.completeness],
    ['trivy', '0.19.2', '2026-11-19T17:50:50.520Z', 'partial'],
  );
  assert.deepEqual(
    scan!.found.map(({ id, severity, score }) => [id, severity, score]),
    [
      ['CVE-2026-1', 'medium', 5.2],
      ['CVE-2026-2', 'critical', 9.8],
    ],
  );
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['vulnerability_without_id'],
  );
});

const others = corpusFolder('guac');
test('vulnerabilities of a package’s version, by its package URL', { skip: others.skip }, async () => {
  const scanOf = async (file: string) => (await readAs('auto', fileOf(others.folder, file), { file })).heard.scans![0]!;
  for (const file of ['certify-vuln.json', 'certify-vuln-v02.json']) {
    const { artifact, found, scanner } = await scanOf(file);
    const ids = fileOf(others.folder, file)
      .toString('utf8')
      .match(/GHSA-[\w-]+/g)!;
    assert.deepEqual(
      found.map(({ id }) => id),
      ids,
    );
    const name = 'pkg:maven/org.apache.logging.log4j/log4j-core';
    assert.deepEqual([artifact.name, artifact.digests, scanner], [`${name}@2.8.1`, [], 'osv_dev']);
    assert.ok(found.every(each => each.package === name && each.version === '2.8.1'));
  }
  const { found, completeness } = await scanOf('certify-novuln.json');
  assert.deepEqual([found, completeness], [[], 'complete']);
});

const grype = corpusFolder('grype/grype/pkg/testdata');
test('Grype’s attestations, and one whose payload was changed until it is no JSON', { skip: grype.skip }, async () => {
  const read = (file: string) => readAs('auto', fileOf(grype.folder, file), { file });
  for (const file of ['alpine.att.json', 'alpine-tampered.att.json', 'alpine.cdx.att.json'])
    assert.deepEqual(
      attestationsOf(await read(file)).map(({ standing, predicateType }) => `${standing} ${predicateType}`),
      [`claimed https://${file.includes('cdx') ? 'cyclonedx.org' : 'syft.dev'}/bom`],
    );
  assert.equal((await read('alpine-tampered.cdx.att.json')).fault, 'payload_not_json');
});

test('an attestation’s identity is one however it is wrapped', async () => {
  const one = envelope(statement('https://example.com/t', {}), 'QUJDRA==');
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: '' } },
    dsseEnvelope: one,
  };
  const ids = await Promise.all(
    [one, bundle, { attestations: [{ bundle }] }].map(
      async each => attestationsOf(await readAs('auto', JSON.stringify(each)))[0]?.id,
    ),
  );
  assert.equal(new Set(ids).size, 1);
  assert.ok(ids[0]);
});
