/** A cost ledger in memory, filled by hand, and its metrics as of instants. */
import { type Ledger, openLedger, type Reader, type Row, type Transaction } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { type AsOf, withView } from '../../exporters/core/views.ts';

const room = (file: string) => new URL(`../../exporters/${file}`, import.meta.url);
export const facts = [
  'charges',
  'allocations',
  'restatements',
  'second_charges',
  'exchange_rates',
  'cost_cubes',
  'usage_quantities',
  'split_costs',
  'kubernetes_costs',
  'kubernetes_assets',
  'cost_estimates',
] as const;

export const openBooks = (): Promise<Ledger> =>
  openLedger({ path: ':memory:', tables: [room('catalog/tables.sql'), room('cost/tables.sql')] });

export interface Key {
  readonly id: number;
  readonly owner?: number;
  readonly provider?: string;
  readonly account?: string;
  readonly category?: string;
  readonly commitment?: string;
  readonly commitmentId?: string;
  readonly currency?: string;
  readonly tagging?: string;
  readonly serviceName?: string;
  readonly resource?: string;
}

export const addKey = (tx: Transaction, key: Key): Promise<void> =>
  tx.run(
    `INSERT INTO charge_keys VALUES ($id::HUGEINT, $provider, $account, '', '', 'Compute', $serviceName, '', $category,
       '', $commitment, $commitmentId, $currency, '', $tagging, '{}', $resource, $owner::HUGEINT)`,
    {
      provider: 'AWS',
      account: 'a-1',
      category: 'Usage',
      commitment: '',
      commitmentId: '',
      currency: 'USD',
      tagging: 'tagged',
      serviceName: 'Virtual machines',
      resource: '',
      owner: key.id,
      ...key,
    },
  );

export interface Charge {
  readonly key: number;
  readonly day: string;
  /** Decimal text; effective, and the other costs where they are not given. */
  readonly amount: string;
  readonly billed?: string;
  readonly period?: string;
  readonly learned?: string;
}

/** Posts charges and marks their days, as a source does. */
export async function post(tx: Transaction, charges: readonly Charge[]): Promise<void> {
  await tx.run(
    `INSERT INTO charges
     SELECT 'file', c.day::DATE, coalesce(c.period::DATE, date_trunc('month', c.day::DATE)), c.key::HUGEINT,
       coalesce(c.billed, c.amount)::DECIMAL(38,10), c.amount::DECIMAL(38,10), c.amount::DECIMAL(38,10),
       c.amount::DECIMAL(38,10), 1, c.day::DATE + INTERVAL 1 DAY,
       coalesce(c.learned::TIMESTAMP, c.day::DATE + INTERVAL 1 DAY)
     FROM (SELECT unnest(from_json($charges, '[{"key":"BIGINT","day":"VARCHAR","amount":"VARCHAR","billed":"VARCHAR",
       "period":"VARCHAR","learned":"VARCHAR"}]')) AS c)`,
    { charges: JSON.stringify(charges) },
  );
  await tx.run(`INSERT INTO days_to_allocate SELECT DISTINCT unnest(from_json($days, '["DATE"]'))`, {
    days: JSON.stringify(charges.map(charge => charge.day)),
  });
}

export interface OwnerSpan {
  readonly key: number;
  readonly team: string;
  readonly service?: string;
  readonly environment?: string;
  readonly split?: string;
  readonly from?: string;
  readonly to?: string;
}

export const own = (tx: Transaction, span: OwnerSpan): Promise<void> =>
  tx.run(
    `INSERT INTO owners VALUES ($key::HUGEINT, $from::DATE, $to::DATE, $team, $service, $environment, $split, '{}',
       TIMESTAMP '2026-01-01')`,
    { service: 'checkout', environment: 'production', split: null, from: '0001-01-01', to: '9999-12-31', ...span },
  );

/** Adds a split; a weight of `undefined` is NULL. Without shares it names no team. */
export async function addSplit(
  tx: Transaction,
  split: string,
  method: string,
  shares: Readonly<Record<string, number | undefined>> = {},
  usage?: { readonly name: string; readonly carryDays: number },
): Promise<void> {
  const teams = Object.entries(shares);
  for (const [team, weight] of teams.length > 0 ? teams : [[null, undefined] as const])
    await tx.run(
      `INSERT INTO splits
       VALUES ($split, '0001-01-01', '9999-12-31', $method, $team, $weight::BIGINT, $usage, $carry::INTEGER)`,
      { split, method, team, weight: weight ?? null, usage: usage?.name ?? null, carry: usage?.carryDays ?? null },
    );
}

export interface Quantity {
  readonly usage: string;
  readonly day: string;
  readonly team?: string;
  readonly service?: string;
  readonly environment?: string;
  /** Decimal text. */
  readonly quantity: string;
  readonly learned?: string;
}

/** Posts quantities of usage metrics, without marking days. */
export async function postUsage(tx: Transaction, quantities: readonly Quantity[]): Promise<void> {
  for (const given of quantities)
    await tx.run(
      `INSERT INTO usage_quantities VALUES ($usage, $day::DATE, $team, $service, $environment,
         $quantity::DECIMAL(38,10), $day::DATE + INTERVAL 1 DAY,
         coalesce($learned::TIMESTAMP, $day::DATE + INTERVAL 1 DAY))`,
      { team: '', service: '', environment: '', learned: null, ...given },
    );
}

/** A metric's rows as of instants (`2026-11-23 12:00`, UTC), sorted. */
export const evaluate = (ledger: Ledger, metric: Metric, instants: readonly string[]): Promise<Row[]> => {
  const asOf: AsOf = { instants: instants.map(text => new Date(`${text.replace(' ', 'T')}Z`)) };
  return ledger.read(reader => withView(reader, facts, metric, asOf, sql => rowsOf(reader, sql)));
};

/** As `evaluate`, for one instant: `label,label value` lines without the time, numbers without zeros at their end. */
export async function linesAt(ledger: Ledger, metric: Metric, instant: string): Promise<string[]> {
  return (await evaluate(ledger, metric, [instant])).map(({ ts, value, day, ...labels }) =>
    [day, ...metric.labels.map(label => labels[label]), plain(value)].filter(part => part !== undefined).join(' '),
  );
}

export const rowsOf = (reader: Reader, sql: string): Promise<Row[]> =>
  reader.all(`SELECT * FROM (${sql}) ORDER BY ALL`);

const plain = (value: unknown) =>
  typeof value === 'string' && value.includes('.') ? value.replace(/\.?0+$/, '') : String(value);

/** Decimal text as whole units of 1e-10, so that tests add money exactly too. */
export function units(amount: unknown): bigint {
  const [whole = '0', fraction = ''] = String(amount).replace('-', '').split('.');
  const absolute = BigInt(whole) * 10_000_000_000n + BigInt(fraction.padEnd(10, '0'));
  return String(amount).startsWith('-') ? -absolute : absolute;
}

/** Whole units of 1e-10 as decimal text. */
export function amountOf(value: bigint): string {
  const absolute = value < 0n ? -value : value;
  const digits = absolute.toString().padStart(11, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`;
}
