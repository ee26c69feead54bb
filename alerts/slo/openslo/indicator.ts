/** OpenSLO's indicators as ours. Data come from Prometheus alone. */

import { durationSeconds } from '../durations.ts';
import type { Events, Indicator } from '../model.ts';
import type { Library, RefuseDocument } from './documents.ts';
import type { Metric, Objective, SliSpec, SloSpec } from './schema.ts';

/** An indicator within the document, or of that name in the files. */
export function sliOf(
  { indicator, indicatorRef }: Pick<SloSpec, 'indicator' | 'indicatorRef'>,
  library: Library,
  refuse: RefuseDocument,
  at: string,
): { readonly name: string; readonly spec: SliSpec } | undefined {
  if (indicator && indicatorRef) return refuse(`${at}: expected either indicator or indicatorRef`);
  if (indicator) return { name: indicator.metadata?.name ?? '', spec: indicator.spec };
  if (indicatorRef === undefined) return undefined;
  const found = library.find('SLI', indicatorRef);
  if (found) return { name: indicatorRef, spec: found.spec };
  if (library.find('SLO', indicatorRef))
    return refuse(
      `${at}.indicatorRef: ${indicatorRef} is an SLO, and a composite of SLOs or of composites has no budget of its own; name the SLIs they are made of`,
    );
  return refuse(`${at}.indicatorRef: no SLI of the files is called ${indicatorRef}`);
}

/** How often a threshold's expression is looked at unless its metric's spec says `every`. */
const usualEvery = 60;

export function indicatorOf(
  { ratioMetric, thresholdMetric }: SliSpec,
  { op, value }: Pick<Objective, 'op' | 'value'>,
  library: Library,
  refuse: RefuseDocument,
): Indicator {
  const query = (metric: Metric, what: string) => queryOf(metric, what, library, refuse);
  if (thresholdMetric) {
    if (op === undefined || value === undefined)
      return refuse('an objective of a thresholdMetric needs op and value, which say what is good');
    const every = everyOf(thresholdMetric, refuse);
    return { kind: 'threshold', promql: query(thresholdMetric, 'thresholdMetric'), op, value, every };
  }
  const { raw, rawType = 'success', good, bad, total, counter = true } = ratioMetric ?? {};
  if (raw) return { kind: 'ratio', promql: query(raw, 'ratioMetric.raw'), of: rawType };
  const numerator = bad ? 'bad' : 'good';
  const some = bad ?? good;
  if (!some || !total) return refuse('an indicator has neither ratioMetric nor thresholdMetric');
  const of: Events['of'] = counter ? 'counter' : 'gauge';
  return {
    kind: 'events',
    numerator,
    events: { promql: query(some, `ratioMetric.${numerator}`), of },
    total: { promql: query(total, 'ratioMetric.total'), of },
  };
}

function queryOf({ metricSource }: Metric, what: string, library: Library, refuse: RefuseDocument): string {
  const { metricSourceRef, type: written, spec } = metricSource;
  const source = metricSourceRef === undefined ? undefined : library.find('DataSource', metricSourceRef);
  const type = source?.spec.type ?? written;
  if (type === undefined)
    return refuse(
      metricSourceRef === undefined
        ? `${what} names neither a type nor a metricSourceRef`
        : `${what}: no DataSource of the files is called ${metricSourceRef}, and no type is given`,
    );
  if (type.toLowerCase() !== 'prometheus')
    return refuse(`${what} reads from ${type}, and rules are made for Prometheus alone; give its query as PromQL`);
  const query = spec['query'] ?? spec['promql'];
  return typeof query === 'string' ? query : refuse(`${what}: metricSource.spec has no query`);
}

function everyOf({ metricSource }: Metric, refuse: RefuseDocument): number {
  const { every } = metricSource.spec;
  if (every === undefined) return usualEvery;
  const seconds = typeof every === 'string' ? durationSeconds(every) : undefined;
  return seconds ? seconds : refuse('metricSource.spec.every is no duration such as 5m or 1d');
}
