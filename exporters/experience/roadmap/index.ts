import type { Part } from '../part.ts';
import { roadmapMetrics } from './metrics.ts';

export const roadmap: Part = {
  tables: [new URL('./tables.sql', import.meta.url)],
  facts: [],
  retention: () => [],
  metrics: roadmapMetrics,
};
