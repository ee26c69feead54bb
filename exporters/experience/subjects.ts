/** What other tools' scorecards say of services one by one. */
import { defineSubjectCheck } from '../core/subjects.ts';
import { sqlIn } from '../findings/sql.ts';

const sql = sqlIn(new URL('./scorecards/views/', import.meta.url));

export const experienceSubjects = [
  defineSubjectCheck({
    check: 'scorecards',
    help: 'A service has reached the first level of each scorecard that it is in.',
    reads: ['scorecard_standings', 'owners'],
    everySeconds: 3_600,
    sql: sql('standing_spans', 'standings_at', '../../subjects/scorecards'),
  }),
] as const;
