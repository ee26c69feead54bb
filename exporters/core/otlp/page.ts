/** Reads the pages that scrapes get back into families of readings, which is what OTLP takes. */
import { type Breather, breather } from '../breathe.ts';
import { formatLabels, type Labels, parseLabels } from '../labels.ts';
import type { FamilyType, RenderedFamily } from '../snapshot-types.ts';

/** Counts are of each bucket alone, one more than there are boundaries; the last is of what is above them all. */
export interface Buckets {
  readonly buckets: { readonly boundaries: number[]; readonly counts: number[] };
  readonly sum: number;
  readonly count: number;
}

export interface Reading {
  /** The label text without `le`. */
  readonly labels: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number | Buckets;
  /** Milliseconds, where the page says when; else it is of now. */
  readonly time?: number;
}

export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly readings: readonly Reading[];
}

// A label's value may hold blanks and braces; what follows the last brace has neither.
const line = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)(?: (-?\d+))?$/s;

/** Whoever asks again for a family that has not been rendered anew gets what was read before. */
export function familyReader(): (family: RenderedFamily) => Promise<Family> {
  const read = new WeakMap<Buffer, readonly Reading[]>();
  return async ({ name, type, help, text }) => {
    const readings = read.get(text) ?? (await readingsOf(name, type, text.toString('utf8').split('\n')));
    read.set(text, readings);
    return { name, type, help, readings };
  };
}

/** The families of a text 0.0.4 page with its own headers, as prom-client prints it. Summaries are left out. */
export async function familiesOf(page: string): Promise<readonly Family[]> {
  const help = new Map<string, string>();
  const families: { name: string; type: string; lines: string[] }[] = [];
  for (const text of page.split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/s.exec(text) ?? [];
    if (keyword === 'HELP')
      help.set(
        name,
        rest.replace(/\\(.)/g, (_, code: string) => (code === 'n' ? '\n' : code)),
      );
    else if (keyword === 'TYPE') families.push({ name, type: rest, lines: [] });
    else if (text !== '') families.at(-1)?.lines.push(text);
  }
  const found: Family[] = [];
  for (const { name, type, lines } of families)
    if (type === 'gauge' || type === 'counter' || type === 'histogram')
      found.push({ name, type, help: help.get(name) ?? '', readings: await readingsOf(name, type, lines) });
  return found;
}

async function readingsOf(name: string, type: FamilyType, lines: readonly string[]): Promise<readonly Reading[]> {
  const breath = breather();
  if (type === 'histogram') return histogramsOf(name, lines, breath);
  const readings: Reading[] = [];
  for (const text of lines) {
    if (breath.due()) await breath.now();
    const [, , labels = '', value = '', time] = line.exec(text) ?? [];
    if (value === '') continue;
    const attributes = Object.fromEntries(parseLabels(labels));
    const reading = { labels, attributes, value: numberOf(value) };
    readings.push(time === undefined ? reading : { ...reading, time: Number(time) });
  }
  return readings;
}

async function histogramsOf(name: string, lines: readonly string[], breath: Breather): Promise<readonly Reading[]> {
  const series = new Map<string, { labels: Labels; bounds: [bound: number, below: number][]; sum: number }>();
  for (const text of lines) {
    if (breath.due()) await breath.now();
    const [, part = '', labelText = '', value = ''] = line.exec(text) ?? [];
    if (value === '') continue;
    const all = parseLabels(labelText);
    const labels = all.filter(([label]) => label !== 'le');
    const key = formatLabels(labels);
    const one = series.get(key) ?? { labels, bounds: [], sum: 0 };
    series.set(key, one);
    const bound = all.find(([label]) => label === 'le')?.[1];
    if (part === `${name}_sum`) one.sum = numberOf(value);
    else if (part === `${name}_bucket` && bound !== undefined) one.bounds.push([numberOf(bound), numberOf(value)]);
  }
  return [...series].map(([labels, { labels: pairs, bounds, sum }]) => {
    bounds.sort(([a], [b]) => a - b);
    const counts = bounds.map(([, below], index) => below - (bounds[index - 1]?.[1] ?? 0));
    const boundaries = bounds.map(([bound]) => bound).filter(Number.isFinite);
    const value = { buckets: { boundaries, counts }, sum, count: bounds.at(-1)?.[1] ?? 0 };
    return { labels, attributes: Object.fromEntries(pairs), value };
  });
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
