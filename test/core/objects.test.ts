import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { PlumblineError } from '../../exporters/core/errors.ts';
import { listFiles } from '../../exporters/core/files.ts';
import { fileNameOf, mirror, type ObjectStore, type RemoteObject } from '../../exporters/core/objects.ts';
import { startLocalServer } from './local-server.ts';

const modified = new Date('2026-11-02T10:00:00Z');

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'plumbline-objects-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return path.join(directory, 'cache');
}

/** A store in memory: texts by key; the etag is the text's own unless given. */
function storeOf(objects: Record<string, string>, etags: Record<string, string> = {}) {
  const opened: string[] = [];
  const store: ObjectStore = {
    list: async function* (prefix) {
      for (const [key, text] of Object.entries(objects))
        if (key.startsWith(prefix)) yield { key, size: Buffer.byteLength(text), etag: etags[key] ?? text, modified };
    },
    open: async ({ key }) => {
      opened.push(key);
      return Readable.from([Buffer.from(objects[key] ?? '')]);
    },
  };
  return { store, opened };
}

const visible = async (directory: string) =>
  (await listFiles(directory, () => true)).map(file => path.relative(directory, file.path));

test('what is selected appears under its key, with its time, and once', async t => {
  const directory = await folder(t);
  const objects = {
    'bills/2026-10/a.csv': 'one',
    'bills/2026-11/b.csv': 'two',
    'bills/read.me': 'x',
    'bills/2026-11/': '',
    other: 'y',
  };
  const { store, opened } = storeOf(objects);
  const select = ({ key }: RemoteObject) => key.endsWith('.csv');
  const first = await mirror(store, { prefix: 'bills/', directory, select });
  const files = ['bills/2026-10/a.csv', 'bills/2026-11/b.csv'];
  assert.deepEqual(first, { downloaded: files.map(file => path.join(directory, file)), unchanged: 0, dropped: [] });
  assert.deepEqual(await visible(directory), files);
  assert.equal(await readFile(path.join(directory, files[1]!), 'utf8'), 'two');
  assert.equal((await stat(path.join(directory, files[0]!))).mtimeMs, modified.getTime());
  assert.deepEqual(await mirror(store, { prefix: 'bills/', directory, select }), {
    downloaded: [],
    unchanged: 2,
    dropped: [],
  });
  assert.deepEqual(opened.toSorted(), files);
});

test('a changed object is downloaded anew, and its file is seen to have changed though size and time are the same', async t => {
  const directory = await folder(t);
  const objects: Record<string, string> = { 'a.csv': 'one', 'b.csv': 'two' };
  const { store, opened } = storeOf(objects);
  await mirror(store, { prefix: '', directory });
  const before = await listFiles(directory, () => true);
  objects['a.csv'] = 'ONE';
  const { downloaded, unchanged } = await mirror(store, { prefix: '', directory });
  assert.deepEqual([downloaded, unchanged], [[path.join(directory, 'a.csv')], 1]);
  assert.equal(await readFile(path.join(directory, 'a.csv'), 'utf8'), 'ONE');
  const after = await listFiles(directory, () => true);
  assert.deepEqual([after[0]?.size, after[0]?.mtimeMs === before[0]?.mtimeMs], [3, false]);
  assert.deepEqual(after[1], before[1]);
  assert.deepEqual(opened.slice(2), ['a.csv']);
});

test('a local copy that is gone or cut is downloaded again', async t => {
  const directory = await folder(t);
  const { store } = storeOf({ 'a.csv': 'one', 'b.csv': 'two', 'c.csv': 'three' });
  await mirror(store, { prefix: '', directory });
  await rm(path.join(directory, 'a.csv'));
  await writeFile(path.join(directory, 'b.csv'), 't');
  assert.equal((await mirror(store, { prefix: '', directory })).downloaded.length, 2);
  assert.equal(await readFile(path.join(directory, 'b.csv'), 'utf8'), 'two');
});

test('what the store has dropped stays, unless it is asked to go; what we did not download always stays', async t => {
  const directory = await folder(t);
  const objects: Record<string, string> = { 'p/a': '1', 'p/b': '2', 'q/c': '3' };
  const { store } = storeOf(objects);
  await mirror(store, { prefix: '', directory });
  await writeFile(path.join(directory, 'p/mine'), 'x');
  delete objects['p/a'];
  assert.deepEqual((await mirror(store, { prefix: 'p/', directory })).dropped, ['p/a']);
  assert.deepEqual(await visible(directory), ['p/a', 'p/b', 'p/mine', 'q/c']);
  assert.deepEqual((await mirror(store, { prefix: 'p/', directory, deleteDropped: true })).dropped, ['p/a']);
  assert.deepEqual(await visible(directory), ['p/b', 'p/mine', 'q/c']);
  assert.deepEqual((await mirror(store, { prefix: 'p/', directory, deleteDropped: true })).dropped, []);
});

test('an object that fails or ends early leaves the old file, the others arrive, and the whole is an error', async t => {
  const directory = await folder(t);
  const objects: Record<string, string> = { a: 'one', b: 'two', c: 'three' };
  const { store } = storeOf(objects);
  await mirror(store, { prefix: '', directory });
  Object.assign(objects, { a: 'ONE!', b: 'TWO!', c: 'THREE!' });
  const faulty: ObjectStore = {
    ...store,
    open: async (object, signal) => {
      if (object.key === 'a') throw new Error('403 for https://u:hunter2@host/a?sig=hunter2');
      if (object.key === 'b') return Readable.from([Buffer.from('TW')]);
      return store.open(object, signal);
    },
  };
  await assert.rejects(mirror(faulty, { prefix: '', directory, deleteDropped: true }), (error: unknown) => {
    assert.ok(error instanceof PlumblineError);
    assert.deepEqual([error.code, error.details.count, error.details.total], ['MIRROR_FAILED', 2, 3]);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
  const texts = await Promise.all(['a', 'b', 'c'].map(name => readFile(path.join(directory, name), 'utf8')));
  assert.deepEqual(texts, ['one', 'two', 'THREE!']);
  const { downloaded } = await mirror(store, { prefix: '', directory });
  assert.deepEqual(
    downloaded.map(file => path.basename(file)),
    ['a', 'b'],
  );
});

test('a list that breaks off deletes nothing', async t => {
  const directory = await folder(t);
  const { store } = storeOf({ a: '1', b: '2' });
  await mirror(store, { prefix: '', directory });
  const broken: ObjectStore = {
    ...store,
    list: async function* (prefix) {
      for await (const object of store.list(prefix)) {
        yield object;
        throw new Error('page 2 did not come');
      }
    },
  };
  await assert.rejects(mirror(broken, { prefix: '', directory, deleteDropped: true }), /page 2/);
  assert.deepEqual(await visible(directory), ['a', 'b']);
});

test('no more are downloaded at once than told, and a stop ends it with its reason', async t => {
  const directory = await folder(t);
  let underWay = 0;
  let most = 0;
  const { store } = storeOf(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, 'x'])));
  const counting: ObjectStore = {
    ...store,
    open: async object => {
      underWay += 1;
      most = Math.max(most, underWay);
      const body = await store.open(object);
      body.once('close', () => {
        underWay -= 1;
      });
      return body;
    },
  };
  const progress: number[][] = [];
  await mirror(counting, { prefix: '', directory, concurrency: 3, onProgress: (...told) => progress.push(told) });
  assert.equal(most, 3);
  assert.deepEqual([progress.length, progress.at(-1)], [20, [20, 20]]);

  const abort = new AbortController();
  const endless: ObjectStore = {
    ...store,
    open: async () => {
      setImmediate(() => abort.abort(new Error('stopped')));
      return new Readable({ read: () => undefined });
    },
  };
  const stopped = mirror(endless, { prefix: '', directory: await folder(t), signal: abort.signal });
  await assert.rejects(stopped, /stopped/);
});

test('keys become names that stay within the folder and are never shared', async t => {
  const directory = await folder(t);
  const keys = [
    '../up',
    '/root',
    'a//b',
    'a/./b',
    'a/%/b',
    'a/b',
    'a/%2E/b',
    'a\\b',
    'a\nb',
    'ü/x y:z*',
    '..a/b',
    'period=2026-11/a?b=c',
  ];
  assert.equal(new Set(keys.map(fileNameOf)).size, keys.length);
  const { store } = storeOf(Object.fromEntries(keys.map(key => [key, key])));
  const { downloaded } = await mirror(store, { prefix: '', directory });
  assert.ok(downloaded.every(file => file.startsWith(directory + path.sep)));
  assert.deepEqual(await readdir(path.dirname(directory)), ['cache']);
  const texts = await Promise.all(downloaded.map(file => readFile(file, 'utf8')));
  assert.deepEqual(texts, keys);
  assert.equal(fileNameOf('bills/2026-11/part-0 (1).csv.gz'), 'bills/2026-11/part-0 (1).csv.gz');
});

test('over HTTP, a process that is killed half-way leaves whole files alone, and the next goes on', async t => {
  const directory = await folder(t);
  const content = (key: string) => Buffer.alloc(200_000, key);
  const requested: string[] = [];
  let stall = true;
  const held = Promise.withResolvers<void>();
  const { url } = await startLocalServer(t, (request, response) => {
    const key = decodeURIComponent((request.url ?? '').slice(1));
    requested.push(key);
    response.setHeader('content-length', 200_000);
    if (!stall || key < 'k2') return void response.end(content(key));
    response.write(content(key).subarray(0, 100_000));
    if (requested.length === 4) held.resolve();
  });
  const module = path.resolve(import.meta.dirname, '../../exporters/core/objects.ts');
  const program = `
    import http from 'node:http';
    import { mirror } from ${JSON.stringify(module)};
    const get = url => new Promise((resolve, reject) => http.get(url, { agent: false }, resolve).on('error', reject));
    const store = {
      async *list() { for (let n = 0; n < 6; n++) yield { key: 'k' + n, size: 200000, etag: 'e' + n, modified: new Date(0) }; },
      open: ({ key }) => get(${JSON.stringify(url)} + '/' + key),
    };
    await mirror(store, { prefix: '', directory: ${JSON.stringify(directory)}, concurrency: 2 });`;
  const start = () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'inherit', 'inherit'] });
  const killed = start();
  await held.promise;
  // Half of two is on its way to the disk.
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  assert.deepEqual(await visible(directory), ['k0', 'k1']);
  await appendFile(path.join(directory, '.objects.jsonl'), '{"key":"k5","et');
  stall = false;
  requested.length = 0;
  const [code] = (await once(start(), 'exit')) as [number];
  assert.equal(code, 0);
  assert.deepEqual(requested.toSorted(), ['k2', 'k3', 'k4', 'k5']);
  for (const name of await visible(directory))
    assert.ok((await readFile(path.join(directory, name))).equals(content(name)), name);
  assert.deepEqual(await readdir(path.join(directory, '.partial')), []);
});
