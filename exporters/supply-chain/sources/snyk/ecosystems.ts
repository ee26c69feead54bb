/** What Snyk calls package managers, as package URLs call them. */
import type { SaidPackage } from '../../packages.ts';

const known: Readonly<Record<string, string>> = {
  gomodules: 'golang',
  golangdep: 'golang',
  govendor: 'golang',
  golang: 'golang',
  paket: 'nuget',
  yarn: 'npm',
  'yarn-workspace': 'npm',
  pnpm: 'npm',
  'unmanaged (c/c++)': 'generic',
  unmanaged: 'generic',
  cpp: 'generic',
};

/**
 * `npm`, `debian:11`, `Unmanaged (C/C++)` with the package's name: of a package of an operating system Snyk says
 * `source/binary`, and what is installed is the binary; of unmanaged code `https://curl.se|curl`.
 */
export function saidPackage(manager: string, name: string): SaidPackage {
  const word = manager.trim().toLowerCase();
  const type = Object.hasOwn(known, word) ? known[word]! : word;
  if (type === 'generic') return { type, name: name.slice(name.lastIndexOf('|') + 1) };
  const isSystem = /^(?:deb|rpm|apk|linux|[a-z-]+:[\d.]+|[a-z-]+:(?:rolling|unstable|edge))$/.test(word);
  return { type: word === 'linux' ? 'deb' : type, name: isSystem ? name.slice(name.lastIndexOf('/') + 1) : name };
}

/** `debian:11` → Debian 11; undefined where it is no operating system's. */
export function systemOf(manager: string): { readonly family: string; readonly version: string } | undefined {
  const [, family, version] = /^([a-z-]+):(\d[\w.]*)$/.exec(manager.trim().toLowerCase()) ?? [];
  return family === undefined || version === undefined ? undefined : { family, version };
}
