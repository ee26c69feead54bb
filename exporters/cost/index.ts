/** The cost exporter: what was spent, by whom, on what, and how final that is. */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import { readsOfAllVersions, recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import { allocate, markDays } from './allocate.ts';
import { configureCost } from './budgets.ts';
import { checkCost } from './check.ts';
import type { CostConfig, FocusConfig } from './config.ts';
import { explainResource } from './explain.ts';
import { costMetrics } from './metrics.ts';
import { type FocusOptions, focusSource } from './sources/focus/index.ts';

export { isBill } from './sources/focus/index.ts';
export { lookAtBills } from './sources/focus/look.ts';
export { holdRuns } from './sources/focus/runs.ts';

export interface CostOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

export function costExporter(config: CostConfig, ownership: Ownership, options: CostOptions = {}): Exporter {
  const { now = () => new Date(), reassignFrom } = options;
  return {
    name: 'cost',
    tables: [new URL('../catalog/tables.sql', import.meta.url), new URL('./tables.sql', import.meta.url)],
    // Days of the past need the tags that only older rules read.
    sources: config.focus.map(focus =>
      focusSource(focusOptions(focus), reader => readsOfAllVersions(reader, ownership)),
    ),
    metrics: costMetrics,
    facts: ['charges', 'allocations', 'restatements'],
    prepare: async (tx, context) => {
      await configureCost(tx, config);
      const version = await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      if (version.changed) await markDays(tx, version.from);
    },
    derive: async (tx, context) => {
      await syncOwners(tx);
      await allocate(tx, context.now());
    },
    check: ledger => checkCost(ledger, config, ownership, now()),
    explain: async (ledger, kind, id) => (kind === 'resource' ? explainResource(ledger, id, now()) : undefined),
  };
}

const focusOptions = ({ path, name, every, settle, delivery, default_currency }: FocusConfig): FocusOptions => ({
  path,
  name,
  everySeconds: every,
  settleSeconds: settle,
  ...(delivery === undefined ? {} : { delivery }),
  ...(default_currency === undefined ? {} : { defaultCurrency: default_currency }),
});
