/** A ledger of delivery with 1,000,000 deployed changes, for the bench of views. */
import type { Exporter } from '../../exporters/core/exporter.ts';
import type { Transaction } from '../../exporters/core/ledger.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';

const room = (file: string) => new URL(`../../exporters/${file}`, import.meta.url);

export const dora: Pick<Exporter, 'tables' | 'metrics' | 'facts'> = {
  tables: [room('catalog/tables.sql'), room('dora/tables.sql')],
  metrics: doraMetrics,
  facts: [
    ...['production_deployments', 'rollouts', 'deployed_changes', 'deployment_ranges', 'deployed_pull_requests'],
    ...['verdicts', 'incident_links', 'counted_changes', 'finished_pipeline_runs'],
  ],
};

/**
 * 50,000 deployments of 300 services of 41 teams in as many days as given, 20 changes and 6 pull requests each; every
 * 10th failed, every 20th has an incident; 1,000,000 runs of pipelines. Some changes are taken back.
 */
export const fillDora = (tx: Transaction, firstDay: string, days: number): Promise<void> =>
  tx.run(`
    CREATE TEMP TABLE made AS
    SELECT i, 'github:' || (100000000 + i) AS deployment, 'service-' || i % 300 AS service,
      'team-' || i % 300 % 41 AS team, 'production' AS environment, 'acme/service-' || i % 300 AS repository,
      TIMESTAMP '${firstDay}' + to_seconds((i * ${days * 86_400}) // 50000) AS finished_at,
      finished_at AS occurred_at, finished_at AS learned_at
    FROM range(50000) AS r(i);
    INSERT INTO production_deployments BY NAME
    SELECT * EXCLUDE (i), CASE WHEN i % 30 = 7 THEN 'failure' ELSE 'success' END AS outcome, i % 60 = 7 AS changed_production,
      md5(i::VARCHAR) AS sha, finished_at - INTERVAL 5 MINUTE AS started_at
    FROM made;
    -- Owners that changed, and what turned out otherwise.
    INSERT INTO production_deployments BY NAME
    SELECT * REPLACE (learned_at + INTERVAL 1 DAY AS learned_at, 'team-0' AS team) FROM production_deployments
    WHERE hash(deployment) % 50 = 0;
    INSERT INTO rollouts BY NAME
    SELECT deployment, service, unnest(['first', 'half', 'all']) AS reach,
      finished_at + to_hours(unnest([0, 1, 2])) AS reached_at, reached_at AS occurred_at, learned_at
    FROM made WHERE i % 3 = 0
    UNION ALL BY NAME
    SELECT deployment, service, 'all' AS reach, finished_at AS reached_at, occurred_at, learned_at
    FROM made WHERE i % 3 <> 0;
    INSERT INTO deployment_ranges BY NAME
    SELECT deployment, service, repository, environment, 'range' AS basis, true AS holds, occurred_at, learned_at FROM made;
    INSERT INTO deployed_changes BY NAME
    SELECT made.* EXCLUDE (i, finished_at), md5(i || '-' || c) || 'abcdef01' AS sha,
      finished_at - to_seconds((hash(i, c) % 2000000)::BIGINT) AS clock_at,
      finished_at - to_seconds((hash(i, c) % 1000000)::BIGINT) AS committed_at,
      CASE WHEN c % 6 = 0 THEN 'merge' ELSE '' END AS excluded, true AS holds
    FROM made, range(20) AS r(c)
    ORDER BY finished_at;
    INSERT INTO deployed_changes BY NAME
    SELECT * REPLACE (false AS holds, learned_at + INTERVAL 1 HOUR AS learned_at) FROM deployed_changes
    WHERE hash(sha) % 500 = 0;
    INSERT INTO counted_changes BY NAME
    SELECT c.service, c.team, c.environment, c.repository, c.sha, r.reach,
      date_sub('second', clock_at, reached_at) AS authored, date_sub('second', committed_at, reached_at) AS committed,
      r.reached_at AS occurred_at, c.learned_at
    FROM deployed_changes AS c JOIN rollouts AS r USING (deployment, service) WHERE excluded = '' AND holds;
    INSERT INTO deployed_pull_requests BY NAME
    SELECT made.* EXCLUDE (i, finished_at), i * 10 + p AS number, (hash(i, p, 1) % 90000)::BIGINT AS coding,
      (hash(i, p, 2) % 90000)::BIGINT AS review, (hash(i, p, 3) % 9000)::BIGINT AS "merge",
      (hash(i, p, 4) % 90000)::BIGINT AS deploy, coding + review + "merge" + deploy AS total, '' AS excluded, true AS holds
    FROM made, range(6) AS r(p);
    INSERT INTO verdicts BY NAME
    SELECT deployment, service, team, environment, finished_at, unnest(['failed', 'recovered']) AS verdict,
      'rollback' AS reason, 0.9 AS confidence, '' AS cause, (hash(i) % 90000)::BIGINT AS seconds, true AS holds,
      finished_at + to_seconds(seconds) AS occurred_at, learned_at
    FROM made WHERE i % 10 = 0
    UNION ALL BY NAME
    SELECT deployment, service, team, environment, finished_at, unnest(['rework', 'rollback']) AS verdict,
      'rollback' AS reason, 0.9 AS confidence, '' AS cause, NULL AS seconds, true AS holds, occurred_at, learned_at
    FROM made WHERE i % 10 = 1;
    INSERT INTO incident_links BY NAME
    SELECT 'pagerduty' AS source, i::VARCHAR AS incident, service, team, environment, 'resolved' AS status,
      CASE WHEN i % 40 = 0 THEN deployment ELSE '' END AS deployment,
      CASE WHEN i % 40 = 0 THEN 'service_and_time' ELSE 'no_deployment' END AS reason, 0.8 AS confidence,
      finished_at AS started_at, finished_at + to_seconds((hash(i) % 90000)::BIGINT) AS resolved_at,
      resolved_at AS occurred_at, learned_at
    FROM made WHERE i % 20 = 0;
    INSERT INTO finished_pipeline_runs BY NAME
    SELECT 'github' AS source, i || '-' || n AS run, repository, team, service, 'pipeline-' || n % 4 AS pipeline,
      ['success', 'success', 'failure', 'cancelled'][1 + (hash(i, n) % 4)::INTEGER] AS outcome,
      (hash(i, n) % 3600)::BIGINT AS seconds, occurred_at, learned_at
    FROM made, range(20) AS r(n);
    INSERT INTO dora_settings VALUES ('minimum_samples', 5);
    DROP TABLE made;`);
