/** The families of the roadmap: the work, the promises, the feedback. */
import { feedbackMetrics } from './metrics/feedback.ts';
import { promiseMetrics } from './metrics/promises.ts';
import { workMetrics } from './metrics/work.ts';

export * from './metrics/feedback.ts';
export * from './metrics/promises.ts';
export * from './metrics/work.ts';

export const roadmapMetrics = [...workMetrics, ...promiseMetrics, ...feedbackMetrics] as const;
