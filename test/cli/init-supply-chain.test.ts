import assert from 'node:assert/strict';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { workplace } from './command.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

const trivy = (name: string, of: string, severities: readonly string[]) =>
  JSON.stringify({
    ...{ SchemaVersion: 2, ArtifactName: `${name}:1.0`, ArtifactType: 'container_image' },
    ...{ CreatedAt: '2026-11-20T00:00:00Z', Metadata: { RepoDigests: [`${name}@${of}`], RepoTags: [`${name}:1.0`] } },
    Results: [
      {
        ...{ Target: 'debian', Class: 'os-pkgs', Type: 'debian' },
        Vulnerabilities: severities.map((Severity, index) => ({
          ...{ VulnerabilityID: `CVE-2026-${index + 1}`, PkgName: 'zlib', InstalledVersion: '1.0', Severity },
        })),
      },
    ],
  });

const cyclonedx = (name: string, of: string) =>
  JSON.stringify({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, serialNumber: 'urn:uuid:1' },
    metadata: {
      timestamp: '2026-11-20T00:00:00Z',
      component: {
        ...{ type: 'container', name, version: '1.0' },
        purl: `pkg:oci/${name.split('/').at(-1)}@${encodeURIComponent(of)}?repository_url=${name}`,
      },
    },
    components: ['lodash', 'express'].map(one => ({
      ...{ type: 'library', name: one, version: '4.17.20', purl: `pkg:npm/${one}@4.17.20` },
    })),
  });

const list = JSON.stringify([{ image: `ghcr.io/acme/checkout@${digest('a')}`, environment: 'production' }]);

/** As `trivy fs --scanners vuln,misconfig` writes it. */
const repository = JSON.stringify({
  ...{ SchemaVersion: 2, ArtifactName: 'https://github.com/acme/checkout', ArtifactType: 'repository' },
  ...{ CreatedAt: '2026-11-20T00:00:00Z', Metadata: { RepoURL: 'https://github.com/acme/checkout' } },
  Results: [
    {
      ...{ Target: 'package-lock.json', Class: 'lang-pkgs', Type: 'npm' },
      Vulnerabilities: [
        { VulnerabilityID: 'CVE-2026-9', PkgName: 'lodash', InstalledVersion: '4.17.20', Severity: 'HIGH' },
      ],
    },
    {
      ...{ Target: 'Dockerfile', Class: 'config', Type: 'dockerfile', MisconfSummary: { Successes: 20, Failures: 2 } },
      Misconfigurations: ['DS002', 'DS026'].map(ID => ({
        ...{ Type: 'Dockerfile Security Check', ID, Title: ID, Message: 'not as asked', Status: 'FAIL' },
        ...{ Severity: 'HIGH', CauseMetadata: { Provider: 'Dockerfile', Service: 'general' } },
      })),
    },
  ],
});

describe('plumbline init --scan and --sbom', () => {
  it('has misconfigurations of a scan read as violations of policies, beside its vulnerabilities', async t => {
    const { run, write, folder } = workplace(t);
    write('scans/checkout.json', trivy('ghcr.io/acme/checkout', digest('a'), ['CRITICAL']));
    write('scans/fs.json', repository);
    const { code, stdout, stderr } = await run(...['init', '--catalog', 'catalog', '--scan', 'scans']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^findings +2 open vulnerabilities: 1 critical, 1 high$/m);
    assert.match(stdout, /^policy +1 report of 1 scope by trivy; 2 open violations$/m);
    assert.doesNotMatch(stdout, /left out/);
    const text = readFileSync(path.join(folder, 'plumbline.yaml'), 'utf8');
    assert.match(text, /policy:[\s\S]*- path: scans\n/);

    // Also where the folder is named as one of reports: scans are no broken reports.
    const both = await run(
      ...['init', '--catalog', 'catalog', '--scan', 'scans', '--policy', 'scans', '--out', 'both.yaml'],
    );
    assert.equal(both.code, 0, both.stderr);
    assert.doesNotMatch(both.stdout, /left out/);
    assert.match(both.stdout, /; 2 open violations$/m);
    assert.match(readFileSync(path.join(folder, 'both.yaml'), 'utf8'), /policy:[\s\S]*- path: scans\n/);
    const alone = await run(...['init', '--catalog', 'catalog', '--policy', 'scans', '--out', 'alone.yaml']);
    assert.match(alone.stdout, /left out +.*checkout\.json: belongs to the supply chain, which --scan reads/);

    // What one of them leaves to the other is no fault of it.
    const { Results, ...audit } = JSON.parse(repository);
    write('scans/audit.json', JSON.stringify({ ...audit, Results: Results.slice(1) }));
    const aged = new Date(Date.now() - 3_600_000);
    for (const file of ['checkout', 'fs', 'audit']) utimesSync(path.join(folder, `scans/${file}.json`), aged, aged);
    const checked = await run('check', '--config', 'both.yaml');
    assert.match(checked.stdout, /^ok +source document-files +1 file left to another exporter: belongs_to_policy: /m);
    assert.match(
      checked.stdout,
      /^ok +source report-files +1 file left to another exporter: belongs_to_supply_chain: /m,
    );
    assert.doesNotMatch(checked.stdout, /^wrong/m);
  });

  it('tells what was read, whose it is and what nothing says, and writes it', async t => {
    const { run, write, folder } = workplace(t);
    write('scans/checkout.json', trivy('ghcr.io/acme/checkout', digest('a'), ['CRITICAL', 'LOW', 'LOW']));
    write('scans/other.json', trivy('ghcr.io/acme/other', digest('b'), ['HIGH']));
    write('scans/notes.json', '{"hello": 1}');
    write('boms/checkout.cdx.json', cyclonedx('ghcr.io/acme/checkout', digest('a')));
    const { code, stdout, stderr } = await run(
      ...['init', '--catalog', 'catalog', '--scan', 'scans', '--sbom', 'boms/*.json'],
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^images +2 images; nobody owns 1 of them$/m);
    assert.match(stdout, /^scans +2 scans by trivy$/m);
    assert.match(stdout, /^findings +4 open vulnerabilities: 1 critical, 1 high, 2 low$/m);
    assert.match(stdout, /^packages +2 packages in 1 bill of materials$/m);
    assert.match(stdout, /^running +nothing says what runs/m);
    assert.match(stdout, /^left out +.*scans\/notes\.json: unknown format$/m);

    const text = readFileSync(path.join(folder, 'plumbline.yaml'), 'utf8');
    assert.match(text, /name: "image ghcr\.io\/acme\/checkout"|name: image ghcr/);
    assert.match(text, /image: ghcr\.io\/acme\/checkout, service: checkout }/);
    assert.match(text, /# - \{ name: .*image: ghcr\.io\/acme\/other, team: … }/);
    assert.match(text, /# 3 files: trivy\n +- path: scans\n +name: documents-1\n/);
    assert.match(text, /# 1 file: cyclonedx\n +- path: "boms\/\*\.json"\n +name: documents-2\n/);
    assert.match(text, /# kubernetes:\n +# +- \{ cluster: prod-eu/);
    // What scrape makes of the file is what init has said.
    const scraped = await run('scrape');
    assert.match(
      scraped.stdout,
      /^supply_chain_findings\{.*severity="critical".*team="payments".*\} 1|team="payments".*severity="critical".*\} 1/m,
    );
  });

  it('goes with the other parts, and leaves out what is known: a list of what runs', async t => {
    const { run, write, folder } = workplace(t);
    write('scans/checkout.json', trivy('ghcr.io/acme/checkout', digest('a'), []));
    write('scans/running.json', list);
    const { code, stdout, stderr } = await run(
      ...['init', '--catalog', 'catalog', '--bill', 'bill.csv', '--scan', 'scans', '--sbom', 'scans'],
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^bill +3 rows/m);
    assert.match(stdout, /^findings +nothing is open$/m);
    assert.match(stdout, /^running +1 image$/m);
    const text = readFileSync(path.join(folder, 'plumbline.yaml'), 'utf8');
    assert.match(text, /^cost:$/m);
    assert.match(text, /# 2 files: running, trivy\n +- path: scans\n/);
    assert.doesNotMatch(text, /documents-2|# kubernetes:/);
  });

  it('gives what does not say it is about anything the name of its folder', async t => {
    const { run, write, folder } = workplace(t);
    write('shop/fs.sarif', JSON.stringify(sarifWithoutSubject));
    const { code, stderr, stdout } = await run('init', '--scan', 'shop');
    assert.equal(code, 0, stderr);
    assert.match(readFileSync(path.join(folder, 'plumbline.yaml'), 'utf8'), /guessed by.*\n +repository: shop\n/);
    assert.match(stdout, /^images +0 images; 1 repository$/m);
    assert.match(stdout, /^findings +1 open vulnerability: 1 high$/m);
  });

  it('writes nothing where there is nothing to read, and says why', async t => {
    const { run, write, folder } = workplace(t);
    write('notes/one.json', '{"hello": 1}');
    const none = await run('init', '--scan', 'notes');
    assert.equal(none.code, 2);
    assert.match(none.stderr, /--scan notes has no scan, .*: unknown format; what is read: .*cyclonedx.*trivy/);
    const nowhere = await run('init', '--sbom', 'nowhere/*.json');
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /--sbom nowhere\/\*\.json is no file and no folder, and matches no file/);
    write(
      'infra/scan.sarif',
      JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'checkov' } }, results: [] }] }),
    );
    assert.match(
      (await run('init', '--scan', 'infra')).stderr,
      /: belongs to policy, which --policy reads; what is read/,
    );
    assert.match((await run('init')).stderr, /give --bill, --git, --policy, --scan, --sbom or --survey/);
    assert.equal(existsSync(path.join(folder, 'plumbline.yaml')), false);
  });
});

const sarifWithoutSubject = {
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'Snyk Open Source', rules: [{ id: 'SNYK-JS-LODASH-1' }] } },
      results: [
        {
          ...{ ruleId: 'SNYK-JS-LODASH-1', level: 'error' },
          message: { text: 'This file introduces a vulnerable lodash package with a high severity vulnerability.' },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'package.json' }, region: { startLine: 1 } } }],
        },
      ],
    },
  ],
};
