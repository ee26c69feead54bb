/**
 * What Plumbline says about experience: what developers say of the platform, what they use of it, what the platform team
 * ships. Nothing of fewer people than privacy.minimum_group is among it.
 */
import { roadmapMetrics } from './roadmap/metrics.ts';
import { scorecardsMetrics } from './scorecards/metrics.ts';
import { surveysMetrics } from './surveys/metrics.ts';
import { usageMetrics } from './usage/metrics.ts';

export * from './roadmap/metrics.ts';
export * from './scorecards/metrics.ts';
export * from './surveys/metrics.ts';
export * from './usage/metrics.ts';

/** Every family of the experience exporter, in the order of the page. */
export const experienceMetrics = [...surveysMetrics, ...usageMetrics, ...roadmapMetrics, ...scorecardsMetrics] as const;
