import type { Part } from '../part.ts';
import { surveysMetrics } from './metrics.ts';

export const surveys: Part = {
  tables: [new URL('./tables.sql', import.meta.url)],
  facts: [],
  retention: () => [],
  metrics: surveysMetrics,
};
