/** What a scanner looked for, where its report doesn't say: only then is it known that what it lists no more is gone. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { documentKinds } from '../../../exporters/supply-chain/kinds.ts';
import { documentRun } from '../document-run.ts';

const vulnerability = {
  VulnerabilityID: 'CVE-2017-20165',
  PkgName: 'debug',
  InstalledVersion: '3.0.1',
  Severity: 'HIGH',
};
const secret = { RuleID: 'aws-access-key-id', Severity: 'CRITICAL', Title: 'AWS', StartLine: 3, Match: 'AKIA****' };
const packages = { Target: 'package-lock.json', Class: 'lang-pkgs', Type: 'npm', Vulnerabilities: [vulnerability] };
const secrets = { Target: 'app.env', Class: 'secret', Secrets: [secret] };

const report = (day: number, results: readonly unknown[], metadata: object = {}) =>
  JSON.stringify({
    ...{ SchemaVersion: 2, CreatedAt: `2026-11-${day}T08:00:00Z`, ArtifactName: 'ghcr.io/acme/shop:1' },
    ...{ ArtifactType: 'container_image', Metadata: metadata, ...(results.length > 0 && { Results: results }) },
  });

/** Each finding's last state. */
const lives = (run: Awaited<ReturnType<typeof documentRun>>) =>
  run.rows(`SELECT split_part(policy, ' ', 1) AS what, state FROM finding_states
    QUALIFY row_number() OVER (PARTITION BY finding ORDER BY occurred_at DESC, learned_at DESC) = 1 ORDER BY policy`);

const scanned = async (t: TestContext, more: object, last = report(11, [packages])) => {
  const run = await documentRun(t, { files: [{ path: '*.json', ...more }], kinds: documentKinds });
  run.deliver('1.json', report(10, [packages, secrets]), '2026-11-10T08:00:00Z');
  run.deliver('2.json', last, '2026-11-11T08:00:00Z');
  assert.deepEqual((await run.refresh('2026-11-12T00:00:00Z')).rejected, {});
  return lives(run);
};
const states = (vulnerabilities: string, secretsNow: string) => [
  { what: 'CVE-2017-20165', state: vulnerabilities },
  { what: 'aws-access-key-id', state: secretsNow },
];

test('the last secret of an image is mended once a scan that is known to look for secrets lists none', async t => {
  assert.deepEqual(await scanned(t, {}), states('open', 'open'));
  assert.deepEqual(await scanned(t, { classes: ['vulnerability', 'secret'] }), states('open', 'resolved'));
});

test('a scan for secrets alone that found none mends no vulnerability', async t => {
  const none = report(11, [], { OS: { Family: 'debian', Name: '12.5' } });
  assert.deepEqual(await scanned(t, {}, none), states('open', 'open'));
  assert.deepEqual(await scanned(t, { classes: ['secret'] }, none), states('open', 'resolved'));
  // Nothing but its packages could be in it: there are none any more.
  assert.deepEqual(await scanned(t, {}, report(11, [])), states('resolved', 'open'));
});

test('a post says what was looked for, in words that are known', async t => {
  const run = await documentRun(t, { kinds: documentKinds });
  const post = (body: string, classes: string) => run.post({ kind: 'trivy', body, query: { classes } });
  await post(report(10, [packages, secrets]), 'vulnerability,secret');
  await post(report(11, [packages]), 'vulnerability, secret');
  assert.deepEqual(await lives(run), states('open', 'resolved'));
  await assert.rejects(() => post(report(12, []), 'secrets'), {
    code: 'PUSH_INVALID',
    message: /the parameter classes\.0: .*"vulnerability"\|"secret"\|"license"/,
  });
});

test('`null`, which several programs write where they find nothing, is told as whose it is', async t => {
  const run = await documentRun(t, { kinds: documentKinds });
  const query = { image: 'ghcr.io/acme/shop:1', at: '2026-11-12T00:00:00Z' };
  await run.post({ kind: 'trivy', body: report(10, [packages, secrets]) });
  await assert.rejects(() => run.post({ kind: 'auto', body: 'null', query }), {
    code: 'PUSH_INVALID',
    message: /post it to the endpoint of its kind/,
  });
  assert.deepEqual(await lives(run), states('open', 'open'));
  await run.post({ kind: 'trivy', body: 'null', query });
  assert.deepEqual(await lives(run), states('resolved', 'open'));
});
