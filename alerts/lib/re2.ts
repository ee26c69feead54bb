/**
 * Regular expressions of Prometheus and Alertmanager, which are Go's, as JavaScript's. What JavaScript would read
 * otherwise and in silence is written anew: POSIX and Unicode classes, `\Q…\E`, `\x{…}`, flags at the beginning of a group.
 * https://github.com/google/re2/wiki/Syntax
 */

/** The inside of a class in brackets, each also as `[:^name:]`. */
const posix: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** JavaScript's `\s` has blanks of Unicode, Go's has not. */
const blank = '\\t\\n\\f\\r ';

/** Outside of a class. */
const apart: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  s: `[${blank}]`,
  S: `[^${blank}]`,
};

/** The same in both, in a class or not; `\b` and `\B` outside alone. */
const alike = new Set('dDwWtnrfv');

/** Anchored at both ends. Throws a SyntaxError where the text is none of Go's, or can't be said in JavaScript. */
export function anchoredRe2(pattern: string, { dotAll = false } = {}): RegExp {
  return new RegExp(`^(?:${translated(pattern)})$`, dotAll ? 'su' : 'u');
}

function translated(pattern: string): string {
  let out = '';
  /** How many groups of flags to close with each group that is open, and at the end. */
  const open = [0];
  /** At the beginning of a group. */
  let fresh = true;
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const quoted = /^\\Q([\s\S]*?)\\E/.exec(rest);
    const flags = /^\(\?([imsU]*(?:-[imsU]+)?)(\)|:)/.exec(rest);
    let taken = 1;
    let opens = false;
    if (quoted) {
      out += [...(quoted[1] ?? '')].map(literal).join('');
      taken = quoted[0].length;
    } else if (rest.startsWith('\\Q')) throw new SyntaxError('\\Q without \\E quotes what closes the expression');
    else if (rest.startsWith('\\E')) taken = 2;
    else if (flags) {
      taken = flags[0].length;
      if (flags[2] === ')' && !fresh) throw new SyntaxError('flags are read at the beginning of a group alone');
      out += groupOf(flags[1] ?? '');
      if (flags[2] === ')') open.push((open.pop() ?? 0) + 1);
      else open.push(0);
      opens = true;
    } else if (rest[0] === '(') {
      const name = /^\(\?P?<(\w+)>/.exec(rest);
      if (rest[1] === '?' && name === null) throw new SyntaxError('an assertion, which Go doesn’t have');
      out += name ? `(?<${name[1]}>` : '(?:';
      taken = name?.[0].length ?? 1;
      open.push(0);
      opens = true;
    } else if (rest[0] === ')') {
      if (open.length === 1) throw new SyntaxError('a parenthesis is closed that is not open');
      out += ')'.repeat((open.pop() ?? 0) + 1);
    } else if (rest[0] === '[') {
      const end = endOfClass(rest);
      out += classOf(rest.slice(1, end));
      taken = end + 1;
    } else if (rest[0] === '{') {
      const times = /^\{\d+(?:,\d*)?\}/.exec(rest)?.[0];
      out += times ?? '\\{';
      taken = times?.length ?? 1;
    } else if (rest[0] === '\\') {
      const [text, length] = escaped(rest);
      out += apart[rest[1] ?? ''] ?? (/^\\[bB]/.test(rest) ? rest.slice(0, 2) : text);
      taken = length;
    } else if (rest[0] === '}' || rest[0] === ']') out += `\\${rest[0]}`;
    else out += rest[0];
    at += taken;
    fresh = opens;
  }
  if (open.length > 1) throw new SyntaxError('a parenthesis is not closed');
  return out + ')'.repeat(open[0] ?? 0);
}

/** `U` turns what is greedy around, which changes nothing where the whole text is asked. */
function groupOf(flags: string): string {
  const [on = '', off = ''] = flags.replaceAll('U', '').split('-');
  const said = off === '' ? on : `${on}-${off}`;
  return said === '' ? '(?:' : `(?${said}:`;
}

/** Where the bracket is that closes a class: one that stands first, or closes `[:alpha:]`, does not. */
function endOfClass(text: string): number {
  let at = text[1] === '^' ? 2 : 1;
  for (let first = true; at < text.length; first = false) {
    const name = /^\[:\^?\w+:\]/.exec(text.slice(at));
    if (name) at += name[0].length;
    else if (text[at] === ']' && !first) return at;
    else at += text[at] === '\\' ? escaped(text.slice(at))[1] : 1;
  }
  throw new SyntaxError('a class is not closed');
}

/** The inside of brackets. */
function classOf(inside: string): string {
  const negated = inside.startsWith('^');
  let out = '';
  for (let at = negated ? 1 : 0; at < inside.length; ) {
    const rest = inside.slice(at);
    const name = /^\[:(\^?)(\w+):\]/.exec(rest);
    if (name) {
      const members = posix[name[2] ?? ''];
      if (members === undefined || name[1] === '^') throw new SyntaxError(`the class ${name[0]} is not read`);
      out += members;
      at += name[0].length;
    } else if (rest[0] === '\\') {
      if (rest[1] === 'S') throw new SyntaxError('\\S in brackets is not read');
      const [text, length] = escaped(rest);
      out += rest[1] === 's' ? blank : text;
      at += length;
    } else {
      out += /[[\]^]/.test(rest[0] ?? '') ? `\\${rest[0]}` : rest[0];
      at += 1;
    }
  }
  return `[${negated ? '^' : ''}${out}]`;
}

/** What a backslash begins, in JavaScript's words, and how long it is. */
function escaped(text: string): readonly [string, number] {
  const unicode = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(text);
  if (unicode) {
    const [found, letter = 'p', not, name = unicode[4] ?? ''] = unicode;
    const other = letter === 'p' ? 'P' : 'p';
    return [`\\${not === '^' ? other : letter}{${name.length > 2 ? `Script=${name}` : name}}`, found.length];
  }
  const code =
    /^\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(text) ?? /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(text);
  if (code) {
    const value = code[0].startsWith('\\x')
      ? Number.parseInt(code[1] ?? code[2] ?? '', 16)
      : Number.parseInt(code[1] ?? '', 8);
    return [`\\u{${value.toString(16)}}`, code[0].length];
  }
  const one = text[1] ?? '';
  if (one === 'a') return ['\\x07', 2];
  if (alike.has(one)) return [`\\${one}`, 2];
  if (/^[A-Za-z0-9]?$/.test(one) && !'AzsSbB'.includes(one || '-')) throw new SyntaxError(`\\${one} is not read`);
  return [literal(one), 2];
}

/** A character that means itself, in brackets too. */
const literal = (char: string): string =>
  /^\w$/.test(char) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
