/** The short form of plumbline.yaml as SLOs. */
import { indicatorKinds, type ShortSlo, type SlosConfig } from './config.ts';
import { decimal, written } from './decimal.ts';
import type { Alerting, Budgeting, Indicator, Operator, Part, Server, Slo, Window } from './model.ts';
import { childOf, nodesOf, parsePromql, textOf } from './promql/parse.ts';

/** Whom a service belongs to, by the catalog. */
export interface Owners {
  readonly platform: string;
  readonly teams: ReadonlyMap<string, string>;
}

export const serverOf = ({ server }: SlosConfig): Server => ({
  scrapeInterval: server.scrape_interval,
  retention: server.retention,
  buckets: new Map(Object.entries(server.buckets)),
});

/** `index`: where it stands, for what is refused. */
export function shortSlo(given: ShortSlo, index: number, owners: Owners): Slo {
  const ratio = decimal(given.objective).div(100);
  const kind = indicatorKinds.find(each => given[each] !== undefined) ?? 'composite';
  return {
    name: given.name ?? kind,
    service: given.service,
    team: given.team ?? owners.teams.get(given.service) ?? owners.platform,
    objective: given.objective_name ?? written(decimal(given.objective)),
    displayName: given.title,
    description: given.description,
    window: windowOf(given.window),
    budgeting: budgetingOf(given.slices),
    parts: partsOf(given, ratio),
    alerting: alertingOf(given),
    ...(given.sampled_every === undefined ? {} : { sampledEvery: given.sampled_every }),
    labels: given.labels,
    annotations: given.annotations,
    origin: `plumbline.yaml, slos.objectives[${index}]`,
  };
}

function partsOf(given: ShortSlo, target: Part['target']): Slo['parts'] {
  const [first, ...others] = (given.parts ?? []).map((part): Part => {
    const slice = part.slice_objective ?? given.slices?.objective;
    return {
      name: part.name,
      indicator: indicatorOf(part),
      target: part.objective === undefined ? target : decimal(part.objective).div(100),
      weight: decimal(part.weight),
      ...(slice === undefined ? {} : { sliceTarget: decimal(slice).div(100) }),
    };
  });
  return first ? [first, ...others] : [{ name: '', indicator: indicatorOf(given), target, weight: decimal(1) }];
}

const windowOf = (window: ShortSlo['window']): Window =>
  typeof window === 'number'
    ? { kind: 'rolling', seconds: window }
    : { kind: 'calendar', start: window.start, timeZone: window.time_zone, count: window.count, unit: window.unit };

function budgetingOf(slices: ShortSlo['slices']): Budgeting {
  if (slices === undefined) return { kind: 'occurrences' };
  return slices.objective === undefined
    ? { kind: 'ratio_timeslices', seconds: slices.length }
    : { kind: 'timeslices', seconds: slices.length, target: decimal(slices.objective).div(100) };
}

function alertingOf(given: ShortSlo): Alerting {
  return {
    ...(given.windows === undefined
      ? {}
      : { windows: given.windows.map(({ burn_rate, ...window }) => ({ ...window, burnRate: decimal(burn_rate) })) }),
    conditions: given.conditions.map(({ burn_rate, when_no_data, after, ...condition }) => ({
      ...condition,
      burnRate: decimal(burn_rate),
      after: after ?? 0,
      whenNoData: when_no_data,
    })),
    leastBadEvents: decimal(given.least_bad_events),
    noTrafficAfter: given.no_traffic_after === false ? undefined : given.no_traffic_after,
    budget: given.budget_alerts,
    pages: given.page,
  };
}

type Indicators = Pick<ShortSlo, (typeof indicatorKinds)[number]>;

function indicatorOf({ availability, latency, ratio, threshold, freshness }: Indicators): Indicator {
  if (availability) {
    const { of, total } = availability;
    const [numerator, promql] =
      'bad' in availability ? (['bad', availability.bad] as const) : (['good', availability.good] as const);
    return { kind: 'events', numerator, events: { promql, of }, total: { promql: total, of } };
  }
  if (latency) return latencyOf(latency);
  if (ratio)
    return 'bad' in ratio
      ? { kind: 'ratio', promql: ratio.bad, of: 'failure' }
      : { kind: 'ratio', promql: ratio.good, of: 'success' };
  if (threshold) {
    const { promql, every, below, at_most, above, at_least } = threshold;
    const given = Object.entries({ lt: below, lte: at_most, gt: above, gte: at_least }) as [
      Operator,
      string | undefined,
    ][];
    const [op = 'lt', value = '0'] = given.find(([, each]) => each !== undefined) ?? [];
    return { kind: 'threshold', promql, op, value: decimal(value), every };
  }
  if (freshness) {
    const { timestamp, within, every } = freshness;
    return { kind: 'threshold', promql: `time() - (${timestamp})`, op: 'lte', value: decimal(within), every };
  }
  throw new TypeError('a short SLO has no indicator');
}

/** Good are the events of the threshold's bucket, whose bound is in it. */
function latencyOf({ histogram, threshold, native }: NonNullable<Indicators['latency']>): Indicator {
  const events = (promql: string) => ({ promql, of: 'counter' }) as const;
  const bound = written(decimal(threshold));
  // Prometheus 3 stores le="1" as le="1.0", others as it was
  const le = /^\d+$/.test(bound) ? `le=~"${bound}([.]0)?"` : `le="${bound}"`;
  if (native) {
    const all = `histogram_count(sum(rate(${histogram}[{{.window}}])))`;
    const good = `${all} * histogram_fraction(0, ${bound}, sum(rate(${histogram}[{{.window}}])))`;
    return { kind: 'events', numerator: 'good', events: events(good), total: events(all) };
  }
  const good = withSuffix(histogram, '_bucket', le);
  return { kind: 'events', numerator: 'good', events: events(good), total: events(withSuffix(histogram, '_count')) };
}

/** A selector with another metric's name and a further matcher. */
function withSuffix(selector: string, suffix: string, matcher?: string): string {
  const parsed = parsePromql(selector);
  const vector = nodesOf(parsed.root).find(node => node.name === 'VectorSelector');
  const name = vector && childOf(vector, 'Identifier');
  if (!vector || !name) return selector;
  const given = childOf(vector, 'LabelMatchers');
  const inner = given ? textOf(parsed, given).slice(1, -1).trim().replace(/,$/, '') : '';
  const matchers = [inner, matcher ?? ''].filter(each => each !== '').join(', ');
  const base = textOf(parsed, name).replace(/_(bucket|count|sum)$/, '');
  return `${base}${suffix}${matchers === '' ? '' : `{${matchers}}`}`;
}
