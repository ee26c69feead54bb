/**
 * One month of a scope: actual and amortized cost, joined into what FOCUS calls billed and effective. Each charge type
 * is asked for by itself, so that a charge's category is known beside the two groupings; the rows of each must sum to
 * what Azure says of the whole period, which no page or day can be missing from.
 */
import type { ArmClient } from '../../../vendors/azure/arm.ts';
import { roundDecimal, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { Grouping } from './config.ts';
import { daysOf } from './months.ts';
import { type CostRow, type Metric, type Period, query } from './query.ts';

export interface Charge {
  readonly day: string;
  readonly chargeType: string;
  /** In the order of the groupings. */
  readonly groups: readonly string[];
  readonly currency: string;
  /** Decimal text; 0 where only the other is known: a commitment's purchase has no effective cost, unused hours none billed. */
  readonly billed: string;
  readonly effective: string;
}

export interface MonthReading {
  readonly arm: ArmClient;
  readonly scope: string;
  readonly grouping: readonly Grouping[];
  /** The currency that is expected; any where undefined. */
  readonly currency: string | undefined;
  /** The running UTC day: Azure moves a period that reaches beyond it. */
  readonly today: string;
}

const metrics = ['ActualCost', 'AmortizedCost'] as const;

/** Errors: those of `query`, AZURE_TOTALS, AZURE_CURRENCY. */
export async function readMonth(reading: MonthReading, month: string): Promise<Charge[]> {
  const { from, to: last } = daysOf(month);
  const [to = last] = [last, reading.today].sort();
  const charges = new Map<string, Charge & { readonly sums: Record<Metric, bigint> }>();
  const currencies = new Map<Metric, string>();
  for (const metric of metrics) {
    const { rows, seen } = await readMetric(reading, metric, { from, to, month });
    currencies.set(metric, seen);
    for (const { chargeType, row } of rows) {
      const key = JSON.stringify([row.day, chargeType, row.groups, row.currency]);
      const sums = charges.get(key)?.sums ?? { ActualCost: 0n, AmortizedCost: 0n };
      sums[metric] += roundDecimal(row.cost)?.units ?? 0n;
      charges.set(key, { ...row, chargeType, billed: '', effective: '', sums });
    }
  }
  const [actual = '', amortized = ''] = metrics.map(metric => currencies.get(metric));
  if (actual !== '' && amortized !== '' && actual !== amortized)
    throw new PlumblineError('AZURE_CURRENCY', { got: amortized, expected: actual, month, url: reading.scope });
  return [...charges.values()].map(({ sums, ...charge }) => ({
    day: charge.day,
    chargeType: charge.chargeType,
    groups: charge.groups,
    currency: charge.currency,
    billed: unitsText(sums.ActualCost),
    effective: unitsText(sums.AmortizedCost),
  }));
}

/** `seen` are the currencies that hold money, sorted. */
async function readMetric(reading: MonthReading, metric: Metric, asked: Period & { readonly month: string }) {
  const { arm, scope, grouping } = reading;
  const question = { metric, scope, from: asked.from, to: asked.to };
  const totals = await query(arm, {
    ...question,
    granularity: 'None',
    grouping: [{ type: 'Dimension', name: 'ChargeType' }],
  });
  const rows: { readonly chargeType: string; readonly row: CostRow }[] = [];
  for (const [chargeType = '', ofType = []] of Map.groupBy(totals, ({ groups }) => groups[0])) {
    const found = await query(arm, { ...question, granularity: 'Daily', grouping, chargeType });
    compare(sumsOf(found), sumsOf(ofType), { ...asked, metric, type: chargeType });
    rows.push(...found.map(row => ({ chargeType, row })));
  }
  const seen = [...sumsOf(totals)].flatMap(([currency, sum]) => (sum === 0n ? [] : [currency])).sort();
  const other = seen.find(currency => reading.currency !== undefined && currency !== reading.currency);
  if (other !== undefined)
    throw new PlumblineError('AZURE_CURRENCY', {
      got: other,
      expected: reading.currency,
      month: asked.month,
      url: scope,
    });
  return { rows, seen: seen.join(', ') };
}

function sumsOf(rows: readonly CostRow[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { currency, cost } of rows)
    sums.set(currency, (sums.get(currency) ?? 0n) + (roundDecimal(cost)?.units ?? 0n));
  return sums;
}

/** Azure sums doubles, and rounds here and there: a cent, or a millionth of the total, is no missing page. */
const cent = roundDecimal('0.01')!.units;

function compare(
  sums: ReadonlyMap<string, bigint>,
  totals: ReadonlyMap<string, bigint>,
  of: { readonly month: string; readonly metric: Metric; readonly type: string },
): void {
  for (const currency of new Set([...sums.keys(), ...totals.keys()])) {
    const sum = sums.get(currency) ?? 0n;
    const total = totals.get(currency) ?? 0n;
    const size = (value: bigint) => (value < 0n ? -value : value);
    const slack = size(total) / 1_000_000n;
    if (size(sum - total) > (slack > cent ? slack : cent))
      throw new PlumblineError('AZURE_TOTALS', {
        month: of.month,
        type: of.type,
        metric: of.metric,
        currency,
        sum: unitsText(sum),
        total: unitsText(total),
      });
  }
}
