/** Where credentials come from: the configuration or its secret files, a profile, a profile that assumes a role. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../../exporters/config.ts';
import { startLocalServer } from '../../core/local-server.ts';
import { testKeys } from '../vendors/aws.ts';
import { explorerBooks, payer } from './explorer-books.ts';

const { accessKeyId, secretAccessKey, sessionToken = '' } = testKeys;

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'aws-'));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
  return directory;
}

/** The environment as the AWS SDK finds it, for one test. */
function environment(t: TestContext, values: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  t.after(() => {
    for (const name of Object.keys(values)) delete process.env[name];
    Object.assign(process.env, before);
  });
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', ...values });
}

const noKeys = { access_key_id: undefined, secret_access_key: undefined, session_token: undefined };

test('a profile of the AWS files is used', async t => {
  const files = folder(t, {
    config: '[profile billing]\nregion = eu-west-1\n',
    credentials: `[billing]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
  });
  environment(t, {
    AWS_CONFIG_FILE: path.join(files, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(files, 'credentials'),
  });
  const books = await explorerBooks(t, { config: { ...noKeys, profile: 'billing' } });
  assert.equal((await books.refresh()).error, undefined);
});

test('a profile that names a role assumes it', async t => {
  const asked: string[] = [];
  const sts = await startLocalServer(t, (_request, response, body) => {
    asked.push(body.toString());
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
        <SessionToken>${sessionToken}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`);
  });
  const files = folder(t, {
    config: `[profile payer]\nrole_arn = arn:aws:iam::${payer}:role/costs\nsource_profile = base\nregion = us-east-1\n`,
    credentials: '[base]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = another\n',
  });
  environment(t, {
    AWS_CONFIG_FILE: path.join(files, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(files, 'credentials'),
    AWS_ENDPOINT_URL_STS: sts.url,
  });
  const books = await explorerBooks(t, { config: { ...noKeys, profile: 'payer' } });
  assert.equal((await books.refresh()).error, undefined);
  assert.match(asked.join(), /RoleArn=arn%3Aaws%3Aiam%3A%3A100000000001%3Arole%2Fcosts/);
});

test('without any credentials the error says so, and nothing is asked', async t => {
  const files = folder(t, { config: '', credentials: '' });
  environment(t, {
    AWS_CONFIG_FILE: path.join(files, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(files, 'credentials'),
  });
  const books = await explorerBooks(t, { config: noKeys });
  assert.match((await books.refresh()).error ?? '', /did not accept the credentials.*AWS_CREDENTIALS/);
  assert.deepEqual(books.asked(), []);
});

test('secrets may stand in files of their own', async t => {
  const files = folder(t, {
    'plumbline.yaml': `cost:
  cost_explorer:
    - billing_account: "${payer}"
      access_key_id: ${accessKeyId}
      secret_access_key_file: key
      session_token_file: token
`,
    key: `${secretAccessKey}\n`,
    token: `${sessionToken}\n`,
  });
  const config = await loadConfig(path.join(files, 'plumbline.yaml'));
  const [explorer] = config.cost?.cost_explorer ?? [];
  assert.equal(explorer?.secret_access_key, secretAccessKey);
  assert.equal(explorer?.session_token, sessionToken);
});
