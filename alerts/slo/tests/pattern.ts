/** Strings that a regular expression of a label matcher matches, one for each alternative. */
import { patternOf } from '../promql/matching.ts';

/** Checked against the expression, so that what this doesn't understand gives none. */
export function samplesOfPattern(pattern: string): readonly string[] {
  const reader = { text: pattern.replace(/^\(\?[ims]+\)/, ''), at: 0 };
  const expression = patternOf(pattern);
  return [...new Set(alternatives(reader))].filter(sample => expression?.test(sample)).slice(0, 4);
}

interface Reader {
  readonly text: string;
  at: number;
}

function alternatives(reader: Reader): readonly string[] {
  const found = [...sequence(reader)];
  while (reader.text[reader.at] === '|') {
    reader.at++;
    found.push(...sequence(reader));
  }
  return found;
}

function sequence(reader: Reader): readonly string[] {
  let built: readonly string[] = [''];
  while (reader.at < reader.text.length && !'|)'.includes(reader.text[reader.at] ?? '')) {
    const items = quantified(reader, atom(reader));
    built = built.flatMap(head => items.map(item => head + item)).slice(0, 8);
  }
  return built;
}

function atom(reader: Reader): readonly string[] {
  const char = reader.text[reader.at++] ?? '';
  if (char === '(') {
    reader.at += /^\?(?:[ims]*:|P?<\w+>)/.exec(reader.text.slice(reader.at))?.[0].length ?? 0;
    const inner = alternatives(reader);
    reader.at++;
    return inner;
  }
  if (char === '[') {
    const [body = ''] = /^\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*/s.exec(reader.text.slice(reader.at)) ?? [];
    reader.at += body.length + 1;
    if (!/^[\^\\]|^\[:/.test(body)) return [body[0] ?? ''];
    const expression = patternOf(`[${body}]`);
    return ['x', '0', 'X', '-', ' '].filter(each => expression?.test(each)).slice(0, 1);
  }
  if (char === '\\') {
    const escaped = reader.text[reader.at++] ?? '';
    return [{ d: '0', w: 'x', s: ' ' }[escaped] ?? escaped];
  }
  if (char === '^' || char === '$') return [''];
  return [char === '.' ? '0' : char];
}

function quantified(reader: Reader, items: readonly string[]): readonly string[] {
  const mark = reader.text[reader.at];
  if (mark === '*' || mark === '?') {
    reader.at++;
    return [''];
  }
  if (mark === '+') reader.at++;
  if (mark === '{') {
    const end = reader.text.indexOf('}', reader.at);
    const least = Number.parseInt(reader.text.slice(reader.at + 1, end), 10);
    reader.at = end + 1;
    return items.map(item => item.repeat(least));
  }
  return items;
}
