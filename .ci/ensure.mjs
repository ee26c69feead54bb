/**
 * Makes node_modules what package-lock.json says, and does nothing (in well under 100 ms) when it is so already.
 * Plain JavaScript for Node.js 20: it runs before the pinned Node.js is there.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.plumbline-lock');
const lock = readFileSync(join(root, 'package-lock.json'));
const digest = createHash('sha256').update(lock).digest('hex');

if (!nodeIsThere() || !stampFits()) {
  if (!nodeIsThere() || !installedFits()) install();
  writeFileSync(stamp, digest);
}

function nodeIsThere() {
  return existsSync(join(root, 'node_modules', '.bin', 'node'));
}

function stampFits() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
}

/** Whether someone has installed these very versions already: npm notes what it has put there in a lock file of its own. */
function installedFits() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages ?? {};
  const wanted = Object.entries(JSON.parse(lock.toString('utf8')).packages).filter(([path]) => path !== '');
  return wanted.every(
    ([path, { version, optional }]) => installed[path]?.version === version || (optional && !installed[path]),
  );
}

/**
 * `npm ci`; and where npm finds platform packages missing from the lock file (it was written against a registry that lacks
 * them), `npm install`, which gets the locked versions all the same: they are compared afterwards.
 */
function install() {
  process.stderr.write('installing the dependencies (npm ci)\n');
  const { said } = npm('ci');
  if (!nodeIsThere() || !installedFits()) npm('install', '--no-save');
  if (nodeIsThere() && installedFits()) return;
  process.stderr.write(said);
  const why = nodeIsThere()
    ? 'what is installed is not what package-lock.json says'
    : 'the package `node` is not installed; if install scripts are off, try: npm ci --ignore-scripts=false';
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

/** Runs npm quietly, for the command that follows may print data; what it said is for the case that all fails. */
function npm(...args) {
  const { stdout, stderr, error } = spawnSync('npm', [...args, '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return { said: error ? `running npm: ${error.message}\n` : `${stdout}${stderr}` };
}
