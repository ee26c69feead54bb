/**
 * Answers of which several were chosen, which tables join in one cell: `Go, Java` of Google Sheets, `Go;Java;` of Google
 * and Microsoft Forms. A choice may hold the separator itself, as "AWS serverless (Lambda, Fargate, etc.)" does.
 */

export interface Splitting {
  /** `, ` or `;`. */
  readonly separator: string;
  /** All choices of the question, where they are known. */
  readonly choices: readonly string[];
}

/**
 * The choices of each cell of a column. Where the choices are known, the longest of them that fits is taken, and what fits
 * none is one free text up to the next that does. Else a separator within brackets is none, and neither is one between
 * two parts that no other row has apart.
 */
export function splitChoices(cells: readonly string[], { separator, choices }: Splitting): readonly string[][] {
  if (choices.length > 0) {
    const longestFirst = [...choices].sort((a, b) => b.length - a.length);
    return cells.map(cell => byChoices(cell, longestFirst, separator));
  }
  return joined(
    cells.map(cell => parts(cell, separator)),
    separator,
  );
}

function byChoices(cell: string, choices: readonly string[], separator: string): string[] {
  const found: string[] = [];
  let unknown = '';
  let rest = cell.trim();
  const end = () => {
    if (unknown !== '') found.push(unknown);
    unknown = '';
  };
  while (rest !== '') {
    const choice = choices.find(one => rest === one || rest.startsWith(one + separator));
    if (choice !== undefined) {
      end();
      found.push(choice);
      rest = rest.slice(choice.length + separator.length).trim();
      continue;
    }
    const [part = '', after] = cut(rest, separator);
    unknown = unknown === '' ? part : `${unknown}${separator}${part}`;
    rest = after.trim();
  }
  end();
  return found;
}

function cut(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)];
}

/** At separators outside of brackets; brackets that never close hold none. */
function parts(cell: string, separator: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < cell.length; i++) {
    const char = cell.charAt(i);
    if (char === '(' || char === '[') depth += closes(cell, i) ? 1 : 0;
    else if ((char === ')' || char === ']') && depth > 0) depth -= 1;
    else if (depth === 0 && cell.startsWith(separator, i)) {
      found.push(cell.slice(from, i));
      from = i + separator.length;
      i = from - 1;
    }
  }
  found.push(cell.slice(from));
  return found.map(part => part.trim()).filter(part => part !== '');
}

const closes = (cell: string, open: number) => cell.indexOf(cell.charAt(open) === '(' ? ')' : ']', open) > 0;

/** So often must two parts have been seen together, and never apart, to be one choice; a small letter needs no proof. */
const proof = 3;

function joined(rows: readonly string[][], separator: string): string[][] {
  for (;;) {
    const alone = new Map<string, number>();
    const pairs = new Map<string, { readonly first: string; readonly second: string; count: number }>();
    for (const row of rows)
      for (const [index, first] of row.entries()) {
        alone.set(first, (alone.get(first) ?? 0) + 1);
        const second = row[index + 1];
        if (second === undefined) continue;
        const key = JSON.stringify([first, second]);
        const pair = pairs.get(key) ?? { first, second, count: 0 };
        pair.count += 1;
        pairs.set(key, pair);
      }
    const inseparable = [...pairs.values()].find(
      ({ first, second, count }) =>
        alone.get(first) === count && alone.get(second) === count && (count >= proof || /^\p{Ll}/u.test(second)),
    );
    if (inseparable === undefined) return rows as string[][];
    const { first, second } = inseparable;
    rows = rows.map(row => {
      const at = row.findIndex((part, index) => part === first && row[index + 1] === second);
      return at < 0 ? row : [...row.slice(0, at), `${first}${separator}${second}`, ...row.slice(at + 2)];
    });
  }
}
