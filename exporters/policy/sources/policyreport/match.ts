/** Wildcards of Kyverno (`*` any text, `?` one character), and label selectors of Kubernetes. */
import { z } from 'zod';

export const selectorSchema = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z
    .array(z.looseObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
    .nullish(),
});
export type Selector = z.infer<typeof selectorSchema>;

/** By hand, for a pattern of many stars would keep a regular expression busy. */
export function matchesWildcard(pattern: string, value: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  let index = 0;
  while (index < value.length) {
    if (pattern[at] === '*') {
      star = at;
      mark = index;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === value[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      index = mark;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

export const isWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

/** Kyverno's selectors may have wildcards in their values. */
export function matchesLabels(
  { matchLabels, matchExpressions }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => {
      const own = labels[key];
      return own !== undefined && matchesWildcard(value, own);
    }) &&
    (matchExpressions ?? []).every(({ key, operator, values }) => {
      const own = labels[key];
      const isIn = own !== undefined && (values ?? []).includes(own);
      if (operator === 'In') return isIn;
      if (operator === 'NotIn') return !isIn;
      return operator === 'Exists' ? own !== undefined : operator === 'DoesNotExist' && own === undefined;
    })
  );
}
