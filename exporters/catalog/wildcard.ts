/**
 * Patterns of rules: `*` is any text, also across `/` and `:`, `?` is one character. Not a regular expression, whose
 * time may explode on a pattern with many stars.
 */

/** Compiles patterns into one test that holds when any of them matches the whole text. */
export function wildcard(patterns: readonly string[], ignoreCase = false): (text: string) => boolean {
  const prepared = patterns.map(pattern => (ignoreCase ? pattern.toLowerCase() : pattern));
  const exact = new Set(prepared.filter(pattern => !/[*?]/.test(pattern)));
  const wild = prepared
    .filter(pattern => !exact.has(pattern))
    .map(pattern => (pattern.includes('?') ? byCharacter(pattern) : byPiece(pattern)));
  return text => {
    const subject = ignoreCase ? text.toLowerCase() : text;
    return exact.has(subject) || wild.some(matches => matches(subject));
  };
}

// Most patterns have stars alone; finding the pieces between them is ten times faster than going by characters.
function byPiece(pattern: string): (text: string) => boolean {
  const pieces = pattern.split('*');
  const head = pieces[0] ?? '';
  const tail = pieces.at(-1) ?? '';
  const inner = pieces.slice(1, -1).filter(piece => piece !== '');
  return text => {
    const end = text.length - tail.length;
    if (end < head.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
    let at = head.length;
    for (const piece of inner) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}

// Only the last star needs to be tried again: an earlier one that takes more text gains nothing.
function byCharacter(source: string): (text: string) => boolean {
  const pattern = [...source];
  return subject => {
    const text = [...subject];
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
  };
}
