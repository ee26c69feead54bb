/** The demo's plumbline.yaml: what a company of this size would write. */
import { invoiceTotal } from './bill.ts';
import { dayMs, isoDay, roughly } from './chance.ts';
import { type Provider, wholeMonth } from './charges.ts';
import { experienceConfiguration } from './experience/index.ts';
import { repositoryOf } from './infracost.ts';
import { subscription } from './policy/azure.ts';
import { builder, keyFiles } from './supply-chain/index.ts';
import { wholeBudget } from './vendors/aws.ts';
import { organization } from './vendors/terraform.ts';
import { accounts, budgets, changes, services, sharedCluster } from './world.ts';

export interface ConfigurationOptions {
  /** First day of the newest month whose invoices are out. */
  readonly month: Date;
  /** Where the vendors' APIs answer, such as http://127.0.0.1:41234. */
  readonly vendors: string;
  /** The day that the story of policies is told around. */
  readonly story: Date;
  /** Midnight of the day that the demo is shown on. */
  readonly today: Date;
}

/** The first line begins so; another one belongs to a demo with other bills. */
export const edition = '# The demo platform, seventh edition. Everything in it is made up.';

export const demoConfiguration = ({
  month,
  vendors,
  story,
  today,
}: ConfigurationOptions): string => `${edition} Its policies: ${isoDay(story)}.
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
${namespaces()}    - name: the shared cluster
      resource: "${sharedCluster.resource}"
      split: shared cluster
      service: shared
    - name: unused commitments
      charge_category: UnusedCommitment
      team: platform
      service: shared
    - name: support and taxes
      account:
        "${accounts.AWS.subAccounts.shared}": { split: shared platform, service: shared }
        "${accounts.Microsoft.subAccounts.shared}": { split: by requests, service: shared }
        "${accounts['Google Cloud'].subAccounts.shared}": { split: shared platform, service: shared }
  splits:
    - { name: shared platform, method: proportional }
    - { name: shared cluster, method: usage, usage: ${sharedCluster.name} }
    - { name: by requests, method: usage, usage: requests }
cost:
  # The bills.
  focus:
    - path: bills/*.csv
      every: 60
  azure_exports:
    - { path: azure-exports, cost: actual, every: 60 }
  # What the vendors' own APIs say of the same money, and their budgets, forecasts and anomalies. The keys are made up.
  cost_explorer:
    - billing_account: "${accounts.AWS.billingAccount}"
      role: reconciliation
      history_months: 6
      cubes: [[LINKED_ACCOUNT, SERVICE], [RECORD_TYPE], ["TAG:team", SERVICE]]
      access_key_id: demo
      secret_access_key: demo
      endpoint: ${vendors}
  azure_cost:
    - scope: /providers/Microsoft.Billing/billingAccounts/${accounts.Microsoft.billingAccount}
      role: reconciliation
      history_months: 3
      credentials:
        tenant_id: demo
        client_id: demo
        client_secret: demo
        login_endpoint: ${vendors}
        management_endpoint: ${vendors}
  kubernetes:
    - cluster: ${sharedCluster.name}
      url: ${vendors}/opencost
      environment: production
      labels: [team, service, environment]
      history_days: 40
  usage:
    - { name: requests, path: usage/requests.csv }
    - { name: customers, path: usage/customers.csv }
  unit_costs:
    - { name: 1000 requests, usage: requests, per: "1000" }
    - { name: customer, usage: customers, aggregate: mean }
  infracost:
    - path: infracost/*.json
      every: 60
  estimates:
${[...new Set(changes.map(({ service }) => service))]
  .map(service => `    - { repository: ${repositoryOf(service)}, service: ${service} }\n`)
  .join('')}  exchange_rates:
    reporting_currency: USD
    file: exchange-rates.csv
  reconcile_budgets:
    - { source: cost-explorer, budget: ${wholeBudget}, provider: AWS, billing_account: "${accounts.AWS.billingAccount}" }
    - { source: azure-cost, budget: azure-total, provider: Microsoft, billing_account: ${accounts.Microsoft.billingAccount} }
  budget_teams:
    - { source: cost-explorer, budget: aws-search, team: search }
    - { source: cost-explorer, budget: aws-staging, team: platform }
  # Fewer than there are, so that "other" is to be seen.
  top_services: 14
  top_service_names: 12
  budgets:
${budgetLines(month)}  invoices:
${(Object.keys(accounts) as (keyof typeof accounts)[])
  .map(
    provider =>
      `    - { provider: ${provider}, billing_account: "${accounts[provider].billingAccount}", period: ${month.toISOString().slice(0, 7)}, total: "${invoiceTotal(provider, month)}", currency: ${accounts[provider].currency} }\n`,
  )
  .join('')}dora:
  # What pipelines write down of deployments, pull requests, commits and incidents.
  event_files:
    - { path: delivery, every: 60 }
  # What another tool computes of it, beside ours.
  linearb:
    - { url: "${vendors}/linearb", api_key: demo, history_weeks: 4 }
policy:
  # What engines and scanners left in files. One report of four weeks is kept; a month without one is silence.
  files:
    - { kind: policyreport, path: "policy/kyverno/{cluster}/*.json", environment: production, every: 60, stale: 720 }
    - { kind: gatekeeper, path: "policy/gatekeeper/{cluster}/*", environment: production, every: 60, stale: 720 }
    - { kind: checkov, path: "policy/checkov/{repository}/*.json", every: 60, stale: 720 }
    - { kind: conftest, path: "policy/conftest/{repository}/*.json", every: 60, stale: 720 }
    - { kind: azure-policy, path: "policy/azure/*.json", every: 60, stale: 720 }
  # Vendors' own APIs. The keys are made up.
  azure_policy:
    - subscriptions: [${subscription}]
      credentials:
        tenant_id: demo
        client_id: demo
        client_secret: demo
        login_endpoint: ${vendors}
        management_endpoint: ${vendors}
  hcp_terraform:
    - { url: "${vendors}/terraform", token: demo, organizations: [${organization}], history_days: 400 }
  opa:
    - files: [{ path: "policy/decisions/*.jsonl" }]
      owner: { service: [labels.app] }
  # Fewer than there are, so that "other" is to be seen.
  top_policies: 40
  top_services: 24
  minimum_samples: 3
supply_chain:
  # What pipelines kept of images: what runs, scans, bills of materials, signatures and provenance.
  files:
    - { path: "supply-chain/*/*", every: 60, stale: 720 }
  verification:
    keys:
${Object.keys(keyFiles)
  .map(name => `      - { file: keys/${name} }\n`)
  .join('')}    transparency_log: optional
    builders:
      - { id: "${builder}", level: 2, identity: "key:*", source: "https://github.com/*" }
  gate:
    rules:
      - { name: exploited, exploited: true, fix_available: true, environment: [production] }
      - { name: critical-past-its-limit, severity: critical, sla_breached: true }
      - { name: secrets, class: [secret], mode: warn }
      - { name: verified-signature, signature: verified, environment: [production], mode: warn }
      - { name: bill-of-materials, sbom: present, mode: warn }
  watch:
    - { name: log4shell, purl: pkg:maven/org.apache.logging.log4j/log4j-core, range: "vers:maven/<2.17.1" }
    - { name: xz-backdoor, purl: pkg:deb/debian/liblzma5, range: "vers:deb/>=5.6.0|<5.6.1+really" }
  licenses:
    deny: [AGPL-3.0-only]
    warn: [GPL-3.0-only]
  minimum_samples: 3
${experienceConfiguration(vendors)}scorecard:
  checks:
    # The demo's promises are the platform's own; a check that nobody could pass says nothing.
    - { id: slo, enabled: false }
    - { id: signature, required: true, environments: [production] }
    - id: demo-annotation
      title: Marked as made up
      means: The catalog entry says that it is of the demo.
      level: bronze
      weight: 0.5
      annotation: { name: plumbline.dev/demo, matches: ["true"] }
  exemptions:
    - { check: provenance, team: ml, reason: models are built by hand until their builder attests, approved_by: platform, until: ${inDays(today, 100)} }
    - { check: sla, service: ci-runners, reason: they are being replaced, approved_by: platform, until: ${inDays(today, 9)} }
slos:
  # What the platform promises, and what changes once a day. Rules know nothing of the time before they were there.
  files: [slos/*.yaml]
`;

/** Namespaces, resource groups and services have one name where the demo runs on Azure. */
function namespaces(): string {
  const rules = services
    .filter(({ provider }) => provider === 'Microsoft')
    .flatMap(({ name }) => [
      `    - { name: namespace ${name}, namespace: ${name}, service: ${name} }\n`,
      `    - { name: resource group ${name}, resource: "*/resourcegroups/${name}*", service: ${name} }\n`,
    ]);
  return rules.join('');
}

/** A budget that has another amount since the month's end is there twice, one after the other. */
function budgetLines(month: Date): string {
  const next = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1));
  const lines = budgets.flatMap(({ name, team, currency, room, before }) => {
    const cost = teamCost(team, currency, month);
    const line = (share: number, validity: string) =>
      `    - { name: ${name}, team: ${team}, amount: "${roughly(cost * share, 500)}", currency: ${currency}${validity} }\n`;
    if (before === undefined) return [line(room, '')];
    const last = isoDay(new Date(next.getTime() - dayMs));
    return [line(before, `, to: "${last}"`), line(room, `, from: "${isoDay(next)}"`)];
  });
  return lines.join('');
}

/** What services of the team cost in a month, without what is split. */
function teamCost(team: string, currency: string, month: Date): number {
  const providers = (Object.keys(accounts) as Provider[]).filter(provider => accounts[provider].currency === currency);
  return providers
    .flatMap(provider => wholeMonth(provider, month))
    .filter(({ Tags: tags }) => String(tags ?? '').includes(`:"${team}"`))
    .reduce((sum, { EffectiveCost: cost }) => sum + Number(cost), 0);
}

/** There is no exemption without an end; one of the demo's is about to end, whenever that is looked at. */
const inDays = (today: Date, days: number): string => isoDay(new Date(today.getTime() + days * dayMs));
