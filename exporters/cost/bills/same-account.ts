/**
 * Whether two billing accounts are one, as different systems write them: FOCUS has Azure's as
 * `/providers/Microsoft.Billing/billingAccounts/ID`, of a Customer Agreement with `/billingProfiles/ID` behind, where
 * exports and APIs have the ID; and a provider by more names than one. Source: Microsoft's FOCUS dataset metadata.
 */
import { literal } from './scan.ts';

/** Names of providers in lower case, each by the one that it is compared as. */
const aliases: Readonly<Record<string, string>> = {
  'amazon web services': 'aws',
  'amazon web services, inc.': 'aws',
  'microsoft azure': 'microsoft',
  azure: 'microsoft',
  gcp: 'google cloud',
  'google cloud platform': 'google cloud',
};

const provider = (table: string) =>
  `CASE lower(${table}.provider) ${Object.entries(aliases)
    .map(([name, alias]) => `WHEN ${literal(name)} THEN ${literal(alias)}`)
    .join(' ')} ELSE lower(${table}.provider) END`;

const part = (table: string, name: string) =>
  `lower(regexp_extract(${table}.billing_account, '(?i)/${name}/([^/]+)', 1))`;

const account = (table: string) =>
  `coalesce(nullif(${part(table, 'billingAccounts')}, ''), lower(${table}.billing_account))`;

/** SQL of the columns that a table's `provider` and `billing_account` are compared by; `profile_key` is '' without one. */
export const accountKeys = (table: string): string =>
  `${provider(table)} AS provider_key, ${account(table)} AS account_key, ${part(table, 'billingProfiles')} AS profile_key`;

/** SQL, true where `provider` and `billing_account` of two tables mean the same money; an account holds all its profiles. */
export const sameAccount = (one: string, other: string): string =>
  `(${provider(one)} = ${provider(other)} AND ${account(one)} = ${account(other)}
    AND (${part(one, 'billingProfiles')} IN ('', ${part(other, 'billingProfiles')})
      OR ${part(other, 'billingProfiles')} = ''))`;

/** SQL of the id of the Azure subscription that a charge's key is of, in lower case; NULL where it is of no such. */
export const subscriptionOf = (key: string): string =>
  `CASE WHEN ${provider(key)} = 'microsoft' THEN nullif(lower(regexp_extract(${key}.sub_account, '([^/]+)/*$', 1)), '') END`;
