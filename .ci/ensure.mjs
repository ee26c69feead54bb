/**
 * Makes node_modules what package-lock.json says, by `npm ci`, and does nothing (in well under 100 ms) when it is so already.
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

function install() {
  process.stderr.write('installing the dependencies (npm ci)\n');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    // What npm prints goes to stderr: the command that follows may print data.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) process.stderr.write(`running npm ci: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
  if (nodeIsThere()) return;
  process.stderr.write(
    'npm ci has not installed the package `node`; were install scripts off? Try: npm ci --ignore-scripts=false\n',
  );
  process.exit(1);
}
