/** The families of the supply chain are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { assertNoneFalls, assertScrapedIsHistory, assertTogetherIsAlone, type Scraped, scrape } from '../core/as-of.ts';
import { seededRandom } from '../core/random.ts';
import { openBooks } from './metric-books.ts';
import { randomFacts } from './random-facts.ts';

const metrics: readonly Metric[] = supplyChainMetrics;
const config = { minimum_samples: 2, top_services: 3, sbom_stale_days: 20, sla: { low: 30, clock: 'fix_available' } };
const after = ownershipOf({ sales: { shop: 'acme/shop' }, ops: { cart: 'acme/cart', pay: 'acme/pay' } });

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
    await scrape(books, metrics, new Date(at.getTime() + 2_000), scraped);
  }
  return { books, scraped };
}

/** Of what code derives from contents that random facts don't have: bills of materials and rules (find, gate, licences). */
const byCode = /^supply_chain_(gate|watch|license)_/;

test('what was scraped is what history computes from the facts known then, for every family, and no counter falls', async () => {
  const { books, scraped } = await lived(1, 10);
  const { compared, silent } = await assertScrapedIsHistory(books, metrics, scraped);
  assert.ok(compared > 1_500, `only ${compared} values were compared`);
  const unheard = silent.filter(name => !byCode.test(name));
  assert.deepEqual(unheard, [], 'families without a value');
  const grown = assertNoneFalls(metrics, scraped);
  assert.ok(grown > 10, `only ${grown} counters grew`);
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 5);
  await assertTogetherIsAlone(books, metrics, scraped, 2);
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
