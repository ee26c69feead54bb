/** The cost exporter: what was spent, by whom, on what, and how final that is. */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import { readsOfAllVersions, recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import { sqlTime } from '../core/time.ts';
import { allocate, markDays } from './allocate.ts';
import { configureSources } from './bills/authority.ts';
import { fileOptions } from './bills/config.ts';
import type { ReadsOf } from './bills/reads.ts';
import { configureCost } from './budgets.ts';
import { checkCost } from './check.ts';
import { type CostConfig, sourceKeys } from './config.ts';
import { configureEstimates } from './estimates.ts';
import { explainRepository, explainResource } from './explain.ts';
import { configureKubernetes, markKubernetesDays, ownKubernetes } from './kubernetes.ts';
import { costMetrics } from './metrics.ts';
import { reviewCost } from './review/index.ts';
import { awsCurSource } from './sources/aws-cur/index.ts';
import { azureCostSource } from './sources/azure-cost/index.ts';
import { azureExportsSource } from './sources/azure-exports/index.ts';
import { cloudHealthSource } from './sources/cloudhealth/index.ts';
import { costExplorerSource } from './sources/cost-explorer/index.ts';
import { exchangeRatesSource } from './sources/exchange-rates/index.ts';
import { focusSource } from './sources/focus/index.ts';
import { infracostSource } from './sources/infracost/index.ts';
import { kubernetesSource } from './sources/kubernetes/index.ts';
import { usageSource } from './sources/usage/index.ts';
import { costSubjects } from './subjects.ts';
import { costOfTeam } from './team-page.ts';
import { configureUnits } from './units.ts';

export { isBill } from './bills/files.ts';
export { lookAtBills } from './bills/look.ts';
export { holdRuns } from './bills/runs.ts';
export { type BillFormat, recogniseBill } from './kinds.ts';

export interface CostOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

/** Tables of postings, whose rows count from when they were learned. */
export const costFacts: readonly string[] = [
  ...['charges', 'allocations', 'restatements', 'second_charges', 'cost_cubes'],
  ...['usage_quantities', 'split_costs', 'kubernetes_costs', 'kubernetes_assets', 'exchange_rates'],
  'cost_estimates',
];

export function costExporter(config: CostConfig, ownership: Ownership, options: CostOptions = {}): Exporter {
  const { now = () => new Date(), reassignFrom } = options;
  // Days of the past need the tags that only older rules read.
  const readsOf: ReadsOf = reader => readsOfAllVersions(reader, ownership);
  return {
    name: 'cost',
    tables: [new URL('../catalog/tables.sql', import.meta.url), new URL('./tables.sql', import.meta.url)],
    sources: [
      ...config.focus.map(focus => focusSource(fileOptions(focus), readsOf)),
      ...config.aws_cur.map(report => awsCurSource(report, readsOf)),
      ...config.azure_cost.map(scope => azureCostSource(scope, readsOf)),
      ...config.azure_exports.map(one => azureExportsSource(one, readsOf)),
      ...config.cost_explorer.map(explorer => costExplorerSource(explorer, readsOf)),
      ...config.cloudhealth.map(one => cloudHealthSource(one, readsOf)),
      ...(config.exchange_rates === undefined ? [] : [exchangeRatesSource(config.exchange_rates)]),
      ...config.kubernetes.map(cluster => kubernetesSource(cluster, reader => readsOfAllVersions(reader, ownership))),
      ...config.usage.map(usage => usageSource(usage, ownership)),
      ...config.infracost.map(infracostSource),
    ],
    metrics: costMetrics,
    subjects: costSubjects,
    facts: costFacts,
    prepare: async (tx, context) => {
      await configureCost(tx, config);
      await configureSources(tx, sourcesOf(config), sqlTime(context.now()));
      await configureKubernetes(tx, config.kubernetes);
      await configureUnits(tx, config.unit_costs);
      const version = await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      if (!version.changed) return;
      await markDays(tx, version.from);
      await markKubernetesDays(tx, version.from);
    },
    derive: async (tx, context) => {
      await syncOwners(tx);
      await ownKubernetes(tx, context.now());
      await configureEstimates(tx, config.estimates, ownership);
      await allocate(tx, context.now());
    },
    review: (ledger, asked) => reviewCost(ledger, asked, { now: now(), facts: costFacts }),
    teamPage: costOfTeam,
    check: ledger => checkCost(ledger, config, ownership, now()),
    explain: async (ledger, kind, id) => {
      if (kind === 'resource') return explainResource(ledger, id, now());
      return kind === 'repository' ? explainRepository(ledger, id, now()) : undefined;
    },
  };
}

/** The sources of money, by name and role. */
const sourcesOf = (config: CostConfig) =>
  sourceKeys.flatMap(key => config[key].map(({ name, role }) => ({ name, role })));
