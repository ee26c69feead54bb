/**
 * Identity where an engine's own is not unique: the same check of the same name in several files, as `aws_s3_bucket.data`
 * of each environment's folder. They are numbered, and no path is part of it, so that a moved folder is the same findings
 * and their number is right; violated ones come first, so that the last number goes when one of them is mended.
 */
import type { Outcome, Result } from '../findings/report.ts';

export interface Instance {
  /** Its resource is not numbered yet. */
  readonly result: Result;
  /** What tells it from others with the same policy and resource: its file. */
  readonly place: string;
}

const ranks: Readonly<Record<Outcome, number>> = { fail: 0, excepted: 1, error: 2, skip: 3, pass: 4 };

/** One result for each policy, resource and place, the worst of those there are; in the order given. */
export function numbered(instances: readonly Instance[]): Result[] {
  const places = new Map<string, Map<string, Instance>>();
  for (const instance of instances) {
    const { policy, part = '', resource, outcome } = instance.result;
    const key = JSON.stringify([policy, part, resource]);
    const same = places.get(key) ?? new Map<string, Instance>();
    places.set(key, same);
    const known = same.get(instance.place);
    if (known === undefined || ranks[outcome] < ranks[known.result.outcome]) same.set(instance.place, instance);
  }
  return [...places.values()].flatMap(same =>
    [...same.values()]
      .sort((a, b) => ranks[a.result.outcome] - ranks[b.result.outcome] || (a.place < b.place ? -1 : 1))
      .map(({ result }, index) => (index === 0 ? result : { ...result, resource: `${result.resource}~${index + 1}` })),
  );
}
