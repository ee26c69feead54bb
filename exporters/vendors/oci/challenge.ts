/** What a registry asks for with 401: the header WWW-Authenticate (RFC 9110, 11.6.1), as registries write it. */

export interface Challenge {
  readonly scheme: 'bearer' | 'basic';
  readonly realm: string;
  readonly service?: string;
  readonly scope?: string;
}

/** The one that can be answered, bearer first; undefined where there is none. */
export function challengeOf(header: string | undefined): Challenge | undefined {
  const found: Challenge[] = [];
  // Several may stand in one header, and a quoted value may hold commas: each begins with its scheme.
  const text = (header ?? '').slice(0, 10_000);
  const starts = [...text.matchAll(/(?:^|,\s*)(bearer|basic)\s+/gi)].filter(({ index }) => !isQuoted(text, index));
  for (const [place, start] of starts.entries()) {
    const end = starts[place + 1]?.index ?? text.length;
    const parameters = new Map(
      [
        ...text
          .slice(start.index + start[0].length, end)
          .matchAll(/([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi),
      ].map(([, name = '', quoted, bare]) => [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '']),
    );
    const [service, scope] = [parameters.get('service'), parameters.get('scope')];
    found.push({
      scheme: start[1]!.toLowerCase() as Challenge['scheme'],
      realm: parameters.get('realm') ?? '',
      ...(service === undefined ? {} : { service }),
      ...(scope === undefined ? {} : { scope }),
    });
  }
  return (
    found.find(({ scheme, realm }) => scheme === 'bearer' && realm !== '') ??
    found.find(({ scheme }) => scheme === 'basic')
  );
}

const isQuoted = (text: string, index: number): boolean => text.slice(0, index).split('"').length % 2 === 0;
