/** The families of the supply chain are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { seededRandom } from '../core/random.ts';
import { evaluate, ownershipOf } from '../dora/books.ts';
import { type Books, openBooks } from './metric-books.ts';
import { randomFacts } from './random-facts.ts';

const metrics: readonly Metric[] = supplyChainMetrics;
const config = { minimum_samples: 2, top_services: 3, sbom_stale_days: 20, sla: { low: 30, clock: 'fix_available' } };
const after = ownershipOf({ sales: { shop: 'acme/shop' }, ops: { cart: 'acme/cart', pay: 'acme/pay' } });

type Scraped = ReadonlyMap<string, readonly Row[]>;

const scrape = async ({ ledger, exporter }: Books, at: Date): Promise<Scraped> => {
  const rows = new Map<string, readonly Row[]>();
  for (const metric of metrics) rows.set(metric.name, await evaluate(ledger, exporter, metric, { instants: [at] }));
  return rows;
};

/** What was scraped after each piece. Ownership changes half way; fixes become known and unknown. */
async function lived(seed: number, pieces: number) {
  const random = seededRandom(seed + 100);
  const books = await openBooks({ config });
  const scraped = new Map<string, Scraped>();
  let telling = books;
  for (const [index, { at, facts, told }] of randomFacts(seed, pieces, 6).entries()) {
    const now = new Date(at.getTime() + 1_000).toISOString();
    if (index === Math.floor(pieces / 2))
      telling = await openBooks({ config, ownership: after, ledger: books.ledger, now: at.toISOString() });
    await telling.tell(now, facts, told, 9);
    const known = await books.rows(
      'SELECT DISTINCT finding::VARCHAR AS finding, scope FROM finding_states ORDER BY ALL',
    );
    await telling.tell(now, {
      finding_fixes: known
        .filter(() => random() < 0.2)
        .map(({ finding, scope }) => ({
          ...{ finding: String(finding), scope: String(scope), has_fix: random() < 0.7, fixed_version: '' },
          occurred_at: new Date(at.getTime() - Math.floor(random() * 8) * 86_400_000).toISOString(),
        })),
    });
    const scrapedAt = new Date(at.getTime() + 2_000);
    scraped.set(scrapedAt.toISOString(), await scrape(books, scrapedAt));
  }
  return { books, scraped };
}

const ofInstant = (rows: readonly Row[], at: Date) => {
  const text = at.toISOString().replace('T', ' ').slice(0, 19);
  return rows.filter(row => String(row.ts).startsWith(text));
};

/** Of what code derives from contents that random facts don't have: bills of materials and rules (find, gate, licences). */
const byCode = /^supply_chain_(gate|watch|license)_/;

test('what was scraped is what history computes from the facts known then, for every family, and no counter falls', async () => {
  const { books, scraped } = await lived(1, 10);
  const instants = [...scraped.keys()].map(text => new Date(text));
  let compared = 0;
  const seen = new Set<string>();
  for (const metric of metrics) {
    // As the history writer does where nothing was written before, with each fact counting once it was learned.
    const rows = await books.ledger.read(async reader => {
      await reader.run(
        `CREATE OR REPLACE TEMP TABLE instants AS SELECT unnest(from_json($instants, '["TIMESTAMP"]')) AS ts`,
        { instants: JSON.stringify(instants.map(at => at.toISOString().replace('Z', ''))) },
      );
      for (const table of books.exporter.facts)
        await reader.run(
          `CREATE OR REPLACE TEMP VIEW ${table}_known AS
           SELECT *, greatest(occurred_at, learned_at) AS effective_at FROM ${table}`,
        );
      return reader.all(`SELECT ts, ${[...metric.labels, 'value'].map(name => `"${name}"`).join(', ')}
        FROM (${metric.sql}) WHERE value IS NOT NULL ORDER BY ALL`);
    });
    for (const at of instants) {
      const served = scraped.get(at.toISOString())?.get(metric.name) ?? [];
      assert.deepEqual(ofInstant(rows, at), served, `${metric.name} at ${at.toISOString()}`);
      compared += served.length;
      if (served.length > 0) seen.add(metric.name);
    }
  }
  assert.ok(compared > 1_500, `only ${compared} values were compared`);
  assert.deepEqual(
    metrics.map(({ name }) => name).filter(name => !seen.has(name) && !byCode.test(name)),
    [],
    'families without a value',
  );
  assertNoneFalls([...scraped.values()]);
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 5);
  const instants = [...scraped.keys()].map(text => new Date(Date.parse(text) - 5 * 3_600_000));
  for (const metric of metrics) {
    const together = await evaluate(books.ledger, books.exporter, metric, { instants });
    for (const at of instants.filter((_, index) => index % 2 === 0)) {
      const alone = await evaluate(books.ledger, books.exporter, metric, { instants: [at] });
      assert.deepEqual(ofInstant(together, at), alone, `${metric.name} at ${at.toISOString()}`);
    }
  }
  await books.close();
});

test('whatever images are told by, they are as many, and so are findings', async () => {
  const { books, scraped } = await lived(3, 6);
  const by = ['scan', 'sbom', 'base', 'signature', 'provenance', 'slsa_level'];
  for (const rows of scraped.values()) {
    const sum = (name: string, keeps: (row: Row) => boolean = () => true) =>
      (rows.get(`supply_chain_${name}`) ?? []).filter(keeps).reduce((total, row) => total + Number(row.value), 0);
    for (const one of by) assert.equal(sum(`images_by_${one}`), sum('running_images'), one);
    for (const claim of ['signature', 'provenance'])
      for (const standing of ['verified', 'claimed'])
        assert.equal(
          sum(`${claim}_${standing}_images`),
          sum(`images_by_${claim}`, ({ status }) => status === standing),
        );
    const open = (row: Row) => row.state === 'open';
    assert.equal(sum('findings_by_age'), sum('findings', open));
    assert.equal(
      sum('vulnerability_occurrences'),
      sum('findings', row => open(row) && row.class === 'vulnerability'),
    );
    assert.equal(
      sum('sla_findings', open),
      sum('findings', row => open(row) && row.class !== 'license'),
    );
    assert.equal(
      sum('exploited_findings', open),
      sum('findings', row => open(row) && row.exploited === 'yes'),
    );
  }
  await books.close();
});

function assertNoneFalls(scrapes: readonly Scraped[]): void {
  const last = new Map<string, number>();
  let grown = 0;
  for (const scraped of scrapes)
    for (const metric of metrics.filter(({ kind }) => kind === 'count')) {
      const present = new Set<string>();
      for (const row of scraped.get(metric.name) ?? []) {
        const key = `${metric.name} ${metric.labels.map(label => row[label]).join(' ')}`;
        present.add(key);
        const before = last.get(key) ?? 0;
        assert.ok(Number(row.value) >= before, `${key} fell from ${before} to ${row.value}`);
        if (before > 0 && Number(row.value) > before) grown += 1;
        last.set(key, Number(row.value));
      }
      for (const key of last.keys())
        if (key.startsWith(`${metric.name} `)) assert.ok(present.has(key), `${key} went away`);
    }
  assert.ok(grown > 10, `only ${grown} counters grew`);
}
