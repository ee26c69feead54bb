/** What several readings tell, together and in the order of time. */
import type { Told } from '../findings/report.ts';

const byTime =
  <Item>(at: (item: Item) => string) =>
  (a: Item, b: Item) =>
    Date.parse(at(a)) - Date.parse(at(b));

export const mergedTold = (all: readonly Told[]): Told => ({
  reports: all.flatMap(({ reports = [] }) => reports).sort(byTime(({ evaluatedAt }) => evaluatedAt)),
  exceptions: all.flatMap(({ exceptions = [] }) => exceptions).sort(byTime(({ readAt }) => readAt)),
  policies: all.flatMap(({ policies = [] }) => policies).sort(byTime(({ readAt }) => readAt)),
  blocks: all.flatMap(({ blocks = [] }) => blocks).sort(byTime(({ at }) => at)),
});

/** Milliseconds since 1970 of the earliest that it tells of; infinite where it tells nothing. */
export function earliestOf({ reports = [], exceptions = [], policies = [], blocks = [] }: Told): number {
  let earliest = Number.POSITIVE_INFINITY;
  const times = [
    reports.map(({ evaluatedAt }) => evaluatedAt),
    exceptions.map(({ readAt }) => readAt),
    policies.map(({ readAt }) => readAt),
    blocks.map(({ at }) => at),
  ];
  for (const time of times.flat()) earliest = Math.min(earliest, Date.parse(time));
  return earliest;
}
