/** The commands find and gate: what they print, and how they exit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workplace } from './command.ts';
import { shopConfig as config, ledgerIn } from './gate-ledger.ts';

const log4j = 'pkg:maven/org.apache.logging.log4j/log4j-core';

const trivy = (severity: string) =>
  JSON.stringify({
    ...{ SchemaVersion: 2, ArtifactName: 'ghcr.io/acme/shop:1.0', ArtifactType: 'container_image' },
    CreatedAt: '2026-02-10T00:00:00Z',
    Results: [
      {
        ...{ Target: 'debian', Class: 'os-pkgs', Type: 'debian' },
        Vulnerabilities: [
          {
            ...{ VulnerabilityID: 'CVE-2026-1', PkgName: 'zlib', InstalledVersion: '1.0', FixedVersion: '1.1' },
            Severity: severity,
          },
        ],
      },
    ],
  });

test('find tells where a package is: 0 found, 1 none, 2 a bad question', async t => {
  const { run, write, folder } = workplace(t);
  write('plumbline.yaml', `data_dir: data\n${config}`);
  await ledgerIn(folder);
  const table = await run('find', log4j, '--range', 'vers:maven/<2.17.1');
  assert.equal(table.code, 0, table.stderr);
  assert.match(table.stdout, /^IMAGE +VERSION .*\nghcr\.io\/acme\/shop:1\.0 +2\.9 .* shop +2026-02-10T01:00\n$/);
  const json = await run('find', log4j, '--format', 'json', '--running');
  assert.deepEqual(
    (JSON.parse(json.stdout) as { team: string; version: string }[]).map(({ team, version }) => [team, version]),
    [
      ['pay', '2.17.1'],
      ['shop', '2.9'],
    ],
  );
  const csv = await run('find', log4j, '--team', 'pay', '--format', 'csv');
  assert.match(csv.stdout, /^kind,name,.*\r\nimage,ghcr\.io\/acme\/pay,.*\r\n$/);
  const none = await run('find', log4j, '--range', '<1');
  assert.deepEqual([none.code, none.stdout], [1, '']);
  assert.match(none.stderr, /no bill of materials has/);
  const bad = await run('find', log4j, '--range', 'vers:npm/<1');
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /versions of maven are not compared as vers:npm says/);
  write('plumbline.yaml', 'server: { port: 0 }\ncost: { focus: [{ path: bill.csv }] }\n');
  assert.equal((await run('find', log4j)).code, 2);
});

test('gate blocks, passes, or could not tell, by the ledger', async t => {
  const { run, write, folder } = workplace(t);
  write('plumbline.yaml', `data_dir: data\n${config}`);
  await ledgerIn(folder);
  const bad = await run('gate', '--image', 'ghcr.io/acme/shop:1.0');
  assert.equal(bad.code, 1, bad.stderr);
  assert.match(
    bad.stdout,
    /^BLOCKED {2}ghcr\.io\/acme\/shop:1\.0@sha256:1 in unassigned\n {2}blocked by critical: CVE-2026-1 \(critical\) in zlib 1\.0\n$/,
  );
  const good = await run('gate', '--image', 'ghcr.io/acme/pay', '--format', 'json');
  assert.equal(good.code, 0, good.stderr);
  assert.equal((JSON.parse(good.stdout) as { verdict: string }[])[0]?.verdict, 'pass');
  const unknown = await run('gate', '--image', 'ghcr.io/acme/other:1');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stdout, /^COULD NOT TELL .*\n {2}not known: nothing is known of it\n$/);
  assert.equal((await run('gate')).code, 2);
});

test('gate judges a report where there is neither a ledger nor a configuration', async t => {
  const { run, write } = workplace(t);
  write('bad.json', trivy('CRITICAL'));
  write('good.json', trivy('LOW'));
  write('broken.json', trivy('CRITICAL').slice(0, 200));
  const bad = await run('gate', '--report', 'bad.json');
  assert.equal(bad.code, 1, bad.stderr);
  assert.match(bad.stdout, /blocked by critical-with-fix: CVE-2026-1 \(critical\) in zlib 1\.0, fixed in 1\.1/);
  const good = await run('gate', '--report', 'good.json');
  assert.equal(good.code, 0, good.stdout);
  assert.match(good.stdout, /warning by secret: nothing has scanned it for secrets/);
  const lookedFor = await run('gate', '--report', 'good.json', '--classes', 'vulnerability,secret');
  assert.deepEqual([lookedFor.code, lookedFor.stdout.split('\n').length], [0, 2], lookedFor.stdout);
  assert.equal((await run('gate', '--report', 'good.json', '--classes', 'secrets')).code, 2);
  // One that can't be read never passes, whatever is beside it; what is blocked stays blocked.
  const broken = await run('gate', '--report', 'good.json', '--report', 'broken.json');
  assert.equal(broken.code, 2);
  assert.match(broken.stdout, /COULD NOT TELL {2}broken\.json\n {2}not known: it is not JSON/);
  assert.equal((await run('gate', '--report', 'bad.json', '--report', 'broken.json')).code, 1);
  assert.equal((await run('gate', '--report', 'missing.json')).code, 2);
});
