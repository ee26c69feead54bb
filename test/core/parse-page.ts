/** A second reading of the exposition formats, character by character, so that tests don't trust the writer's own. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestamp?: number;
}

export interface ParsedPage {
  readonly samples: ParsedSample[];
  /** Type by family name, as the page's TYPE lines have it. */
  readonly types: Readonly<Record<string, string>>;
  readonly help: Readonly<Record<string, string>>;
}

export function parsePage(text: string): ParsedPage {
  const samples: ParsedSample[] = [];
  const types: Record<string, string> = {};
  const help: Record<string, string> = {};
  if (text !== '' && !text.endsWith('\n')) throw new Error('the page does not end in a newline');
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue;
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/s.exec(line) ?? [];
    if (keyword === 'TYPE') types[name] = rest;
    else if (keyword === 'HELP') help[name] = rest;
    else if (!line.startsWith('#')) samples.push(parseSample(line));
  }
  return { samples, types, help };
}

function parseSample(line: string): ParsedSample {
  let at = 0;
  const until = (end: (character: string) => boolean) => {
    const start = at;
    while (at < line.length && !end(line.charAt(at))) at += 1;
    return line.slice(start, at);
  };
  const expect = (character: string) => {
    if (line.charAt(at) !== character) throw new Error(`expected ${character} at ${at} of ${JSON.stringify(line)}`);
    at += 1;
  };
  const name = until(character => character === '{' || character === ' ');
  const labels: Record<string, string> = {};
  if (line.charAt(at) === '{') {
    expect('{');
    while (line.charAt(at) !== '}') {
      const label = until(character => character === '=');
      expect('=');
      expect('"');
      let value = '';
      while (line.charAt(at) !== '"') {
        if (at >= line.length) throw new Error(`an open quote in ${JSON.stringify(line)}`);
        if (line.charAt(at) === '\\') {
          at += 1;
          const code = line.charAt(at);
          if (!'n"\\'.includes(code)) throw new Error(`escape \\${code} in ${JSON.stringify(line)}`);
          value += code === 'n' ? '\n' : code;
        } else value += line.charAt(at);
        at += 1;
      }
      expect('"');
      labels[label] = value;
      if (line.charAt(at) === ',') at += 1;
      else if (line.charAt(at) !== '}') throw new Error(`text after a label in ${JSON.stringify(line)}`);
    }
    expect('}');
  }
  expect(' ');
  const [value = '', timestamp] = line.slice(at).split(' ');
  return {
    name,
    labels,
    value: parseValue(value),
    ...(timestamp === undefined ? {} : { timestamp: Number(timestamp) }),
  };
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)) throw new Error(`not a value: ${text}`);
  return Number(text);
}
