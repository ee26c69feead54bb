/** What people use of the platform: tables, what is kept for how long, what is published, families. */
import type { ExperienceConfig } from '../config.ts';
import type { Part } from '../part.ts';
import { checkUsage } from './check.ts';
import { explainFeature } from './explain.ts';
import { usageMetrics } from './metrics.ts';
import { releaseUsage } from './release/index.ts';
import { usageRetention } from './retention.ts';
import { configureUsage } from './settings.ts';

const isUsed = ({ backstage, features }: ExperienceConfig) => backstage.length > 0 || features.length > 0;

export const usage: Part = {
  tables: [new URL('./tables.sql', import.meta.url)],
  facts: ['usage_counts', 'usage_tasks', 'usage_results'],
  retention: ({ privacy }) => usageRetention(privacy.retention_days),
  metrics: usageMetrics,
  prepare: (tx, { config }) => configureUsage(tx, config),
  derive: async (tx, { config, now }) => {
    if (isUsed(config)) await releaseUsage(tx, config, now);
  },
  check: (ledger, { config }) => checkUsage(ledger, config),
  explain: async (ledger, config, kind, id) => (kind === 'feature' ? explainFeature(ledger, config, id) : undefined),
};
