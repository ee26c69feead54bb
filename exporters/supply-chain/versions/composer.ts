/** Composer's order of versions (composer/semver): four numbers, a stability, and branches below everything. */
import { compareDigits, compareTexts, type Order } from './digits.ts';

const stabilities = ['dev', 'alpha', 'beta', 'rc', '', 'patch'];
const spellings: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', c: 'rc', p: 'patch', pl: 'patch' };
const form =
  /^v?(\d+(?:\.(?:\d+|[xX*]))*)(?:[._-]?(stable|alpha|beta|rc|patch|pl|a|b|c|p)((?:[.-]?\d+)*))?([.-]?dev)?$/i;

export const composerOrder: Order = (a, b) => {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  if (left.branch !== '' || right.branch !== '')
    return Number(right.branch !== '') - Number(left.branch !== '') || compareTexts(left.branch, right.branch);
  for (let index = 0; index < Math.max(left.numbers.length, right.numbers.length); index += 1) {
    const order = compareDigits(left.numbers[index] ?? '0', right.numbers[index] ?? '0');
    if (order !== 0) return order;
  }
  return (
    left.stability - right.stability ||
    compareDigits(left.number, right.number) ||
    Number(right.isDevelopment) - Number(left.isDevelopment)
  );
};

function partsOf(version: string) {
  const text = version.trim().replace(/\+.*$/, '').replace(/@\w+$/, '');
  const nothing = { numbers: [], stability: 0, number: '', isDevelopment: false };
  if (/^dev-/i.test(text)) return { ...nothing, branch: text };
  const [, numbers, word = '', number = '', development] = form.exec(text) ?? [];
  if (numbers === undefined) return undefined;
  // A branch such as 2.x-dev is newer than each of its versions.
  const isOpen = /[xX*]/.test(numbers);
  const parts = numbers.split('.').map(part => (/[xX*]/.test(part) ? '9999999' : part));
  while (isOpen && parts.length < 4) parts.push('9999999');
  const stability = spellings[word.toLowerCase()] ?? (word.toLowerCase() === 'stable' ? '' : word.toLowerCase());
  return {
    ...{ branch: '', numbers: parts, number: number.replace(/\D/g, '') },
    // Without a stability `dev` is one; with one it is what comes before it.
    stability: stabilities.indexOf(word === '' && development !== undefined ? 'dev' : stability),
    isDevelopment: development !== undefined,
  };
}
