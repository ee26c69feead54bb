import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { PlumblineError } from '../../exporters/core/errors.ts';
import { openSpool } from '../../exporters/core/spool.ts';

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-spool-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'spool');
}

test('requests leave in the order they came, across a reopening', async t => {
  const directory = await folder(t);
  const first = openSpool({ directory });
  await Promise.all(['a', 'b', 'c'].map((text, index) => first.put(Buffer.from(text), index + 1)));
  const spool = openSpool({ directory });
  assert.deepEqual([spool.entries(), spool.samples(), spool.bytes()], [3, 6, 27]);
  await spool.put(Buffer.from('d'), 4);
  const seen: string[] = [];
  for (let entry = await spool.oldest(); entry; entry = await spool.oldest()) {
    seen.push(`${entry.body}${entry.samples}`);
    await spool.remove(entry.id);
  }
  assert.deepEqual(seen, ['a1', 'b2', 'c3', 'd4']);
  assert.deepEqual([spool.entries(), spool.samples(), spool.bytes()], [0, 0, 0]);
  assert.deepEqual(await readdir(directory), []);
});

test('a put that does not fit is refused, and fits once another has left', async t => {
  const spool = openSpool({ directory: await folder(t), maxBytes: 100 });
  await spool.put(Buffer.alloc(80), 1);
  await assert.rejects(
    spool.put(Buffer.alloc(80), 1),
    (error: unknown) => error instanceof PlumblineError && error.code === 'SPOOL_FULL',
  );
  assert.equal(spool.entries(), 1);
  const changed = spool.changed();
  await spool.remove((await spool.oldest())?.id ?? '');
  await changed;
  await spool.put(Buffer.alloc(80), 1);
});

test('what a kill left half-written is removed at the next opening', async t => {
  const directory = await folder(t);
  await openSpool({ directory }).put(Buffer.from('whole'), 1);
  await writeFile(join(directory, '000000000002-1.rw.tmp'), 'hal');
  assert.equal(openSpool({ directory }).entries(), 1);
  assert.deepEqual(await readdir(directory), ['000000000001-1.rw']);
});

test('a damaged file is kept for 30 days', async t => {
  const directory = await folder(t);
  openSpool({ directory });
  for (const [name, daysAgo] of [
    ['000000000001-1.rw.damaged', 31],
    ['000000000002-1.rw.damaged', 29],
    ['000000000003-1.rw', 31],
  ] as const) {
    const at = new Date(Date.now() - daysAgo * 864e5);
    await writeFile(join(directory, name), 'x');
    await utimes(join(directory, name), at, at);
  }
  assert.equal(openSpool({ directory }).entries(), 1);
  assert.deepEqual((await readdir(directory)).sort(), ['000000000002-1.rw.damaged', '000000000003-1.rw']);
});

test('damaged files are set aside and reported, and the rest goes on', async t => {
  const directory = await folder(t);
  const spool = openSpool({ directory });
  for (const text of ['first', 'second', 'third', 'fourth']) await spool.put(Buffer.from(text), 2);
  const names = (await readdir(directory)).sort();
  await truncate(join(directory, names[0] ?? ''), 10);
  const bytes = await readFile(join(directory, names[1] ?? ''));
  bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
  await writeFile(join(directory, names[1] ?? ''), bytes);
  await truncate(join(directory, names[2] ?? ''), 6);
  const damaged: string[] = [];
  const again = openSpool({ directory, onDamaged: (file, samples) => damaged.push(`${file} ${samples}`) });
  assert.equal((await again.oldest())?.body.toString(), 'fourth');
  assert.deepEqual(
    damaged,
    names.slice(0, 3).map(name => `${join(directory, name)} 2`),
  );
  assert.deepEqual((await readdir(directory)).sort(), [...names.slice(0, 3).map(name => `${name}.damaged`), names[3]]);
  assert.equal(again.samples(), 2);
});

test('a killed process loses no request that was acknowledged, and leaves none half', async t => {
  const directory = await folder(t);
  const module = new URL('../../exporters/core/spool.ts', import.meta.url).href;
  const script = `import { openSpool } from ${JSON.stringify(module)};
    const spool = openSpool({ directory: ${JSON.stringify(directory)} });
    for (let n = 0; ; n++) { await spool.put(Buffer.alloc(50_000, String(n)), 1); console.log(n); }`;
  let acknowledged = 0;
  for (let round = 0; round < 5; round += 1) {
    const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(child.stdout);
    let here = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      here += Number(line) >= 0 ? 1 : 0;
      if (here === 5 + round * 3) child.kill('SIGKILL');
    }
    acknowledged += here;
  }
  const damaged: string[] = [];
  const spool = openSpool({ directory, onDamaged: file => damaged.push(file) });
  assert.ok(spool.entries() >= acknowledged && acknowledged > 0, `${spool.entries()} of ${acknowledged}`);
  for (let entry = await spool.oldest(); entry; entry = await spool.oldest()) await spool.remove(entry.id);
  assert.deepEqual([damaged, await readdir(directory)], [[], []]);
});

test('a folder that cannot be written is an error that names it', async t => {
  const directory = await folder(t);
  await writeFile(directory, 'a file');
  assert.throws(
    () => openSpool({ directory }),
    (error: unknown) =>
      error instanceof PlumblineError && error.code === 'SPOOL_FAILED' && error.message.includes(directory),
  );
});
