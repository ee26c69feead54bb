/** Days and spans. A span is valid_from <= day < valid_to; days are text, which sorts as they do. */

export const firstDay = '0001-01-01';
export const endOfDays = '9999-12-31';

export interface Span {
  readonly from: string;
  readonly to: string;
}

export interface VersionStart {
  readonly version: number;
  readonly validFrom: string;
}

/**
 * Which version holds when. A version holds from its day on and overrides all earlier ones there, also those whose
 * days are later; so a version recorded with an early day restates. Ascending, without gaps.
 */
export function versionSpans<T extends VersionStart>(versions: readonly T[]): (Span & { readonly version: T })[] {
  const spans: (Span & { readonly version: T })[] = [];
  let to = endOfDays;
  for (const version of versions.toSorted((a, b) => b.version - a.version)) {
    if (version.validFrom >= to) continue;
    spans.unshift({ from: version.validFrom, to, version });
    to = version.validFrom;
  }
  return spans;
}

/** Cuts a span at each of the ascending days that lie inside it. */
export function cutAt({ from, to }: Span, days: readonly string[]): Span[] {
  const cuts = [from, ...days.filter(day => day > from && day < to), to];
  return cuts.slice(0, -1).map((start, index) => ({ from: start, to: cuts[index + 1] ?? to }));
}

/** Joins neighbours of equal value; spans are ascending and without gaps. */
export function mergeSpans<T>(
  spans: readonly (Span & { readonly value: T })[],
  equal: (a: T, b: T) => boolean,
): (Span & { readonly value: T })[] {
  const merged: (Span & { readonly value: T })[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last && equal(last.value, span.value)) merged[merged.length - 1] = { ...last, to: span.to };
    else merged.push(span);
  }
  return merged;
}
