import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

async function scratch(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'plumbline-commands-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

describe('the command `plumbline`', () => {
  /** A checkout with the shim and a command of a few lines. */
  async function checkout(t: TestContext, cli: string): Promise<string> {
    const folder = await scratch(t);
    await mkdir(join(folder, 'exporters'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await copyFile(join(root, 'exporters', 'bin.js'), join(folder, 'exporters', 'bin.js'));
    await writeFile(join(folder, 'exporters', 'cli.ts'), cli);
    return join(folder, 'exporters', 'bin.js');
  }

  it('runs the sources on the pinned Node.js, with its arguments, and ends with its exit code', async t => {
    const bin = await checkout(
      t,
      'const args: string[] = process.argv.slice(2);\nconsole.log(process.version, ...args);',
    );
    const { stdout } = await run(process.execPath, [bin, 'explain', 'a b']);
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    assert.equal(stdout, `v${dependencies.node} explain a b\n`);
    const failing = await checkout(t, 'process.exit(7);');
    await assert.rejects(run(process.execPath, [failing]), { code: 7 });
  });

  it('passes on the signal to stop, and waits for the command to end its own way', async t => {
    const bin = await checkout(
      t,
      "process.on('SIGTERM', () => process.exit(3));\nsetInterval(() => {}, 1000);\nconsole.log('up');",
    );
    const child = spawn(process.execPath, [bin], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [3, null]);
  });

  it('says what to do where neither sources nor a build are there', async t => {
    const bin = await checkout(t, '');
    await rm(join(bin, '..', 'cli.ts'));
    await assert.rejects(run(process.execPath, [bin]), /npm run build/);
  });
});

describe('installing what is missing', () => {
  const lock = (version: string) =>
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/a': { version },
        'node_modules/a-for-another-system': { version, optional: true },
      },
    });

  /** A checkout with an npm that notes how it was run, and installs what it is told to. */
  async function checkout(t: TestContext, npm: string) {
    const folder = await scratch(t);
    for (const made of ['.ci', 'bin', 'node_modules/.bin']) await mkdir(join(folder, made), { recursive: true });
    await copyFile(join(root, '.ci', 'ensure.mjs'), join(folder, '.ci', 'ensure.mjs'));
    await writeFile(join(folder, 'package-lock.json'), lock('2.0.0'));
    await writeFile(join(folder, 'node_modules', '.bin', 'node'), '');
    await writeFile(join(folder, 'bin', 'npm'), `#!/bin/sh\necho "$1" >> "${folder}/ran"\n${npm}\n`, { mode: 0o755 });
    const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
    const ensure = () => run(process.execPath, [join(folder, '.ci', 'ensure.mjs')], { env });
    const installed = (version: string) => JSON.stringify({ packages: { 'node_modules/a': { version } } });
    const note = (version: string) => writeFile(join(folder, 'node_modules', '.package-lock.json'), installed(version));
    const ran = () => readFile(join(folder, 'ran'), 'utf8').catch(() => '');
    return { folder, ensure, note, ran, installed };
  }

  it('does nothing when the locked versions are there, whoever installed them', async t => {
    const { ensure, note, ran } = await checkout(t, 'exit 1');
    await note('2.0.0');
    await ensure();
    assert.deepEqual(await ensure(), { stdout: '', stderr: '' });
    assert.equal(await ran(), '');
  });

  it('runs npm ci when the lock file asks for another version, and nothing the second time', async t => {
    const { folder, ensure, note, ran, installed } = await checkout(
      t,
      '[ -e "$0.json" ] && cp "$0.json" node_modules/.package-lock.json',
    );
    await note('1.0.0');
    await writeFile(join(folder, 'bin', 'npm.json'), installed('2.0.0'));
    await ensure();
    await ensure();
    assert.equal(await ran(), 'ci\n');
  });

  it('tries npm install where npm ci refuses, and fails with what npm said when the versions are not the locked ones', async t => {
    const { ensure, note, ran } = await checkout(t, 'echo "no network" >&2; exit 1');
    await note('1.0.0');
    await assert.rejects(ensure(), /no network[\s\S]*not what package-lock\.json says/);
    assert.equal(await ran(), 'ci\ninstall\n');
  });
});
