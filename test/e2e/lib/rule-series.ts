/** The series that rules name, asked of a real server. */
import { rulesOf } from '../../../alerts/lint/read.ts';
import { selectorsOf } from '../../../alerts/slo/promql/selectors.ts';
import { promQuery } from '../../tools/promql.ts';

export interface Absent {
  /** The metric where no series of it is there, else the selector that finds none of them. */
  readonly series: string;
  /** By alert or recording. */
  readonly readBy: readonly string[];
}

/** What the server has had nothing of within a week and a day: on Mondays much is told of Friday. `texts`: rule files by name. */
export async function absentSeries(
  url: string,
  texts: Readonly<Record<string, string>>,
): Promise<{ readonly asked: number; readonly absent: readonly Absent[] }> {
  const read = new Map<string, { metric: string; by: Set<string> }>();
  for (const [file, text] of Object.entries(texts))
    for (const { name, parsed } of rulesOf({ file, text }, { evaluationInterval: 60 }))
      for (const { text: selector, metric } of parsed ? selectorsOf(parsed) : []) {
        if (metric === undefined) throw new Error(`${file}: ${name} reads ${selector}, which names no metric`);
        const known = read.get(selector) ?? { metric, by: new Set() };
        known.by.add(name);
        read.set(selector, known);
      }
  const has = async (selector: string) =>
    (await promQuery(url, `count(last_over_time(${selector}[8d]))`)).some(({ value }) => value > 0);
  const absent = new Map<string, Set<string>>();
  for (const [selector, { metric, by }] of read) {
    if (await has(selector)) continue;
    const series = (await has(metric)) ? selector : metric;
    absent.set(series, new Set([...(absent.get(series) ?? []), ...by]));
  }
  return {
    asked: read.size,
    absent: [...absent].map(([series, by]) => ({ series, readBy: [...by].sort() })),
  };
}
