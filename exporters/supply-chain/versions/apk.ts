/** Alpine's order of versions (apk-tools), which Gentoo's is the model of: 1.2.3a_rc1-r4. */
import { compareDigits, compareTexts, type Order } from './digits.ts';

const before = ['alpha', 'beta', 'pre', 'rc'];
const suffixes = [...before, '', 'cvs', 'svn', 'git', 'hg', 'p'];
const form =
  /^(?<numbers>\d+(?:\.\d+)*)(?<letter>[a-z]?)(?<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~[0-9a-f]+)?(?:-r(?<revision>\d+))?$/;

export const apkOrder: Order = (a, b) => {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  return (
    compareNumbers(left.numbers, right.numbers) ||
    compareTexts(left.letter, right.letter) ||
    compareSuffixes(left.suffixes, right.suffixes) ||
    compareDigits(left.revision, right.revision)
  );
};

function partsOf(version: string) {
  const groups = form.exec(version.trim())?.groups;
  if (groups === undefined) return undefined;
  return {
    numbers: groups.numbers!.split('.'),
    letter: groups.letter ?? '',
    suffixes: [...(groups.suffixes ?? '').matchAll(/_([a-z]+)(\d*)/g)].map(([, name = '', number = '']) => ({
      rank: suffixes.indexOf(name),
      number,
    })),
    revision: groups.revision ?? '0',
  };
}

/** A number with a leading zero, behind the first, is a decimal fraction: 1.01 < 1.1. */
function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [left, right] = [a[index], b[index]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const isFraction = index > 0 && (left.startsWith('0') || right.startsWith('0'));
    const order = isFraction
      ? compareTexts(left.replace(/0+$/, ''), right.replace(/0+$/, ''))
      : compareDigits(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

type Suffix = { readonly rank: number; readonly number: string };
const none: Suffix = { rank: before.length, number: '' };

function compareSuffixes(a: readonly Suffix[], b: readonly Suffix[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [left, right] = [a[index] ?? none, b[index] ?? none];
    const order = left.rank - right.rank || compareDigits(left.number, right.number);
    if (order !== 0) return order;
  }
  return 0;
}
