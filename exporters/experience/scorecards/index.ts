import type { Part } from '../part.ts';
import { scorecardsMetrics } from './metrics.ts';

export const scorecards: Part = {
  tables: [new URL('./tables.sql', import.meta.url)],
  facts: [],
  retention: () => [],
  metrics: scorecardsMetrics,
};
