/** What is known of what runs, against values that are worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../exporters/core/metric.ts';
import {
  imagesByBase,
  imagesByLevel,
  imagesByProvenance,
  imagesBySbom,
  imagesByScan,
  imagesBySignature,
  oldestSbom,
  oldestScan,
  places,
  provenanceClaimed,
  provenanceVerified,
  runningImages,
  sbomGaps,
  scannerDisagreements,
  scannerLastScan,
  scans,
  signatureClaimed,
  signatureVerified,
  signerChanges,
} from '../../exporters/supply-chain/metrics.ts';
import { type Books, day, type Fact, openBooks, owner, production, seconds } from './metric-books.ts';

const running = (artifact: string, more: Fact = {}): Fact => ({
  ...{ place: 'eu/shop', workload: `deployment/${artifact}`, container: 'main', artifact, name: 'ghcr.io/acme/shop' },
  ...{ replicas: 2, owner: production, source: 'test' },
  ...more,
});
const looked = (more: Fact = {}): Fact => ({
  place: 'eu/shop',
  images: 1,
  stale_seconds: 86_400 * 30,
  owner: production,
  ...more,
});
const scan = (artifact: string, more: Fact = {}): Fact => ({
  ...{ artifact, scanner: 'trivy', classes: ['vulnerability'], completeness: 'complete', stale_seconds: 86_400 * 7 },
  ...{ owner: production },
  ...more,
});
const attestation = (artifact: string, more: Fact = {}): Fact => ({
  ...{ artifact, id: `sig-${artifact}`, claim: 'signature', predicate_type: '', standing: 'verified', holds: true },
  ...{ identity: 'ci@acme', issuer: 'https://issuer' },
  ...more,
});

/** `status = n` of the only owner. */
const statuses = async (books: Books, metric: Metric, instant: string) =>
  (await books.lines(metric, instant)).map(line => line.replace('sales shop production ', ''));

test('what runs is counted once for whom it runs, and not where nothing says so any more', async () => {
  const books = await openBooks();
  const pay = owner('acme/pay', 'production');
  await books.tell(day(10), {
    running_looks: [looked(), looked({ place: 'us/shop', owner: pay, stale_seconds: 86_400 })],
    running_images: [
      ...[running('a'), running('a', { workload: 'job/a' }), running('a', { place: 'us/shop' }), running('b')],
      ...[running('gone', { replicas: 0 }), running('a', { place: 'us/shop', workload: 'pay', owner: pay })],
    ],
  });
  assert.deepEqual(await books.lines(runningImages, day(10)), ['ops pay production = 1', 'sales shop production = 2']);
  assert.deepEqual(await books.lines(places, day(10)), [
    ...['ops fresh = 1', 'ops stale = 0', 'sales fresh = 2', 'sales stale = 0'],
  ]);
  await books.tell(day(10.5), { running_images: [running('b', { replicas: 0 })] });
  assert.deepEqual(await books.lines(runningImages, day(10.5)), [
    'ops pay production = 1',
    'sales shop production = 1',
  ]);
  assert.deepEqual(await books.lines(places, day(11)), [
    ...['ops fresh = 0', 'ops stale = 1', 'sales fresh = 1', 'sales stale = 1'],
  ]);
  assert.deepEqual(await books.lines(runningImages, day(11)), ['sales shop production = 1']);
  await books.close();
});

test('what runs is known by any of its digests', async () => {
  const books = await openBooks();
  await books.tell(day(10), {
    running_looks: [looked()],
    running_images: [running('sha256:index')],
    artifact_digests: [{ digest: 'sha256:index', artifact: 'sha256:config' }],
    artifact_scans: [scan('sha256:config')],
  });
  assert.deepEqual(await statuses(books, imagesByScan, day(10)), ['fresh = 1']);
  await books.close();
});

test('where nothing ever said what runs, it is the newest content of each image', async () => {
  const books = await openBooks();
  const artifacts = ['old', 'new', 'repo'].map(artifact => ({
    artifact,
    kind: artifact === 'repo' ? 'repository' : 'image',
    name: artifact === 'repo' ? 'acme/shop' : 'ghcr.io/acme/shop',
  }));
  await books.tell(day(10), { artifacts, artifact_scans: [scan('old'), scan('repo')] });
  assert.deepEqual(await statuses(books, imagesByScan, day(10)), ['fresh = 1']);
  await books.tell(day(12), { artifact_scans: [scan('new', { completeness: 'failed' })] });
  // The old one is scanned again every night, and is not the newest for it.
  await books.tell(day(13), { artifact_scans: [scan('old')] });
  assert.deepEqual(await statuses(books, imagesByScan, day(13)), ['failed = 1']);
  await books.tell(day(14), { running_looks: [looked()] });
  assert.deepEqual(await books.lines(runningImages, day(14)), [], 'something says what runs: nothing');
  assert.deepEqual(await statuses(books, imagesByScan, day(13)), ['failed = 1']);
  await books.close();
});

test('an image is scanned as well as its best scanner did, and each scanner is told apart', async () => {
  const books = await openBooks();
  const images = ['fresh', 'partial', 'failed', 'stale', 'never', 'both', 'secrets'];
  await books.tell(day(10), {
    running_looks: [looked()],
    running_images: images.map(name => running(name)),
    artifact_scans: [
      scan('stale', { os_end_of_life: true }),
      scan('failed', { os_end_of_life: false }),
      scan('secrets', { classes: ['secret'] }),
    ],
  });
  await books.tell(day(17), {
    artifact_scans: [
      ...[scan('fresh'), scan('partial', { completeness: 'partial' }), scan('failed', { completeness: 'failed' })],
      ...[scan('both', { completeness: 'failed' }), scan('both', { scanner: 'grype' })],
    ],
  });
  assert.deepEqual(await statuses(books, imagesByScan, day(17)), [
    ...['failed = 1', 'fresh = 2', 'never = 2', 'partial = 1', 'stale = 1'],
  ]);
  assert.deepEqual(await books.lines(scans, day(17)), [
    ...['sales grype fresh = 1', 'sales trivy failed = 2', 'sales trivy fresh = 1', 'sales trivy partial = 1'],
    'sales trivy stale = 1',
  ]);
  assert.deepEqual(await statuses(books, imagesByBase, day(17)), ['end_of_life = 1', 'supported = 1', 'unknown = 5']);
  assert.deepEqual(await books.lines(oldestScan, day(17)), [`sales = ${seconds(day(10))}`]);
  assert.deepEqual(await books.lines(scannerLastScan, day(17)), [
    `grype = ${seconds(day(17))}`,
    `trivy = ${seconds(day(17))}`,
  ]);
  await books.close();
});

test('a bill of materials may lack what the configuration allows, and grows old', async () => {
  const books = await openBooks({ config: { sbom_stale_days: 10, sbom_optional: ['no_author'] } });
  await books.tell(day(10), {
    running_looks: [looked()],
    running_images: ['whole', 'anonymous', 'gaps', 'none'].map(name => running(name)),
    artifact_sboms: [
      { artifact: 'whole', gaps: [], owner: production },
      { artifact: 'anonymous', gaps: ['no_author'], owner: production },
      { artifact: 'gaps', gaps: ['no_supplier', 'no_author'], owner: production },
    ],
  });
  assert.deepEqual(await statuses(books, imagesBySbom, day(19)), ['complete = 2', 'incomplete = 1', 'missing = 1']);
  assert.deepEqual(await books.lines(sbomGaps, day(19)), ['sales no_author = 2', 'sales no_supplier = 1']);
  assert.deepEqual(await statuses(books, imagesBySbom, day(20)), ['missing = 1', 'stale = 3']);
  await books.tell(day(21), { artifact_sboms: [{ artifact: 'gaps', gaps: [], owner: production }] });
  assert.deepEqual(await statuses(books, imagesBySbom, day(21)), ['complete = 1', 'missing = 1', 'stale = 2']);
  assert.deepEqual(await books.lines(oldestSbom, day(21)), [`sales = ${seconds(day(10))}`]);
  await books.close();
});

test('who asked a registry for all, or for signatures, knows that an image is unsigned, and claimed is not verified', async () => {
  const books = await openBooks();
  const images = ['verified', 'claimed', 'failed', 'mixed', 'unsigned', 'unasked', 'unreachable', 'some'];
  const all = (artifact: string, more: Fact = {}) => ({
    artifact,
    seen: 'all',
    outcome: 'none',
    stale_seconds: 86_400 * 5,
    ...more,
  });
  const provenance = { claim: 'attestation', predicate_type: 'https://slsa.dev/provenance/v1', slsa: '1' } as const;
  await books.tell(day(10), {
    running_looks: [looked()],
    running_images: images.map(name => running(name)),
    attestations: [
      attestation('verified'),
      attestation('verified', { ...provenance, id: 'p', level: 3 }),
      attestation('claimed', { standing: 'claimed' }),
      attestation('claimed', { ...provenance, id: 'p', level: 3, standing: 'claimed' }),
      attestation('failed', { standing: 'failed' }),
      attestation('mixed', { standing: 'claimed', id: 'c' }),
      attestation('mixed', { standing: 'failed', id: 'f' }),
      attestation('unsigned', { standing: 'claimed', holds: false }),
    ],
    signature_looks: [
      ...[all('verified', { outcome: 'found' }), all('unsigned'), all('unreachable', { outcome: 'unknown' })],
      all('some', { seen: 'some' }),
    ],
  });
  assert.deepEqual(await statuses(books, imagesBySignature, day(10)), [
    ...['claimed = 1', 'failed = 2', 'unknown = 2', 'unsigned = 2', 'verified = 1'],
  ]);
  assert.deepEqual(await statuses(books, imagesByProvenance, day(10)), [
    ...['claimed = 1', 'missing = 1', 'unknown = 5', 'verified = 1'],
  ]);
  assert.deepEqual(await statuses(books, imagesByLevel, day(10)), ['0 = 7', '3 = 1']);
  assert.deepEqual(await statuses(books, signatureVerified, day(10)), ['= 1']);
  assert.deepEqual(await statuses(books, signatureClaimed, day(10)), ['= 1']);
  assert.deepEqual(await statuses(books, provenanceVerified, day(10)), ['= 1']);
  assert.deepEqual(await statuses(books, provenanceClaimed, day(10)), ['= 1']);
  assert.deepEqual(
    await statuses(books, imagesBySignature, day(15)),
    ['claimed = 1', 'failed = 2', 'unknown = 4', 'verified = 1'],
    'a look that is too old says nothing of what is missing',
  );
  await books.close();
});

test('scanners of one image disagree by vulnerability, however often each is listed', async () => {
  const books = await openBooks();
  const result = (scanner: string, vulnerability: string, more: Fact = {}): Fact => ({
    ...{ artifact: 'a', scanner, class: 'vulnerability', vulnerability, package: 'p', version: '1' },
    ...more,
  });
  await books.tell(day(10), {
    running_looks: [looked()],
    running_images: [running('a'), running('a', { workload: 'job/a' }), running('b')],
    artifact_scans: [scan('a'), scan('b')],
    scan_results: [result('trivy', 'CVE-1'), result('trivy', 'CVE-2'), result('trivy', 'CVE-2', { version: '2' })],
  });
  assert.deepEqual(await books.lines(scannerDisagreements, day(10)), [], 'one scanner has no other to disagree with');
  await books.tell(day(11), {
    artifact_scans: [scan('a', { scanner: 'grype' })],
    scan_results: [result('grype', 'CVE-2'), result('grype', 'CVE-3'), result('grype', 'CVE-4')],
  });
  const expected = [
    'sales grype alone = 2',
    'sales grype missed = 1',
    'sales trivy alone = 1',
    'sales trivy missed = 2',
  ];
  assert.deepEqual(await books.lines(scannerDisagreements, day(11)), expected);
  await books.tell(day(11), {});
  await books.tell(day(12), { artifact_scans: [scan('a')], scan_results: [result('trivy', 'CVE-3')] });
  assert.deepEqual(await books.lines(scannerDisagreements, day(12)), [
    ...['sales grype alone = 1', 'sales grype missed = 1', 'sales trivy alone = 1', 'sales trivy missed = 1'],
  ]);
  assert.deepEqual(await books.lines(scannerDisagreements, day(11.5)), expected);
  assert.equal((await books.rows('FROM scanner_disagreements')).length, 4);
  await books.close();
});

test('an image that someone else signs is told once', async () => {
  const books = await openBooks();
  const artifacts = ['one', 'two', 'three', 'four'].map(artifact => ({ artifact, kind: 'image', name: 'shop' }));
  const signed = (artifact: string, identity: string, more: Fact = {}) => ({
    attestations: [attestation(artifact, { identity, ...more })],
    running_images: [running(artifact)],
  });
  await books.tell(day(10), { artifacts, running_looks: [looked()], ...signed('one', 'ci@acme') });
  await books.tell(day(11), signed('two', 'ci@acme'));
  assert.deepEqual(await books.lines(signerChanges, day(11)), []);
  await books.tell(day(12), signed('three', 'mallory'));
  await books.tell(day(13), { attestations: [attestation('three', { identity: 'mallory', id: 'again' })] });
  assert.deepEqual(await books.lines(signerChanges, day(13)), ['sales production = 1']);
  await books.tell(day(14), signed('four', 'ci@acme', { standing: 'claimed' }));
  assert.deepEqual(
    await books.lines(signerChanges, day(14)),
    ['sales production = 1'],
    'a claim is nobody’s signature',
  );
  await books.tell(day(15), { attestations: [attestation('four', { identity: 'ci@acme', id: 'checked' })] });
  assert.deepEqual(await books.lines(signerChanges, day(15)), ['sales production = 2']);
  await books.close();
});
