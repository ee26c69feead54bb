/** The demo company's FOCUS 1.2 bills as CSV, one file per provider and month, and the totals of its invoices. */
import { type ChargeOptions, chargesOf, columns, type Provider, wholeMonth } from './charges.ts';
import { cell } from './csv.ts';

/** The provider's bill for a month up to `until`, as CSV text. */
export function demoBill(provider: Provider, options: ChargeOptions): string {
  const lines = chargesOf(provider, options);
  // One line of the newest bill that nobody can read, so that a rejection is to be seen; it is corrected later.
  const [first] = lines;
  const { month, until } = options;
  const isNewest = until.getTime() <= Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1);
  if (provider === 'AWS' && first && isNewest)
    lines.push({ ...first, ChargeDescription: 'cost missing', BilledCost: 'n/a' });
  return `${columns.join(',')}\n${lines.map(line => columns.map(column => cell(line[column])).join(',')).join('\n')}\n`;
}

/** What the provider's invoice for a whole month says, with two decimals. */
export function invoiceTotal(provider: Provider, month: Date): string {
  const billed = wholeMonth(provider, month).reduce((sum, line) => sum + Number(line.BilledCost), 0);
  // One invoice has a line that no bill shows.
  return (provider === 'Microsoft' ? billed * 1.004 : billed).toFixed(2);
}
