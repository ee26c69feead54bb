/** What a whole configuration says of usage, clusters and the splits that name them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../../exporters/config.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(path.join(folder, 'secret'), 'from the file\n');

const load = (text: string) => {
  writeFileSync(path.join(folder, 'plumbline.yaml'), text);
  return loadConfig(path.join(folder, 'plumbline.yaml'));
};

test('paths are relative to the file, secrets come from files, defaults are filled in', async () => {
  const { cost } = await load(
    [
      'cost:',
      '  usage:',
      '    - { name: customers, path: customers.csv }',
      '    - { name: requests, url: "http://prometheus:9090", query: up, password_file: secret, username: me }',
      '  kubernetes:',
      '    - { cluster: prod, url: "http://opencost:9003", bearer_token_file: secret }',
    ].join('\n'),
  );
  const [customers, requests] = cost?.usage ?? [];
  assert.deepEqual(customers, { name: 'customers', every: 3600, path: path.join(folder, 'customers.csv') });
  assert.ok(requests && 'query' in requests);
  assert.deepEqual([requests.password, requests.days], ['from the file', 3]);
  assert.deepEqual(
    cost?.kubernetes.map(({ bearer_token, idle, days }) => [bearer_token, idle, days]),
    [['from the file', 'shared', 7]],
  );
});

test('a split names usage that is there, and either a token or a user is given', async () => {
  const refused = async (text: string) => load(text).then(String, (error: unknown) => String(error));
  const split = 'ownership: { splits: [{ name: s, method: usage, usage: prod }] }\n';
  assert.match(await refused(`${split}cost: {}\n`), /ownership\.splits\[0\]\.usage.*expected a name of cost\.usage/);
  const cluster = 'cost: { kubernetes: [{ cluster: prod, url: "http://opencost:9003" }] }\n';
  assert.match(await refused(`${split}${cluster}`), /object Object/);
  assert.match(
    await refused('cost: { kubernetes: [{ cluster: p, url: "http://o:1", username: a, bearer_token: s3cr3t }] }\n'),
    /either a bearer token or a username/,
  );
  assert.match(await refused('cost: { usage: [{ name: a, path: f.csv, query: up }] }\n'), /cost\.usage\[0\]/);
});
