/** ClearlyDefined's definitions: which package each is of, what it declares, and what follows for licences by policy. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { documentKinds } from '../../../exporters/supply-chain/kinds.ts';
import type { PackageLicense } from '../../../exporters/supply-chain/lists.ts';
import { licenseFindings } from '../../../exporters/supply-chain/metrics.ts';
import { hour, running, runs } from '../books.ts';
import { documentRun } from '../document-run.ts';
import { corpusFolder, readAuto } from '../documents.ts';
import { openHeardBooks, sbom } from '../heard-books.ts';

/** `npm/npmjs/@acme/cart/1.0.0`, as the API and its site write coordinates. */
function definition(coordinates: string, declared?: string, updated = '2026-03-01T10:00:00.000Z') {
  const [type, provider, namespace, name, ...revision] = coordinates.split('/');
  return {
    coordinates: {
      ...{ type, provider, name, revision: revision.join('/') },
      ...(namespace === '-' ? {} : { namespace }),
    },
    described: { releaseDate: '2026-01-01' },
    licensed: { ...(declared === undefined ? {} : { declared }), score: { total: 60 } },
    _meta: { schemaVersion: '1.7.0', updated },
  };
}
const read = (body: unknown) => readAuto(JSON.stringify(body));
const lines = (told: readonly PackageLicense[] = []) =>
  told.map(({ purl, version, license, at }) => `${purl} ${version} ${license} ${at}`);

for (const [coordinates, wanted] of [
  ['maven/mavencentral/org.acme/cart/1.0', 'pkg:maven/org.acme/cart 1.0'],
  ['sourcearchive/mavencentral/org.acme/cart/1.0', 'pkg:maven/org.acme/cart?classifier=sources 1.0'],
  ['npm/npmjs/-/cart/1.0.0', 'pkg:npm/cart 1.0.0'],
  ['npm/npmjs/@acme/cart/1.0.0', 'pkg:npm/%40acme/cart 1.0.0'],
  ['pypi/pypi/-/acme_cart/1.0', 'pkg:pypi/acme_cart 1.0'],
  ['crate/cratesio/-/cart/1.0.0', 'pkg:cargo/cart 1.0.0'],
  ['go/golang/github.com%2Facme/cart/v1.0.0', 'pkg:golang/github.com/acme/cart v1.0.0'],
  ['pod/cocoapods/-/Cart/1.0', 'pkg:cocoapods/Cart 1.0'],
  ['deb/debian/-/cart/1.0-1+deb12u1_amd64', 'pkg:deb/debian/cart 1.0-1+deb12u1'],
  ['debsrc/debian/-/cart/1.0-1', 'pkg:deb/debian/cart?arch=source 1.0-1'],
  ['git/github/acme/cart/0f1e2d3c', 'pkg:github/acme/cart 0f1e2d3c'],
] as const)
  test(`the coordinates ${coordinates} are ${wanted}`, async () => {
    const { kind, heard, rejections } = await read(definition(coordinates, 'MIT'));
    assert.equal(kind, 'clearlydefined');
    assert.deepEqual(lines(heard.packageLicenses), [`${wanted} MIT 2026-03-01T10:00:00.000Z`]);
    assert.deepEqual(rejections, []);
  });

test('what nobody could tell is no licence, and an expression is one', async () => {
  const declared = [undefined, '', 'NOASSERTION', 'NONE', 'OTHER', 'MIT OR Apache-2.0'];
  const { heard } = await read(declared.map((one, index) => definition(`npm/npmjs/-/a${index}/1`, one)));
  assert.deepEqual(
    heard.packageLicenses?.map(({ license }) => license),
    ['', '', '', '', '', 'MIT OR Apache-2.0'],
  );
});

test('lists, both answers of the API and statements tell the same', async () => {
  const one = definition('npm/npmjs/-/cart/1.0.0', 'MIT');
  const wanted = ['pkg:npm/cart 1.0.0 MIT 2026-03-01T10:00:00.000Z'];
  const statement = {
    ...{ _type: 'https://in-toto.io/Statement/v1', subject: [{ uri: 'pkg:npm/cart@1.0.0' }] },
    predicateType: 'https://in-toto.io/attestation/clearlydefined/v0.1',
    predicate: { definition: one, metadata: { scannedOn: '2026-04-01T00:00:00Z' } },
  };
  const { _type: type, predicateType, ...rest } = statement;
  const guac = { ...rest, type, predicate_type: predicateType };
  for (const body of [[one], { data: [one] }, { 'npm/npmjs/-/cart/1.0.0': one }, statement, guac]) {
    const { kind, heard } = await read(body);
    assert.equal(kind, 'clearlydefined', JSON.stringify(body).slice(0, 60));
    assert.deepEqual(lines(heard.packageLicenses), wanted);
  }
  for (const body of [{ licensed: {} }, { coordinates: { type: 'npm' } }, { data: [] }, [{ licensed: {} }]])
    assert.equal((await read(body)).kind, '');
});

test('a definition of no known package is a rejection, and the others are read', async () => {
  const { heard, records, rejections } = await read([
    definition('npm/npmjs/-/cart/1.0.0', 'MIT'),
    definition('floppy/drawer/-/cart/1.0.0', 'MIT'),
    definition('npm/npmjs/-/cart/', 'MIT'),
    { coordinates: null },
  ]);
  assert.deepEqual([heard.packageLicenses?.length, records], [1, 4]);
  assert.deepEqual(
    rejections.map(({ line, reason }) => `${line} ${reason}`),
    ['2 unknown_package_type', '3 missing_version', '4 not_a_definition'],
  );
});

test('the definitions of the corpus say what an independent look at them finds', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  const files = globSync('guac/**/cd-*.json', { cwd: folder }).sort();
  const found: string[] = [];
  const wanted: string[] = [];
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const { kind, heard, records, rejections } = await readAuto(text);
    assert.deepEqual([kind, records, rejections], ['clearlydefined', 1, []], file);
    for (const { purl, version, license, at } of heard.packageLicenses ?? [])
      found.push([purl.replace(/^.*\/|\?.*$/g, ''), version, license, Date.parse(at)].join(' '));
    const field = (name: string, from: string) => new RegExp(`"${name}":\\s*"([^"]*)"`).exec(from)?.[1] ?? '';
    const coordinates = /"coordinates":\s*\{[^}]*\}/.exec(text)?.[0] ?? '';
    const [name, revision] = [field('name', coordinates), field('revision', coordinates)];
    wanted.push([name, revision, field('declared', text), Date.parse(field('updated', text))].join(' '));
  }
  assert.deepEqual(found, wanted);
  const licensed = found.filter(line => line.includes(' Apache-2.0 '));
  assert.deepEqual([files.length, licensed.length], [8, 5]);
});

const told = (license: string, at: number, name = 'a'): { readonly packageLicenses: readonly PackageLicense[] } => ({
  packageLicenses: [{ purl: `pkg:npm/${name}`, version: '1', license, at: hour(at) }],
});

test('a package without a licence is judged by what is said of it, from when that is known', async t => {
  const books = await openHeardBooks({ licenses: { deny: ['AGPL-*', 'BUSL-*'] } });
  t.after(() => books.close());
  const findings = (at: number) => books.lines(licenseFindings, hour(at));
  const agpl = ['shop unassigned AGPL-3.0-only high = 1'];
  const list = ['pkg:npm/a@1', 'pkg:npm/a@2', 'pkg:npm/b@1 MIT', 'pkg:npm/c@1 NOASSERTION'];
  await books.hear({ sboms: [sbom('shop@1', hour(1), list)], running: [running(1, [runs('shop@1')])] }, hour(1));
  assert.deepEqual(await findings(1.5), []);
  await books.hear(told('AGPL-3.0-only', 0), hour(2));
  assert.deepEqual(await findings(2.5), agpl);
  assert.deepEqual(await findings(1.5), [], 'before it was known');
  // What is older, of what has a licence, of another version or of sources changes nothing.
  await books.hear(told('BUSL-1.1', -1), hour(3));
  await books.hear(told('BUSL-1.1', 0, 'b'), hour(3));
  await books.hear(
    { packageLicenses: [{ purl: 'pkg:npm/a?classifier=sources', version: '1', license: 'BUSL-1.1', at: hour(2) }] },
    hour(3),
  );
  assert.deepEqual(await findings(3.5), agpl);
  await books.hear(told('BUSL-1.1', 3, 'c'), hour(4));
  assert.deepEqual(await findings(4.5), [...agpl, 'shop unassigned BUSL-1.1 high = 1']);
  // The newest word holds, also that there is none.
  const last = [told('MIT', 4), told('', 4, 'c')].flatMap(({ packageLicenses }) => packageLicenses);
  await books.hear({ packageLicenses: last }, hour(5));
  assert.deepEqual(await findings(5.5), []);
  assert.deepEqual(
    await books.rows(
      "SELECT name, license FROM package_licenses WHERE version = '1' AND NOT is_source ORDER BY name, occurred_at",
    ),
    [
      { name: 'a', license: 'AGPL-3.0-only' },
      { name: 'a', license: 'MIT' },
      { name: 'b', license: 'BUSL-1.1' },
      { name: 'c', license: 'BUSL-1.1' },
      { name: 'c', license: '' },
    ],
  );
  // What is known before a bill of materials arrives holds for it.
  await books.hear(told('AGPL-3.0-only', 5, 'd'), hour(6));
  await books.hear(
    { sboms: [sbom('shop@2', hour(7), ['pkg:npm/d@1'])], running: [running(7, [runs('shop@2')])] },
    hour(7),
  );
  assert.deepEqual(await findings(7.5), agpl);
});

test('posts tell of licences for everyone: an admin may, a team may not', async t => {
  const { post, rows } = await documentRun(t, { kinds: documentKinds });
  const body = JSON.stringify(definition('npm/npmjs/-/cart/1.0.0', 'MIT'));
  const team = { name: 'shop-ci', role: 'team', team: 'shop' } as const;
  await assert.rejects(post({ kind: 'auto', body, principal: team }), { code: 'PUSH_FORBIDDEN' });
  assert.equal((await post({ kind: 'clearlydefined', body })).changed, 1);
  assert.equal((await post({ kind: 'auto', body })).changed, 0);
  assert.equal((await rows('FROM package_licenses')).length, 1);
});
