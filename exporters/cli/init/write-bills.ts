/** The part of a new plumbline.yaml that names the bills, each under its format's key. */
import type { BillFormat } from '../../cost/index.ts';
import { quoted } from './yaml.ts';

export interface ProposedBill {
  readonly path: string;
  readonly format: BillFormat;
  readonly delivery?: 'folders' | 'runs';
}

const names = { focus: 'focus', aws_cur: 'aws-cur', azure_exports: 'azure-exports' } as const;

export const costLines = (bills: readonly ProposedBill[]): string[] => [
  'cost:',
  ...Object.entries(Object.groupBy(bills, ({ format }) => format)).flatMap(([format, some]) => [
    `  ${format}:`,
    ...some.flatMap((bill, index) => [
      `    - path: ${quoted(bill.path)}`,
      // Each of several bills is a source with a name of its own.
      ...(some.length > 1 ? [`      name: ${names[bill.format]}-${index + 1}`] : []),
      ...settingsOf(bill),
    ]),
  ]),
  '  # budgets:',
  '  #   - { name: platform, team: platform, amount: "10000.00", currency: EUR }',
  '  # The totals of invoices, to reconcile the bills with:',
  '  # invoices:',
  '  #   - { provider: AWS, billing_account: "123456789012", period: 2026-10, total: "12345.67", currency: USD }',
  '',
];

function settingsOf({ format, path, delivery }: ProposedBill): string[] {
  // What an export holds, its columns don't say; its name mostly does.
  if (format === 'azure_exports')
    return [
      `      cost: ${/amorti[sz]ed/i.test(path) ? 'amortized' : 'actual'}  # or ${/amorti[sz]ed/i.test(path) ? 'actual' : 'amortized'}, as the export was made`,
    ];
  // A folder of billing periods: what a period's folder holds, or its newest run's, is all of it.
  return format === 'focus' && delivery !== undefined ? [`      delivery: ${delivery}`] : [];
}
