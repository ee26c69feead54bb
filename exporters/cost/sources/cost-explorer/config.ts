/** The `cost.cost_explorer` entries of plumbline.yaml. */
import { z } from 'zod';
import { sourceName, sourceShape } from '../../bills/config.ts';
import { positiveMoneySchema } from '../../money.ts';

const text = z.string().trim().min(1);
const url = z.url({ protocol: /^https?$/, error: 'expected a URL that begins with http:// or https://' });

/** The dimensions that GetCostAndUsage groups by (API version 2017-10-25). */
const dimensions = [
  ...['AZ', 'BILLING_ENTITY', 'CACHE_ENGINE', 'DATABASE_ENGINE', 'DEPLOYMENT_OPTION', 'INSTANCE_TYPE'],
  ...[
    'INSTANCE_TYPE_FAMILY',
    'INVOICING_ENTITY',
    'LEGAL_ENTITY_NAME',
    'LINKED_ACCOUNT',
    'OPERATING_SYSTEM',
    'OPERATION',
  ],
  ...['PAYMENT_OPTION', 'PLATFORM', 'PURCHASE_TYPE', 'RECORD_TYPE', 'REGION', 'RESERVATION_ID', 'SAVINGS_PLAN_ARN'],
  ...['SAVINGS_PLANS_TYPE', 'SCOPE', 'SERVICE', 'SUBSCRIPTION_ID', 'TENANCY', 'USAGE_TYPE', 'USAGE_TYPE_GROUP'],
];

/** Dimensions that a FOCUS column can carry: only these, and tags, may make charges. */
export const chargeDimensions = ['LINKED_ACCOUNT', 'SERVICE', 'REGION', 'USAGE_TYPE'] as const;

const groupSchema = z
  .string()
  .refine(
    key => dimensions.includes(key) || /^(TAG|COST_CATEGORY):[^\s].*$/.test(key),
    'expected a dimension such as SERVICE, TAG:name or COST_CATEGORY:name',
  );

const isChargeKey = (key: string) => key.startsWith('TAG:') || (chargeDimensions as readonly string[]).includes(key);

export const costExplorerSchema = z
  .strictObject({
    billing_account: z
      .string({ error: 'expected the account id in quotes' })
      .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account id, in quotes')
      .describe('The payer account whose costs are asked for; its id, in quotes.'),
    name: sourceName('cost-explorer'),
    ...sourceShape,
    cubes: z
      .array(z.array(groupSchema).min(1).max(2))
      .min(1)
      .max(20)
      .default([['LINKED_ACCOUNT', 'SERVICE']])
      .describe(
        'What costs are grouped by, one or two keys each (dimensions, TAG:name, COST_CATEGORY:name): a cube of its own. The first makes the charges.',
      ),
    charge_categories: z
      .boolean()
      .default(true)
      .describe(
        'Asks for usage, purchases, taxes, credits and refunds apart, up to 7 requests a month instead of 1; else all is Usage.',
      ),
    effective_cost: z
      .enum(['AmortizedCost', 'NetAmortizedCost'])
      .default('AmortizedCost')
      .describe('Which metric is the effective cost; billed is UnblendedCost, or NetUnblendedCost beside the latter.'),
    currency: text
      .toUpperCase()
      .optional()
      .describe('The currency of the costs; an answer in another one is refused. Any unless given.'),
    history_months: z
      .int()
      .min(0)
      .max(13)
      .default(13)
      .describe('How many whole months before the running one are read, newest first.'),
    every: z
      .int()
      .min(3600)
      .default(43_200)
      .describe(
        'Seconds between two refreshes; AWS renews costs thrice a day. After a failed one sooner, where max_daily_cost leaves room for it.',
      ),
    max_daily_cost: positiveMoneySchema
      .default('2')
      .describe('The most USD that requests may cost in a UTC day, at 0.01 each; what would cost more is not asked.'),
    budgets: z.boolean().default(true).describe('Reads the budgets of AWS Budgets; free of charge.'),
    forecast: z.boolean().default(true).describe('Reads the forecast of the running month: a request a refresh.'),
    anomalies: z
      .boolean()
      .default(true)
      .describe('Reads the anomalies of the last 90 days: a request a refresh or more.'),
    region: text.default('us-east-1').describe('Where the API is; us-east-1 for all commercial regions.'),
    profile: text
      .optional()
      .describe('A profile of the AWS configuration files, which may name a role to assume; else the default chain.'),
    access_key_id: text.optional().describe('With secret_access_key, instead of the default chain.'),
    secret_access_key: text.optional().describe(`Better from the environment, as \${NAME}.`),
    secret_access_key_file: text.optional().describe('A file that holds the secret, relative to this file.'),
    session_token: text.optional().describe('Of temporary keys.'),
    session_token_file: text.optional().describe('A file that holds the secret, relative to this file.'),
    endpoint: url.optional().describe('Where Cost Explorer is asked instead, such as a private endpoint.'),
    budgets_endpoint: url.optional().describe('Where Budgets is asked instead; endpoint unless given.'),
  })
  .check(ctx => {
    const { cubes, access_key_id, secret_access_key, secret_access_key_file, profile, role } = ctx.value;
    const issue = (path: (string | number)[], input: unknown, message: string) =>
      ctx.issues.push({ code: 'custom', path, input, message });
    const hasSecret = secret_access_key !== undefined || secret_access_key_file !== undefined;
    if ((access_key_id !== undefined) !== hasSecret)
      issue(['access_key_id'], access_key_id, 'expected access_key_id and secret_access_key together');
    if (profile !== undefined && access_key_id !== undefined)
      issue(['profile'], profile, 'expected either profile or access_key_id');
    for (const [index, cube] of cubes.entries()) {
      if (cube.length === 2 && cube[0] === cube[1]) issue(['cubes', index], cube, 'expected two different keys');
      if (cubes.findIndex(other => cubeName(other) === cubeName(cube)) < index)
        issue(['cubes', index], cube, 'expected each cube once');
    }
    const odd = role === 'authoritative' ? cubes[0]?.find(key => !isChargeKey(key)) : undefined;
    if (odd !== undefined)
      issue(
        ['cubes', 0],
        odd,
        `expected ${chargeDimensions.join(', ')} or TAG:name in the first cube, which makes the charges`,
      );
  });

export type CostExplorerConfig = z.infer<typeof costExplorerSchema>;

/** A cube as the ledger and the label `cube` name it. */
export const cubeName = (cube: readonly string[]): string => cube.join(',');
