/** The `cost:` section of plumbline.yaml. Days are UTC days, money is decimal text. */
import { z } from 'zod';
import { moneySchema, positiveMoneySchema } from './money.ts';

const text = z.string().trim().min(1);
const day = z.iso.date({ error: 'expected a day such as 2026-10-01' });
const currency = text.toUpperCase().describe('The billing currency, such as EUR.');
const selector = (what: string) => text.optional().describe(`Only cost of this ${what}; any unless given.`);

export const focusSchema = z.strictObject({
  path: text.describe(
    'A file, a folder or a glob of FOCUS 1.0 to 1.4 files (CSV, Parquet, gzip), relative to this file.',
  ),
  name: text
    .default('focus')
    .describe('Names the source; what was read is kept by this name, so several need one each, and keep it.'),
  every: z.int().min(1).default(300).describe('Seconds between two looks at the files.'),
  settle: z
    .int()
    .min(0)
    .default(60)
    .describe('A file is read when it has not changed for so many seconds, or between two looks.'),
  delivery: z
    .enum(['files', 'folders', 'snapshots', 'runs'])
    .optional()
    .describe(
      'files: each file is a delivery of its own; folders: a folder is one delivery, and what it holds is all of it; snapshots: a file is all of each account and billing period in it, and the one written last wins; runs: a folder per billing period holds a folder per run, and the newest complete run is all of it. Unless given: folders below the given one are folders, all else is files.',
    ),
  default_currency: text.optional().describe('The currency of rows that name none.'),
});

export const budgetSchema = z
  .strictObject({
    name: text.describe('Names the budget: the label "budget".'),
    team: selector('team'),
    service: selector('service of the catalog'),
    environment: selector('environment'),
    provider: selector('provider'),
    amount: positiveMoneySchema.describe('The amount for a calendar month.'),
    currency,
    cost_basis: z
      .enum(['billed', 'effective', 'list', 'contracted'])
      .default('effective')
      .describe('Which of the four FOCUS costs is measured against it.'),
    from: day.optional().describe('The first day (UTC) on which it holds.'),
    to: day.optional().describe('The last day (UTC) on which it holds.'),
  })
  .refine(budget => budget.from === undefined || budget.to === undefined || budget.from <= budget.to, {
    path: ['to'],
    error: 'expected a day that is not before from',
  });

export const invoiceSchema = z.strictObject({
  provider: text.describe('The provider, as the bill writes it.'),
  billing_account: text.describe('The billing account id, as the bill writes it, in quotes.'),
  period: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected a month such as 2026-10')
    .describe('The billing period: a month.'),
  total: moneySchema.describe('The total of the invoice.'),
  currency,
});

export const costSchema = z
  .strictObject({
    focus: z.array(focusSchema).default([]).describe('Bills in the FOCUS format.'),
    top_services: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe('How many services of teams are shown by name per month and currency; the rest is service="other".'),
    top_service_names: z
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .describe('How many services of providers are shown by name per month and currency; the rest is "other".'),
    budgets: z.array(budgetSchema).default([]).describe('Monthly budgets; they may overlap.'),
    invoices: z.array(invoiceSchema).default([]).describe('Totals of invoices, to reconcile the bills with.'),
    estimated_days: z
      .int()
      .min(0)
      .max(62)
      .default(3)
      .describe('How many days after its end a charge day counts as estimated.'),
    unallocated_ratio_alert: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('The unallocated share of cost above which an alert fires.'),
    stale_hours: z.number().min(1).default(48).describe('Hours without newer charges after which an alert fires.'),
  })
  .check(ctx => {
    const { focus, budgets, invoices } = ctx.value;
    const issue = (path: (string | number)[], input: unknown, message: string) =>
      ctx.issues.push({ code: 'custom', path, input, message });
    for (const [index, { name }] of focus.entries())
      if (focus.findIndex(other => other.name === name) < index)
        issue(['focus', index, 'name'], name, 'expected a name of its own for each of several bills');
    for (const [index, budget] of budgets.entries()) {
      // One series per budget and instant: a name may come again with another amount, but not for the same days.
      const clash = budgets
        .slice(0, index)
        .find(other => seriesOf(other) === seriesOf(budget) && overlap(other, budget));
      if (clash)
        issue(
          ['budgets', index, 'name'],
          budget.name,
          'expected a name of its own, or days that another does not cover',
        );
    }
    for (const [index, invoice] of invoices.entries())
      if (invoices.findIndex(other => invoiceKey(other) === invoiceKey(invoice)) < index)
        issue(['invoices', index, 'period'], invoice.period, 'expected one total per account, period and currency');
  });

export type CostConfig = z.infer<typeof costSchema>;
export type FocusConfig = z.infer<typeof focusSchema>;
export type Budget = z.infer<typeof budgetSchema>;
export type Invoice = z.infer<typeof invoiceSchema>;

const seriesOf = (budget: Budget) =>
  JSON.stringify([budget.name, budget.team ?? '', budget.cost_basis, budget.currency]);
const overlap = (one: Budget, other: Budget) =>
  (one.from ?? '') <= (other.to ?? '9999') && (other.from ?? '') <= (one.to ?? '9999');
const invoiceKey = (invoice: Invoice) =>
  JSON.stringify([invoice.provider, invoice.billing_account, invoice.period, invoice.currency]);
