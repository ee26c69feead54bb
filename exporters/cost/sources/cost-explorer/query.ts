/**
 * One cube of one month: GetCostAndUsage by day, all its pages, checked against what was asked. Source: AWS Cost
 * Explorer API 2017-10-25. TimePeriod.End is exclusive; with GroupBy, Total is {}; amounts are decimal text.
 */
import type {
  Expression,
  GetCostAndUsageCommandOutput,
  GroupDefinition,
  MetricValue,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { roundDecimal } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { AwsClient } from './client.ts';
import { type CostExplorerConfig, cubeName } from './config.ts';

/** Days from `start` to the one before `end`, UTC, `2026-11-01`. */
export interface Days {
  readonly start: string;
  readonly end: string;
}

export type Basis = 'billed' | 'effective';

export interface CubeRow {
  readonly day: string;
  /** A value a key of the cube; '' where a tag or cost category is absent. */
  readonly keys: readonly string[];
  readonly currency: string;
  /** Units of 1e-10. */
  readonly billed: bigint;
  readonly effective: bigint;
}

export interface CubeAnswer {
  readonly cube: readonly string[];
  /** Those that are not 0. */
  readonly rows: readonly CubeRow[];
  /** True where any of the days is. */
  readonly isEstimated: boolean;
  /** Account ids and names, where LINKED_ACCOUNT is a key. */
  readonly accountNames: ReadonlyMap<string, string>;
  /** What rounding to ten decimals took from the amounts, in units of 1e-80. */
  readonly remainder: Readonly<Record<Basis, bigint>>;
  readonly requests: number;
}

export interface CubeQuestion {
  readonly cube: readonly string[];
  readonly days: Days;
  readonly effective: CostExplorerConfig['effective_cost'];
  /** Only these record types, spelled as Cost Explorer does. */
  readonly recordTypes?: readonly string[];
}

/** The metric of each basis; net costs go together, else discounts would count in one and not in the other. */
const metricsOf = (effective: CostExplorerConfig['effective_cost']) =>
  ({ billed: effective === 'NetAmortizedCost' ? 'NetUnblendedCost' : 'UnblendedCost', effective }) as const;

const groupOf = (key: string): GroupDefinition =>
  key.startsWith('TAG:')
    ? { Type: 'TAG', Key: key.slice('TAG:'.length) }
    : key.startsWith('COST_CATEGORY:')
      ? { Type: 'COST_CATEGORY', Key: key.slice('COST_CATEGORY:'.length) }
      : { Type: 'DIMENSION', Key: key };

/**
 * Errors: those of the client; COST_EXPLORER_PAGES, COST_EXPLORER_DAYS and AWS_ANSWER_UNREADABLE where the pages don't
 * make a whole answer to what was asked.
 */
export async function readCube(client: AwsClient, question: CubeQuestion): Promise<CubeAnswer> {
  const { cube, days, recordTypes } = question;
  const metrics = metricsOf(question.effective);
  const filter: Expression | undefined = recordTypes && {
    Dimensions: { Key: 'RECORD_TYPE', Values: [...recordTypes] },
  };
  // The same object for every page: Cost Explorer refuses a token that comes with other parameters.
  const parameters = {
    TimePeriod: { Start: days.start, End: days.end },
    Granularity: 'DAILY' as const,
    Metrics: [metrics.billed, metrics.effective],
    GroupBy: cube.map(groupOf),
    ...(filter === undefined ? {} : { Filter: filter }),
  };
  const unrelated = (reason: string) =>
    new PlumblineError('COST_EXPLORER_PAGES', { cube: cubeName(cube), month: days.start.slice(0, 7), reason });

  const expected = daysOf(days);
  const seenDays = new Set<string>();
  const seenGroups = new Set<string>();
  const tokens = new Set<string>();
  const accountNames = new Map<string, string>();
  const rows: CubeRow[] = [];
  let isEstimated = false;
  const remainder = { billed: 0n, effective: 0n };
  let requests = 0;
  let token: string | undefined;
  do {
    const page: GetCostAndUsageCommandOutput = await client.costAndUsage(
      token === undefined ? parameters : { ...parameters, NextPageToken: token },
    );
    requests += 1;
    if (page.ResultsByTime === undefined) throw unreadable('it has no ResultsByTime');
    for (const result of page.ResultsByTime) {
      const day = dayOf(result);
      if (!expected.has(day)) throw otherDays(days, `also ${spanOf(result)}`);
      seenDays.add(day);
      isEstimated ||= result.Estimated === true;
      for (const group of result.Groups ?? []) {
        const keys = (group.Keys ?? []).map((key, index) => keyValue(cube[index] ?? '', key));
        if (keys.length !== cube.length) throw unreadable(`a group has ${keys.length} keys instead of ${cube.length}`);
        const name = JSON.stringify([day, ...keys]);
        if (seenGroups.has(name)) throw unrelated(`${keys.join(', ')} of ${day} comes twice`);
        seenGroups.add(name);
        const billed = amountOf(group.Metrics?.[metrics.billed], metrics.billed);
        const effective = amountOf(group.Metrics?.[metrics.effective], metrics.effective);
        remainder.billed += billed.remainder;
        remainder.effective += effective.remainder;
        if (billed.units === 0n && effective.units === 0n) continue;
        const currencies = new Set([billed, effective].filter(({ units }) => units !== 0n).map(({ unit }) => unit));
        for (const currency of currencies) {
          if (!/^[A-Z]{3}$/.test(currency))
            throw unreadable(`an amount is in ${JSON.stringify(currency)}, which is no currency`);
          rows.push({
            day,
            keys,
            currency,
            billed: billed.unit === currency ? billed.units : 0n,
            effective: effective.unit === currency ? effective.units : 0n,
          });
        }
      }
    }
    for (const { Value, Attributes } of page.DimensionValueAttributes ?? [])
      if (Value !== undefined && Attributes?.description) accountNames.set(Value, Attributes.description);
    token = page.NextPageToken || undefined;
    if (token !== undefined && tokens.has(token)) throw unrelated('a page leads back to one already read');
    if (token !== undefined) tokens.add(token);
  } while (token !== undefined);
  const missing = [...expected].filter(day => !seenDays.has(day));
  if (missing.length > 0)
    throw otherDays(days, `nothing for ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}`);
  return { cube, rows, isEstimated, accountNames, remainder, requests };
}

const unreadable = (reason: string) =>
  new PlumblineError('AWS_ANSWER_UNREADABLE', { action: 'ce:GetCostAndUsage', reason });

const otherDays = (days: Days, answered: string) =>
  new PlumblineError('COST_EXPLORER_DAYS', { asked: `${days.start} to before ${days.end}`, answered });

const spanOf = ({ TimePeriod }: ResultByTime) => `${TimePeriod?.Start ?? '?'} to before ${TimePeriod?.End ?? '?'}`;

/** The day of a result that covers one day; else text that is no day that was asked for. */
const dayOf = (result: ResultByTime): string => {
  const { Start = '', End = '' } = result.TimePeriod ?? {};
  return End === nextDay(Start) ? Start : spanOf(result);
};

/** A tag or cost category arrives as `name$value`, and the value may hold a `$` of its own. */
function keyValue(key: string, text: string): string {
  const { Type, Key = '' } = groupOf(key);
  if (Type === 'DIMENSION') return text;
  return text.startsWith(`${Key}$`) ? text.slice(Key.length + 1) : text;
}

function amountOf(value: MetricValue | undefined, metric: string) {
  const rounded = roundDecimal(value?.Amount ?? '');
  if (!rounded)
    throw unreadable(`${metric} is ${JSON.stringify(value?.Amount ?? null).slice(0, 60)} instead of an amount`);
  return { ...rounded, unit: value?.Unit ?? '' };
}

export function nextDay(day: string): string {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) ? '' : new Date(time + 86_400_000).toISOString().slice(0, 10);
}

function daysOf({ start, end }: Days): ReadonlySet<string> {
  const days = new Set<string>();
  for (let day = start; day < end; day = nextDay(day)) days.add(day);
  return days;
}
