import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { corpus } from '../../e2e/lib/corpus.ts';
import { countBy, keysOf, readAs, reportOf } from '../reading.ts';

const at = (uri: string, line: number, more: object = {}) => [
  { physicalLocation: { artifactLocation: { uri }, region: { startLine: line, ...more } } },
];
const run = (results: readonly object[], more: object = {}) => ({
  tool: { driver: { name: 'My Scanner', rules: [{ id: 'R1' }] } },
  results: results.map(result => ({ ruleId: 'R1', message: { text: 'said' }, ...result })),
  ...more,
});
const sarif = (...runs: readonly object[]) => JSON.stringify({ version: '2.1.0', runs });
const read = async (...runs: readonly object[]) => reportOf(await readAs('sarif', sarif(...runs)));

test('a finding keeps its identity when lines move, and two equal ones in a file are one', async () => {
  const snippet = { snippet: { text: '  acl = "public"\n' } };
  const before = await read(run([{ locations: at('a.tf', 3, snippet) }, { locations: at('a.tf', 9, snippet) }]));
  const after = await read(run([{ locations: at('a.tf', 30, { snippet: { text: 'acl  =  "public"' } }) }]));
  assert.equal(before.results.length, 1);
  assert.deepEqual(keysOf(before), keysOf(after));
  assert.deepEqual([before.results[0]?.location, after.results[0]?.location], ['a.tf:3', 'a.tf:30']);
});

test('equal ones without a snippet are numbered by their lines, and the last number goes with the one that is mended', async () => {
  const of = async (...lines: readonly number[]) =>
    keysOf(await read(run(lines.map(line => ({ locations: at('a.cs', line) })))));
  assert.deepEqual(await of(3, 9, 9, 12), ['R1 a.cs', 'R1 a.cs~2', 'R1 a.cs~3']);
  assert.deepEqual(await of(4, 13), ['R1 a.cs', 'R1 a.cs~2']);
  const inside = (line: number, text: string) => {
    const [location] = at('a.cs', line, { snippet: { text } });
    return { locations: [{ ...location, logicalLocations: [{ fullyQualifiedName: 'Shop.Pay' }] }] };
  };
  const both = await read(run([inside(1, 'one'), inside(2, 'two'), inside(3, ' two ')]));
  assert.deepEqual(keysOf(both), ['R1 a.cs#Shop.Pay', 'R1 a.cs#Shop.Pay~2']);
});

test('a rule that stands in the message alone is read there; without any rule the result is refused', async () => {
  const rules = ['AWS', 'AWS Key', 'Key'].map(id => ({ id }));
  const results = ['AWS Key found here', 'Keyboard found here'].map(text => ({
    ...{ ruleId: undefined, message: { text } },
    locations: at('a.py', 1),
  }));
  const { told, rejections } = await readAs(
    'sarif',
    sarif(run(results, { tool: { driver: { name: 'My Scanner', rules } } })),
  );
  assert.deepEqual(
    told.reports?.[0]?.results.map(({ policy }) => policy),
    ['AWS Key'],
  );
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['missing_rule'],
  );
});

test('vulnerabilities and secrets of scanners of packages are refused, and left out of a run with misconfigurations', async () => {
  const of = (name: string, ...texts: readonly string[]) => ({
    tool: { driver: { name } },
    results: texts.map((text, index) => ({ ruleId: `R${index}`, message: { text }, locations: at('a.tf', index) })),
  });
  const vulnerability = 'Package: curl\nInstalled Version: 8.1\nVulnerability CVE-2099-1\nSeverity: HIGH';
  const misconfiguration = 'Artifact: a.tf\nType: terraform\nMessage: bucket is public\nSeverity: HIGH';
  for (const tool of ['Grype', 'Snyk Open Source', 'osv-scanner', 'gitleaks'])
    assert.equal((await readAs('sarif', sarif(of(tool, 'said')))).fault, 'belongs_to_supply_chain', tool);
  assert.equal((await readAs('sarif', sarif(of('Trivy', vulnerability)))).fault, 'belongs_to_supply_chain');
  const mixed = await readAs('sarif', sarif(of('Trivy', vulnerability, misconfiguration)));
  assert.deepEqual([keysOf(reportOf(mixed)), mixed.records], [['R1 a.tf'], 1]);
  assert.deepEqual(keysOf(await read(of('Trivy'))), []);
  assert.deepEqual(keysOf(await read(of('Snyk IaC', 'said'))), ['R0 a.tf']);
});

test('a fingerprint outlives a move; the same one in two files is two findings', async () => {
  const partialFingerprints = { primaryLocationLineHash: 'ab12cd34:1' };
  const of = (...files: readonly string[]) =>
    read(run(files.map(file => ({ partialFingerprints, locations: at(file, 1) }))));
  assert.deepEqual(keysOf(await of('a.py')), ['R1 ab12cd34:1']);
  assert.deepEqual(keysOf(await of('moved/a.py')), ['R1 ab12cd34:1']);
  assert.deepEqual(keysOf(await of('b.py', 'a.py')), ['R1 ab12cd34:1', 'R1 ab12cd34:1~2']);
});

test('where nothing else tells, what a message quotes does, and not its words', async () => {
  const of = async (text: string) => keysOf(await read(run([{ message: { text }, locations: at('k.yaml', 1) }])))[0];
  assert.equal(await of('container "web" may run as root'), 'R1 k.yaml#web');
  assert.equal(await of('"web" is a container that runs as root'), 'R1 k.yaml#web');
  assert.equal(
    await of("image 'reg.io:5000/a/web:1.2@sha256:0123456789abcdef' isn't pinned"),
    'R1 k.yaml#reg.io:5000/a/web',
  );
  assert.equal(await of("don't do it, it'll fail"), 'R1 k.yaml');
});

test('kinds and suppressions are outcomes; what is only noted blocks nothing', async () => {
  const kinds = ['fail', 'pass', 'notApplicable', 'review', 'open', 'informational'];
  const results = kinds.map(kind => ({ kind, locations: at(`${kind}.tf`, 1) }));
  const report = await read(
    run([...results, { suppressions: [{ kind: 'inSource', justification: 'until 2027-01-01' }] }]),
  );
  assert.deepEqual(
    report.results.map(({ outcome }) => outcome),
    ['fail', 'pass', 'skip', 'error', 'error', 'pass', 'excepted'],
  );
  const body = sarif(run([{ level: 'error' }, { level: 'note', locations: at('n.tf', 1) }]));
  const gate = reportOf(await readAs('sarif', body, { repository: 'acme/shop', enforcement: 'enforce' }));
  assert.deepEqual(
    gate.results.map(({ enforcement }) => enforcement),
    ['enforce', 'audit'],
  );
  const { told } = await readAs(
    'sarif',
    sarif(run([{ suppressions: [{ kind: 'inSource', justification: 'until 2027-01-01' }] }])),
  );
  const [exception] = told.exceptions?.[0]?.exceptions ?? [];
  assert.deepEqual([exception?.reason, exception?.expiresAt], ['until 2027-01-01', '2027-01-01T23:59:59.000Z']);
});

test('severity is a score, then a word, then the level', async () => {
  const of = async (properties: object, level = 'warning') => {
    const [{ severity, originalSeverity } = {}] = (await read(run([{ level, properties }]))).results;
    return [severity, originalSeverity];
  };
  assert.deepEqual(await of({ 'security-severity': '9.8' }), ['critical', '9.8']);
  assert.deepEqual(await of({ 'security-severity': 'HIGH' }), ['high', 'HIGH']);
  assert.deepEqual(await of({ severity: 'low' }), ['low', 'low']);
  assert.deepEqual(await of({}, 'error'), ['high', 'error']);
  assert.deepEqual(await of({}), ['medium', 'warning']);
});

test('runs of one tool and category are one look, those of others their own; the repository may be the report’s', async () => {
  const named = (name: string, results: readonly object[], more: object = {}) => ({
    ...run(results, more),
    tool: { driver: { name } },
  });
  const body = sarif(
    named('CodeQL', [{ locations: at('a.py', 1) }], { automationDetails: { id: '/language:python/1' } }),
    named('CodeQL', [{ locations: at('a.js', 1) }], { automationDetails: { id: '/language:js/1' } }),
    named('CodeQL', [{ locations: at('b.js', 1) }], { automationDetails: { id: '/language:js/2' } }),
    named('Other', [], { versionControlProvenance: [{ repositoryUri: 'https://git.example/Acme/Net.git' }] }),
  );
  const { told } = await readAs('sarif', body);
  assert.deepEqual(
    told.reports?.map(({ engine, scope, parts, results }) => [engine, scope, parts?.[0], results.length]),
    [
      ['codeql', 'repository:acme/shop', 'codeql /language:python', 1],
      ['codeql', 'repository:acme/shop', 'codeql /language:js', 2],
      ['other', 'repository:acme/net', 'other', 0],
    ],
  );
});

test('a run that failed, or could not look at all, mends nothing', async () => {
  const of = async (more: object, results: readonly object[] = []) => {
    const { completeness, reason } = await read(run(results, more));
    return [completeness, reason];
  };
  const failed = { invocations: [{ executionSuccessful: false }] };
  assert.deepEqual(await of(failed), ['failed', 'execution_failed']);
  assert.deepEqual(await of(failed, [{}]), ['partial', 'execution_failed']);
  const toolExecutionNotifications = [{ level: 'error' }];
  assert.deepEqual(await of({ invocations: [{ toolExecutionNotifications }] }), ['partial', 'tool_errors']);
  assert.deepEqual(await of({ results: null }), ['failed', 'no_results']);
  assert.deepEqual(await of({}), ['complete', undefined]);
  assert.equal((await readAs('sarif', sarif(run([])), {})).fault, 'missing_scope');
});

test('every SARIF of the corpus is read, each result of it, whoever wrote it: but of packages', async t => {
  const folder = path.join(corpus, 'policy/sarif/sarif');
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    t.skip('the corpus is not here');
    return;
  }
  assert.ok(files.length >= 19);
  for (const file of files) {
    const bytes = readFileSync(path.join(folder, file));
    const { told, records, rejections, fault } = await readAs('sarif', bytes);
    if (file === 'cxf-3.4.6.sarif') {
      assert.equal(fault, 'belongs_to_supply_chain');
      continue;
    }
    assert.deepEqual([fault, rejections], [undefined, []], file);
    // Counted apart from our reader.
    const runs = (JSON.parse(bytes.toString().replace(/^\uFEFF/, '')) as { runs: { results?: unknown[] | null }[] })
      .runs;
    assert.equal(
      records,
      runs.reduce((sum, one) => sum + (one.results?.length ?? 0), 0),
      file,
    );
    const results = (told.reports ?? []).flatMap(report => report.results);
    assert.ok(results.length <= records && results.length >= Math.min(1, records), file);
    assert.deepEqual(
      results.filter(
        ({ resource, location = '' }) =>
          /^\/|file:/.test(location) || /:\d+$/.test(resource.replace(/[0-9a-f]{8,}:\d+$/, '')),
      ),
      [],
      file,
    );
  }
});

test('the suppressed results of the corpus are exceptions', async t => {
  const read = (file: string) => {
    try {
      return readFileSync(path.join(corpus, 'policy/sarif/sarif', file));
    } catch {
      return undefined;
    }
  };
  const [suppression, current] = [read('suppression_test.sarif'), read('SuppressionTestCurrent.sarif')];
  if (suppression === undefined || current === undefined) {
    t.skip('the corpus is not here');
    return;
  }
  const outcomes = async (bytes: Buffer) =>
    countBy(reportOf(await readAs('sarif', bytes)).results, ({ outcome }) => outcome);
  assert.deepEqual({ ...(await outcomes(suppression)) }, { excepted: 3, fail: 2 });
  assert.deepEqual({ ...(await outcomes(current)) }, { excepted: 3, fail: 1 });
});
