/** Asks for the cost history of CloudHealth: the last 31 days by day, the last 12 months by month. */
import { redactUrl } from '../../../core/secrets.ts';
import { PlumblineError } from '../../errors.ts';
import type { CloudHealthClient } from './client.ts';
import type { CloudHealthConfig } from './config.ts';
import { type Cube, type Mismatch, mismatches, readCube } from './cube.ts';

export interface HistoryQuery {
  readonly config: CloudHealthConfig;
  /** The dimension of the perspective, where one is configured. */
  readonly perspective: string | undefined;
  /** UTC day. */
  readonly today: string;
}

/** What one account spent on one service for one group of the perspective. */
export interface HistoryCost {
  /** A day, or the first day of a month. */
  readonly start: string;
  readonly account: string;
  readonly service: string;
  /** The group's name; '' where the perspective gives none. */
  readonly group: string;
  /** Decimal text. */
  readonly billed: string;
  readonly effective: string;
}

export interface History {
  readonly costs: readonly HistoryCost[];
  /** The first day or month that was answered for. */
  readonly from: string;
  readonly mismatches: readonly Mismatch[];
}

type Interval = 'daily' | 'monthly';

/** The group of what no rule of a perspective has taken. */
const notAllocated = /^assets?[\s_-]+not[\s_-]+allocated$/i;

/**
 * Reads the cube of the interval. No filter on time is sent: `time:select:-1` is the running month by month, but the day
 * before by day. Errors: those of the client, CLOUDHEALTH_ANSWER, CLOUDHEALTH_DATES, CLOUDHEALTH_CURRENCY.
 */
export async function readHistory(
  client: CloudHealthClient,
  interval: Interval,
  query: HistoryQuery,
): Promise<History> {
  const { config, perspective } = query;
  const url = historyUrl(interval, query);
  const dimensions = dimensionsOf(config, perspective);
  const what = `the ${interval} cost history`;
  const cube = readCube(await client.getJson({ url }), dimensions, what);
  const times = (cube.members.time ?? []).slice(1).map(({ name }) => name);
  assertTimes(cube.interval, times, interval, query);
  const billed = measureAt(cube, config.measure, config.currency, what);
  const effective = measureAt(cube, config.effective_measure ?? config.measure, config.currency, what);
  const costs = cube.cells.flatMap(({ members, values }) => {
    if (values[billed] === undefined && values[effective] === undefined) return [];
    const group = perspective === undefined ? undefined : members[perspective];
    const isNamed = group !== undefined && !notAllocated.test(group.label) && !notAllocated.test(group.name);
    return [
      {
        start: dayOf(members.time?.name ?? ''),
        account: members[config.account_dimension]?.name ?? '',
        service: members[config.service_dimension]?.label || members[config.service_dimension]?.name || '',
        group: isNamed ? group.label || group.name : '',
        billed: values[billed] ?? '0',
        effective: values[effective] ?? '0',
      },
    ];
  });
  return { costs, from: times.map(dayOf).sort()[0] ?? query.today, mismatches: mismatches(cube) };
}

const dimensionsOf = (config: CloudHealthConfig, perspective: string | undefined) => [
  'time',
  config.account_dimension,
  config.service_dimension,
  ...(perspective === undefined ? [] : [perspective]),
];

/** Brackets as they are: the API's own notation of a list. */
function historyUrl(interval: Interval, { config, perspective }: HistoryQuery): string {
  const list = (name: string, values: readonly string[]) =>
    [...new Set(values)].map(value => `${name}[]=${encodeURIComponent(value)}`);
  return `/olap_reports/cost/history?${[
    `interval=${interval}`,
    ...list('dimensions', dimensionsOf(config, perspective)),
    ...list('measures', [
      config.measure,
      ...(config.effective_measure === undefined ? [] : [config.effective_measure]),
    ]),
    ...list('filters', config.filters),
    'collapse_null_arrays=1',
  ].join('&')}`;
}

const dayOf = (time: string) => (time.length === 7 ? `${time}-01` : time);

const dayMs = 864e5;

/** By day 31 of them, by month 12 and the running one; a few more are let pass, another year is not. */
function assertTimes(got: string, times: readonly string[], interval: Interval, { config, today }: HistoryQuery): void {
  const isDaily = interval === 'daily';
  const shape = isDaily ? /^\d{4}-\d\d-\d\d$/ : /^\d{4}-\d\d$/;
  const oldest = new Date(Date.parse(today) - (isDaily ? 40 : 430) * dayMs).toISOString().slice(0, 10);
  const newest = new Date(Date.parse(today) + dayMs).toISOString().slice(0, 10);
  const odd = times.find(time => !shape.test(time) || dayOf(time) < oldest || dayOf(time) > newest);
  if (got === interval && odd === undefined) return;
  throw new PlumblineError('CLOUDHEALTH_DATES', {
    interval,
    got: odd === undefined ? `the interval ${got}` : odd,
    from: oldest,
    to: today,
    url: redactUrl(config.url),
  });
}

const signs: Readonly<Record<string, RegExp>> = {
  $: /D$/,
  '€': /^EUR$/,
  '£': /^GBP$/,
  '¥': /^(JPY|CNY)$/,
  '₹': /^INR$/,
};

/** The position of a measure, whose label may tell the currency: `Cost ($)`. */
function measureAt(cube: Cube, name: string, currency: string, what: string): number {
  const position = cube.measures.findIndex(measure => measure.name === name);
  if (position < 0) throw new PlumblineError('CLOUDHEALTH_ANSWER', { what, reason: `it has no measure ${name}` });
  const said = /\(([^()]+)\)\s*$/.exec(cube.measures[position]?.label ?? '')?.[1]?.trim() ?? '';
  const expected = signs[said] ?? (/^[A-Z]{3}$/.test(said) ? new RegExp(`^${said}$`) : undefined);
  if (expected !== undefined && !expected.test(currency))
    throw new PlumblineError('CLOUDHEALTH_CURRENCY', { what, got: said, expected: currency });
  return position;
}
