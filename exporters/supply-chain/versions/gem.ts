/** RubyGems' order of versions (Gem::Version): a letter makes it a prerelease. */
import { compareDigits, compareTexts, isDigits, type Order } from './digits.ts';

export const gemOrder: Order = (a, b) => {
  const [left, right] = [segmentsOf(a), segmentsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one, other] = [left[index] ?? '0', right[index] ?? '0'];
    if (isDigits(one) !== isDigits(other)) return isDigits(one) ? 1 : -1;
    const order = isDigits(one) ? compareDigits(one, other) : compareTexts(one, other);
    if (order !== 0) return order;
  }
  return 0;
};

/** Without the zeros before a prerelease and at the end: 1.0.a is 1.a. */
function segmentsOf(version: string): readonly string[] | undefined {
  const text = version.trim();
  if (!/^\d+(\.[0-9a-z]+)*(-[0-9a-z-]+(\.[0-9a-z-]+)*)?$/i.test(text)) return undefined;
  const segments = text.replace(/-/g, '.pre.').match(/\d+|[a-z]+/gi) ?? [];
  const first = segments.findIndex(segment => !isDigits(segment));
  const numbers = first < 0 ? segments : segments.slice(0, first);
  const rest = first < 0 ? [] : segments.slice(first);
  return [...withoutZeros(numbers), ...withoutZeros(rest)];
}

const withoutZeros = (segments: readonly string[]): readonly string[] =>
  segments.slice(0, segments.findLastIndex(segment => !/^0+$/.test(segment)) + 1);
