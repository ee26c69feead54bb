/** When releases end, as endoflife.date lists it: read, kept, and what images on them then are. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Scan } from '../../../exporters/supply-chain/document.ts';
import { documentKinds } from '../../../exporters/supply-chain/kinds.ts';
import type { EndOfLifeList } from '../../../exporters/supply-chain/lists.ts';
import { imagesByBase } from '../../../exporters/supply-chain/metrics.ts';
import { readDocument } from '../../../exporters/supply-chain/raw-document.ts';
import { running, scan } from '../books.ts';
import { documentRun } from '../document-run.ts';
import { corpusFolder, readAuto } from '../documents.ts';
import { openHeardBooks } from '../heard-books.ts';

const debian = [
  { cycle: '12', codename: 'Bookworm', releaseDate: '2023-06-10', eol: '2026-06-10', latest: '12.5', lts: false },
  { cycle: 11, releaseDate: '2021-08-14', eol: '2024-08-14', latest: '11.11' },
  { cycle: '13', eol: false },
  { cycle: '7', eol: true },
];
const cycles = [
  ...[
    { cycle: '12', endOn: '2026-06-10' },
    { cycle: '11', endOn: '2024-08-14' },
  ],
  ...[
    { cycle: '13', isEnded: false },
    { cycle: '7', isEnded: true },
  ],
];
const text = JSON.stringify(debian);

test('the product is what the place says, else how the file is called', async () => {
  const named = { scope: 'Debian' };
  for (const [place, file] of [
    ...[[{}, 'lists/eol-debian.json'] as const, [{}, 'debian.json'] as const, [{}, 'eol-debian.json.gz'] as const],
    ...[[named, 'post of Debian'] as const, [named, 'eol-ubuntu.json'] as const],
    [{ scope: 'cluster:eu' }, 'debian.json'] as const,
  ]) {
    const { kind, heard, records, rejections } = await readAuto(text, place, file);
    assert.deepEqual([kind, records, rejections], ['endoflife', 4, []], file);
    assert.deepEqual(heard, { endOfLife: { product: 'debian', at: '2026-11-20T10:00:00.000Z', cycles } });
  }
  assert.equal((await readAuto(text, {}, 'post of ci')).fault, 'missing_subject');
  assert.equal((await readAuto(text, { image: 'debian:12' }, 'post of debian:12')).fault, 'missing_subject');
  assert.equal((await readAuto('["debian", "ubuntu"]', {}, 'eol-all.json')).kind, '');
});

test('a cycle that says nothing is kept apart, and the others count', async () => {
  const odd = [{ cycle: '', eol: true }, { cycle: '9', eol: 'soon' }, { cycle: '8' }, 'x', { cycle: '12', eol: false }];
  const { heard, records, rejections } = await readAuto(JSON.stringify(odd), {}, 'debian.json');
  assert.deepEqual(heard.endOfLife?.cycles, [{ cycle: '12', isEnded: false }]);
  assert.equal(records, 5);
  assert.deepEqual(
    rejections.map(({ line, reason }) => `${line} ${reason}`),
    ['1 missing_cycle', '2 invalid_date', '3 invalid_date', '4 not_an_object'],
  );
});

test('the real list is read whole, and the list of all products is names alone', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  const bytes = readFileSync(path.join(folder, 'guac/eol-sapmachine.json'));
  const { heard, records, rejections } = await readAuto(bytes, {}, 'guac/eol-sapmachine.json');
  const said = bytes.toString('utf8');
  const count = (pattern: RegExp) => said.match(pattern)?.length ?? 0;
  assert.ok(records > 0);
  assert.deepEqual([records, rejections, heard.endOfLife?.product], [count(/"cycle":/g), [], 'sapmachine']);
  assert.equal(heard.endOfLife?.cycles.filter(one => one.endOn).length, count(/"eol": "\d{4}-\d\d-\d\d"/g));
  const all = readFileSync(path.join(folder, 'guac/eol-all.json'));
  const context = { at: new Date(0), now: new Date(0), place: {}, file: 'guac/eol-all.json' };
  assert.equal((await readDocument('auto', all, context)).fault, 'names_alone');
});

const list = (product: string, at: string, told: EndOfLifeList['cycles']) => ({
  endOfLife: { product, at, cycles: told },
});

test('an image is supported until the day that its operating system ends, and past it after', async () => {
  const books = await openHeardBooks();
  const on = (of: string, family: string, version: string, more: Partial<Scan> = {}, isEndOfLife?: boolean) =>
    scan(of, 1, [], { os: { family, version, ...(isEndOfLife === undefined ? {} : { isEndOfLife }) }, ...more });
  const scans = [
    on('shop@a', 'debian', '12.5', { scanner: 'grype' }),
    // Of 3.18, and not of 3; Trivy said at its time that it was supported.
    on('shop@b', 'alpine', '3.18.4', {}, false),
    on('shop@c', 'amazon', '2 (Karoo)', {}, false),
    // 1 is no beginning of 12: no word, and no cycle.
    on('shop@d', 'ubuntu', '12.04'),
    // What a scanner calls past its end is, whatever is listed.
    on('shop@e', 'debian', '13', {}, true),
  ];
  const images = ['shop@a', 'shop@b', 'shop@c', 'shop@d', 'shop@e'];
  await books.hear({ scans, running: [running(2, images)] }, '2026-02-10T03:00:00Z');
  const bases = async (at: string) =>
    (await books.lines(imagesByBase, at)).map(line => line.split(' ').slice(-3).join(' '));
  assert.deepEqual(await bases('2026-02-10T04:00:00Z'), ['end_of_life = 1', 'supported = 2', 'unknown = 2']);

  const told = '2026-02-10T05:00:00Z';
  await books.hear(list('debian', told, [...cycles]), told);
  await books.hear(list('ubuntu', told, [{ cycle: '1', isEnded: true }]), told);
  await books.hear(list('amazon-linux', told, [{ cycle: '2', isEnded: true }]), told);
  const alpine = [
    { cycle: '3', isEnded: true },
    { cycle: '3.18', endOn: '2026-02-12' },
  ];
  await books.hear(list('alpine-linux', told, alpine), told);
  assert.deepEqual(await bases('2026-02-10T04:00:00Z'), ['end_of_life = 1', 'supported = 2', 'unknown = 2']);
  // amazon has ended since it was told; debian 12 is known to be supported.
  assert.deepEqual(await bases('2026-02-11T23:59:59Z'), ['end_of_life = 2', 'supported = 2', 'unknown = 1']);
  assert.deepEqual(await bases('2026-02-12T00:00:00Z'), ['end_of_life = 3', 'supported = 1', 'unknown = 1']);
  await books.close();
});

test('the newest word of a cycle counts, and the same word again is no row', async () => {
  const books = await openHeardBooks();
  const hear = (at: string, endOn: string) => books.hear(list('debian', at, [{ cycle: '12', endOn }]), at);
  const rows = async () =>
    (await books.rows('FROM end_of_life_cycles ORDER BY occurred_at')).map(({ end_on }) => String(end_on));
  await hear('2026-02-10T05:00:00Z', '2026-06-10');
  await hear('2026-02-11T05:00:00Z', '2026-06-10');
  assert.equal((await rows()).length, 1);
  await hear('2026-02-12T05:00:00Z', '2026-03-01');
  await books.hear(
    list('debian', '2026-02-09T05:00:00Z', [{ cycle: '12', endOn: '2030-01-01' }]),
    '2026-02-13T05:00:00Z',
  );
  assert.deepEqual(await rows(), ['2026-06-10', '2026-03-01']);
  await books.close();
});

test('a post names the product, and only an admin may tell what holds for everyone', async t => {
  const run = await documentRun(t, { kinds: documentKinds });
  const post = { kind: 'auto', body: text, query: { scope: 'debian' }, now: '2026-11-20T10:00:00Z' };
  const principal = { name: 'shop-ci', role: 'team', team: 'shop' } as const;
  await assert.rejects(run.post({ ...post, principal }), { code: 'PUSH_FORBIDDEN' });
  await assert.rejects(run.post({ ...post, query: {} }), /nothing says what it is of/);
  assert.equal((await run.post(post)).changed, 4);
  assert.deepEqual(await run.rows('SELECT DISTINCT product FROM end_of_life_cycles'), [{ product: 'debian' }]);
});
