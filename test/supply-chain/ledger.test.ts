/** What the ledger keeps of bills of materials, signatures, looks and what is exploited; and what goes in time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prune } from '../../exporters/core/retention.ts';
import { deriveSupplyChain } from '../../exporters/supply-chain/derive.ts';
import type { Attestation, Sbom, SignatureLook } from '../../exporters/supply-chain/document.ts';
import { supplyChainRetention } from '../../exporters/supply-chain/retention.ts';
import { hour, image, openBooks, running, scan, states } from './books.ts';

const sbom = (hours: number, names: readonly string[], digest = `sbom ${hours}`): Sbom => ({
  ...{ artifact: image('shop@1'), format: 'cyclonedx', specVersion: '1.6', tool: 'syft', createdAt: hour(hours) },
  components: names.map(name => ({
    ...{ purl: `pkg:npm/${name}@1.0`, type: 'npm', namespace: '', name, version: '1.0', licenses: ['MIT'] },
  })),
  ...{ gaps: ['no_author'], digest, owner: '{}' },
});

test('the packages of an artifact are those of its newest bill of materials, whatever comes first', async () => {
  const books = await openBooks();
  const parts = 'SELECT artifact, name, licenses FROM components ORDER BY name';
  await books.hear({ sboms: [sbom(3, ['a', 'b'])] }, hour(5));
  await books.hear({ sboms: [sbom(2, ['c'])] }, hour(6));
  assert.deepEqual(await books.lines(parts), ['sha256:1 a MIT', 'sha256:1 b MIT']);
  assert.equal(await books.hear({ sboms: [sbom(3, ['a', 'b'])] }, hour(7)), 0);
  await books.hear({ sboms: [sbom(4, ['d'])] }, hour(8));
  assert.deepEqual(await books.lines(parts), ['sha256:1 d MIT']);
  assert.deepEqual(await books.lines('SELECT packages, identified, gaps FROM artifact_sboms ORDER BY occurred_at'), [
    ...['1 1 no_author', '2 2 no_author', '1 1 no_author'],
  ]);
  await books.close();
});

const signed = (id: string, standing: Attestation['standing'] = 'verified'): Attestation => ({
  ...{ id, claim: 'signature', predicateType: '', standing, identity: 'ci@acme.example', issuer: 'https://issuer' },
});
const look = (
  hours: number,
  attestations: readonly Attestation[],
  more: Partial<SignatureLook> = {},
): SignatureLook => ({
  ...{ artifact: image('shop@1'), at: hour(hours), seen: 'all', attestations, owner: '{}' },
  outcome: attestations.length > 0 ? 'found' : 'none',
  ...more,
});

test('a signature holds until a look at all there are misses it; what could not be looked at ends nothing', async () => {
  const books = await openBooks();
  const told = 'SELECT id, standing, holds, hour(occurred_at) FROM attestations ORDER BY occurred_at, id';
  await books.hear({ signatures: [look(1, [signed('a'), signed('b', 'claimed')])] }, hour(1));
  assert.equal(await books.hear({ signatures: [look(1, [signed('a'), signed('b', 'claimed')])] }, hour(1.5)), 0);
  await books.hear({ signatures: [look(2, [], { outcome: 'unknown', reason: 'unreachable' })] }, hour(2));
  await books.hear({ signatures: [look(3, [signed('b')])] }, hour(3));
  await books.hear({ signatures: [look(4, [signed('b')])] }, hour(4));
  assert.deepEqual(await books.lines(told), [
    ...['a verified true 1', 'b claimed true 1', 'a verified false 3', 'b verified true 3'],
  ]);
  assert.deepEqual(await books.lines('SELECT outcome, reason, hour(occurred_at) FROM signature_looks ORDER BY ALL'), [
    ...['found  1', 'found  3', 'unknown unreachable 2'],
  ]);
  // A day later it is told again, though nothing differs.
  await books.hear({ signatures: [look(28, [signed('b')])] }, hour(28));
  assert.equal((await books.lines('FROM signature_looks')).length, 4);
  await books.close();
});

test('a search for signatures that finds none ends signatures and no attestations, until it finds one again', async () => {
  const books = await openBooks();
  const told = 'SELECT id, holds, hour(occurred_at) FROM attestations ORDER BY occurred_at, id';
  const some = (hours: number, attestations: readonly Attestation[], more: Partial<SignatureLook> = {}) =>
    look(hours, attestations, { seen: 'some', ...more });
  const provenance: Attestation = {
    ...signed('p'),
    claim: 'attestation',
    predicateType: 'https://slsa.dev/provenance/v1',
  };
  await books.hear({ signatures: [some(1, [signed('a'), provenance])] }, hour(1));
  await books.hear({ signatures: [some(2, [], { outcome: 'unknown', reason: 'could_not_tell' })] }, hour(2));
  assert.deepEqual(await books.lines(told), ['a true 1', 'p true 1']);
  await books.hear({ signatures: [some(3, [], { reason: 'no_signature' })] }, hour(3));
  assert.deepEqual(await books.lines(told), ['a true 1', 'p true 1', 'a false 3']);
  await books.hear({ signatures: [some(4, [signed('a')])] }, hour(4));
  assert.deepEqual(await books.lines(told), ['a true 1', 'p true 1', 'a false 3', 'a true 4']);
  await books.close();
});

test('known exploited since it was listed, until it is taken off; the newest list and scores hold', async () => {
  const books = await openBooks();
  const kev = (hours: number, names: readonly string[]) => ({
    at: hour(hours),
    entries: names.map(vulnerability => ({
      vulnerability,
      addedOn: '2026-01-05',
      dueOn: '2026-01-26',
      isRansomware: false,
    })),
  });
  const entries = 'SELECT vulnerability, due_on, holds, occurred_at FROM kev_entries ORDER BY ALL';
  await books.hear({ kev: kev(2, ['CVE-1', 'cve-2']) }, hour(2));
  assert.equal(await books.hear({ kev: kev(1, []) }, hour(3)), 0);
  assert.equal(await books.hear({ kev: kev(2, ['CVE-1', 'CVE-2']) }, hour(3)), 0);
  await books.hear({ kev: kev(4, ['CVE-1']) }, hour(4));
  assert.deepEqual(await books.lines(entries), [
    'CVE-1 2026-01-26 true 2026-01-05 00:00:00',
    'CVE-2 2026-01-26 false 2026-02-10 04:00:00',
    'CVE-2 2026-01-26 true 2026-01-05 00:00:00',
  ]);
  const scores = (day: string, score: number, id = 'CVE-1', lists: 'all' | 'some' = 'all') => ({
    epss: { day, lists, scores: [{ vulnerability: id, score, percentile: 0.5 }] },
  });
  await books.hear(scores('2026-02-09', 0.5), hour(1));
  assert.equal(await books.hear(scores('2026-02-08', 0.1), hour(2)), 0);
  assert.deepEqual(await books.lines('SELECT vulnerability, score, day FROM epss_scores'), ['CVE-1 0.5 2026-02-09']);
  // Some of a day leave the others as they are, and all of it come after them.
  assert.equal(await books.hear(scores('2026-02-08', 0.1, 'CVE-2', 'some'), hour(2)), 0);
  assert.equal(await books.hear(scores('2026-02-10', 0.2, 'CVE-2', 'some'), hour(3)), 1);
  assert.equal(await books.hear(scores('2026-02-10', 0.2, 'CVE-2', 'some'), hour(4)), 0);
  const told = () => books.lines('SELECT vulnerability, score, day FROM epss_scores ORDER BY ALL');
  assert.deepEqual(await told(), ['CVE-1 0.5 2026-02-09', 'CVE-2 0.2 2026-02-10']);
  await books.hear(scores('2026-02-10', 0.6), hour(5));
  assert.deepEqual(await told(), ['CVE-1 0.6 2026-02-10']);
  await books.hear(scores('2026-02-09', 0.7), hour(6));
  assert.deepEqual(await told(), ['CVE-1 0.6 2026-02-10']);
  await books.close();
});

test('a score is high since the first day that said so; by another setting, from now on', async () => {
  const books = await openBooks();
  const scores = (day: string, score: number) => ({
    epss: { lists: 'all' as const, day, scores: [{ vulnerability: 'CVE-1', score, percentile: 0.5 }] },
  });
  const known = () => books.lines('SELECT is_high, occurred_at FROM exploit_predictions ORDER BY ALL');
  const derive = (at: string) => books.ledger.write(tx => deriveSupplyChain(tx, new Date(at)));
  // A year of lists at once, and the scan last of all.
  await books.hear(scores('2025-03-01', 0.05), hour(1));
  for (const month of ['04', '05', '06']) await books.hear(scores(`2025-${month}-01`, 0.3), hour(1));
  await books.hear({ scans: [scan('shop@1', 1, ['CVE-1 a'])] }, hour(1));
  await derive('2026-02-10T01:00:00Z');
  assert.deepEqual(await known(), ['true 2025-04-01 00:00:00']);
  await books.hear(scores('2026-02-10', 0.05), hour(2));
  await derive('2026-02-10T02:00:00Z');
  assert.deepEqual((await known()).toSorted(), ['false 2026-02-10 00:00:00', 'true 2025-04-01 00:00:00']);
  await books.ledger.write(tx => tx.run("INSERT INTO supply_chain_settings VALUES ('epss_high', 0.01)"));
  await derive('2026-02-10T03:00:00Z');
  assert.deepEqual((await known()).at(-1), 'true 2026-02-10 03:00:00');
  await books.close();
});

test('what took the place of another a year ago goes; what stands, and the newest scan of each, stays', async () => {
  const books = await openBooks();
  await books.hear({ running: [running(1, ['shop@1', 'pay@9'])], scans: [scan('shop@1', 1, ['CVE-1 a'])] }, hour(1));
  await books.hear({ running: [running(2, ['shop@1'])], scans: [scan('shop@1', 2, ['CVE-1 a'])] }, hour(2));
  await books.hear({ signatures: [look(1, [signed('a')])], sboms: [sbom(1, ['a']), sbom(2, ['b'])] }, hour(2));
  await books.ledger.write(tx =>
    tx.run(`INSERT INTO watch_matches VALUES ('log4j', 'sha256:1', 1, '2026-02-10', '2026-02-10'),
        ('log4j', 'sha256:1', 0, '2026-02-11', '2026-02-11');
      INSERT INTO gate_verdicts VALUES ('sha256:1', '', 'pass', '', '2026-02-10', '2026-02-10'),
        ('sha256:1', '', 'blocked', 'r', '2026-02-11', '2026-02-11')`),
  );
  const before = await states(books);
  const gone = await books.ledger.write(tx => prune(tx, supplyChainRetention, new Date('2028-01-01T00:00:00Z')));
  assert.deepEqual(gone, {
    ...{ artifact_scans: 1, artifact_sboms: 1, running_images: 1, running_looks: 1 },
    ...{ watch_matches: 1, gate_verdicts: 1 },
  });
  assert.deepEqual(await books.lines('SELECT verdict FROM gate_verdicts'), ['blocked']);
  assert.deepEqual(await books.lines('SELECT hour(occurred_at) FROM artifact_scans'), ['2']);
  assert.deepEqual(await states(books), before);
  // It goes on as if nothing had gone.
  await books.hear({ scans: [scan('shop@1', 30, [])] }, hour(30));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop resolved fixed']);
  await books.close();
});
