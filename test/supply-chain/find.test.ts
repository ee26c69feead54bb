/** Where a package is, over bills of materials, what runs and a real server. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readPattern } from '../../exporters/supply-chain/find/pattern.ts';
import { hour, running, runs } from './books.ts';
import { openHeardBooks, sbom, serveLists } from './heard-books.ts';

interface Item {
  readonly [name: string]: unknown;
  readonly name: string;
  readonly version: string;
  readonly running: boolean;
}
interface Page {
  readonly components: readonly Item[];
  readonly total: number;
  readonly next: string | null;
}

const log4j = 'pkg:maven/org.apache.logging.log4j/log4j-core';
const asked = (purl: string, more = '') => `/api/components?purl=${encodeURIComponent(purl)}${more}`;
const range = (text: string) => `&range=${encodeURIComponent(text)}`;

async function told(t: TestContext) {
  const books = await openHeardBooks();
  await books.hear(
    {
      sboms: [
        sbom('shop@1:1.0', hour(1), [`${log4j}@2.9`, 'pkg:npm/%40babel/core@7.0.0', 'pkg:npm/core@1.0.0']),
        sbom('shop@2:2.0', hour(2), [
          `${log4j}@2.17.1`,
          'pkg:deb/debian/openssl@1:1.1.1n-0?arch=amd64&distro=debian-11',
        ]),
        sbom('shop@3:3.0', hour(3), [`${log4j}@2.15.0-rc1`]),
        sbom('pay@4:4.0', hour(4), [`${log4j}@2.17.0`, 'pkg:pypi/typing-extensions@4.0.0']),
      ],
      running: [
        running(1, [runs('shop@1:1.0 a')]),
        running(5, [runs('shop@1:1.0 a'), runs('shop@1:1.0 b'), runs('shop@2:2.0 c'), runs('pay@4:4.0')]),
      ],
    },
    hour(6),
  );
  const get = await serveLists(t, books, () => new Date(hour(7)));
  const list = async (path: string, token?: string): Promise<Page> => {
    const response = await get(path, token);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Page;
  };
  const found = async (path: string, token?: string) =>
    (await list(path, token)).components.map(
      ({ name, version, running }) => `${name.replace('ghcr.io/acme/', '')} ${version}${running ? ' runs' : ''}`,
    );
  return { books, get, list, found };
}

test('versions are compared by the order of their ecosystem, and what runs comes first', async t => {
  const { found, list } = await told(t);
  assert.deepEqual(await found(asked(log4j, range('vers:maven/<2.17.1'))), [
    'pay 2.17.0 runs',
    'shop 2.9 runs',
    'shop 2.15.0-rc1',
  ]);
  assert.deepEqual(await found(asked(log4j, range('<2.15.0|>=2.17.1'))), [
    'shop 2.9 runs',
    'shop 2.17.1 runs',
    'shop 2.15.0-rc1',
  ]);
  const [first] = (await list(asked(log4j, range('<2.9.1')))).components;
  assert.deepEqual(first, {
    ...{ kind: 'image', name: 'ghcr.io/acme/shop', tag: '1.0', artifact: 'sha256:1' },
    ...{ package: 'maven/org.apache.logging.log4j/log4j-core', version: '2.9', purl: `${log4j}@2.9`, direct: null },
    ...{ running: true, environment: first?.environment, service: first?.service, team: 'shop' },
    // Since the first of its workloads runs, without a break.
    ...{ since: hour(1).replace('.000', ''), sbom_created_at: hour(1).replace('.000', '') },
  });
});

test('a package is asked for with or without a version, by patterns, by its name alone', async t => {
  const { found } = await told(t);
  assert.deepEqual(await found(asked(`${log4j}@2.17.1`)), ['shop 2.17.1 runs']);
  assert.deepEqual(await found(asked(`${log4j}@2.17.1.0`)), ['shop 2.17.1 runs']);
  assert.equal((await found(asked('pkg:maven/*/LOG4J-*'))).length, 4);
  assert.equal((await found(asked('log4j-core'))).length, 4);
  assert.deepEqual(await found(asked('pkg:npm/core')), ['shop 1.0.0 runs']);
  assert.deepEqual(await found(asked('pkg:npm/%40babel/core')), ['shop 7.0.0 runs']);
  assert.deepEqual(await found(asked('pkg:npm/@babel/core@7.0.0')), ['shop 7.0.0 runs']);
  assert.deepEqual(await found(asked('pkg:deb/openssl', range('vers:deb/<1:1.1.1w'))), ['shop 1:1.1.1n-0 runs']);
  assert.deepEqual(await found(asked('pkg:deb/debian/openssl?arch=arm64')), []);
  assert.deepEqual(await found(asked('pkg:deb/debian/openssl?arch=amd64')), ['shop 1:1.1.1n-0 runs']);
  assert.deepEqual(await found(asked('pkg:pypi/Typing_Extensions')), ['pay 4.0.0 runs']);
  assert.deepEqual(await found(asked('pkg:npm/log4j-core')), []);
  assert.deepEqual(await found(asked('pkg:npm/c_re')), [], 'a sign of LIKE is none of a pattern');
});

test('only what runs, of a team, and what a token may see', async t => {
  const { found, get } = await told(t);
  assert.deepEqual(await found(asked(log4j, '&running=true&team=shop')), ['shop 2.9 runs', 'shop 2.17.1 runs']);
  assert.deepEqual(await found(asked(log4j, '&running=false')), ['shop 2.15.0-rc1']);
  assert.deepEqual(await found(asked(log4j), 'pay-token'), ['pay 2.17.0 runs']);
  assert.equal((await get(asked(log4j, '&team=shop'), 'pay-token')).status, 403);
  assert.equal((await get(asked(log4j), '')).status, 401);
});

test('what has stopped runs no longer, and began anew when it came back', async t => {
  const { books, found, list } = await told(t);
  await books.hear({ running: [running(6.2, [runs('pay@4:4.0')])] }, hour(6.2));
  assert.deepEqual(await found(asked(log4j, '&running=true')), ['pay 2.17.0 runs']);
  await books.hear({ running: [running(6.5, [runs('shop@1:1.0 a')])] }, hour(6.5));
  const [item] = (await list(asked(`${log4j}@2.9`))).components;
  assert.equal(item?.since, hour(6.5).replace('.000', ''));
});

test('pages follow each other by a cursor without a gap or a double', async t => {
  const { list } = await told(t);
  const seen: unknown[] = [];
  let cursor = '';
  for (let pages = 0; pages < 4; pages += 1) {
    const page = await list(asked(log4j, `&limit=1${cursor}`));
    assert.equal(page.total, 4);
    seen.push(...page.components.map(({ purl }) => purl));
    if (page.next === null) break;
    cursor = `&cursor=${page.next}`;
  }
  assert.deepEqual(
    seen,
    ['@2.17.0', '@2.17.1', '@2.9', '@2.15.0-rc1']
      .map(version => log4j + version)
      .sort((a, b) => seen.indexOf(a) - seen.indexOf(b)),
  );
  assert.equal(new Set(seen).size, 4);
});

for (const [path, reason] of [
  ['/api/components', /purl/],
  [asked('pkg:maven'), /is no package URL/],
  [asked('log4j core'), /expected a package URL/],
  [asked(log4j, range('vers:npm/<2')), /versions of maven are not compared/],
  [asked(log4j, range('vers:maven/<')), /has no version/],
  [asked(`${log4j}@1`, range('<2')), /the version 1 alone/],
  [asked('log4j-core', range('<2')), /names no scheme/],
  [asked(log4j, '&cursor=x'), /not one that a page gave/],
  [asked(log4j, '&nam=x'), /no parameter nam/],
] as const)
  test(`${decodeURIComponent(path)} is a bad question`, async t => {
    const { get } = await told(t);
    const response = await get(path);
    assert.equal(response.status, 400);
    assert.match(await response.text(), reason);
  });

test('a package URL is taken apart whatever is in it', () => {
  for (const text of [
    'pkg:',
    'pkg:/',
    'pkg://npm/a',
    'pkg:npm/a@',
    'pkg:npm/%E0%A4%A',
    '@',
    '',
    'pkg:npm/@a/b@1#x',
    '*',
  ])
    assert.ok(readPattern(text));
  assert.deepEqual(readPattern('pkg:golang/github.com/Acme/x@v1.0.0#sub'), {
    ...{ isExact: false, type: 'golang', namespace: 'github.com/acme', name: 'x', version: 'v1.0.0', qualifiers: [] },
  });
});
