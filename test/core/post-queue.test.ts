import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openPostQueue } from '../../exporters/core/post-queue.ts';

const at = new Date('2026-11-26T10:00:00Z');
const post = (text: string, note = '') => ({
  ...{ body: Buffer.from(text), isGzip: false, inflatedBytes: text.length, at, note },
});

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-queue-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return path.join(folder, 'posts');
}
const queueIn = (directory: string, limits = { maxBytes: 1000, maxPosts: 10 }) =>
  openPostQueue({ source: 'hook', directory, ...limits });

test('posts come out in their order, whole, with what was noted of them, and go when they are removed', async t => {
  const directory = await scratch(t);
  const queue = queueIn(directory);
  await queue.put(post('first', '["logs","tëam/1"]'));
  await Promise.all(['second', 'third'].map(text => queue.put(post(text))));
  const [first, ...others] = queue.oldest({ posts: 10, inflatedBytes: 1000 });
  assert.deepEqual(
    { ...first, id: '', file: '' },
    { id: '', file: '', isGzip: false, bytes: 5, inflatedBytes: 5, at, note: '["logs","tëam/1"]' },
  );
  assert.equal(await readFile(first!.file, 'utf8'), 'first');
  assert.equal(others.length, 2);
  assert.equal(queue.oldest({ posts: 2, inflatedBytes: 1000 }).length, 2);
  assert.equal(queue.oldest({ posts: 10, inflatedBytes: 11 }).length, 2);
  assert.equal(queue.oldest({ posts: 10, inflatedBytes: 1 }).length, 1);
  assert.deepEqual([queue.posts(), queue.bytes()], [3, 16]);
  await queue.remove([first!]);
  assert.deepEqual([queue.posts(), queue.bytes()], [2, 11]);
  assert.equal((await readdir(directory)).length, 2);
});

test('what was kept is there after a restart, ids go on growing, and half a file is none', async t => {
  const directory = await scratch(t);
  const queue = queueIn(directory);
  await queue.put(post('kept', 'note'));
  const [kept] = queue.oldest({ posts: 1, inflatedBytes: 1 });
  await writeFile(path.join(directory, `${kept!.id}.tmp`), 'ke');
  const again = queueIn(directory);
  assert.deepEqual(again.oldest({ posts: 1, inflatedBytes: 1 }), [kept]);
  assert.deepEqual(await readdir(directory), [kept!.id]);
  await again.put(post('next'));
  const ids = again.oldest({ posts: 10, inflatedBytes: 100 }).map(({ id }) => id);
  assert.ok(ids[0] === kept!.id && ids[1]! > ids[0]!);
  await again.remove(again.oldest({ posts: 10, inflatedBytes: 100 }));
  const empty = queueIn(directory);
  await empty.put(post('later'));
  assert.ok(empty.oldest({ posts: 1, inflatedBytes: 1 })[0]!.id > ids[1]!);
});

test('a full queue takes nothing more, by bytes or by number, until some are removed', async t => {
  const queue = queueIn(await scratch(t), { maxBytes: 10, maxPosts: 2 });
  await queue.put(post('12345678'));
  await assert.rejects(queue.put(post('901')), { code: 'PUSH_BUSY' });
  const fits = await Promise.allSettled(['a', 'b', 'c'].map(text => queue.put(post(text))));
  assert.deepEqual(
    fits.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  );
  await queue.remove(queue.oldest({ posts: 1, inflatedBytes: 1 }));
  await queue.put(post('d'));
});
