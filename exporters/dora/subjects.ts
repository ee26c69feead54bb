/** What delivery says of services one by one, and of repositories that are nobody's. */
import { defineSubjectCheck, ownedCheck } from '../core/subjects.ts';
import { sql } from './metrics/sql.ts';

export const doraSubjects = [
  defineSubjectCheck({
    check: 'deploys',
    help: 'A service was deployed to production with success within 90 days.',
    reads: ['production_deployments'],
    everySeconds: 3_600,
    sql: sql('deployment_spans', 'last_deployments', '../subjects/deploys'),
  }),
  defineSubjectCheck({
    check: 'pipeline',
    help: 'Each deployment of the last 30 days is of a commit and was made by a pipeline, one of the setting pipelines where that names some.',
    reads: ['production_deployments', 'dora_settings'],
    everySeconds: 3_600,
    sql: sql('deployment_spans', '../subjects/pipeline_deployments', '../subjects/pipeline'),
  }),
  defineSubjectCheck({
    check: 'lead-time',
    help: 'The changes that deployments of the last 30 days brought are known, so that there are lead times.',
    reads: ['production_deployments', 'deployment_ranges'],
    everySeconds: 3_600,
    sql: sql('deployment_spans', 'counted_ranges', '../subjects/known_ranges', '../subjects/lead_time'),
  }),
  defineSubjectCheck({
    check: ownedCheck,
    help: 'Repositories with pipelines or deployments of the last 90 days whose owner nothing tells.',
    reads: ['production_deployments', 'finished_pipeline_runs'],
    everySeconds: 3_600,
    sql: sql('../subjects/repositories_seen', '../subjects/unowned_repositories'),
  }),
] as const;
