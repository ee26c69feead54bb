/**
 * The order of versions that follow no known rule, Conan's among them: runs of digits are numbers, words for what comes
 * before a version (and `~`) are below its end, other letters above it (1.0.2 < 1.0.2k), and missing numbers are 0.
 */
import { compareDigits, compareTexts, isDigits, type Order } from './digits.ts';

const early = /^(?:dev|snapshot|nightly|canary|alpha|beta|preview|pre|milestone|rc|cr)$/;
const ranks = ['dev', 'alpha', 'beta', 'pre', 'rc'];
const spellings: Readonly<Record<string, string>> = {
  ...{ snapshot: 'dev', nightly: 'dev', canary: 'dev', a: 'alpha', b: 'beta', preview: 'pre', milestone: 'beta' },
  ...{ m: 'beta', cr: 'rc' },
};

interface Token {
  readonly text: string;
  /** Below the end of a version: -2 `~`, -1 a word; 0 a number; 1 any other word. */
  readonly rank: number;
}

export const genericOrder: Order = (a, b) => {
  const [left, right] = [tokensOf(a), tokensOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one, other] = [left[index], right[index]];
    if (one === undefined) return -toNone(other!) || compareRest(right, index, -1);
    if (other === undefined) return toNone(one) || compareRest(left, index, 1);
    // A number goes on where a word ends: 1.0.1 is above 1.0a.
    const order = one.rank - other.rank || compareWords(one, other);
    if (one.rank !== other.rank && (one.rank === 0 || other.rank === 0))
      return one.rank < 0 || other.rank < 0 ? order : -order;
    if (order !== 0) return order;
  }
  return 0;
};

function compareRest(tokens: readonly Token[], from: number, sign: 1 | -1): number {
  for (const token of tokens.slice(from)) {
    const order = toNone(token);
    if (order !== 0) return sign * order;
  }
  return 0;
}

const toNone = ({ text, rank }: Token): number => (rank === 0 ? Number(!/^0*$/.test(text)) : rank);

function compareWords(a: Token, b: Token): number {
  if (a.rank === 0) return compareDigits(a.text, b.text);
  if (a.rank === -1) return rankOf(a.text) - rankOf(b.text);
  return compareTexts(a.text, b.text);
}

const rankOf = (word: string): number => ranks.indexOf(spellings[word] ?? word);

function tokensOf(version: string): readonly Token[] {
  const texts =
    version
      .trim()
      .toLowerCase()
      .replace(/^v(?=\d)/, '')
      .match(/\d+|[^\d\s._+:~-]+|~/g) ?? [];
  return texts.map((text, index) => {
    // 1.0a1 is an alpha, 1.0a is what comes after 1.0.
    const isEarly = early.test(text) || (/^[abm]$/.test(text) && isDigits(texts[index + 1] ?? ''));
    return { text, rank: text === '~' ? -2 : isDigits(text) ? 0 : isEarly ? -1 : 1 };
  });
}
