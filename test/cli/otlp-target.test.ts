import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { otlpTargetOf } from '../../exporters/cli/serve/otlp-target.ts';
import { loadConfig } from '../../exporters/config.ts';

async function load(t: TestContext, otlp: string) {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'plumbline-otlp-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(path.join(directory, 'key'), 'a-secret-of-a-file\n');
  writeFileSync(path.join(directory, 'plumbline.yaml'), `otlp:\n${otlp}`);
  return loadConfig(path.join(directory, 'plumbline.yaml'), { env: {} });
}

test('the section otlp says where to push to, with headers whose secrets are in files', async t => {
  const { otlp } = await load(
    t,
    `  endpoint: http://127.0.0.1:9090/api/v1/otlp/
  headers: { X-Scope-OrgID: platform }
  secret_headers: [{ name: X-Api-Key, secret_file: key }]
  basic_auth: { username: plumbline, password_file: key }
  resource_attributes: { deployment.environment.name: production }
`,
  );
  assert.ok(otlp);
  const basic = Buffer.from('plumbline:a-secret-of-a-file').toString('base64');
  assert.deepEqual(otlpTargetOf(otlp), {
    ...{ name: 'otlp', url: 'http://127.0.0.1:9090/api/v1/otlp/v1/metrics', compression: 'gzip' },
    headers: { 'X-Scope-OrgID': 'platform', 'X-Api-Key': 'a-secret-of-a-file', authorization: `Basic ${basic}` },
    ...{ intervalSeconds: 60, timeoutSeconds: 10, resourceAttributes: { 'deployment.environment.name': 'production' } },
  });
});

test('an endpoint that has its whole path is taken as it is', async t => {
  const { otlp } = await load(t, '  endpoint: https://otlp.example.com/v1/metrics?tenant=7\n');
  assert.ok(otlp);
  assert.equal(otlpTargetOf(otlp).url, 'https://otlp.example.com/v1/metrics?tenant=7');
});

for (const [what, lines, sentence] of [
  ['another job', '  resource_attributes: { service.name: mine }\n', /resource_attributes.*service\.name.*scrape\.job/],
  [
    'a timeout beyond the interval',
    '  interval: 5\n  timeout: 10\n',
    /otlp\.timeout is 10; expected at most the interval, 5/,
  ],
  [
    'a secret header without a secret',
    '  secret_headers: [{ name: X }]\n',
    /secret_headers.*expected secret or secret_file/,
  ],
] as const)
  test(`it refuses ${what}`, async t => {
    await assert.rejects(load(t, `  endpoint: http://127.0.0.1:4318\n${lines}`), sentence);
  });
