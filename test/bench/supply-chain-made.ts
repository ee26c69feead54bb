/** Made-up documents of any size, with the members that the tools write. */
import { open } from 'node:fs/promises';

export const documentsMade = ['syft', 'cyclonedx', 'spdx', 'trivy'] as const;
export type DocumentMade = (typeof documentsMade)[number];

const digest = (number: number) => number.toString(16).padStart(64, '9');
const named = (number: number) => ({
  name: `library-${number % 20_000}`,
  version: `${number % 7}.${number % 31}.${number}`,
});

function syftPackage(number: number) {
  const { name, version } = named(number);
  const cpe = (part: string) => ({
    cpe: `cpe:2.3:a:${part}:${name}:${version}:*:*:*:*:*:*:*`,
    source: 'syft-generated',
  });
  return {
    ...{ id: digest(number).slice(48), name, version, type: 'npm', foundBy: 'javascript-package-cataloger' },
    locations: [
      {
        ...{ path: `/srv/app/node_modules/${name}/package.json`, layerID: `sha256:${digest(number % 12)}` },
        ...{ accessPath: `/srv/app/node_modules/${name}/package.json`, annotations: { evidence: 'primary' } },
      },
    ],
    licenses: [{ value: 'MIT', spdxExpression: 'MIT', type: 'declared', urls: [], locations: [] }],
    ...{ language: 'javascript', cpes: [cpe(name), cpe('acme')], purl: `pkg:npm/%40acme/${name}@${version}` },
    metadataType: 'javascript-npm-package',
    metadata: {
      name,
      version,
      author: 'Acme <npm@acme.example>',
      homepage: 'https://acme.example',
      description: '',
      url: '',
    },
  };
}

function cycloneDxComponent(number: number) {
  const { name, version } = named(number);
  return {
    ...{ 'bom-ref': `pkg:npm/%40acme/${name}@${version}?package-id=${digest(number).slice(48)}`, type: 'library' },
    ...{ author: 'Acme', name: `@acme/${name}`, version, description: 'What it is for, in a line of words.' },
    licenses: [{ license: { id: 'MIT' } }],
    ...{ cpe: `cpe:2.3:a:acme:${name}:${version}:*:*:*:*:*:*:*`, purl: `pkg:npm/%40acme/${name}@${version}` },
    externalReferences: [{ url: `git+https://github.com/acme/${name}.git`, type: 'distribution' }],
    properties: [
      { name: 'syft:package:foundBy', value: 'javascript-package-cataloger' },
      { name: 'syft:package:language', value: 'javascript' },
      { name: 'syft:location:0:path', value: `/srv/app/node_modules/${name}/package.json` },
    ],
  };
}

function spdxPackage(number: number) {
  const { name, version } = named(number);
  const purl = `pkg:npm/%40acme/${name}@${version}`;
  return {
    ...{
      name: `@acme/${name}`,
      SPDXID: `SPDXRef-Package-npm-${name}-${digest(number).slice(48)}`,
      versionInfo: version,
    },
    ...{ supplier: 'Person: Acme', downloadLocation: `git+https://github.com/acme/${name}.git`, filesAnalyzed: false },
    ...{ sourceInfo: `acquired package info from /srv/app/node_modules/${name}`, licenseConcluded: 'NOASSERTION' },
    ...{ licenseDeclared: 'MIT', copyrightText: 'NOASSERTION' },
    externalRefs: [
      {
        ...{ referenceCategory: 'SECURITY', referenceType: 'cpe23Type' },
        referenceLocator: `cpe:2.3:a:acme:${name}:${version}:*:*:*:*:*:*:*`,
      },
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl },
    ],
  };
}

function trivyVulnerability(number: number) {
  const { name, version } = named(number);
  const id = `CVE-2026-${10_000 + (number % 40_000)}`;
  return {
    ...{ VulnerabilityID: id, PkgID: `${name}@${version}`, PkgName: name },
    PkgIdentifier: { PURL: `pkg:npm/%40acme/${name}@${version}`, UID: digest(number).slice(48) },
    ...{ InstalledVersion: version, FixedVersion: `${version}.1`, Status: 'fixed', SeveritySource: 'nvd' },
    Layer: { DiffID: `sha256:${digest(number % 12)}` },
    ...{ PrimaryURL: `https://avd.aquasec.com/nvd/${id.toLowerCase()}`, Title: `${name}: something may be overrun` },
    Description:
      'A flaw was found in it: what is longer than expected is written behind what it was meant for. '.repeat(3),
    ...{ Severity: 'HIGH', CweIDs: ['CWE-787'], VendorSeverity: { nvd: 3, redhat: 2 } },
    CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', V3Score: 9.8 } },
    References: [`https://nvd.nist.gov/vuln/detail/${id}`, `https://access.redhat.com/security/cve/${id}`],
    ...{ PublishedDate: '2026-01-02T03:04:05Z', LastModifiedDate: '2026-02-03T04:05:06Z' },
  };
}

interface Shape {
  readonly before: string;
  readonly element: (number: number) => object;
  readonly after: string;
}

const image = {
  userInput: 'ghcr.io/acme/shop:1.2',
  manifestDigest: `sha256:${digest(1)}`,
  tags: ['ghcr.io/acme/shop:1.2'],
};

const shapes: Readonly<Record<DocumentMade, Shape>> = {
  syft: {
    before: '{"artifacts":[',
    element: syftPackage,
    after: `],"artifactRelationships":[],"source":${JSON.stringify({ id: digest(1), name: 'ghcr.io/acme/shop', version: '1.2', type: 'image', metadata: image })},"distro":{},"descriptor":{"name":"syft","version":"1.57.0"},"schema":{"version":"16.1.13"}}`,
  },
  cyclonedx: {
    before: `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"timestamp":"2026-11-20T10:00:00Z","tools":{"components":[{"type":"application","name":"syft"}]},"component":{"bom-ref":"root","type":"container","name":"ghcr.io/acme/shop:1.2","version":"sha256:${digest(1)}"}},"components":[`,
    element: cycloneDxComponent,
    after: ']}',
  },
  spdx: {
    before: `{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"ghcr.io/acme/shop","creationInfo":{"creators":["Tool: syft-1.57.0"],"created":"2026-11-20T10:00:00Z"},"packages":[{"name":"ghcr.io/acme/shop","SPDXID":"SPDXRef-DocumentRoot-Image-shop","versionInfo":"sha256:${digest(1)}","primaryPackagePurpose":"CONTAINER"},`,
    element: spdxPackage,
    after:
      '],"relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relatedSpdxElement":"SPDXRef-DocumentRoot-Image-shop","relationshipType":"DESCRIBES"}]}',
  },
  trivy: {
    before: `{"SchemaVersion":2,"CreatedAt":"2026-11-20T10:00:00Z","ArtifactName":"ghcr.io/acme/shop:1.2","ArtifactType":"container_image","Metadata":{"ImageID":"sha256:${digest(2)}","RepoTags":["ghcr.io/acme/shop:1.2"],"RepoDigests":["ghcr.io/acme/shop@sha256:${digest(1)}"]},"Results":[{"Target":"Node.js","Class":"lang-pkgs","Type":"node-pkg","Vulnerabilities":[`,
    element: trivyVulnerability,
    after: ']}]}',
  },
};

/** Writes one of about so many bytes, indented or not as tools do by default; returns how many elements it has. */
export async function writeDocument(file: string, made: DocumentMade, bytes: number): Promise<number> {
  const { before, element, after } = shapes[made];
  const handle = await open(file, 'w');
  try {
    let [size, count, piece] = [0, 0, before];
    while (size < bytes) {
      piece += `${count === 0 ? '' : ','}${JSON.stringify(element(count))}`;
      count += 1;
      if (piece.length < 1 << 20) continue;
      size += (await handle.write(piece)).bytesWritten;
      piece = '';
    }
    await handle.write(piece + after);
    return count;
  } finally {
    await handle.close();
  }
}
