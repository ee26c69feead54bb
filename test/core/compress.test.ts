import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createPageStore, sendSlices, sliceBytes } from '../../exporters/core/compress.ts';
import { seededRandom } from './random.ts';

const random = seededRandom(11);
const lines = (n: number) =>
  Buffer.from(Array.from({ length: n }, (_, index) => `cost{team="t${index % 40}"} ${random()}\n`).join(''));

test('a compressed page and its changing end are one gzip body', async () => {
  const store = createPageStore();
  const parts = [Buffer.from('# HELP\n'), lines(30_000), Buffer.alloc(0), lines(3)];
  const page = store.page('', '1', () => parts);
  for (const tail of ['', '# EOF\n', `${lines(2000)}`]) {
    const body = Buffer.concat(await page.gzip(Buffer.from(tail)));
    assert.ok(gunzipSync(body).equals(Buffer.concat([...parts, Buffer.from(tail)])));
    assert.ok(body.length < 0.5 * (parts[1]?.length ?? 0));
  }
  const empty = store.page('empty', '1', () => []);
  assert.equal(gunzipSync(Buffer.concat(await empty.gzip(Buffer.from('x')))).toString(), 'x');
});

test('a page is built and compressed once a tag', async () => {
  const store = createPageStore();
  let built = 0;
  const build = () => {
    built += 1;
    return [Buffer.from(`page ${built} `)];
  };
  const [a, b] = [store.page('k', '1', build), store.page('k', '1', build)];
  const [first, second] = await Promise.all([a.gzip(Buffer.from('x')), b.gzip(Buffer.from('y'))]);
  assert.equal(first[1], second[1]);
  assert.equal(gunzipSync(Buffer.concat(second)).toString(), 'page 1 y');
  assert.equal(
    gunzipSync(Buffer.concat(await store.page('k', '2', build).gzip(Buffer.from('z')))).toString(),
    'page 2 z',
  );
  assert.equal(built, 2);
});

test('a body goes out in slices, each after the reader has taken the one before', async () => {
  const taken: Buffer[] = [];
  let inside = 0;
  const reader = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _, done) => {
      inside += 1;
      assert.equal(inside, 1);
      setImmediate(() => {
        inside -= 1;
        taken.push(chunk);
        done();
      });
    },
  });
  const parts = [lines(20_000), lines(1)];
  await sendSlices(reader, parts);
  await new Promise(resolve => reader.once('finish', resolve));
  assert.ok(Buffer.concat(taken).equals(Buffer.concat(parts)));
  assert.ok(taken.length > 3 && taken.every(chunk => chunk.length <= sliceBytes));
});

test('a reader that leaves ends the sending', async () => {
  const reader = new Writable({ highWaterMark: 1, write: () => reader.destroy() });
  await sendSlices(reader, [lines(20_000)]);
  assert.ok(reader.destroyed);
});
