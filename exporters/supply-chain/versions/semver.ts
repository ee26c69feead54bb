/** Semantic versions (semver.org), and those that are nearly: Go's, and NuGet's four numbers. */
import { parse, type SemVer } from 'semver';
import { compareDigits, compareTexts, isDigits, type Order } from './digits.ts';

const parsed = (version: string): SemVer | null =>
  parse(version, { loose: true }) ?? parse(padded(version), { loose: true });

/** `1` and `1.2` are 1.0.0 and 1.2.0. */
function padded(version: string): string {
  const [, numbers = '', rest = ''] = /^[v=\s]*(\d+(?:\.\d+)?)((?:[-+].*)?)$/.exec(version.trim()) ?? [];
  return numbers === '' ? '' : `${numbers}${'.0'.repeat(3 - numbers.split('.').length)}${rest}`;
}

const ordered =
  (order: (a: SemVer, b: SemVer) => number): Order =>
  (a, b) => {
    const [left, right] = [parsed(a), parsed(b)];
    return left === null || right === null ? undefined : order(left, right);
  };

/** npm, Cargo, Hex, Swift: what is behind `+` does not count. */
export const semverOrder: Order = ordered((a, b) => a.compare(b));

/** Dart's pub: of two builds of one version the later is the newer. */
export const pubOrder: Order = ordered((a, b) => a.compare(b) || a.compareBuild(b));

/** Modules with pseudo-versions and `+incompatible`; the toolchain and standard library as `go1.21rc2`. */
export const goOrder: Order = (a, b) => semverOrder(goVersion(a), goVersion(b));

const goVersion = (version: string): string => {
  const toolchain = /^(?:go|v)?(\d+(?:\.\d+)*)(alpha|beta|rc)(\d+)$/.exec(version);
  if (toolchain === null) return version.replace(/^go(?=\d)/, '');
  const numbers = toolchain[1]!.split('.');
  while (numbers.length < 3) numbers.push('0');
  return `${numbers.join('.')}-${toolchain[2]}.${toolchain[3]}`;
};

/** NuGet: four numbers, and prerelease labels whose case does not matter. */
export const nugetOrder: Order = (a, b) => {
  const [left, right] = [nugetVersion(a), nugetVersion(b)];
  if (left === undefined || right === undefined) return undefined;
  for (let index = 0; index < 4; index += 1) {
    const order = compareDigits(left.numbers[index] ?? '0', right.numbers[index] ?? '0');
    if (order !== 0) return order;
  }
  return comparePrereleases(left.labels, right.labels);
};

function nugetVersion(version: string) {
  const [, numbers, labels = ''] = /^v?(\d+(?:\.\d+){0,3})(?:-([0-9a-z.-]+))?(?:\+.*)?$/i.exec(version.trim()) ?? [];
  if (numbers === undefined) return undefined;
  return { numbers: numbers.split('.'), labels: labels === '' ? [] : labels.toLowerCase().split('.') };
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [left, right] = [a[index], b[index]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const numeric = Number(isDigits(right)) - Number(isDigits(left));
    const order = numeric || (isDigits(left) ? compareDigits(left, right) : compareTexts(left, right));
    if (order !== 0) return order;
  }
  return 0;
}
