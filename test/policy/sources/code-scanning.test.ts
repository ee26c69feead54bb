/** Code scanning alerts of GitHub, and Snyk's issues of code: each looked at by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusFile, countBy, readAs, reportOf } from '../reading.ts';

const alert = (number: number, state: string, more: object = {}) => ({
  ...{ number, state, created_at: '2026-01-02T03:04:05Z', html_url: `https://github.com/acme/shop/code/${number}` },
  url: `https://api.github.com/repos/acme/shop/code-scanning/alerts/${number}`,
  rule: { id: 'js/zipslip', severity: 'error', security_severity_level: 'high', description: 'Zip slip' },
  tool: { name: 'CodeQL' },
  most_recent_instance: {
    ref: 'refs/heads/main',
    message: { text: 'depends on a value of a user' },
    location: { path: 'src/zip.ts', start_line: 7 },
  },
  ...more,
});

test('a list tells of each alert by itself, and of none that is only in a pull request', async () => {
  const pull = { most_recent_instance: { ref: 'refs/pull/11/merge', location: { path: 'src/new.ts' } } };
  const reading = await readAs(
    'code-scanning',
    JSON.stringify([
      alert(1, 'open'),
      alert(2, 'dismissed'),
      alert(3, 'fixed'),
      alert(4, 'open', pull),
      alert(5, 'lost'),
      { ...alert(6, 'open'), rule: {} },
    ]),
  );
  const report = reportOf(reading);
  assert.deepEqual(
    [report.engine, report.scope, report.parts],
    ['codeql', 'repository:acme/shop', ['alert 1', 'alert 2', 'alert 3']],
  );
  assert.deepEqual(
    report.results.map(({ policy, resource, outcome, severity, location, firstSeenAt }) => [
      ...[policy, resource, outcome, severity, location, firstSeenAt],
    ]),
    ['fail', 'excepted', 'pass'].map(outcome => [
      ...['js/zipslip', 'repository:acme/shop/src/zip.ts', outcome, 'high', 'src/zip.ts:7', '2026-01-02T03:04:05Z'],
    ]),
  );
  assert.deepEqual(
    reading.rejections.map(({ line, reason }) => [line, reason]),
    [
      [5, 'unknown_state'],
      [6, 'missing_rule'],
    ],
  );
});

test('a webhook is of its repository, and instances of an alert without it are refused', async () => {
  const webhook = { action: 'created', alert: alert(9, 'open', { url: '' }), repository: { full_name: 'Acme/Cart' } };
  assert.deepEqual(
    reportOf(await readAs('code-scanning', JSON.stringify(webhook))).results.map(({ part }) => part),
    ['alert 9'],
  );
  const instances = [{ ref: 'refs/heads/main', analysis_key: 'a', location: { path: 'a.ts' } }];
  assert.equal((await readAs('code-scanning', JSON.stringify(instances))).fault, 'instances_without_alert');
  assert.equal((await readAs('code-scanning', '{}')).fault, 'not_code_scanning');
});

test("GitHub's own examples, and Snyk's pages", async t => {
  const files = {
    'github-openapi/code-scanning-alert.json': 1,
    'github-openapi/code-scanning-alert-dismissed.json': 1,
    'github-openapi/code-scanning-alert-items.json': 2,
    'dependabot/github_vulnerability/issue_9582.json': undefined,
    ...Object.fromEntries(
      [
        ...[
          'api.github.com/code_scanning_alert/closed-by-user.payload',
          'api.github.com/code_scanning_alert/created.payload',
        ],
        ...['api.github.com/code_scanning_alert/fixed.payload', 'api.github.com/code_scanning_alert/reopened.payload'],
        'api.github.com/code_scanning_alert/reopened.with-organization.payload',
        ...['ghes-34/code_scanning_alert/reopened', 'ghes-35/code_scanning_alert/reopened'],
        'github.ae/code_scanning_alert/reopened.payload',
      ].map(name => [`github-webhooks/payload-examples/${name}.json`, 1]),
    ),
  };
  for (const [file, expected] of Object.entries(files)) {
    const bytes = corpusFile(t, `../supply-chain/${file}`);
    if (bytes === undefined) return;
    const reading = await readAs('code-scanning', bytes);
    const rules = bytes.toString().match(/"rule"\s*:\s*\{/g)?.length;
    assert.deepEqual([reading.fault, reading.records, reading.rejections], [undefined, expected ?? rules, []], file);
    const isOfPull = /"ref"\s*:\s*"refs\/pull/.test(bytes.toString());
    const told = reading.told.reports?.flatMap(({ results }) => results).length;
    if (!isOfPull) assert.equal(told, rules, file);
  }
  const page = corpusFile(t, '../supply-chain/snyk/snyk_issue_api/snyk_code_scan_api_many_vuln.json');
  if (page === undefined) return;
  const { data } = JSON.parse(page.toString()) as {
    readonly data: readonly { readonly attributes: { readonly effective_severity_level: string } }[];
  };
  const reading = await readAs('snyk', page);
  assert.deepEqual(
    countBy(reportOf(reading).results, one => one.severity),
    countBy(data, one => one.attributes.effective_severity_level),
  );
});
