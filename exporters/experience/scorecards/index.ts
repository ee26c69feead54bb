/** Scorecards: how far services have come by the levels that the platform asks for. */
import { replaceConfigured } from '../../core/configured.ts';
import type { Part } from '../part.ts';
import { scorecardsMetrics } from './metrics.ts';
import { scorecardRetention } from './retention.ts';
import { scorecardFacts } from './store.ts';

export const scorecards: Part = {
  tables: [new URL('./tables.sql', import.meta.url)],
  facts: scorecardFacts,
  retention: () => scorecardRetention,
  metrics: scorecardsMetrics,
  prepare: async (tx, { config }) => {
    await replaceConfigured(tx, 'scorecard_settings', { name: 'VARCHAR', value: 'DOUBLE' }, [
      { name: 'top_services', value: config.scorecards.top_services },
    ]);
  },
};
