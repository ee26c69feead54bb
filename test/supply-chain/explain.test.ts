/** What check, explain and review say of the supply chain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { supplyChainSchema } from '../../exporters/supply-chain/config.ts';
import { supplyChainExporter } from '../../exporters/supply-chain/index.ts';
import { day, found, look, openBooks, owner, production, teams } from './metric-books.ts';

async function told() {
  const books = await openBooks();
  const name = 'ghcr.io/acme/shop';
  await books.tell(
    day(10),
    {
      artifacts: [
        { artifact: 'sha256:a', kind: 'image', name, tag: '1.0', owner: production, first_at: day(9) },
        {
          artifact: 'sha256:idle',
          kind: 'image',
          name: 'ghcr.io/acme/idle',
          tag: '',
          owner: production,
          first_at: day(9),
        },
      ],
      artifact_digests: [{ digest: 'sha256:config', artifact: 'sha256:a' }],
      running_looks: [
        { place: 'eu/shop', images: 2, stale_seconds: 86_400 * 90, owner: production },
        { place: 'us/shop', images: 0, stale_seconds: 3_600, owner: production },
      ],
      running_images: [
        ...['sha256:a', 'sha256:b'].map(artifact => ({
          ...{ place: 'eu/shop', workload: artifact, container: 'c', artifact, digest: artifact, tag: '1.0' },
          ...{ name: artifact === 'sha256:a' ? name : 'ghcr.io/acme/new', replicas: 1, owner: production },
        })),
      ],
      artifact_scans: ['sha256:a', 'sha256:idle'].map(artifact => ({
        ...{ artifact, part: '', scanner: 'trivy', classes: ['vulnerability'], completeness: 'complete', reason: '' },
        ...{ found: 2, owner: production },
      })),
      artifact_sboms: [
        {
          ...{
            artifact: 'sha256:a',
            format: 'cyclonedx',
            spec_version: '1.6',
            tool: 'syft',
            packages: 12,
            owner: production,
          },
          gaps: ['no_supplier'],
        },
      ],
      attestations: [
        {
          ...{ artifact: 'sha256:a', id: '1', claim: 'signature', predicate_type: '', standing: 'claimed', reason: '' },
          ...{ identity: 'ci@acme', issuer: '', holds: true, slsa: '' },
        },
      ],
    },
    {
      reports: [
        look(
          day(10),
          [
            found(`fail CVE-1 ${name}|a`, { severity: 'critical' }),
            found(`fail CVE-2 ${name}|a`, { severity: 'unknown' }),
          ],
          { scope: `image:${name}@eu/shop` },
        ),
        look(day(10), [{ ...found('fail CVE-3 x|b'), resource: 'repository:acme/pay|b', owner: owner('acme/pay') }], {
          ...{ scope: 'repository:acme/pay', owner: owner('acme/pay') },
        }),
      ],
    },
  );
  await books.tell(day(11), {
    artifacts: [{ artifact: 'acme/pay', kind: 'repository', name: 'acme/pay', tag: '', first_at: day(10) }],
  });
  const exporter = supplyChainExporter(supplyChainSchema.parse({}), teams, { now: () => new Date(day(40)) });
  return { books, exporter };
}

test('an image is explained by name, tag or any digest: what runs of it, who looked at it, what is found', async () => {
  const { books, exporter } = await told();
  const explain = async (kind: string, id: string) => exporter.explain?.(books.ledger, kind, id);
  const text = `image ghcr.io/acme/shop: one content is known
    sha256:a, 1.0, since 2026-01-09 00:00
  runs
    sha256:a, of sales shop, production
  scanned
    2026-01-10 00:00 by trivy, complete, 2 found, sha256:a
  bills of materials
    2026-01-10 00:00 cyclonedx 1.6, syft, 12 packages, lacks: no_supplier, sha256:a
  signatures and attestations
    claimed signature, ci@acme, sha256:a
  findings
    1 critical vulnerability open, eu/shop, of sales shop, the oldest since 2026-01-10 00:00
    1 unknown vulnerability open, eu/shop, of sales shop, the oldest since 2026-01-10 00:00`;
  for (const id of ['ghcr.io/acme/shop', 'ghcr.io/acme/shop:1.0', 'sha256:config', 'sha256:a'])
    assert.equal(await explain('image', id), text, id);
  assert.equal(await explain('image', 'ghcr.io/acme/shop:2.0'), undefined);
  assert.equal(await explain('image', 'ghcr.io/acme/none'), undefined);
  assert.equal(await explain('deployment', 'ghcr.io/acme/shop'), undefined);
  assert.equal(
    await explain('repository', 'acme/pay'),
    `repository acme/pay: one content is known
    acme/pay, since 2026-01-10 00:00
  never scanned
  no bill of materials
  findings
    1 high vulnerability open, of ops pay, the oldest since 2026-01-10 00:00`,
  );
  await books.close();
});

test('a finding is told by its id or its vulnerability, with its life where it is, and what has it', async () => {
  const { books, exporter } = await told();
  const explain = (id: string) => exporter.explain!(books.ledger, 'finding', id);
  await books.tell(day(12), {
    scan_results: [
      {
        ...{ artifact: 'sha256:a', scanner: 'trivy', class: 'vulnerability', vulnerability: 'CVE-1', package: 'a' },
        ...{ version: '1.0', fixed_versions: ['1.1'] },
      },
    ],
    vulnerability_aliases: [{ alias: 'GHSA-1', vulnerability: 'CVE-1' }],
  });
  const [row] = await books.rows(`SELECT finding::VARCHAR AS id FROM findings WHERE policy = 'CVE-1'`);
  const text = `vulnerability CVE-1
  in a of ghcr.io/acme/shop
  image:ghcr.io/acme/shop@eu/shop: critical, open, since 2026-01-10 00:00, of sales shop
  contents whose newest scan has it
    sha256:a, 1.0, fixed in 1.1, by trivy`;
  for (const id of [String(row?.id), 'CVE-1', 'GHSA-1']) assert.equal(await explain(id), text, id);
  assert.match((await explain('CVE-3')) ?? '', /in b of acme\/pay\n.*\n {2}no newest scan of a content has it$/);
  assert.equal(await explain('CVE-9'), undefined);
  await books.close();
});

test('check says what is not known', async () => {
  const { books, exporter } = await told();
  assert.deepEqual(
    (await exporter.check?.(books.ledger))?.map(({ text }) => text),
    [
      'never scanned, though running: 1 image: ghcr.io/acme/new',
      'scans of 1 image: ghcr.io/acme/idle, which nothing says to run; they count for find and gate alone',
      'nothing has said for too long what runs in 1 place: us/shop, and it is not counted',
      'severity unknown has no limit, which supply_chain.sla.unknown can set; open of it: 1 finding',
      'no list of known exploited vulnerabilities (KEV) was read, so that nothing counts as exploited',
      'no registry is asked for signatures, so that what has none is unknown, and unsigned only where cosign verify said so (exit code 10)',
    ],
  );
  const empty = await openBooks();
  assert.deepEqual(await empty.exporter.check?.(empty.ledger), []);
  await empty.close();
  await books.close();
});

test('a review has a part for all teams and one for each', async () => {
  const { books, exporter } = await told();
  const parts = (await exporter.review?.(books.ledger, { month: '2026-01' })) ?? [];
  assert.deepEqual(
    parts.map(({ team }) => team),
    [undefined, 'ops', 'sales'],
  );
  const sales = parts[2]?.text ?? '';
  for (const line of [
    '| Findings opened | 0 | 2 |',
    '| Open at its end | 0 | 2 |',
    '| of them critical or high | 0 | 1 |',
    '| of them past their limit | 0 | 1 |',
    '| Running images that are scanned | – | 50.0 % of 2 |',
    '| with a complete bill of materials | – | 50.0 % of 2 |',
  ])
    assert.ok(sales.includes(line), `${line}\n${sales}`);
  assert.deepEqual(await exporter.review?.(books.ledger, { month: '2025-01' }), []);
  assert.deepEqual(await exporter.review?.(books.ledger, { month: '2026-01', team: 'nobody' }), []);
  await books.close();
});
