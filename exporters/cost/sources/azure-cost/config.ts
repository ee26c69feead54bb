/** One scope of Azure Cost Management in plumbline.yaml. */
import { z } from 'zod';
import { azureCredentialsSchema } from '../../../vendors/azure/config.ts';
import { sourceName, sourceShape } from '../../bills/config.ts';

const text = z.string().trim().min(1);

/** What rows may be grouped by: those dimensions that say something of who bears a charge, or of what it is. */
export const dimensions = [
  'ServiceName',
  'MeterCategory',
  'SubscriptionId',
  'ResourceGroupName',
  'ResourceId',
  'ResourceLocation',
  'PricingModel',
  'BenefitId',
  'ReservationId',
] as const;

export type Dimension = (typeof dimensions)[number];

export type Grouping =
  | { readonly type: 'Dimension'; readonly name: Dimension }
  | { readonly type: 'TagKey'; readonly name: string };

const groupingSchema = text.transform((written, ctx): Grouping => {
  if (/^tag:./i.test(written)) return { type: 'TagKey', name: written.slice(4).trim() };
  const name = dimensions.find(known => known.toLowerCase() === written.toLowerCase());
  if (name !== undefined) return { type: 'Dimension', name };
  ctx.issues.push({
    code: 'custom',
    input: written,
    message: `expected tag:NAME or one of ${dimensions.join(', ')}`,
  });
  return z.NEVER;
});

const minimumHours = 4;

export const azureCostSchema = z
  .strictObject({
    name: sourceName('azure-cost'),
    ...sourceShape,
    scope: text
      .transform(scope => scope.replace(/^\/+|\/+$/g, ''))
      .refine(
        scope =>
          /^subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?$/i.test(scope) ||
          /^providers\/Microsoft\.(Billing\/billingAccounts|Management\/managementGroups)\/.+/i.test(scope),
        'expected a scope such as /subscriptions/ID or /providers/Microsoft.Billing/billingAccounts/ID',
      )
      .describe(
        'What is read: a subscription, a resource group, a management group, a billing account or a part of it.',
      ),
    billing_account: text
      .optional()
      .describe(
        'The billing account that the scope is billed to, as invoices and exports write it; unless given, the one in the scope, else its subscription. One source of a billing account can be authoritative: leave it out for several subscriptions of one.',
      ),
    grouping: z
      .array(groupingSchema)
      .max(2, 'expected two at most: Azure answers no more')
      .refine(list => list.filter(({ type }) => type === 'TagKey').length <= 1, 'expected one tag at most')
      .refine(
        list => new Set(list.map(({ name }) => name.toLowerCase())).size === list.length,
        'expected each only once',
      )
      .optional()
      .describe(
        'The two things that are known of a charge beside its day, charge type and currency: tag:NAME or a dimension. Unless given: ServiceName, and ResourceGroupName in a subscription, SubscriptionId elsewhere.',
      ),
    currency: text
      .toUpperCase()
      .optional()
      .describe('The billing currency; an answer in another one is refused. Any unless given.'),
    every: z
      .int()
      .min(minimumHours * 3600)
      .default(24 * 3600)
      .describe('Seconds between two refreshes, four hours at least: Azure renews its data no sooner.'),
    history_months: z
      .int()
      .min(1)
      .max(36)
      .default(13)
      .describe('How many months back the first refresh reads, the newest first.'),
    forecast: z.boolean().default(true).describe("Whether Azure's own forecast of the running month is read."),
    budgets: z.boolean().default(true).describe("Whether the scope's budgets are read."),
    client_type: text
      .default('Plumbline')
      .describe('Sent as ClientType: Azure gives each its own quota, and one to all who send none.'),
    timeout: z.int().min(1).max(600).default(120).describe('Seconds that one request may take.'),
    credentials: azureCredentialsSchema
      .prefault({})
      .describe('Who asks; it needs the role Cost Management Reader on the scope.'),
  })
  .describe('One scope of Azure Cost Management, read by its Query, Forecast and Budgets APIs.');

export type AzureCostConfig = z.infer<typeof azureCostSchema>;

/** Two pulls of the same data are this far apart at least, in ms, whatever the schedule or a restart asks. */
export const minimumMs = minimumHours * 3600_000;

export const groupingOf = ({ grouping, scope }: Pick<AzureCostConfig, 'grouping' | 'scope'>): readonly Grouping[] =>
  grouping ?? [
    { type: 'Dimension', name: 'ServiceName' },
    { type: 'Dimension', name: /^subscriptions\//i.test(scope) ? 'ResourceGroupName' : 'SubscriptionId' },
  ];

/** The billing account as configured, else as the scope names it. */
export const billingAccountOf = ({ billing_account, scope }: Pick<AzureCostConfig, 'billing_account' | 'scope'>) =>
  billing_account ?? /(?:billingAccounts|subscriptions|managementGroups)\/([^/]+)/i.exec(scope)?.[1] ?? scope;

/** The positions of authoritative scopes whose billing account an earlier one has: they would count the same periods. */
export const clashingScopes = (scopes: readonly Pick<AzureCostConfig, 'billing_account' | 'scope' | 'role'>[]) =>
  scopes.flatMap((one, index) =>
    one.role === 'authoritative' &&
    scopes
      .slice(0, index)
      .some(other => other.role === 'authoritative' && billingAccountOf(other) === billingAccountOf(one))
      ? [index]
      : [],
  );
