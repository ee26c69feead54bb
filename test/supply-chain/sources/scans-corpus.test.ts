/** Every scan of the corpus, read by the kind that recognises it, against counts that know nothing of the readers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusFiles, countOf, rawDocument, readScans, recognisedBy } from '../scans.ts';

const ours = ['dependency-track', 'gitlab', 'grype', 'harbor', 'osv-scanner', 'sarif', 'trivy', 'trivy-operator'];
// biome-ignore lint/suspicious/noExplicitAny: counts what stands there, whatever it is.
type Json = any;

/** Occurrences in a document, by lines that any jq user would write. */
const counts: Readonly<Record<string, (json: Json) => number>> = {
  trivy: json =>
    (Array.isArray(json) ? json : (json.Results ?? [])).flatMap((result: Json) => [
      ...(result.Vulnerabilities ?? []),
      ...(result.Secrets ?? []),
      ...(result.Licenses ?? []),
      ...(result.ExperimentalModifiedFindings ?? []),
    ]).length,
  'trivy-operator': json =>
    (json.report ? [json] : Object.values(json).flat()).flatMap((one: Json) => [
      ...(one.report?.vulnerabilities ?? []),
      ...(one.report?.secrets ?? []),
    ]).length,
  grype: json => json.matches.length + (json.ignoredMatches?.length ?? 0),
  'osv-scanner': json =>
    json.results
      .flatMap((one: Json) => one.packages)
      .reduce((sum: number, one: Json) => sum + (one.groups ?? one.vulnerabilities).length, 0),
  harbor: json => (json.vulnerabilities ?? (Object.values(json) as Json[])[0].vulnerabilities ?? []).length,
  'dependency-track': json => (json.findings ?? []).length,
  gitlab: json => json.vulnerabilities.length,
  sarif: json => json.runs.flatMap((run: Json) => run.results).length,
};

/** Why those that hold nothing for the supply chain are refused. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^trivy\/(dockerfile|helm\.|helm_testchart|terraform)/, 'belongs_to_policy'],
  [/^trivy-operator-reports\/.*(cis_benchmark|compliance|configauditreport)/, 'belongs_to_policy'],
  [/^snyk\/.*(snykcode|snyk_code|test-code)/, 'belongs_to_policy'],
  [/TestDatabaseDiff/, 'difference_of_databases'],
  [/TestTablePresenter/, 'table_without_subject'],
];

test('no document of the corpus is two kinds, and scans are the kind of their folder', t => {
  const kinds: Record<string, Set<string>> = {};
  for (const { file, bytes } of corpusFiles(t)) {
    const recognised = recognisedBy(rawDocument(bytes));
    assert.ok(recognised.length <= 1, `${file}: ${recognised}`);
    const folder = file.split('/')[0]!;
    for (const kind of recognised.filter(one => ours.includes(one)))
      kinds[folder] = (kinds[folder] ?? new Set()).add(kind);
  }
  if (Object.keys(kinds).length === 0) return;
  assert.deepEqual(Object.fromEntries(Object.entries(kinds).map(([folder, set]) => [folder, [...set].sort()])), {
    cosign: ['trivy'],
    'dependency-track': ['dependency-track'],
    grype: ['grype', 'sarif'],
    harbor: ['harbor'],
    'osv-scanner': ['osv-scanner'],
    snyk: ['sarif'],
    trivy: ['gitlab', 'trivy'],
    'trivy-operator-reports': ['trivy-operator'],
    'trivy-schema-history': ['trivy'],
  });
});

test('every scan of the corpus holds what an independent count finds, or is refused for the right reason', async t => {
  const read: string[] = [];
  for (const { file, bytes } of corpusFiles(t)) {
    const document = rawDocument(bytes);
    const [kind] = recognisedBy(document).filter(one => ours.includes(one));
    if (kind === undefined) continue;
    // Archives, folders and some programs say no name of their own.
    const reading = await readScans(kind, bytes, { image: 'ghcr.io/acme/shop:1.2' });
    const expected = refused.find(([pattern]) => pattern.test(file))?.[1];
    assert.equal(reading.fault, expected, file);
    if (expected !== undefined) continue;
    const found = (reading.heard.scans ?? []).flatMap(scan => scan.found);
    const count = counts[kind]!(document.json);
    assert.deepEqual([found.length, reading.records, reading.rejections], [count, count, []], file);
    for (const one of found) {
      assert.ok(one.id !== '' && one.severity !== undefined && !/[\p{Cc}]/u.test(one.version), `${file} ${one.id}`);
      if (/^pkg:/.test(one.package)) assert.ok(!/[?#]|.@[^/]*$/.test(one.package.slice(4)), `${file} ${one.package}`);
    }
    read.push(kind);
  }
  if (read.length === 0) return;
  assert.deepEqual(
    countOf(read, kind => kind),
    {
      'dependency-track': 14,
      ...{ gitlab: 1, grype: 14, harbor: 5, 'osv-scanner': 3, sarif: 2, trivy: 70, 'trivy-operator': 9 },
    },
  );
});

test('what has no name of its own is refused where its place says none', async t => {
  const files = corpusFiles(t, 'harbor');
  for (const { bytes, file } of files) assert.equal((await readScans('harbor', bytes)).fault, 'missing_subject', file);
  const [old] = corpusFiles(t, 'trivy-schema-history');
  if (old !== undefined) assert.equal((await readScans('trivy', old.bytes)).fault, 'missing_subject');
});

test('twenty-one versions of one report of Trivy find the same packages by the same names', async t => {
  const names = new Set<string>();
  const files = corpusFiles(t, 'trivy-schema-history');
  for (const { bytes } of files) {
    const reading = await readScans('trivy', bytes, { image: 'alpine:3.10.2' });
    const scan = reading.heard.scans![0]!;
    assert.deepEqual([scan.os?.family, scan.os?.version], ['alpine', '3.10.2']);
    for (const one of scan.found) {
      names.add(one.package);
      assert.equal(one.fix, 'fixed');
    }
  }
  if (files.length === 0) return;
  // Its packages' source was named instead of them until 2020-08.
  assert.deepEqual([...names].sort(), [
    'pkg:apk/alpine/libcrypto1.1',
    'pkg:apk/alpine/libssl1.1',
    'pkg:apk/alpine/openssl',
  ]);
});
