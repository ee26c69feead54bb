/** Surveys: what developers say, released a wave at a time, of groups that are large enough. */
import type { Part } from '../part.ts';
import { configureBenchmark } from './benchmark.ts';
import { surveyNotices } from './check.ts';
import { explainSurvey } from './explain.ts';
import { judgeSurveys } from './judge.ts';
import { surveysMetrics } from './metrics.ts';
import { surveyRetention } from './retention.ts';

export const surveys: Part = {
  tables: [new URL('./tables.sql', import.meta.url)],
  facts: ['survey_releases'],
  retention: surveyRetention,
  metrics: surveysMetrics,
  prepare: configureBenchmark,
  derive: judgeSurveys,
  check: (ledger, { config, now }) => surveyNotices(ledger, config, now),
  explain: async (ledger, _, kind, id) => (kind === 'survey' ? explainSurvey(ledger, id, new Date()) : undefined),
};
