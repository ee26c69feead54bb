/** The `cost:` section of plumbline.yaml. Days are UTC days, money is decimal text. */
import { z } from 'zod';
import { clashingAccounts } from './clashes.ts';
import { moneySchema, positiveMoneySchema } from './money.ts';
import { awsCurSchema } from './sources/aws-cur/config.ts';
import { azureCostSchema, clashingScopes } from './sources/azure-cost/config.ts';
import { azureExportSchema, clashingExports } from './sources/azure-exports/config.ts';
import { cloudhealthSchema } from './sources/cloudhealth/config.ts';
import { costExplorerSchema } from './sources/cost-explorer/config.ts';
import { exchangeRatesSchema } from './sources/exchange-rates/config.ts';
import { focusSchema } from './sources/focus/config.ts';
import { infracostSchema } from './sources/infracost/config.ts';
import { kubernetesSchema } from './sources/kubernetes/config.ts';
import { usageSchema } from './sources/usage/config.ts';

const text = z.string().trim().min(1);
const day = z.iso.date({ error: 'expected a day such as 2026-10-01' });
const currency = text.toUpperCase().describe('The billing currency, such as EUR.');
const selector = (what: string) => text.optional().describe(`Only cost of this ${what}; any unless given.`);

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

export const unitCostSchema = z.strictObject({
  name: text.describe('Names the unit: the label "unit", such as request.'),
  usage: text.describe('The usage metric that counts it: a name of cost.usage.'),
  team: selector('team'),
  service: selector('service of the catalog'),
  environment: selector('environment'),
  per: positiveMoneySchema
    .default('1')
    .describe('How many of the usage metric make a unit; 1000 gives the cost of a thousand.'),
  aggregate: z
    .enum(['sum', 'mean'])
    .default('sum')
    .describe(
      'How the days make the quantity of the period: sum of what happens, such as requests; mean of what is there every day, such as customers.',
    ),
  days: z
    .union([z.literal(7), z.literal(30)])
    .default(30)
    .describe('The period: the last 7 or 30 complete days.'),
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

export const reconciledBudgetSchema = z.strictObject({
  source: text.describe('The source that reads the budget.'),
  budget: text.describe("The budget's name there."),
  provider: text.describe('The provider, as the bill writes it.'),
  billing_account: text.describe('The billing account id, as the bill writes it, in quotes.'),
});

export const budgetTeamSchema = z.strictObject({
  source: text.describe('The source that reads the budget.'),
  budget: text.describe("The budget's name there."),
  team: text.describe('The team whose budget it is.'),
});

export const estimateSchema = z.strictObject({
  repository: text.describe('The repository, such as acme/checkout; * is any text.'),
  project: text
    .default('*')
    .describe("The project's path in the repository, as Infracost tells it; * is any text, and all unless given."),
  service: text.describe('The service whose cost the project changes.'),
  team: text.optional().describe("The team; the one that the catalog's Component of the service has, unless given."),
});

/** The sections of sources, one array each. A new source is a line here, one in the schema and one in index.ts. */
export const sourceKeys = ['focus', 'aws_cur', 'azure_cost', 'azure_exports', 'cost_explorer', 'cloudhealth'] as const;

export const costSchema = z
  .strictObject({
    focus: z.array(focusSchema).default([]).describe('Bills in the FOCUS format.'),
    aws_cur: z.array(awsCurSchema).default([]).describe('AWS Cost and Usage Reports, legacy and 2.0 (Data Exports).'),
    azure_cost: z.array(azureCostSchema).default([]).describe('Scopes of Azure Cost Management, read by its APIs.'),
    azure_exports: z.array(azureExportSchema).default([]).describe("Azure's cost exports in folders."),
    cost_explorer: z
      .array(costExplorerSchema)
      .default([])
      .describe('AWS Cost Explorer and AWS Budgets; each request costs 0.01 USD.'),
    kubernetes: z
      .array(kubernetesSchema)
      .default([])
      .describe("Clusters whose allocation OpenCost or Kubecost tells; splits share out the clusters' bills by it."),
    usage: z
      .array(usageSchema)
      .default([])
      .describe('Usage metrics, such as requests or customers: splits weigh by them, unit costs divide by them.'),
    unit_costs: z.array(unitCostSchema).default([]).describe('What a request, a customer or another unit costs.'),
    cloudhealth: z.array(cloudhealthSchema).default([]).describe('Cost histories of CloudHealth, read by its API.'),
    infracost: z.array(infracostSchema).default([]).describe('Estimates that Infracost makes of pull requests.'),
    estimates: z
      .array(estimateSchema)
      .default([])
      .describe(
        'Whose cost a project of Infracost changes; the first that matches. Else ownership rules say it, by repository.',
      ),
    estimate_pull_requests: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .describe("How many of a service's newest pull requests with an estimate are shown."),
    top_services: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe('How many services of teams are shown by name per month and currency; the rest is service="other".'),
    top_environments: z
      .int()
      .min(1)
      .max(10_000)
      .default(20)
      .describe('How many environments are shown by name per month and currency; the rest is environment="other".'),
    top_service_names: z
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .describe('How many services of providers are shown by name per month and currency; the rest is "other".'),
    top_cube_keys: z
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .describe('How many keys of each of Cost Explorer\'s cubes are shown by name per month; the rest is "other".'),
    budgets: z.array(budgetSchema).default([]).describe('Monthly budgets; they may overlap.'),
    invoices: z.array(invoiceSchema).default([]).describe('Totals of invoices, to reconcile the bills with.'),
    reconcile_budgets: z
      .array(reconciledBudgetSchema)
      .default([])
      .describe(
        'Budgets of providers that cover all cost of a billing account, without filters: what they say was spent is held against the bill.',
      ),
    budget_teams: z
      .array(budgetTeamSchema)
      .default([])
      .describe('Whose the budgets of providers are: the team sees them beside its own, and gets their alerts.'),
    exchange_rates: exchangeRatesSchema
      .optional()
      .describe('One reporting currency beside the billing currencies; without it cost is in those alone.'),
    untagged_percent: z
      .int()
      .min(0)
      .max(100)
      .default(5)
      .describe(
        'Percent of the taggable cost of a service (30 days) that may be untagged before its check cost/tags fails.',
      ),
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
    const { budgets, budget_teams, invoices, cost_explorer, kubernetes, usage, unit_costs } = ctx.value;
    const issue = (path: (string | number)[], input: unknown, message: string) =>
      ctx.issues.push({ code: 'custom', path, input, message });
    const names = new Set<string>();
    for (const key of [...sourceKeys, 'infracost'] as const)
      for (const [index, { name }] of ctx.value[key].entries()) {
        if (names.has(name))
          issue([key, index, 'name'], name, 'expected a name of its own for each of several sources');
        names.add(name);
      }
    for (const { key, index, other } of clashingAccounts(sourceKeys.map(section => [section, ctx.value[section]])))
      issue(
        [key, index, 'role'],
        'authoritative',
        `expected reconciliation: ${other} is authoritative for the same billing_account`,
      );
    for (const index of clashingScopes(ctx.value.azure_cost))
      issue(
        ['azure_cost', index, 'role'],
        'authoritative',
        'expected reconciliation: an earlier scope of the same billing account is authoritative',
      );
    for (const index of clashingExports(ctx.value.azure_exports))
      issue(
        ['azure_exports', index, 'role'],
        'authoritative',
        'expected reconciliation: an actual and an amortized export count the same money, and an earlier one is authoritative',
      );
    for (const [index, { billing_account, role }] of cost_explorer.entries())
      if (
        role === 'authoritative' &&
        cost_explorer.slice(0, index).some(other => other.role === role && other.billing_account === billing_account)
      )
        issue(
          ['cost_explorer', index, 'role'],
          role,
          'expected reconciliation: another source is authoritative for the same billing_account',
        );
    const usages = [
      ...kubernetes.map(({ cluster }, index) => ({
        name: cluster,
        source: `kubernetes-${cluster}`,
        path: ['kubernetes', index, 'cluster'],
      })),
      ...usage.map(({ name }, index) => ({ name, source: `usage-${name}`, path: ['usage', index, 'name'] })),
    ];
    for (const [index, { name, source, path }] of usages.entries()) {
      if (usages.findIndex(other => other.name === name) < index)
        issue(path, name, 'expected a name of its own among clusters and usage metrics');
      if (names.has(source)) issue(path, name, `expected another name: a source is called ${source}`);
    }
    for (const [index, { name, usage: counted }] of unit_costs.entries()) {
      if (unit_costs.findIndex(other => other.name === name) < index)
        issue(['unit_costs', index, 'name'], name, 'expected a name of its own; another has the same');
      if (!usages.some(other => other.name === counted))
        issue(['unit_costs', index, 'usage'], counted, 'expected a name of cost.usage, or a cluster');
    }
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
    for (const [index, { source, budget }] of budget_teams.entries())
      if (budget_teams.findIndex(other => other.source === source && other.budget === budget) < index)
        issue(['budget_teams', index, 'budget'], budget, "expected each budget once: it is one team's");
    for (const [index, invoice] of invoices.entries())
      if (invoices.findIndex(other => invoiceKey(other) === invoiceKey(invoice)) < index)
        issue(['invoices', index, 'period'], invoice.period, 'expected one total per account, period and currency');
  });

export type CostConfig = z.infer<typeof costSchema>;
export type Budget = z.infer<typeof budgetSchema>;
export type UnitCost = z.infer<typeof unitCostSchema>;
export type Invoice = z.infer<typeof invoiceSchema>;

const seriesOf = (budget: Budget) =>
  JSON.stringify([budget.name, budget.team ?? '', budget.cost_basis, budget.currency]);
const overlap = (one: Budget, other: Budget) =>
  (one.from ?? '') <= (other.to ?? '9999') && (other.from ?? '') <= (one.to ?? '9999');
const invoiceKey = (invoice: Invoice) =>
  JSON.stringify([invoice.provider, invoice.billing_account, invoice.period, invoice.currency]);
