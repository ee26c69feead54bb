/** What follows from bills of materials and rules: exposure to what is watched, licences by policy, what the gate would block. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { licensesSchema } from '../../exporters/supply-chain/licenses/config.ts';
import { licensePolicy } from '../../exporters/supply-chain/licenses/policy.ts';
import {
  gateBlocked,
  gateImages,
  gateNewlyBlocked,
  licenseFindings,
  watchExposed,
  watchImages,
  watchInfo,
} from '../../exporters/supply-chain/metrics.ts';
import { found, hour, running, runs, scan } from './books.ts';
import { openHeardBooks, sbom } from './heard-books.ts';
import { openBooks } from './metric-books.ts';

const log4j = 'pkg:maven/org.apache.logging.log4j/log4j-core';
const watch = [
  { name: 'log4shell', purl: log4j, range: 'vers:maven/<2.17.1' },
  { name: 'never', purl: 'pkg:npm/event-stream@3.3.6' },
];

test('exposure to what is watched is counted as it runs, also in the past', async () => {
  const books = await openHeardBooks({ watch });
  await books.hear(
    {
      sboms: [
        sbom('shop@1', hour(1), [`${log4j}@2.9`, `${log4j}@2.14.1`]),
        sbom('shop@2', hour(2), [`${log4j}@2.17.1`]),
        sbom('pay@4', hour(2), [`${log4j}@2.17.0`]),
      ],
      running: [running(3, [runs('shop@1'), runs('pay@4')])],
    },
    hour(4),
  );
  await books.hear({ running: [running(5, [runs('shop@2'), runs('pay@4')])] }, hour(5));
  assert.deepEqual(await books.lines(watchImages, hour(4)), [
    'log4shell pay unassigned = 1',
    'log4shell shop unassigned = 1',
  ]);
  assert.deepEqual(await books.lines(watchImages, hour(6)), ['log4shell pay unassigned = 1']);
  assert.deepEqual(await books.lines(watchExposed, hour(6)), ['log4shell = 1', 'never = 0']);
  assert.deepEqual(await books.lines(watchInfo, hour(6)), [
    `log4shell ${log4j} vers:maven/<2.17.1 = 1`,
    'never pkg:npm/event-stream@3.3.6  = 1',
  ]);
  await books.close();
});

test('only new bills of materials are looked at, and all of them for another configuration', async () => {
  const books = await openHeardBooks({ watch });
  const matches = () =>
    books.rows(
      'SELECT watch, artifact, packages::INTEGER AS packages FROM watch_matches ORDER BY learned_at, watch, artifact',
    );
  await books.hear({ sboms: [sbom('shop@1', hour(1), [`${log4j}@2.9`])] }, hour(1));
  await books.hear({ sboms: [sbom('shop@2', hour(2), [`${log4j}@2.9`])] }, hour(2));
  await books.derive(hour(2.5));
  assert.equal((await matches()).length, 2);
  // Of the same content another bill of materials tells that there is none.
  await books.hear({ sboms: [sbom('shop@1', hour(3), ['pkg:npm/a@1'])] }, hour(3));
  assert.deepEqual((await matches()).at(-1), { watch: 'log4shell', artifact: 'sha256:1', packages: 0 });
  const again = await openBooks({
    config: { watch: [{ name: 'all', purl: '*log4j*' }] },
    ledger: books.ledger,
    now: hour(4),
  });
  const rows = await again.rows(
    "SELECT watch, artifact, packages::INTEGER AS packages FROM watch_matches WHERE learned_at = TIMESTAMP '2026-02-10 04:00:00' ORDER BY ALL",
  );
  assert.deepEqual(rows, [
    { watch: 'all', artifact: 'sha256:2', packages: 1 },
    { watch: 'log4shell', artifact: 'sha256:2', packages: 0 },
  ]);
  await books.close();
});

const policy = licensePolicy(
  licensesSchema.parse({
    deny: ['AGPL-*', 'GPL-3.0*', 'GPL-2.0', 'LicenseRef-*', 'BUSL*'],
    warn: ['LGPL-*', 'MPL-2.0', 'GPL-2.0-only WITH *'],
  }),
);
for (const [licenses, verdict] of [
  [['MIT'], 'fine'],
  [['AGPL-3.0-only'], 'deny AGPL-3.0-only'],
  [['MIT OR AGPL-3.0-only'], 'fine'],
  [['MIT AND AGPL-3.0-only'], 'deny AGPL-3.0-only'],
  [['(MIT OR AGPL-3.0-only) AND MPL-2.0'], 'warn MPL-2.0'],
  [['MPL-2.0 AND LGPL-2.1-only'], 'warn MPL-2.0 LGPL-2.1-only'],
  [['MIT', 'AGPL-3.0-only'], 'deny AGPL-3.0-only'],
  // As they were called before SPDX 3.0 of the list: -only and -or-later are not one.
  [['GPL-2.0'], 'deny GPL-2.0-only'],
  [['GPL-2.0+'], 'fine'],
  [['GPL-3.0+'], 'deny GPL-3.0-or-later'],
  [['GPL-2.0-only WITH Classpath-exception-2.0'], 'warn GPL-2.0-only WITH Classpath-exception-2.0'],
  [['LicenseRef-acme-eula'], 'deny LicenseRef-acme-eula'],
  [['mit or agpl-3.0'], 'fine'],
  [['mit and agpl-3.0'], 'deny agpl-3.0-only'],
  [['MIT or AGPL-3.0-only'], 'fine'],
  [['busl 1.1, commercial'], 'deny busl 1.1, commercial'],
  [['NOASSERTION'], 'fine'],
  [[], 'fine'],
  [[`${'('.repeat(10_000)}MIT`], 'fine'],
] as const)
  test(`the licence ${licenses.join(', ').slice(0, 80)}: ${verdict}`, () => {
    const judged = policy(licenses);
    assert.equal([judged.verdict, ...judged.licenses].join(' '), verdict);
  });

test('where what is allowed is named, everything else is denied, and what nobody says warned of', () => {
  const strict = licensePolicy(licensesSchema.parse({ allow: ['MIT', 'Apache-2.0'], warn: ['MPL-2.0'] }));
  const verdict = (...licenses: string[]) => strict(licenses).verdict;
  assert.deepEqual(
    [verdict('MIT'), verdict('ISC'), verdict('ISC OR MIT'), verdict('MPL-2.0'), verdict(), verdict('NOASSERTION')],
    ['fine', 'deny', 'fine', 'warn', 'warn', 'warn'],
  );
});

test('licences are findings with a life, of what runs', async () => {
  const books = await openHeardBooks({ licenses: { deny: ['AGPL-*'], warn: ['MPL-2.0'] } });
  const image = (digest: string, at: number, ...components: string[]) => sbom(`shop@${digest}`, hour(at), components);
  await books.hear(
    {
      sboms: [image('1', 1, 'pkg:npm/a@1 AGPL-3.0-only', 'pkg:npm/b@1 MIT OR AGPL-3.0-only', 'pkg:npm/c@2 MPL-2.0')],
      running: [running(1, [runs('shop@1')])],
    },
    hour(1),
  );
  const licences = ['shop unassigned AGPL-3.0-only high = 1', 'shop unassigned MPL-2.0 low = 1'];
  assert.deepEqual(await books.lines(licenseFindings, hour(1.5)), licences);
  // A build without it resolves nothing until the old one is gone.
  await books.hear(
    { sboms: [image('2', 2, 'pkg:npm/a@2 MIT')], running: [running(2, [runs('shop@1'), runs('shop@2 other')])] },
    hour(2),
  );
  assert.deepEqual(await books.lines(licenseFindings, hour(2.5)), licences);
  await books.hear({ running: [running(3, [runs('shop@2 other')])] }, hour(3));
  assert.deepEqual(await books.lines(licenseFindings, hour(3.5)), []);
  assert.deepEqual(
    await books.rows(
      `SELECT policy, resource, event, count(*)::INTEGER AS n FROM finding_events JOIN findings USING (finding, policy)
       GROUP BY ALL ORDER BY ALL`,
    ),
    ['AGPL-3.0-only a', 'MPL-2.0 c'].flatMap(text => {
      const [id, name] = text.split(' ');
      const resource = `image:ghcr.io/acme/shop|pkg:npm/${name}`;
      return ['opened', 'resolved'].map(event => ({ policy: id, resource, event, n: 1 }));
    }),
  );
  await books.close();
});

test('what the gate would block is known of what runs, as soon as something is told of it', async () => {
  const rules = [
    { name: 'exploited', exploited: true },
    { name: 'critical', severity: 'critical', environment: ['unassigned'] },
    { name: 'sbom', sbom: 'present', mode: 'warn' },
  ];
  const books = await openHeardBooks({ gate: { rules } });
  const critical = found('CVE-2026-1 zlib', { severity: 'critical' });
  await books.hear(
    {
      kev: { at: hour(0), entries: [] },
      scans: [scan('shop@1', 1, [critical]), scan('pay@4', 1, ['CVE-2026-2 zlib'])],
      running: [running(1, [runs('shop@1'), runs('shop@2 new'), runs('pay@4')])],
    },
    hour(1),
  );
  assert.deepEqual(await books.lines(gateImages, hour(1)), [
    'pay unassigned warned = 1',
    'shop unassigned blocked = 1',
    'shop unassigned unknown = 1',
  ]);
  assert.deepEqual(await books.lines(gateBlocked, hour(1)), [
    'pay unassigned warn sbom = 1',
    'shop unassigned enforce critical = 1',
  ]);
  // The other content is scanned, and one turns out to be exploited.
  await books.hear({ scans: [scan('shop@2', 2, [])] }, hour(2));
  const entry = { vulnerability: 'CVE-2026-2', addedOn: '2026-02-10', isRansomware: false };
  await books.hear({ kev: { at: hour(3), entries: [entry] } }, hour(3));
  assert.deepEqual(await books.lines(gateBlocked, hour(2.5)), [
    'pay unassigned warn sbom = 1',
    'shop unassigned enforce critical = 1',
    'shop unassigned warn sbom = 1',
  ]);
  assert.deepEqual(await books.lines(gateBlocked, hour(3)), [
    'pay unassigned enforce exploited = 1',
    'shop unassigned enforce critical = 1',
    'shop unassigned warn sbom = 1',
  ]);
  // A row where it differs, and no other.
  await books.derive(hour(3.5));
  await books.derive(hour(5));
  assert.equal((await books.rows('FROM gate_verdicts')).length, 5);
  await books.close();
});

test('what the gate let pass and blocks now is new for a week, and as long as it runs', async () => {
  const books = await openHeardBooks({ gate: { rules: [{ name: 'exploited', exploited: true }] } });
  const scans = [scan('shop@1', 1, ['CVE-2026-1 zlib']), scan('pay@4', 1, ['CVE-2026-2 zlib'])];
  const kev = (at: number, ...ids: readonly string[]) => ({
    kev: {
      at: hour(at),
      entries: ids.map(vulnerability => ({ vulnerability, addedOn: '2026-02-10', isRansomware: false })),
    },
  });
  await books.hear(
    { ...kev(0, 'CVE-2026-1'), scans, running: [running(1, [runs('shop@1'), runs('shop@2 new'), runs('pay@4')])] },
    hour(1),
  );
  // What is blocked, or not known, from the first has not come to be so.
  await books.hear({ scans: [scan('shop@2', 2, ['CVE-2026-1 zlib'])] }, hour(2));
  assert.deepEqual(await books.lines(gateImages, hour(2)), ['pay unassigned pass = 1', 'shop unassigned blocked = 2']);
  assert.deepEqual(await books.lines(gateNewlyBlocked, hour(2)), []);
  await books.hear(kev(3, 'CVE-2026-1', 'CVE-2026-2'), hour(3));
  const newly = ['pay unassigned exploited = 1'];
  assert.deepEqual(await books.lines(gateNewlyBlocked, hour(2.5)), []);
  assert.deepEqual(await books.lines(gateNewlyBlocked, hour(3)), newly);
  assert.deepEqual(await books.lines(gateNewlyBlocked, hour(3 + 7 * 24 - 1)), newly);
  assert.deepEqual(await books.lines(gateNewlyBlocked, hour(3 + 7 * 24)), []);
  await books.hear({ running: [running(4, [runs('shop@1')])] }, hour(4));
  assert.deepEqual(await books.lines(gateNewlyBlocked, hour(4)), []);
  await books.close();
});
