/** Maven's order of versions: org.apache.maven.artifact.versioning.ComparableVersion of Maven 3.8. */
import { compareDigits, compareTexts, isDigits, type Order } from './digits.ts';

type Item = { readonly number: string } | { readonly word: string } | readonly Item[];
const isList = (item: Item): item is readonly Item[] => Array.isArray(item);

const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const aliases: Readonly<Record<string, string>> = { ga: '', final: '', release: '', cr: 'rc' };
const shortcuts: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' };

export const mavenOrder: Order = (a, b) => compareItems(itemsOf(a), itemsOf(b));

function itemsOf(version: string): Item[] {
  const text = version.toLowerCase();
  const top: Item[] = [];
  let list = top;
  const lists = [top];
  const deeper = () => {
    const next: Item[] = [];
    list.push(next);
    lists.push(next);
    list = next;
  };
  const itemOf = (token: string, followedByDigit = false): Item =>
    isDigits(token) ? { number: token } : { word: wordOf(token, followedByDigit) };
  let start = 0;
  let inDigits = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (character === '.' || character === '-') {
      list.push(index === start ? { number: '0' } : itemOf(text.slice(start, index)));
      start = index + 1;
      if (character === '-') deeper();
    } else if (isDigits(character)) {
      if (!inDigits && index > start) {
        // 1.0.0.X1 is 1.0.0-X1.
        if (list.length > 0) deeper();
        list.push(itemOf(text.slice(start, index), true));
        start = index;
        deeper();
      }
      inDigits = true;
    } else {
      if (inDigits && index > start) {
        list.push(itemOf(text.slice(start, index)));
        start = index;
        deeper();
      }
      inDigits = false;
    }
  }
  if (text.length > start) {
    if (!inDigits && list.length > 0) deeper();
    list.push(itemOf(text.slice(start)));
  }
  for (const one of lists.reverse()) withoutNulls(one);
  return top;
}

function wordOf(token: string, followedByDigit: boolean): string {
  const word = (followedByDigit ? shortcuts[token] : undefined) ?? token;
  return Object.hasOwn(aliases, word) ? aliases[word]! : word;
}

/** What a trailing item says nothing by: 1.0 is 1. */
function withoutNulls(list: Item[]): void {
  for (let index = list.length - 1; index >= 0; index -= 1) {
    const item = list[index]!;
    if (compareToNone(item) === 0 && isNull(item)) list.splice(index, 1);
    else if (!isList(item)) break;
  }
}

const isNull = (item: Item): boolean =>
  isList(item) ? item.length === 0 : 'number' in item ? /^0*$/.test(item.number) : item.word === '';

/** Unknown words come behind all known ones, in the order of letters. */
function rankOf(word: string): string {
  const index = qualifiers.indexOf(word);
  return index >= 0 ? String(index) : `${qualifiers.length}-${word}`;
}

function compareToNone(item: Item): number {
  if (isList(item)) {
    for (const one of item) {
      const order = compareToNone(one);
      if (order !== 0) return order;
    }
    return 0;
  }
  return 'number' in item ? Number(!isNull(item)) : compareTexts(rankOf(item.word), rankOf(''));
}

/** Numbers are above lists, lists above words. */
const kindOf = (item: Item): number => (isList(item) ? 1 : 'number' in item ? 2 : 0);

function compareItems(a: Item, b: Item): number {
  if (kindOf(a) !== kindOf(b)) return kindOf(a) - kindOf(b);
  if (isList(a) && isList(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
      const [left, right] = [a[index], b[index]];
      const order =
        left === undefined
          ? -compareToNone(right!)
          : right === undefined
            ? compareToNone(left)
            : compareItems(left, right);
      if (order !== 0) return order;
    }
    return 0;
  }
  if ('number' in a && 'number' in b) return compareDigits(a.number, b.number);
  return 'word' in a && 'word' in b ? compareTexts(rankOf(a.word), rankOf(b.word)) : 0;
}
