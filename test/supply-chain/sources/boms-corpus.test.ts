/** Every bill of materials and VEX document of the corpus: read with the right counts, or refused for the right reason. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { corpusFolder, type Read, readAuto } from '../documents.ts';

type Words<Key extends string> = { readonly [key in Key]?: string };

interface Counted {
  readonly packages: number;
}

const unique = (rows: readonly (readonly [string | undefined, string | undefined, string | undefined])[]): number =>
  new Set(rows.map(([purl, name, version]) => JSON.stringify([purl ?? name, version === 'UNKNOWN' ? '' : version])))
    .size;

/** The independent counts: a few lines a format, over the plain values. */
const counts: Readonly<Record<string, (text: string) => Counted>> = {
  syft: text => {
    const { artifacts } = JSON.parse(text) as { artifacts: { purl?: string; name: string; version: string }[] };
    return { packages: unique(artifacts.map(({ purl, name, version }) => [purl || undefined, name, version])) };
  },
  cyclonedx: text => {
    interface Component extends Words<'type' | 'purl' | 'group' | 'name' | 'version'> {
      readonly components?: readonly Component[];
    }
    const bom = JSON.parse(text) as { components?: Component[]; metadata?: { component?: Component } };
    const flat = (list: readonly Component[] = []): Component[] => list.flatMap(one => [one, ...flat(one.components)]);
    const root = bom.metadata?.component;
    const packages = flat(bom.components)
      .filter(one => !['file', 'operating-system', 'data'].includes(one.type!))
      .filter(one => !(one.type === 'application' && JSON.stringify(one).includes('trivy:Class')))
      .filter(one => root?.purl === undefined || one.purl !== root.purl);
    return { packages: unique(packages.map(one => [one.purl, `${one.group}/${one.name}`, one.version])) };
  },
  spdx: text =>
    text.includes('"@graph"') ? spdx3(text) : text.startsWith('SPDXVersion') ? tagValue(text) : spdx2(text),
};

function spdx2(text: string): Counted {
  interface Package extends Words<'SPDXID' | 'primaryPackagePurpose' | 'name' | 'packageName' | 'versionInfo'> {
    readonly externalRefs?: readonly { readonly referenceType: string; readonly referenceLocator: string }[];
    readonly annotations?: readonly { readonly comment: string }[];
  }
  const parsed = JSON.parse(text) as { sbom?: object };
  const document = (parsed.sbom ?? parsed) as {
    readonly packages: readonly Package[];
    readonly documentDescribes?: readonly string[];
    readonly relationships?: readonly Record<string, string>[];
  };
  const described = new Set([
    ...(document.documentDescribes ?? []),
    ...(document.relationships ?? []).flatMap(one =>
      one.relationshipType === 'DESCRIBES' ? [one.relatedSpdxElement!] : [],
    ),
  ]);
  const roots = document.packages.filter(one => described.has(one.SPDXID!));
  const packages = document.packages
    .filter(one => roots.length !== 1 || one !== roots[0])
    .filter(one => one.primaryPackagePurpose !== 'OPERATING-SYSTEM' && one.name !== '')
    .filter(one => !one.annotations?.some(({ comment }) => comment === 'Class: lang-pkgs'));
  return {
    packages: unique(
      packages.map(one => [
        one.externalRefs?.find(ref => ref.referenceType === 'purl' && ref.referenceLocator.startsWith('pkg:'))
          ?.referenceLocator,
        one.name ?? one.packageName,
        one.versionInfo ?? '',
      ]),
    ),
  };
}

const tagValue = (text: string): Counted => ({
  packages:
    text.match(/^PackageName:/gm)!.length -
    new Set(text.match(/^Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-\S+/gm)).size,
});

function spdx3(text: string): Counted {
  const { '@graph': graph } = JSON.parse(text) as {
    '@graph': (Words<'type' | 'spdxId' | 'name' | 'software_packageVersion'> & {
      readonly rootElement?: readonly string[];
    })[];
  };
  const packages = graph.filter(one =>
    ['software_Package', 'ai_AIPackage', 'dataset_DatasetPackage'].includes(one.type!),
  );
  const told = new Set(graph.flatMap(one => one.rootElement ?? []));
  const roots = packages.filter(one => told.has(one.spdxId!));
  const left = packages.filter(one => roots.length !== 1 || one !== roots[0]);
  return { packages: unique(left.map(one => [undefined, one.name, one.software_packageVersion])) };
}

/** Files that are none of these documents; other kinds read some of them. */
const others: Readonly<Record<string, string>> = {
  'PROVENANCE.md': 'a note',
  'cd-': 'ClearlyDefined',
  'certify-': 'in-toto',
  crev: 'in-toto',
  'github-review': 'in-toto',
  'in-toto': 'in-toto',
  eol: 'endoflife.date',
  scorecard: 'OpenSSF Scorecard',
  'oci-dsse-att': 'in-toto',
};
const refused: Readonly<Record<string, string>> = {
  // bomFormat is CDX; spdxVersion is a number.
  'guac/invalid-cyclonedx.json': 'not_cyclonedx',
  'guac/invalid-spdx.json': 'missing_version',
};

const isOther = (file: string) => Object.keys(others).some(word => path.basename(file).includes(word));

test('every file of the folders is read with the packages that an independent count finds, or refused', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  const own = globSync('{syft,syft-live,cyclonedx,spdx,guac}/**/*.{json,golden,spdx,md}', { cwd: folder }).sort();
  const elsewhere = globSync(
    '{trivy/*{cyclonedx,cdx,spdx}*.golden,grype/grype/presenter/cyclonedx/**/*.golden,grype/test/cli/**/*.json,grype/grype/pkg/testdata/s*.json,github-openapi/*export-sbom*.json}',
    { cwd: folder },
  ).filter(file => !file.includes('license-cyclonedx'));
  const seen: Record<string, number> = {};
  for (const file of [...own, ...elsewhere]) {
    const bytes: Buffer = readFileSync(path.join(folder, file));
    const read = await readAuto(bytes, {}, file);
    if (isOther(file)) {
      assert.ok(
        ['', 'in-toto', 'clearlydefined', 'endoflife', 'scorecard'].includes(read.kind),
        `${file}: ${read.kind}`,
      );
      continue;
    }
    if (refused[file] !== undefined) {
      assert.equal(read.fault, refused[file], file);
      continue;
    }
    assert.equal(read.fault, undefined, file);
    seen[read.kind] = (seen[read.kind] ?? 0) + 1;
    const [sbom] = read.heard.sboms ?? [];
    if (sbom) assert.equal(sbom.components.length, counts[read.kind]!(bytes.toString()).packages, file);
    else assert.ok(read.kind === 'openvex' || read.kind === 'csaf' || isVexOnly(read), file);
    const rejected = file.endsWith('go-spdx-multi-arch_2.json') ? ['missing_name'] : [];
    assert.deepEqual(
      read.rejections.map(({ reason }) => reason),
      file.endsWith('multi-arch_2.json') ? rejected : [],
      file,
    );
  }
  assert.deepEqual(seen, { cyclonedx: 63, spdx: 77, openvex: 1, csaf: 1, syft: 19 });
});

const isVexOnly = ({ heard }: Read): boolean => (heard.vex?.length ?? 0) > 0 || (heard.scans?.length ?? 0) > 0;

test('packages of a repository are the same whatever Syft writes them as', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  // What the notes of the run say that syft found, lists with what is told twice.
  const records = { express: 17, fastify: 42, flask: 121, 'cloudcost-exporter': 137, empty: 0 };
  for (const [name, packages] of Object.entries(records)) {
    const read: readonly Read[] = await Promise.all(
      ['syft', 'cdx16', 'spdx23'].map(async format =>
        readAuto(readFileSync(path.join(folder, 'syft-live', `${name}.${format}.json`)), {
          repository: `acme/${name}`,
        }),
      ),
    );
    assert.equal(read[0]!.records, packages, name);
    const lists = read.map(({ heard }) => {
      const { components, artifact } = heard.sboms![0]!;
      assert.deepEqual(artifact, { kind: 'repository', name: `acme/${name}`, digests: [] });
      return components.map(one => `${one.type} ${one.namespace} ${one.name} ${one.version}`).sort();
    });
    assert.deepEqual(lists[1], lists[0], `${name}: CycloneDX`);
    assert.deepEqual(lists[2], lists[0], `${name}: SPDX`);
  }
});

test('VEX of the corpus has a statement for each product of each statement', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  interface Statement {
    readonly products: readonly (string | { readonly subcomponents?: readonly unknown[] })[];
  }
  const files = globSync('{openvex/**,grype/grype/vex/**,guac}/*vex*.json', { cwd: folder });
  let documents = 0;
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    if (!text.includes('"statements"')) continue;
    const { statements } = JSON.parse(text) as { readonly statements: readonly Statement[] };
    const wanted = statements
      .flatMap(({ products }) => products)
      .reduce((sum, one) => sum + ((typeof one === 'object' && one.subcomponents?.length) || 1), 0);
    const read = await readAuto(text);
    assert.equal(read.kind, 'openvex', file);
    assert.equal(read.heard.vex?.length, wanted, file);
    assert.deepEqual(read.rejections, [], file);
    documents += 1;
  }
  assert.equal(documents, 15);
});

test('CSAF of the corpus has a statement for each product with a package of each vulnerability', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  const file = (name: string) => readAuto(readFileSync(path.join(folder, name)));
  const red = await file('openvex/pkg/csaf/testdata/rhsa-2020_1358.json');
  const { vulnerabilities } = JSON.parse(
    readFileSync(path.join(folder, 'openvex/pkg/csaf/testdata/rhsa-2020_1358.json'), 'utf8'),
  ) as { readonly vulnerabilities: readonly { readonly product_status: { readonly fixed: readonly string[] } }[] };
  // One package in several streams of the distribution is one.
  const wanted = vulnerabilities.map(
    one => new Set(one.product_status.fixed.map(id => id.replace(/^[^:]+:/, ''))).size,
  );
  assert.equal(red.heard.vex?.length, wanted[0]! + wanted[1]!);
  assert.deepEqual([...new Set(red.heard.vex?.map(({ status }) => status))], ['fixed']);
  assert.deepEqual(red.rejections, []);
  const demo = await file('grype/grype/vex/testdata/vex-docs/csaf-demo1.json');
  assert.deepEqual(
    demo.heard.vex?.map(({ vulnerability, purl, status, author }) => [vulnerability, purl, status, author]),
    [
      [
        ...['CVE-2023-1255', 'pkg:apk/alpine/libcrypto3@3.0.8-r3?arch=x86_64&upstream=openssl&distro=alpine-3.17.3'],
        ...['fixed', 'Example Company ProductCERT'],
      ],
    ],
  );
});

test('findings in CycloneDX of Trivy and Grype are those that the documents list', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  for (const [file, scanner, ids] of [
    ['trivy/npm-cyclonedx.json.golden', 'trivy', ['CVE-2019-11358 pkg:npm/jquery 3.3.9 medium 3.4.0']],
    [
      ...['trivy/fluentd-multiple-lockfiles-short.cdx.json.golden', 'trivy'],
      [
        'CVE-2019-18224 pkg:deb/debian/libidn2-0 2.0.5-1 critical 2.0.5-1+deb10u1',
        'CVE-2019-18276 pkg:deb/debian/bash 5.0-4 low ',
        'CVE-2020-8165 pkg:gem/activesupport 6.0.2.1 high 6.0.3.1,5.2.4.3',
      ],
    ],
    ['guac/xray-cdx-vulns.json', 'xray', ['CVE-2011-3374 pkg:deb/debian%3Abuster%3Aapt 1.8.2.2 unknown ']],
  ] as const) {
    const { heard } = await readAuto(readFileSync(path.join(folder, file)));
    const [scan] = heard.scans!;
    assert.equal(scan?.scanner, scanner);
    assert.deepEqual(
      scan?.found.map(one => `${one.id} ${one.package} ${one.version} ${one.severity} ${one.fixedVersions ?? ''}`),
      ids,
    );
  }
});
