/** The gate: its rules on their own, over documents, and over the ledger; and that nothing passes silently. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VexStatement } from '../../exporters/supply-chain/document.ts';
import { gateSchema } from '../../exporters/supply-chain/gate/config.ts';
import { evaluateGate } from '../../exporters/supply-chain/gate/evaluate.ts';
import { subjectsOfHeard } from '../../exporters/supply-chain/gate/from-heard.ts';
import { judgeReports } from '../../exporters/supply-chain/gate/report.ts';
import type { GateFinding, GateSubject } from '../../exporters/supply-chain/gate/subject.ts';
import { found, hour, image, running, runs, scan } from './books.ts';
import { openHeardBooks, sbom, serveLists } from './heard-books.ts';

const now = new Date('2026-02-11T00:00:00Z');

const finding = (more: Partial<GateFinding> = {}): GateFinding => ({
  ...{ class: 'vulnerability', id: 'CVE-2021-44228', aliases: ['GHSA-jfh8-c2jp-5v3q'], severity: 'critical' },
  ...{ package: 'pkg:maven/org.apache.logging.log4j/log4j-core', version: '2.14.1', fixedVersions: ['2.15.0'] },
  ...{ hasFix: true, isExploited: undefined, epss: undefined, openedAt: undefined, isBreached: undefined },
  ...more,
});
const subject = (findings: readonly GateFinding[], more: Partial<GateSubject> = {}): GateSubject => ({
  ...{ title: 'shop', image: 'ghcr.io/acme/shop', findings, level: 0, sbom: 'unknown' },
  ...{ scans: { vulnerability: 'fresh', secret: 'never', license: 'never' } },
  ...{ signature: 'unknown', provenance: 'unknown' },
  ...more,
});
const rulesOf = (...rules: readonly object[]) =>
  gateSchema.parse({ rules: rules.map((rule, index) => ({ name: `r${index + 1}`, ...rule })) }).rules;
const judge = (rules: readonly object[], of: GateSubject): string => {
  const { verdict, rule } = evaluateGate(rulesOf(...rules), of, now);
  return rule === '' ? verdict : `${verdict} ${rule}`;
};

for (const [title, rules, of, verdict] of [
  ['severity at least', [{ severity: 'high' }], subject([finding()]), 'blocked r1'],
  ['severity below', [{ severity: 'high' }], subject([finding({ severity: 'medium' })]), 'pass'],
  ['severity that nobody says', [{ severity: 'low' }], subject([finding({ severity: 'unknown' })]), 'pass'],
  ['exploited', [{ exploited: true }], subject([finding({ isExploited: true })]), 'blocked r1'],
  ['not exploited', [{ exploited: true }], subject([finding({ isExploited: false })]), 'pass'],
  ['nobody knows what is exploited', [{ exploited: true }], subject([finding()]), 'unknown r1'],
  ['nothing found, whatever is exploited', [{ exploited: true }], subject([]), 'pass'],
  ['EPSS at least', [{ epss: 0.5 }], subject([finding({ epss: 0.5 })]), 'blocked r1'],
  ['EPSS below', [{ epss: 0.5 }], subject([finding({ epss: 0.49 })]), 'pass'],
  ['no scores', [{ epss: 0.5 }], subject([finding()]), 'unknown r1'],
  ['no fix', [{ severity: 'critical', fix_available: true }], subject([finding({ hasFix: false })]), 'pass'],
  ['old enough', [{ older_than_days: 30 }], subject([finding({ openedAt: now.getTime() - 30 * 864e5 })]), 'blocked r1'],
  ['too young', [{ older_than_days: 30 }], subject([finding({ openedAt: now.getTime() - 29 * 864e5 })]), 'pass'],
  ['past its limit', [{ sla_breached: true }], subject([finding({ isBreached: true })]), 'blocked r1'],
  ['another class', [{ severity: 'low' }], subject([finding({ class: 'license' })]), 'pass'],
  ['an exception', [{ severity: 'low' }], subject([finding({ exception: 'not_affected' })]), 'pass'],
  ['a warning', [{ severity: 'low', mode: 'warn' }], subject([finding()]), 'warned r1'],
  ['by an alias', [{ vulnerability: ['ghsa-JFH8-*'] }], subject([finding()]), 'blocked r1'],
  ['by a package', [{ package: ['log4j-*'] }], subject([finding()]), 'blocked r1'],
  ['a dot is a dot', [{ package: ['log4j.core'] }], subject([finding()]), 'pass'],
  [
    'what is allowed first',
    [{ package: ['log4j-core'], mode: 'allow' }, { severity: 'low' }],
    subject([finding()]),
    'pass',
  ],
  [
    'what is allowed too late',
    [{ severity: 'low' }, { package: ['log4j-core'], mode: 'allow' }],
    subject([finding()]),
    'blocked r1',
  ],
  [
    'the first rule that holds',
    [{ severity: 'low', mode: 'warn' }, { severity: 'critical' }],
    subject([finding()]),
    'warned r1',
  ],
  [
    'what blocks before what is not known',
    [{ exploited: true }, { severity: 'high' }],
    subject([finding()]),
    'blocked r2',
  ],
  [
    'never scanned',
    [{ severity: 'low' }],
    subject([], { scans: { vulnerability: 'never', secret: 'fresh', license: 'fresh' } }),
    'unknown r1',
  ],
  [
    'scanned in part',
    [{ severity: 'low' }],
    subject([], { scans: { vulnerability: 'partial', secret: 'never', license: 'never' } }),
    'unknown r1',
  ],
  [
    'scanned in part, and bad',
    [{ severity: 'low' }],
    subject([finding()], { scans: { vulnerability: 'partial', secret: 'never', license: 'never' } }),
    'blocked r1',
  ],
  [
    'too old a scan',
    [{ severity: 'low' }],
    subject([], { scans: { vulnerability: 'stale', secret: 'never', license: 'never' } }),
    'unknown r1',
  ],
  [
    'a failed scan of a warning',
    [{ severity: 'low', mode: 'warn' }],
    subject([], { scans: { vulnerability: 'failed', secret: 'never', license: 'never' } }),
    'pass',
  ],
  ['no scan for secrets', [{ class: ['secret'] }], subject([]), 'unknown r1'],
  [
    'only there',
    [{ severity: 'low', environment: ['prod*'] }],
    subject([finding()], { environment: 'staging' }),
    'pass',
  ],
  [
    'there',
    [{ severity: 'low', environment: ['prod*'] }],
    subject([finding()], { environment: 'production' }),
    'blocked r1',
  ],
  ['nobody says where', [{ severity: 'low', environment: ['prod*'] }], subject([finding()]), 'blocked r1'],
  [
    'allowed nobody says where',
    [{ severity: 'low', environment: ['dev'], mode: 'allow' }, { severity: 'low' }],
    subject([finding()]),
    'blocked r2',
  ],
  ['another image', [{ severity: 'low', image: ['*/pay'] }], subject([finding()]), 'pass'],
  ['nobody looked for a signature', [{ signature: 'signed' }], subject([]), 'unknown r1'],
  ['unsigned', [{ signature: 'signed' }], subject([], { signature: 'unsigned' }), 'blocked r1'],
  ['signed, not verified', [{ signature: 'signed' }], subject([], { signature: 'claimed' }), 'pass'],
  ['not verified', [{ signature: 'verified' }], subject([], { signature: 'claimed' }), 'unknown r1'],
  ['tampered', [{ signature: 'signed' }], subject([], { signature: 'failed' }), 'blocked r1'],
  ['verified', [{ signature: 'verified' }], subject([], { signature: 'verified' }), 'pass'],
  ['level below', [{ level: 2 }], subject([], { provenance: 'verified', level: 1 }), 'blocked r1'],
  ['level at least', [{ level: 2 }], subject([], { provenance: 'verified', level: 3 }), 'pass'],
  ['level claimed', [{ level: 2 }], subject([], { provenance: 'claimed' }), 'unknown r1'],
  ['no provenance', [{ provenance: 'present' }], subject([], { provenance: 'missing' }), 'blocked r1'],
  ['no SBOM', [{ sbom: 'present' }], subject([], { sbom: 'missing' }), 'blocked r1'],
  ['a stale SBOM', [{ sbom: 'fresh' }], subject([], { sbom: 'stale' }), 'blocked r1'],
  ['an incomplete SBOM', [{ sbom: 'fresh' }], subject([], { sbom: 'incomplete' }), 'pass'],
  ['nobody knows of an SBOM', [{ sbom: 'complete' }], subject([]), 'unknown r1'],
] as const)
  test(`${title}: ${verdict}`, () => assert.equal(judge(rules, of), verdict));

test('the reasons say what, where and how to mend it', () => {
  const { reasons } = evaluateGate(rulesOf({ severity: 'high' }), subject([finding({ isExploited: true })]), now);
  assert.deepEqual(reasons, [
    {
      ...{ rule: 'r1', mode: 'enforce', outcome: 'violated' },
      text: 'CVE-2021-44228 (critical, exploited) in log4j-core 2.14.1, fixed in 2.15.0',
    },
  ]);
});

for (const [rules, reason] of [
  [[{ name: 'a' }], /something to ask for/],
  [[{ name: 'a', severity: 'high', sbom: 'present' }], /a rule for each/],
  [[{ name: 'a', sbom: 'present', mode: 'allow' }], /only findings can be allowed/],
  [
    [
      { name: 'a', severity: 'high' },
      { name: 'a', severity: 'low' },
    ],
    /a name of its own/,
  ],
  [[{ name: 'A b', severity: 'high' }], /lower case/],
] as const)
  test(`rules are refused: ${reason.source}`, () => {
    const read = gateSchema.safeParse({ rules });
    assert.match(read.success ? 'read' : JSON.stringify(read.error.issues), reason);
  });

const options = { now, sbomOptional: ['no_author'], sbomStaleDays: 90 };

test('what two scanners find of one image is one, and one is silenced only where both silence it', () => {
  const suppressed = { by: 'ignore_file', reason: 'accepted' };
  const ghsa = found('GHSA-aaaa-bbbb-cccc zlib', { aliases: ['CVE-2026-1'], severity: 'critical', suppressed });
  const [one, ...rest] = subjectsOfHeard(
    [
      { scans: [scan('shop@1', 1, [found('CVE-2026-1 zlib', { suppressed })])] },
      { scans: [scan('shop@1:2.0', 2, [ghsa, found('CVE-2026-2 zlib', { suppressed })], { scanner: 'grype' })] },
      { scans: [scan('shop@1', 2, ['CVE-2026-2 zlib'], { scanner: 'snyk' })] },
    ],
    options,
  );
  assert.equal(rest.length, 0);
  assert.deepEqual(
    one?.findings.map(({ id, severity, exception }) => [id, severity, exception]),
    [
      ['CVE-2026-1', 'critical', 'accepted'],
      ['CVE-2026-2', 'high', undefined],
    ],
  );
});

test('an exception that is over holds nothing back, and VEX is of its product', () => {
  const expired = { by: 'dismissal', expiresAt: '2026-02-10T00:00:00Z' };
  const statement: VexStatement = {
    ...{ id: 'v1', vulnerability: 'CVE-2026-2', status: 'not_affected', at: hour(3), owner: '{}' },
    ...{ purl: 'pkg:deb/debian/zlib@1.0', justification: 'vulnerable_code_not_present' },
  };
  const findings = (vex: readonly VexStatement[]) =>
    subjectsOfHeard(
      [{ scans: [scan('shop@1', 1, [found('CVE-2026-1 zlib', { suppressed: expired }), 'CVE-2026-2 zlib'])] }, { vex }],
      options,
    )[0]?.findings.map(({ exception }) => exception);
  assert.deepEqual(findings([statement]), [undefined, 'vulnerable_code_not_present']);
  assert.deepEqual(findings([{ ...statement, artifact: image('pay@4') }]), [undefined, undefined]);
});

const trivy = (vulnerabilities: readonly object[]) =>
  Buffer.from(
    JSON.stringify({
      ...{ SchemaVersion: 2, ArtifactName: 'ghcr.io/acme/shop:1.0', ArtifactType: 'container_image' },
      CreatedAt: '2026-02-10T00:00:00Z',
      Metadata: { RepoDigests: [`ghcr.io/acme/shop@sha256:${'1'.repeat(64)}`] },
      Results: [{ Target: 'shop (debian 12)', Class: 'os-pkgs', Type: 'debian', Vulnerabilities: vulnerabilities }],
    }),
  );
const critical = {
  ...{ VulnerabilityID: 'CVE-2026-1', PkgName: 'zlib', InstalledVersion: '1.0', FixedVersion: '1.1' },
  Severity: 'CRITICAL',
};
const reports = (...files: readonly (readonly [string, Buffer])[]) =>
  judgeReports(
    files.map(([name, bytes]) => ({ name, bytes, at: now })),
    { ...options, rules: gateSchema.parse({}).rules, place: {} },
  );

test('a report is judged without a ledger, and what can not be read never passes', async () => {
  const bad = await reports(['trivy.json', trivy([critical])]);
  assert.deepEqual(
    bad.judged.map(({ verdict, rule }) => [verdict, rule]),
    [['blocked', 'critical-with-fix']],
  );
  const good = await reports(['trivy.json', trivy([{ ...critical, Severity: 'LOW' }])]);
  assert.notEqual(good.judged[0]?.verdict, 'blocked');
  assert.notEqual(good.judged[0]?.verdict, 'unknown');
  const broken = await reports(['trivy.json', trivy([critical]).subarray(0, 80)], ['x.txt', Buffer.from('x')]);
  assert.deepEqual(
    broken.faults.map(({ fault }) => fault),
    ['not_json', 'unknown_format'],
  );
});

test('VEX beside a report that links to another bill of materials lets nothing pass', async () => {
  const serial = '3e671687-395b-41f5-a30f-a58921a69b79';
  const cyclonedx = (more: object) =>
    Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, ...more }));
  const image = { type: 'container', name: 'ghcr.io/acme/shop', 'bom-ref': 'shop' };
  const bill = (of: object) =>
    cyclonedx({ serialNumber: `urn:uuid:${serial}`, metadata: { component: of }, components: [] });
  const vex = cyclonedx({
    vulnerabilities: [
      {
        id: critical.VulnerabilityID,
        affects: [{ ref: `urn:cdx:${serial}/1#shop` }],
        analysis: { state: 'not_affected' },
      },
    ],
  });
  const scanOf = ['trivy.json', trivy([critical])] as const;
  const verdicts = async (...files: (readonly [string, Buffer])[]) =>
    (await reports(scanOf, ...files)).judged.map(({ title, verdict }) => `${title.split(':')[0]} ${verdict}`);
  const blocked = 'ghcr.io/acme/shop blocked';
  assert.deepEqual(await verdicts(['vex.json', vex]), [blocked]);
  const other = bill({ ...image, name: 'ghcr.io/acme/pay' });
  assert.equal((await verdicts(['vex.json', vex], ['bom.json', other]))[0], blocked);
  assert.deepEqual(await verdicts(['vex.json', vex], ['bom.json', bill(image)]), ['ghcr.io/acme/shop pass']);
});

test('the ledger is asked for a digest, a tag or a name, and for each environment that it runs in', async t => {
  const rules = [
    { name: 'critical', severity: 'critical' },
    { name: 'exploited', exploited: true },
    { name: 'sbom', sbom: 'present', mode: 'warn' },
    { name: 'late', older_than_days: 5, severity: 'low' },
  ];
  const books = await openHeardBooks({ gate: { rules } });
  const heard = {
    scans: [
      scan('shop@1:1.0', 1, [found('CVE-2026-1 zlib', { severity: 'critical' })]),
      scan('shop@2:2.0', 2, [found('CVE-2026-2 zlib', { severity: 'low' })]),
    ],
    sboms: [sbom('shop@2:2.0', hour(2), ['pkg:deb/debian/zlib@1.0'])],
    running: [running(3, [runs('shop@1:1.0'), runs('shop@3:3.0 other')])],
    kev: { at: hour(1), entries: [] },
  };
  await books.hear(heard, hour(4));
  let at = hour(5);
  const get = await serveLists(t, books, () => new Date(at));
  const verdicts = async (of: string, token?: string) => {
    const response = await get(`/api/gate?image=${encodeURIComponent(of)}`, token);
    assert.equal(response.status, 200, await response.clone().text());
    const { gate } = (await response.json()) as { gate: { artifact: string; verdict: string; rule: string }[] };
    return gate.map(({ artifact, verdict, rule }) => `${artifact} ${verdict} ${rule}`.trim());
  };
  assert.deepEqual(await verdicts('sha256:1'), [], 'too short for a digest, and no image');
  assert.deepEqual(await verdicts('ghcr.io/acme/shop:1.0'), ['sha256:1 blocked critical']);
  assert.deepEqual(await verdicts('ghcr.io/acme/shop:2.0'), ['sha256:2 pass']);
  assert.deepEqual(await verdicts('ghcr.io/acme/shop'), ['sha256:1 blocked critical', 'sha256:3 unknown critical']);
  assert.deepEqual(await verdicts('ghcr.io/acme/pay'), []);
  assert.deepEqual(await verdicts('ghcr.io/acme/shop:1.0', 'pay-token'), []);
  assert.equal((await get('/api/gate?image=a%20b')).status, 400);
  // A rebuild makes no finding younger: the older build, which runs, has had it for long.
  await books.hear({ scans: [scan('shop@1:1.0', 4.2, [found('CVE-2026-2 zlib', { severity: 'low' })])] }, hour(4.5));
  at = hour(24 * 6);
  assert.deepEqual(await verdicts('ghcr.io/acme/shop:2.0'), ['sha256:2 blocked late']);
  // Exploited by now, and then excepted.
  await books.hear(
    { kev: { at: hour(6), entries: [{ vulnerability: 'CVE-2026-2', addedOn: '2026-02-10', isRansomware: false }] } },
    hour(6),
  );
  assert.deepEqual(await verdicts('ghcr.io/acme/shop:2.0'), ['sha256:2 blocked exploited']);
  const vex = { id: 'v', vulnerability: 'CVE-2026-2', status: 'not_affected' as const, at: hour(7), owner: '{}' };
  await books.hear({ vex: [{ ...vex, artifact: image('shop@2') }] }, hour(7));
  assert.deepEqual(await verdicts('ghcr.io/acme/shop:2.0'), ['sha256:2 pass']);
  assert.deepEqual(await verdicts('ghcr.io/acme/shop:1.0'), ['sha256:1 blocked exploited']);
});

test('what the list of the gate can not take is said in words', async t => {
  const books = await openHeardBooks();
  const get = await serveLists(t, books, () => new Date(hour(5)));
  const said = async (query: string) => {
    const response = await get(`/api/gate${query}`);
    return `${response.status} ${((await response.json()) as { error: string }).error}`;
  };
  assert.match(await said(''), /^400 .*image: it has to say which one, by a digest or a reference/);
  assert.match(
    await said('?image=alpine&digest=1'),
    /^400 .*there is no parameter digest; there are image, environment/,
  );
});
