/**
 * The charges of a calendar month from what CloudHealth last said of its days and of the whole of it.
 *
 * The API forgets a day after 31 days and a month after 12, and both restate. So days are kept as they were last told.
 * Of an ended month what its total has beyond its days is spread evenly over the days that were never told, else over
 * all: then months are exact, and a lump on one day makes no peak that nobody spent. Such days are averages, and say so
 * in `SkuId`. The running month has its days alone.
 */
import type { Reader } from '../../../core/ledger.ts';
import type { FocusRecord } from '../../bills/records.ts';
import { absolute, roundDecimal, unitsText } from '../../decimal.ts';
import type { CloudHealthConfig } from './config.ts';

/** What days share of a month's total are told by. */
export const averageSku = 'average of the month';

/** Less than a cent of a key is the rounding of its days. */
const cent = 100_000_000n;

interface Entry {
  readonly per: string;
  readonly start: string;
  readonly account: string;
  readonly service: string;
  readonly group: string;
  readonly billed: bigint;
  readonly effective: bigint;
}

/** The charges of a month (`2026-10`), sorted; `today` is a UTC day. */
export async function monthRecords(
  reader: Reader,
  config: CloudHealthConfig,
  { month, today }: { readonly month: string; readonly today: string },
): Promise<FocusRecord[]> {
  const rows = await reader.all(
    `SELECT per, start::VARCHAR AS start, account, service, team_group, billed::VARCHAR AS billed, effective::VARCHAR AS effective
     FROM cloudhealth_costs WHERE source = $source AND date_trunc('month', start) = ($month || '-01')::DATE
     ORDER BY ALL`,
    { source: config.name, month },
  );
  const entries = rows.map(
    (row): Entry => ({
      per: String(row.per),
      start: String(row.start),
      account: String(row.account),
      service: String(row.service),
      group: String(row.team_group),
      billed: roundDecimal(String(row.billed))?.units ?? 0n,
      effective: roundDecimal(String(row.effective))?.units ?? 0n,
    }),
  );
  const days = entries.filter(({ per }) => per === 'day');
  const whole = month < today.slice(0, 7) ? entries.filter(({ per }) => per === 'month') : [];
  return [
    ...days.map(entry => record(config, entry.start, entry)),
    ...(whole.length === 0 ? [] : rest(config, month, { days, whole })),
  ];
}

/** What the month has beyond its days, by account, service and group. */
function rest(
  config: CloudHealthConfig,
  month: string,
  { days, whole }: { readonly days: readonly Entry[]; readonly whole: readonly Entry[] },
): FocusRecord[] {
  const left = new Map<string, { billed: bigint; effective: bigint; entry: Entry }>();
  for (const entry of [...whole, ...days]) {
    const key = JSON.stringify([entry.account, entry.service, entry.group]);
    const sign = entry.per === 'month' ? 1n : -1n;
    const { billed, effective } = left.get(key) ?? { billed: 0n, effective: 0n };
    left.set(key, { billed: billed + sign * entry.billed, effective: effective + sign * entry.effective, entry });
  }
  const all = daysOf(month);
  const told = new Set(days.map(({ start }) => start));
  const untold = all.filter(day => !told.has(day));
  const onto = untold.length > 0 ? untold : all;
  return [...left.values()].flatMap(({ billed, effective, entry }) => {
    if (billed === 0n && effective === 0n) return [];
    if (untold.length === 0 && absolute(billed) < cent && absolute(effective) < cent) return [];
    const parts = { billed: shared(billed, onto.length), effective: shared(effective, onto.length) };
    return onto.map((day, index) => ({
      ...record(config, day, { ...entry, billed: parts.billed[index] ?? 0n, effective: parts.effective[index] ?? 0n }),
      SkuId: averageSku,
    }));
  });
}

/** Whole parts that differ by at most one and sum to the value. */
function shared(value: bigint, count: number): bigint[] {
  const parts = BigInt(count);
  const each = value / parts;
  const over = Number(absolute(value - each * parts));
  const one = value < 0n ? -1n : 1n;
  return Array.from({ length: count }, (_, index) => (index < over ? each + one : each));
}

export function daysOf(month: string): string[] {
  const first = new Date(`${month}-01T00:00:00Z`);
  const count = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`);
}

const record = (config: CloudHealthConfig, day: string, entry: Entry): FocusRecord => ({
  BilledCost: unitsText(entry.billed),
  EffectiveCost: unitsText(entry.effective),
  BillingCurrency: config.currency,
  ProviderName: config.provider,
  BillingAccountId: config.billing_account,
  SubAccountId: entry.account,
  ServiceName: entry.service,
  ChargeCategory: categoryOf(entry.service),
  ChargePeriodStart: day,
  BillingPeriodStart: `${day.slice(0, 7)}-01`,
  ...(config.perspective === undefined || entry.group === ''
    ? {}
    : { tags: { [`cloudhealth:${config.perspective}`]: entry.group } }),
});

/** CloudHealth has taxes, credits and support among its services. */
function categoryOf(service: string): string {
  if (/^tax(es)?\b/i.test(service)) return 'Tax';
  if (/\b(credit|refund)s?\b/i.test(service)) return 'Credit';
  return /\b(support|upfront)\b/i.test(service) ? 'Purchase' : 'Usage';
}
