/** GET /api/supply-chain/findings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiItem } from '../../exporters/core/api.ts';
import type { Principal } from '../../exporters/core/source.ts';
import { findings } from '../../exporters/supply-chain/metrics.ts';
import { type Books, day, found, look, openBooks, owner, production } from './metric-books.ts';

const reader = { name: 'reader', role: 'reader' } as Principal;
const now = new Date(day(40));

async function told(): Promise<Books> {
  const books = await openBooks();
  const pay = owner('acme/pay', 'production');
  await books.tell(
    day(30),
    {
      artifacts: [{ artifact: 'sha256:a', kind: 'image', name: 'shop', owner: production }],
      vulnerability_aliases: [
        { alias: 'CVE-1', vulnerability: 'GHSA-1' },
        { alias: 'GHSA-1', vulnerability: 'GHSA-1' },
      ],
      vulnerabilities: [{ vulnerability: 'GHSA-1', best: 'CVE-1' }],
      kev_entries: [{ vulnerability: 'CVE-1', is_ransomware: false, holds: true, occurred_at: day(1) }],
      epss_scores: [{ vulnerability: 'CVE-1', score: 0.97, percentile: 1, day: '2026-01-10' }],
      scan_results: ['trivy', 'grype'].map(scanner => ({
        ...{
          artifact: 'sha256:a',
          scanner,
          class: 'vulnerability',
          vulnerability: 'GHSA-1',
          package: 'pkg:npm/acme/a',
        },
        ...{ version: '1.0', score: 9.8, severity: 'critical' },
      })),
    },
    {
      reports: [
        look(day(10), [
          found('fail GHSA-1 shop|pkg:npm/acme/a', { severity: 'critical', title: 'Bad' }),
          ...['fail CVE-2 shop|pkg:npm/b', 'excepted CVE-3 shop|pkg:npm/b'],
        ]),
        look(day(20), [found('fail GHSA-1 pay|pkg:npm/acme/a', { owner: pay })], {
          ...{ scope: 'image:pay@eu/pay', owner: pay },
        }),
        look(day(30), [{ ...found('fail aws-key x|.env'), resource: 'repository:acme/shop|.env' }], {
          ...{ engine: 'secret', scope: 'repository:acme/shop' },
        }),
      ],
      exceptions: [
        {
          ...{ engine: 'vulnerability', scope: 'image:shop@production', readAt: day(10) },
          exceptions: [{ exception: 'vex:1', policy: 'CVE-3', resource: 'image:shop|pkg:npm/b', owner: production }],
        },
      ],
    },
  );
  return books;
}

const ask = async (books: Books, query: Readonly<Record<string, string>> = {}, principal: Principal = reader) =>
  books.exporter.api!.find(({ name }) => name === 'findings')!.answer(books.ledger, { query, principal, now });
const named = ({ vulnerability, image, repository }: ApiItem) => `${vulnerability} ${image || repository}`;

test('a finding is listed with what metrics, scans and lists of vulnerabilities know of it', async () => {
  const books = await told();
  const { items, total } = await ask(books);
  assert.equal(total, 5);
  const counted = (await books.lines(findings, day(40))).map(line => Number(line.split(' = ')[1]));
  assert.equal(
    counted.reduce((sum, n) => sum + n, 0),
    total,
    'as many as the metric counts',
  );
  const [first] = items;
  assert.deepEqual(
    { ...first, id: 'N' },
    {
      ...{
        id: 'N',
        class: 'vulnerability',
        vulnerability: 'CVE-1',
        aliases: 'CVE-1, GHSA-1',
        title: 'Bad',
        image: 'shop',
      },
      ...{ repository: '', package: 'pkg:npm/acme/a', versions: '1.0', severity: 'critical', original_severity: '' },
      ...{ score: 9.8, epss: 0.97, exploited: 'yes', fix: 'none', fixed_version: '', fix_at: null, state: 'open' },
      ...{ reason: '', sla: 'breached', due_at: '2026-01-13T00:00:00Z', team: 'sales', service: 'shop' },
      ...{ environment: 'production', place: 'production', scope: 'image:shop@production' },
      ...{
        opened_at: '2026-01-10T00:00:00Z',
        first_seen_at: '2026-01-10T00:00:00Z',
        last_seen_at: '2026-01-20T00:00:00Z',
      },
      ...{ age_seconds: 30 * 86_400, scanners: 'grype, trivy', message: '', location: '', url: '', exceptions: [] },
      last_seen_at: '2026-01-10T00:00:00Z',
    },
  );
  const excepted = items.find(({ state }) => state === 'excepted');
  assert.deepEqual(
    ((excepted?.exceptions ?? []) as readonly ApiItem[]).map(({ exception }) => exception),
    ['vex:1'],
  );
  await books.close();
});

test('parameters narrow the list, by any id of a vulnerability and any name of a package', async () => {
  const books = await told();
  const of = async (query: Readonly<Record<string, string>>) => (await ask(books, query)).items.map(named);
  const both = ['CVE-1 shop', 'CVE-1 pay'];
  assert.deepEqual(await of({ vulnerability: 'CVE-1' }), both);
  assert.deepEqual(await of({ vulnerability: 'GHSA-1' }), both);
  assert.deepEqual(await of({ package: 'a' }), both);
  assert.deepEqual(await of({ package: 'pkg:npm/b', state: 'open' }), ['CVE-2 shop']);
  assert.deepEqual(await of({ image: 'pay' }), ['CVE-1 pay']);
  assert.deepEqual(await of({ class: 'secret' }), ['aws-key acme/shop']);
  assert.deepEqual(await of({ exploited: 'yes', sla: 'breached' }), both);
  assert.deepEqual(await of({ sla: 'due' }), []);
  assert.deepEqual(await of({ sort: 'due', state: 'open' }), [
    'CVE-1 shop',
    'CVE-1 pay',
    'CVE-2 shop',
    'aws-key acme/shop',
  ]);
  assert.deepEqual((await of({ sort: 'age', min_age_days: '20' })).sort(), [
    ...['CVE-1 pay', 'CVE-1 shop', 'CVE-2 shop', 'CVE-3 shop'],
  ]);
  await assert.rejects(ask(books, { vulnerable: 'x' }), /no parameter vulnerable/);
  await assert.rejects(ask(books, { fix: 'perhaps' }), /fix/);
  await books.close();
});

test('pages follow each other without a gap, and a team sees its own', async () => {
  const books = await told();
  for (const sort of ['severity', 'age', 'due']) {
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await ask(books, { sort, limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ id, scope }) => `${id} ${scope}`));
      cursor = page.next;
      if (cursor === undefined) break;
    }
    assert.equal(new Set(seen).size, 5, sort);
    assert.equal(seen.length, 5, sort);
  }
  const ops: Principal = { name: 'ops', role: 'team', team: 'ops' };
  assert.deepEqual((await ask(books, {}, ops)).items.map(named), ['CVE-1 pay']);
  await assert.rejects(ask(books, { team: 'sales' }, ops), /sales/);
  await books.close();
});
