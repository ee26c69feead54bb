import type { Part } from '../part.ts';
import { usageMetrics } from './metrics.ts';

export const usage: Part = {
  tables: [new URL('./tables.sql', import.meta.url)],
  facts: [],
  retention: () => [],
  metrics: usageMetrics,
};
