/** Reports in a bucket: what is downloaded, and that what was read stays when the bucket can't be read. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { awsCurSchema } from '../../../exporters/cost/sources/aws-cur/config.ts';
import { usage } from '../vendors/cur.ts';
import { cur2Csv, exportManifest, legacyCsv, legacyManifest } from '../vendors/cur-formats.ts';
import { type Fault, keys, type S3Options, type S3Request, startS3 } from '../vendors/s3.ts';
import { type CurRefresh, curRefresher } from './cur-books.ts';
import { openBooks } from './focus-books.ts';

const credentials = { access_key_id: keys.accessKeyId, secret_access_key: keys.secretAccessKey };
const october = 'cost/exports/usage/metadata/BILLING_PERIOD=2026-10';

async function bucketOf(t: TestContext, options?: S3Options) {
  const books = await openBooks(t);
  const s3 = await startS3(t, options);
  const refreshed = curRefresher(books);
  const refresh = (more: CurRefresh = {}) =>
    refreshed({
      ...more,
      bucket: {
        ...{ name: 'billing', prefix: 'cost/', region: 'eu-central-1', endpoint: s3.url },
        ...(more.bucket ?? credentials),
      },
    });
  /** An execution of October's export, in as many parts as there are prices. */
  const deliver = (run: string, ...prices: readonly string[]) => {
    const files = prices.map(
      (_, part) => `cost/exports/usage/data/BILLING_PERIOD=2026-10/${run}usage-0000${part}.csv.gz`,
    );
    for (const [part, price] of prices.entries()) s3.put(files[part]!, cur2Csv(usage({ price }).slice(0, 1)));
    s3.put(`${october}/${run}usage-Manifest.json`, exportManifest({ keys: files }));
  };
  const billed = async () => Number(await books.scalar('SELECT sum(billed)::DOUBLE FROM charges'));
  const downloaded = () =>
    readdirSync(path.join(books.folder, 'ledger/objects'), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.gz'))
      .map(name => name.split('/').slice(-2).join('/'))
      .sort();
  return { books, s3, refresh, deliver, billed, downloaded };
}

test('a report is read from all pages of a bucket, and again only when it changes', async t => {
  const { s3, refresh, deliver, billed } = await bucketOf(t);
  deliver('', '1', '2', '3', '4', '5');
  s3.put('cost/other/readme.txt', 'x');
  s3.put('elsewhere/usage-Manifest.json', '{}');
  assert.equal((await refresh()).records, 5);
  assert.equal(await billed(), 15);
  assert.deepEqual(s3.requests.filter(request => request === 'ListObjectsV2 cost/').length, 8);
  const gets = () => s3.requests.filter(request => request.startsWith('GetObject'));
  assert.equal(gets().length, 6);
  assert.equal((await refresh()).records, 0);
  assert.equal(gets().length, 6);
  deliver('', '1', '2', '3', '4', '6');
  await refresh();
  assert.equal(await billed(), 16);
});

test('of many versions only the newest whole one is downloaded, and older ones are cleared away', async t => {
  const { s3, refresh, deliver, billed, downloaded } = await bucketOf(t);
  deliver('2026-10-30T10:00:00.000Z-a/', '1');
  deliver('2026-10-31T10:00:00.000Z-b/', '2');
  deliver('2026-11-01T10:00:00.000Z-c/', '3');
  s3.objects.delete('cost/exports/usage/data/BILLING_PERIOD=2026-10/2026-11-01T10:00:00.000Z-c/usage-00000.csv.gz');
  await refresh();
  assert.deepEqual([await billed(), downloaded()], [2, ['2026-10-31T10:00:00.000Z-b/usage-00000.csv.gz']]);
  deliver('2026-11-02T10:00:00.000Z-d/', '4');
  await refresh();
  assert.deepEqual([await billed(), downloaded()], [4, ['2026-11-02T10:00:00.000Z-d/usage-00000.csv.gz']]);
});

test('only the billing periods asked for are downloaded', async t => {
  const { s3, refresh, books } = await bucketOf(t);
  for (const month of ['2026-08', '2026-09', '2026-10', '2026-11']) {
    const folder = `cost/legacy/${month.replace('-', '')}01-${month.replace('-', '')}28`;
    s3.put(`${folder}/a/legacy-1.csv.gz`, legacyCsv(usage({ month })));
    s3.put(`${folder}/legacy-Manifest.json`, legacyManifest({ keys: [`${folder}/a/legacy-1.csv.gz`], month }));
  }
  await refresh({ history_months: 2, now: '2026-11-20T00:00:00Z' });
  const periods = () => books.all('SELECT DISTINCT billing_period::VARCHAR AS period FROM charges ORDER BY ALL');
  assert.deepEqual(await periods(), [{ period: '2026-10-01' }, { period: '2026-11-01' }]);
  await refresh({ history_months: 2, now: '2026-12-20T00:00:00Z' });
  assert.deepEqual(await periods(), [{ period: '2026-10-01' }, { period: '2026-11-01' }], 'what was read stays');
});

const error = (status: number, code: string): Fault => ({ kind: 'error', status, code, message: `${code}!` });
const faults: readonly (readonly [name: string, (request: S3Request) => Fault | undefined, RegExp])[] = [
  [
    'the list is denied',
    ({ operation }) => (operation === 'ListObjectsV2' ? error(403, 'AccessDenied') : undefined),
    /AWS refused s3:ListBucket on s3:\/\/billing\/cost\/: AccessDenied/,
  ],
  [
    'an object is denied',
    ({ key }) => (key.endsWith('.gz') ? error(403, 'AccessDenied') : undefined),
    /AWS refused s3:GetObject on s3:\/\/billing\/cost\/exports/,
  ],
  [
    'a session has expired',
    () => error(400, 'ExpiredToken'),
    /AWS did not accept the credentials for s3:ListBucket on s3:\/\/billing\/cost\/: ExpiredToken/,
  ],
  ['it is throttled', () => error(503, 'SlowDown'), /AWS throttled s3:ListBucket/],
  ['it fails', () => error(500, 'InternalError'), /s3:ListBucket on s3:\/\/billing\/cost\/ failed: InternalError/],
  [
    'a page of the list is missing',
    ({ page }) => (page === 2 ? error(500, 'InternalError') : undefined),
    /s3:ListBucket on .* failed/,
  ],
  [
    'a page of the list is of a proxy',
    ({ page }) => (page === 2 ? { kind: 'html' } : undefined),
    /the list of s3:\/\/billing\/cost\/ is not whole|s3:ListBucket on .* failed/,
  ],
  [
    'an object is cut',
    ({ key }) => (key.endsWith('1.csv.gz') ? { kind: 'cut' } : undefined),
    /could not download 1 of 2/,
  ],
  [
    'it says nothing',
    ({ key }) => (key.endsWith('1.csv.gz') ? { kind: 'silence' } : undefined),
    /s3:GetObject on .* failed/,
  ],
];
for (const [name, fault, sentence] of faults)
  test(`where ${name}, what was read stays, and is replaced when that is over`, async t => {
    const { s3, refresh, deliver, billed } = await bucketOf(t);
    deliver('', '1', '2');
    await refresh();
    deliver('', '3', '4');
    s3.behave(fault);
    await assert.rejects(refresh(), thrown => {
      const text = `${String(thrown)} ${JSON.stringify(thrown)} ${String((thrown as Error).cause)}`;
      assert.match(text, sentence);
      assert.ok(!text.includes(keys.secretAccessKey), text);
      return true;
    });
    assert.equal(await billed(), 3);
    s3.behave(() => undefined);
    await refresh();
    assert.equal(await billed(), 7);
  });

test('a throttled request is tried again', async t => {
  const { s3, refresh, deliver, billed } = await bucketOf(t);
  deliver('', '1');
  let left = 1;
  s3.behave(() => (left-- > 0 ? error(503, 'SlowDown') : undefined));
  await refresh({ maxAttempts: 3 });
  assert.equal(await billed(), 1);
});

test('an object replaced between the list and its download is read at the next refresh, with the others', async t => {
  const { s3, refresh, deliver, billed } = await bucketOf(t);
  deliver('', '1', '2');
  await refresh();
  deliver('', '3', '4');
  let left = 1;
  s3.behave(({ key }) => {
    if (key.endsWith('1.csv.gz') && left-- > 0) deliver('', '5', '6');
    return undefined;
  });
  await assert.rejects(refresh(), /has changed since it was listed/);
  assert.equal(await billed(), 3);
  await refresh();
  assert.equal(await billed(), 11);
});

test('keys that are not known, or do not fit, are said to be refused', async t => {
  const { refresh, deliver } = await bucketOf(t);
  deliver('', '1');
  await assert.rejects(
    refresh({ bucket: { access_key_id: 'AKIAOTHER', secret_access_key: 'some/other/secret' } }),
    /did not accept the credentials .* InvalidAccessKeyId/,
  );
  await assert.rejects(
    refresh({ bucket: { ...credentials, secret_access_key: 'some/other/secret' } }),
    thrown => /SignatureDoesNotMatch/.test(String(thrown)) && !String(thrown).includes('some/other/secret'),
  );
  await assert.rejects(refresh({ bucket: { ...credentials, name: 'none' } }), /found no bucket at s3:\/\/none\//);
  await assert.rejects(
    refresh({ bucket: { ...credentials, prefix: 'none/' } }),
    /found no manifest of a Cost and Usage Report/,
  );
});

test('a profile of the AWS files gives credentials and the region', async t => {
  const { books, refresh, deliver, billed } = await bucketOf(t);
  deliver('', '1');
  const file = path.join(books.folder, 'credentials');
  writeFileSync(
    file,
    `[finance]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
  );
  const before = process.env.AWS_SHARED_CREDENTIALS_FILE;
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  t.after(() => {
    if (before === undefined) delete process.env.AWS_SHARED_CREDENTIALS_FILE;
    else process.env.AWS_SHARED_CREDENTIALS_FILE = before;
  });
  await refresh({ bucket: { profile: 'finance' } });
  assert.equal(await billed(), 1);
  await assert.rejects(refresh({ bucket: { profile: 'none' } }), /did not accept the credentials/);
});

test('a role is assumed with the credentials, and the bucket read as the role', async t => {
  const role = 'arn:aws:iam::1:role/reader';
  const { s3, refresh, deliver, billed } = await bucketOf(t, { onlyRole: role });
  deliver('', '1');
  process.env.AWS_ENDPOINT_URL_STS = s3.url;
  t.after(() => {
    delete process.env.AWS_ENDPOINT_URL_STS;
  });
  await refresh({ bucket: { ...credentials, role_arn: role } });
  assert.equal(await billed(), 1);
  await assert.rejects(
    refresh({ bucket: { ...credentials, role_arn: `${role}-other` } }),
    /AWS refused sts:AssumeRole on arn:aws:iam::1:role\/reader-other/,
  );
});

test('the configuration wants a path or a bucket, and keys in pairs', () => {
  const paths = (value: unknown) => awsCurSchema.safeParse(value).error?.issues.map(({ path: at }) => at.join('.'));
  assert.deepEqual(paths({ path: 'x' }), undefined);
  assert.deepEqual(paths({}), ['path']);
  assert.deepEqual(paths({ path: 'x', bucket: { name: 'b' } }), ['path']);
  assert.deepEqual(paths({ bucket: { name: 'b', access_key_id: 'A' } }), ['bucket.secret_access_key']);
  assert.deepEqual(paths({ bucket: { name: 'b', secret_access_key: 'A' } }), ['bucket.access_key_id']);
  assert.deepEqual(paths({ bucket: { name: 'b', access_key_id: 'A', secret_access_key_file: 'f', profile: 'p' } }), [
    'bucket.profile',
  ]);
  assert.deepEqual(paths({ bucket: { name: 'b', external_id: 'x' } }), ['bucket.role_arn']);
});
