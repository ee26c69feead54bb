/** Single answers and their pseudonyms go, a wave at a time; results stay. */
import type { Retention } from '../../core/retention.ts';
import type { ExperienceConfig } from '../config.ts';

/**
 * A wave goes as a whole, once its last day is too old and it was looked at: what is left of it would be something else.
 * One that is never looked at, since its survey is no longer configured or a source of it never ends, goes when nothing of
 * it was learned for as long.
 */
const ofOldWaves = (table: string) => `EXISTS (
    FROM survey_waves AS w
    WHERE w.survey = ${table}.survey AND w.wave = ${table}.wave AND w.ends_on < $before::DATE
      AND (w.judged IS NOT NULL OR NOT EXISTS (
        FROM survey_responses AS late
        WHERE late.survey = w.survey AND late.wave = w.wave AND late.learned_on >= $before::DATE
      ))
  )`;

export const surveyRetention = ({ privacy: { retention_days: days } }: ExperienceConfig): readonly Retention[] => [
  // Before the responses that say which wave they are of.
  {
    table: 'survey_answers',
    by: `(SELECT max(r.submitted_on) FROM survey_responses AS r
      WHERE r.survey = survey_answers.survey AND r.response = survey_answers.response)`,
    days,
    isErased: true,
    where: `EXISTS (
      FROM survey_responses AS r
      WHERE r.survey = survey_answers.survey AND r.response = survey_answers.response
        AND (r.wave IS NULL OR ${ofOldWaves('r')})
    )`,
  },
  {
    table: 'survey_responses',
    by: 'submitted_on',
    days,
    isErased: true,
    where: `wave IS NULL OR ${ofOldWaves('survey_responses')}`,
  },
  {
    table: 'survey_released',
    by: `(SELECT max(w.ends_on) FROM survey_waves AS w
      WHERE w.survey = survey_released.survey AND w.wave = survey_released.wave)`,
    days,
    isErased: true,
  },
  { table: 'survey_waves', kept: 'one row a wave; it says which waves are closed for good' },
  { table: 'survey_readings', kept: 'one row a survey and source' },
  { table: 'survey_invited', kept: 'one row a survey, source and wave' },
  { table: 'survey_matches', kept: 'one row a question' },
  { table: 'survey_unknown_teams', kept: 'one row a choice of a form' },
  { table: 'survey_benchmarks', kept: 'what DORA has published' },
  { table: 'survey_releases', kept: 'results, of no single person' },
  { table: 'survey_results', kept: 'results, of no single person' },
];
