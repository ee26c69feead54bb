/**
 * What is told of surveys: numbers of the newest wave that was released, with their n and interval, of the organisation
 * and of teams of which it may be told.
 */
import { npsMetrics } from './metrics/nps.ts';
import { quickCheckMetrics } from './metrics/quick-check.ts';
import { spaceMetrics } from './metrics/space.ts';
import { surveyMetrics } from './metrics/surveys.ts';

export * from './metrics/nps.ts';
export * from './metrics/quick-check.ts';
export * from './metrics/space.ts';
export * from './metrics/surveys.ts';

/** Every family of surveys, in the order of the page. */
export const surveysMetrics = [...surveyMetrics, ...npsMetrics, ...spaceMetrics, ...quickCheckMetrics] as const;
