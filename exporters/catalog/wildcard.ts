/**
 * Patterns of rules: `*` is any text, also across `/` and `:`, `?` is one character. Not a regular expression, whose
 * time may explode on a pattern with many stars.
 */

/** Compiles patterns into one test that holds when any of them matches the whole text. */
export function wildcard(patterns: readonly string[], ignoreCase = false): (text: string) => boolean {
  const prepared = patterns.map(pattern => (ignoreCase ? pattern.toLowerCase() : pattern));
  const exact = new Set(prepared.filter(pattern => !/[*?]/.test(pattern)));
  const wild = prepared.filter(pattern => !exact.has(pattern)).map(pattern => [...pattern]);
  return text => {
    const subject = ignoreCase ? text.toLowerCase() : text;
    if (exact.has(subject)) return true;
    if (wild.length === 0) return false;
    const characters = [...subject];
    return wild.some(pattern => matches(pattern, characters));
  };
}

// Only the last star needs to be tried again: an earlier one that takes more text gains nothing.
function matches(pattern: readonly string[], text: readonly string[]): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p;
      p += 1;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
