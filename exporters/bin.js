#!/usr/bin/env node
// Starts the command on the pinned Node.js (the npm package `node`), whatever Node.js the machine has.
// Plain JavaScript, because an older Node.js reads it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
// Node.js strips no types below node_modules: there, and where the sources aren't, the built command runs.
const source = join(here, 'cli.ts');
const isSource = existsSync(source) && !here.split(sep).includes('node_modules');
const built = [join(here, 'cli.js'), join(here, '..', 'dist', 'exporters', 'cli.js')];
const command = isSource ? source : built.find(path => existsSync(path));
if (command === undefined)
  fail(`the command is neither at ${source} nor built at ${built[1]}; build it with: npm run build`);

// What was compiled once is kept where Node.js itself would keep it: a command starts in half the time.
const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env };
const child = spawn(pinnedNode(), [command, ...process.argv.slice(2)], { stdio: 'inherit', env });
child.once('error', error => fail(`starting ${child.spawnfile}: ${error.message}`));
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
  process.on(signal, () => {
    // A terminal sends its interrupt to the whole group, so the child has it already.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.once('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 128 + constants.signals[signal];
});

function pinnedNode() {
  const major = Number(process.versions.node.split('.')[0]);
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  } catch {
    if (major >= 24) return process.execPath;
    return fail(`Node.js 24 is needed and this is ${process.versions.node}; get it with: npm ci`);
  }
}

function fail(sentence) {
  process.stderr.write(`plumbline: ${sentence}\n`);
  process.exit(1);
}
