import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { workplace } from './command.ts';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'policy');
const init = (...more: readonly string[]) => ['init', '--catalog', 'catalog', ...more] as const;

describe('plumbline init --policy', () => {
  it('finds out which kinds of reports stand in folders, and tells what they say', async t => {
    const place = workplace(t);
    const put = (from: string, to: string) => {
      mkdirSync(path.dirname(path.join(place.folder, to)), { recursive: true });
      cpSync(path.join(fixtures, from), path.join(place.folder, to));
    };
    put('checkov.json', 'reports/checkout/one.json');
    put('checkov.json', 'reports/checkout/two.json');
    put('policyreport/kubectl.yaml', 'reports/prod-eu/reports.yaml');
    put('conftest.json', 'reports/mixed/conftest.json');
    put('scan.sarif', 'reports/mixed/scan.sarif');
    const { code, stdout, stderr } = await place.run(...init('--policy', 'reports'));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^policy +\d+ reports of 3 scopes by .*checkov.*; [1-9]\d* open violations$/m);
    const text = readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8');
    assert.match(
      text,
      /# 2 files\n +- kind: checkov\n +path: reports\/checkout\n +repository: checkout\n +service: checkout\n/,
    );
    assert.match(text, /- kind: policyreport\n +path: reports\/prod-eu\n +cluster: prod-eu\n/);
    assert.match(text, /# 2 files\n +- kind: auto\n +path: reports\/mixed\n +repository: mixed\n/);
    assert.doesNotMatch(text, /^(cost|dora):/m);
    // What scrape makes of the file is what init has said.
    const scraped = await place.run('scrape');
    assert.match(scraped.stdout, /^policy_violations\{.*engine="checkov".*\} \d/m);
  });

  it('says whose workloads and namespaces are, by names and by the annotations of Backstage', async t => {
    const place = workplace(t);
    const component = (name: string, owner: string, annotations: string) =>
      `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: ${name}, annotations: { ${annotations} } }\nspec: { type: service, lifecycle: production, owner: ${owner} }\n`;
    place.write(
      'catalog/more.yaml',
      [
        component('till', 'payments', 'backstage.io/kubernetes-id: till-api, backstage.io/kubernetes-namespace: tills'),
        component('one', 'payments', 'backstage.io/kubernetes-namespace: shared'),
        component('two', 'payments', 'backstage.io/kubernetes-namespace: shared'),
        component('three', 'other', 'backstage.io/kubernetes-namespace: mixed'),
        component('four', 'payments', 'backstage.io/kubernetes-namespace: mixed'),
        'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: other }\nspec: { type: team, children: [] }\n',
      ].join('---\n'),
    );
    const report = (namespace: string, name: string) =>
      `apiVersion: wgpolicyk8s.io/v1alpha2\nkind: PolicyReport\nmetadata: { name: ${name}, namespace: ${namespace} }\nscope: { apiVersion: apps/v1, kind: Deployment, name: ${name}, namespace: ${namespace} }\nresults: [{ policy: limits, rule: memory, result: fail, source: kyverno }]\n`;
    const seen = [
      ...[report('tills', 'till-api'), report('shared', 'proxy'), report('mixed', 'four'), report('payments', 'proxy')],
      ...[report('kube-system', 'dns')],
    ];
    place.write('reports/prod-eu/reports.yaml', seen.join('---\n'));
    const { code, stderr } = await place.run(...init('--policy', 'reports'));
    assert.equal(code, 0, stderr);
    const text = readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8');
    assert.deepEqual(parse(text).ownership.rules, [
      { name: 'workload four', cluster: '*', resource: '*/four', service: 'four' },
      { name: 'workload till-api', cluster: '*', resource: '*/till-api', service: 'till' },
      { name: 'namespace payments', namespace: 'payments', team: 'payments' },
      { name: 'namespace shared', namespace: 'shared', team: 'payments' },
      { name: 'namespace tills', namespace: 'tills', service: 'till' },
    ]);
    for (const nobodys of ['kube-system', 'mixed'])
      assert.match(text, new RegExp(`# - \\{ name: "namespace ${nobodys}", namespace: ${nobodys}, team: … \\}`));
    const { stdout } = await place.run('scrape');
    assert.match(stdout, /^policy_violations\{team="payments",service="four",.* 1$/m);
    assert.match(stdout, /^policy_violations\{team="payments",service="till",.* 1$/m);
    assert.match(stdout, /^policy_violations\{team="unowned",.* 1$/m);
  });

  it('names a folder of several kinds once, so that its next file is read, and names what is left out', async t => {
    const place = workplace(t);
    const put = (from: string, to: string) => {
      mkdirSync(path.dirname(path.join(place.folder, to)), { recursive: true });
      cpSync(path.join(fixtures, from), path.join(place.folder, to));
    };
    for (let n = 0; n < 3; n += 1) put('checkov.json', `reports/a${n}.json`);
    put('conftest.json', 'reports/z.json');
    put('gatekeeper/audit.log', 'reports/audit.log');
    put('policyreport/kubectl.yaml', 'reports/checkout/reports.yaml');
    place.write('reports/notes.json', '{"notes": []}');
    place.write('reports/clean.json', 'null');
    put('gator.json', 'reports/gator/a.json');
    // Which a source of its own kind reads.
    place.write('reports/gator/clean.json', 'null');
    const grype = { tool: { driver: { name: 'Grype' } }, results: [{ ruleId: 'CVE-2099-1-curl', message: {} }] };
    place.write('reports/grype.json', JSON.stringify({ version: '2.1.0', runs: [grype] }));
    const { code, stdout, stderr } = await place.run(...init('--policy', 'reports'));
    assert.equal(code, 0, stderr);
    const { files } = parse(readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8')).policy;
    // Folders below are sources of their own. The name of a folder may be a service's, which no whole cluster is.
    assert.deepEqual(files, [
      { kind: 'auto', path: 'reports/*', cluster: 'reports', repository: 'reports' },
      { kind: 'policyreport', path: 'reports/checkout', cluster: 'checkout', service: 'checkout' },
      { kind: 'gator', path: 'reports/gator', repository: 'gator' },
    ]);
    assert.match(stdout, /^policy +\d+ reports of 4 scopes by /m);
    assert.doesNotMatch(stdout, /gator\/clean\.json/);
    assert.match(stdout, /^left out +.*\/notes\.json: unknown format$/m);
    assert.match(stdout, /^left out +.*\/clean\.json: says that nothing was found, and not by which program$/m);
    assert.match(stdout, /^left out +.*\/grype\.json: belongs to the supply chain, which --scan reads$/m);
    put('scan.sarif', 'reports/tomorrow.sarif');
    const aged = new Date(Date.now() - 3_600_000);
    utimesSync(path.join(place.folder, 'reports/tomorrow.sarif'), aged, aged);
    const checked = await place.run('check');
    assert.match(
      checked.stdout,
      /^ok +source report-files +read by their content: 3 of checkov, 1 of conftest, 1 of gatekeeper, 1 of sarif$/m,
    );
    assert.match(
      checked.stdout,
      /^ok +source report-files +1 file left to another exporter: belongs_to_supply_chain: it is of packages; name it under supply_chain\.files$/m,
    );
    assert.match(
      checked.stdout,
      /^wrong +source report-files .*\/clean\.json is broken: nothing_found_by_whom: it says/m,
    );
    assert.match(
      checked.stdout,
      /^wrong +source report-files .*\/notes\.json is broken: unknown_format: nothing here/m,
    );
  });

  it('says what it can read where a folder has no report', async t => {
    const place = workplace(t);
    mkdirSync(path.join(place.folder, 'empty'));
    const { code, stderr } = await place.run(...init('--policy', 'empty'));
    assert.notEqual(code, 0);
    assert.match(stderr, /--policy empty has no report; they are of .*checkov/);
    place.write(
      'junit/results.xml',
      '<?xml version="1.0"?>\n<testsuites><testsuite name="terraform scan"/></testsuites>\n',
    );
    const junit = await place.run(...init('--policy', 'junit'));
    assert.match(junit.stderr, /--policy junit has no report \(it is JUnit XML: .*have the tool write JSON or SARIF/);
    const none = await place.run(...init('--policy', 'nowhere'));
    assert.match(none.stderr, /--policy nowhere is no file and no folder/);
  });
});
