/** Tokens of the actions of a Go template. */

export interface At {
  readonly offset: number;
}

type Kind = 'string' | 'number' | 'variable' | 'field' | 'dot' | 'name' | 'mark';

export interface Token extends At {
  readonly kind: Kind;
  readonly text: string;
}

const tokenPattern =
  /(?<string>"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+')|(?<number>[+-]?\d[\w.]*)|(?<variable>\$\w*(?:\.[A-Za-z_]\w*)*)|(?<field>(?:\.[A-Za-z_]\w*)+)|(?<dot>\.)|(?<name>[A-Za-z_]\w*)|(?<mark>:=|[=|(),])|\s+/y;

/** Where the action's `}}` is; one within a string is none. */
export function endOfAction(text: string, from: number): number | undefined {
  for (let at = from + 2; at < text.length; at++) {
    if (text.startsWith('/*', at)) at = Math.max(text.indexOf('*/', at), at) + 1;
    else if (text.startsWith('}}', at)) return at;
    else if (text[at] === '"' || text[at] === '`') {
      const string = /^(?:"(?:\\.|[^"\\\n])*"|`[^`]*`)/.exec(text.slice(at))?.[0];
      if (string !== undefined) at += string.length - 1;
    }
  }
  return undefined;
}

/** `unknown`: where something stands that no token begins with. */
export function tokensOf(
  inner: string,
  offset: number,
): { readonly tokens: readonly Token[]; readonly unknown?: number } {
  const tokens: Token[] = [];
  for (let at = 0; at < inner.length; ) {
    tokenPattern.lastIndex = at;
    const found = tokenPattern.exec(inner);
    if (found === null) return { tokens, unknown: offset + at };
    const kind = Object.entries(found.groups ?? {}).find(([, text]) => text !== undefined)?.[0] as Kind | undefined;
    if (kind !== undefined) tokens.push({ kind, text: found[0], offset: offset + at });
    at += found[0].length;
  }
  return { tokens };
}
