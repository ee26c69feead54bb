/**
 * Dated exchange rates from CSV: rows of date, currency and rate; or the wide table of the European Central Bank
 * (eurofxref-hist.csv), a column a currency, which says how much of it one euro was worth.
 */
import { splitRecord } from '../../../core/csv.ts';

/** What one unit of a currency was worth in the reporting currency from a UTC day on. */
export interface Rate {
  readonly currency: string;
  readonly day: string;
  /** Decimal text with at most 18 decimals. */
  readonly rate: string;
}

export interface RateReject {
  readonly line: number;
  readonly reason: 'bad_date' | 'bad_currency' | 'bad_rate' | 'duplicate_rate' | 'missing_reporting_currency';
  readonly field: string;
  readonly value: string;
}

export interface ReadRates {
  readonly rates: readonly Rate[];
  readonly rejects: readonly RateReject[];
}

export interface RatesOptions {
  readonly reportingCurrency: string;
  /** Rates of earlier UTC days are left out. */
  readonly since: string;
}

const base = 'EUR';
const scale = 18;
const one = 10n ** BigInt(scale);

/** Reads a whole file; `unknown_header` where it is neither of the two. */
export function readRates(content: string, options: RatesOptions): ReadRates | 'unknown_header' {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  const delimiter = (lines[0] ?? '').includes(';') ? ';' : ',';
  const header = splitRecord(lines[0] ?? '', delimiter).map(name => name.toLowerCase());
  const rows = lines.flatMap((line, index) =>
    index === 0 || line.trim() === '' ? [] : [{ line: index + 1, cells: splitRecord(line, delimiter) }],
  );
  if (['date', 'currency', 'rate'].every(name => header.includes(name))) return longTable(header, rows, options);
  const currencies = header.slice(1).map(name => name.toUpperCase());
  // The bank ends its lines in a comma.
  if (header[0] === 'date' && currencies.length > 1 && currencies.every(name => /^([A-Z]{3})?$/.test(name)))
    return wideTable(currencies, rows, options);
  return 'unknown_header';
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

function longTable(header: readonly string[], rows: readonly Line[], options: RatesOptions): ReadRates {
  const { reportingCurrency, since } = options;
  const at = (name: string) => header.indexOf(name);
  const rates = new Map<string, Rate>();
  const rejects: RateReject[] = [];
  for (const { line, cells } of rows) {
    const cell = (name: string) => cells[at(name)] ?? '';
    const into = cell('reporting_currency').toUpperCase();
    if (into !== '' && into !== reportingCurrency) continue;
    const reject = (reason: RateReject['reason'], field: string) =>
      rejects.push({ line, reason, field, value: cell(field).slice(0, 200) });
    const day = dayOf(cell('date'));
    const currency = cell('currency').toUpperCase();
    const rate = scaled(cell('rate'));
    if (day === undefined) reject('bad_date', 'date');
    else if (!/^[A-Z]{3}$/.test(currency)) reject('bad_currency', 'currency');
    else if (rate === undefined) reject('bad_rate', 'rate');
    else if (currency === reportingCurrency || day < since) continue;
    else if (rates.has(`${currency} ${day}`)) reject('duplicate_rate', 'date');
    else rates.set(`${currency} ${day}`, { currency, day, rate: decimalText(rate) });
  }
  return { rates: [...rates.values()], rejects };
}

/** By way of the euro: what a unit of A is worth in B is what a euro is worth in B over what it is worth in A. */
function wideTable(currencies: readonly string[], rows: readonly Line[], options: RatesOptions): ReadRates {
  const { reportingCurrency, since } = options;
  const rates: Rate[] = [];
  const rejects: RateReject[] = [];
  const days = new Set<string>();
  for (const { line, cells } of rows) {
    const day = dayOf(cells[0] ?? '');
    if (day === undefined || days.has(day)) {
      rejects.push({
        line,
        reason: day === undefined ? 'bad_date' : 'duplicate_rate',
        field: 'Date',
        value: (cells[0] ?? '').slice(0, 200),
      });
      continue;
    }
    days.add(day);
    if (day < since) continue;
    const perEuro = new Map([[base, one]]);
    for (const [index, currency] of currencies.entries()) {
      const cell = cells[index + 1] ?? '';
      // A currency that the bank has no rate of, as before it was made.
      if (currency === '' || cell === '' || cell.toUpperCase() === 'N/A') continue;
      const rate = scaled(cell);
      if (rate === undefined) rejects.push({ line, reason: 'bad_rate', field: currency, value: cell.slice(0, 200) });
      else perEuro.set(currency, rate);
    }
    const reporting = perEuro.get(reportingCurrency);
    if (reporting === undefined) {
      rejects.push({ line, reason: 'missing_reporting_currency', field: reportingCurrency, value: day });
      continue;
    }
    for (const [currency, rate] of perEuro)
      if (currency !== reportingCurrency) rates.push({ currency, day, rate: decimalText(quotient(reporting, rate)) });
  }
  return { rates, rejects };
}

/** Rounded to 18 decimals, halves up. */
const quotient = (dividend: bigint, divisor: bigint) => (2n * dividend * one + divisor) / (2n * divisor);

/** A rate above 0 in units of its last decimal; undefined where it is none. */
function scaled(text: string): bigint | undefined {
  const parts = /^(\d{1,12})(?:\.(\d{1,18}))?$/.exec(text);
  if (parts === null) return undefined;
  const value = BigInt((parts[1] ?? '') + (parts[2] ?? '').padEnd(scale, '0'));
  return value > 0n ? value : undefined;
}

const decimalText = (value: bigint) => `${value / one}.${String(value % one).padStart(scale, '0')}`;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `2026-11-20`, or `20 November 2026` as the bank's file of one day has it. */
function dayOf(text: string): string | undefined {
  const [, date, name = '', year] = /^(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})$/.exec(text) ?? [];
  const month = months.indexOf(name.toLowerCase()) + 1;
  const day = year === undefined ? text : `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day) ? day : undefined;
}
