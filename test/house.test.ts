/** Holds the house rules: which room may import which, so that a later exporter needs no change in core. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..');
const domains = ['cost', 'dora', 'policy', 'supply-chain', 'experience'];
const common = ['core', 'catalog', 'findings', 'vendors', 'formats'];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter(file => file.endsWith('.ts'));

const importsOf = (file: string) =>
  [...readFileSync(path.join(root, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(match =>
    path.join(path.dirname(file), match[1] ?? ''),
  );

/** The room of a file: `core`, `cost`, …, `exporters` for the files beside the rooms, else the top folder. */
function roomOf(file: string): string {
  const [top = '', second = '', third] = file.split('/');
  if (top !== 'exporters') return top;
  return third === undefined ? 'exporters' : second;
}

function allowed(from: string, file: string): boolean {
  const source = roomOf(from);
  const target = roomOf(file);
  if (source === target || source === 'test') return true;
  if (source === 'core') return false;
  // A finding is somebody's.
  if (source === 'findings') return target === 'core' || target === 'catalog';
  if (common.includes(source)) return target === 'core';
  if (domains.includes(source)) return common.includes(target);
  if (source === 'scorecard') return ['core', 'catalog', 'findings', 'formats'].includes(target);
  if (source === 'config') return common.includes(target) || domains.includes(target);
  if (source === 'dashboards' || source === 'alerts') {
    if (source === 'alerts' && target === 'dashboards' && file.startsWith('dashboards/lib/')) return true;
    return (
      ['exporters/core/metric.ts', 'exporters/core/errors.ts'].includes(file) ||
      path.basename(file) === 'metrics.ts' ||
      target === 'catalog'
    );
  }
  return target !== 'cli';
}

test('each room imports only what the house allows', () => {
  const broken = files
    .filter(file => !file.startsWith('test/'))
    .flatMap(file =>
      importsOf(file)
        .filter(target => !allowed(file, target))
        .map(target => `${file} imports ${target}`),
    );
  // cli.ts is the command itself; it alone opens the folder of its subcommands.
  assert.deepEqual(
    broken.filter(line => !line.startsWith('exporters/cli.ts imports exporters/cli/')),
    [],
  );
});

test('a source is imported by its exporter alone', () => {
  const broken = files
    .filter(file => !file.startsWith('test/'))
    .flatMap(file =>
      importsOf(file)
        .filter(target => /^exporters\/[^/]+\/sources\//.test(target))
        .filter(target => {
          const [, domain, , name] = target.split('/');
          const own = `exporters/${domain}/sources/${name?.replace(/\.ts$/, '')}`;
          return (
            file !== `exporters/${domain}/index.ts` &&
            // The list of formats that files and posts have in common.
            file !== `exporters/${domain}/kinds.ts` &&
            // The configuration is composed of the sources' own sections.
            !(file === `exporters/${domain}/config.ts` && target.endsWith('/config.ts')) &&
            !file.startsWith(own) &&
            !file.startsWith(`exporters/${domain}/sources/`)
          );
        })
        .map(target => `${file} imports ${target}`),
    );
  assert.deepEqual(broken, []);
});

test('the rule refuses what it must', () => {
  assert.equal(allowed('exporters/core/ledger.ts', 'exporters/cost/index.ts'), false);
  assert.equal(allowed('exporters/cost/index.ts', 'exporters/dora/index.ts'), false);
  assert.equal(allowed('dashboards/cost.ts', 'exporters/core/ledger.ts'), false);
  assert.equal(allowed('exporters/cost/index.ts', 'exporters/cli/serve.ts'), false);
});

test('no file of ours names a package registry host or a path of a machine', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
  const hosts = new RegExp(
    ['registry\\.npm' + 'js', 'proxy\\.golang' + '\\.org', 'files\\.python' + 'hosted', 'deb\\.debian' + '\\.org'].join(
      '|',
    ),
  );
  const named = tracked
    .filter(file => !file.endsWith('.png'))
    .filter(file => {
      const text = readFileSync(path.join(root, file), 'utf8');
      return hosts.test(text) || /(?<![\w/])\/(?:work\/main|root\/)/.test(text);
    });
  assert.deepEqual(named, []);
});
