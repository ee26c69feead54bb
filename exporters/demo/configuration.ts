/** The demo's plumbline.yaml: what a company of this size would write. */
import { invoiceTotal } from './bill.ts';
import { accounts } from './world.ts';

/** `month` is the first day of the newest month whose invoices are out. */
export const demoConfiguration = (month: Date): string => `# The demo platform. Everything in it is made up.
demo: true
data_dir: data
catalog:
  files: [catalog-info.yaml]
ownership:
  rules:
    - name: team tags
      tag: { keys: [team, owner], gives: team }
    - name: service tags
      tag: { keys: [service, app], gives: service }
    - name: environment tags
      tag: { keys: [environment, env], gives: environment }
    - name: shared clusters and support
      account:
        "${accounts.AWS.subAccounts.shared}": { split: shared platform, service: shared }
        "${accounts.Microsoft.subAccounts.shared}": { split: shared platform, service: shared }
        "${accounts['Google Cloud'].subAccounts.shared}": { split: shared platform, service: shared }
  splits:
    - { name: shared platform, method: proportional }
cost:
  focus:
    - path: bills/*.csv
      every: 60
  # Fewer than there are, so that "other" is to be seen.
  top_services: 14
  top_service_names: 12
  budgets:
    - { name: checkout, team: checkout, amount: "15000", currency: USD }
    - { name: payments, team: payments, amount: "16500", currency: USD }
    - { name: search, team: search, amount: "11000", currency: USD }
    - { name: data events, team: data, amount: "8500", currency: USD }
    - { name: data warehouse, team: data, amount: "17500", currency: EUR }
    - { name: mobile, team: mobile, amount: "7000", currency: USD }
    - { name: identity, team: identity, amount: "6500", currency: USD }
    - { name: platform, team: platform, amount: "15000", currency: USD }
    - { name: ml, team: ml, amount: "30000", currency: USD }
  invoices:
${(Object.keys(accounts) as (keyof typeof accounts)[])
  .map(
    provider =>
      `    - { provider: ${provider}, billing_account: "${accounts[provider].billingAccount}", period: ${month.toISOString().slice(0, 7)}, total: "${invoiceTotal(provider, month)}", currency: ${accounts[provider].currency} }\n`,
  )
  .join('')}`;
