/** Label text, as the pages have it and the ledger keeps it: `{team="a",service="b"}`, or nothing. */

export type Labels = readonly (readonly [name: string, value: string])[];

const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/sy;
const unescaped: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/** Reads label text back into pairs, in the order written. Throws a RangeError on text that is not label text. */
export function parseLabels(text: string): Labels {
  if (text === '') return [];
  if (!text.startsWith('{') || !text.endsWith('}')) throw new RangeError(`not label text: ${text}`);
  const inner = text.slice(1, -1);
  const labels: [string, string][] = [];
  for (let at = 0; at < inner.length; at = pair.lastIndex) {
    pair.lastIndex = at;
    const [, name = '', value = ''] = pair.exec(inner) ?? [];
    if (!name) throw new RangeError(`not label text: ${text}`);
    labels.push([name, value.replace(/\\(.)/gs, (whole, code: string) => unescaped[code] ?? whole)]);
  }
  return labels;
}

/** Writes pairs as label text; pairs with an empty value are left out. */
export function formatLabels(labels: Labels): string {
  const pairs = labels
    .filter(([, value]) => value !== '')
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`,
    );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
