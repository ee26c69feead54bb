/** A ledger of policy with 1,000,000 states of findings, for the bench of views. */
import type { Exporter } from '../../exporters/core/exporter.ts';
import type { Transaction } from '../../exporters/core/ledger.ts';
import { findingFacts, settleOwners } from '../../exporters/findings/store.ts';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { opaFacts, opaTables } from '../../exporters/policy/sources/opa/index.ts';

const room = (file: string) => new URL(`../../exporters/${file}`, import.meta.url);

export const policy: Pick<Exporter, 'tables' | 'metrics' | 'facts'> = {
  tables: [room('catalog/tables.sql'), room('findings/tables.sql'), opaTables, room('policy/tables.sql')],
  metrics: policyMetrics,
  facts: [...findingFacts, ...opaFacts],
};

/**
 * 333,334 findings of 400 policies of 5 engines in 100 scopes, of 300 services of 41 teams, each with three states: six of
 * ten are resolved, the others open, excepted, or open again. 100,000 reports and as many tallies, 2,000 exceptions,
 * 100,000 minutes of decisions.
 */
export async function fillPolicy(tx: Transaction, firstDay: string, days: number): Promise<void> {
  await tx.run(`
    INSERT INTO owner_keys BY NAME
    SELECT i::HUGEINT AS owner_key, '{}' AS attributes, TIMESTAMP '${firstDay}' AS learned_at FROM range(2000) AS r(i);
    INSERT INTO owners BY NAME
    SELECT owner_key, DATE '0001-01-01' AS valid_from, DATE '9999-12-31' AS valid_to, 'team-' || owner_key % 300 % 41 AS team,
      'service-' || owner_key % 300 AS service, ['production', 'staging'][1 + (owner_key % 2)::INTEGER] AS environment,
      '{}' AS rules, learned_at
    FROM owner_keys;
    INSERT INTO policy_rules SELECT 'engine-' || i % 5, 'policy-' || i, 'requirement-' || i % 10 FROM range(400) AS r(i);
    INSERT INTO policy_settings VALUES ('minimum_samples', 5), ('top_policies', 100), ('top_services', 300);
    CREATE TEMP TABLE made AS
    SELECT (md5_number(i::VARCHAR) >> 2)::HUGEINT AS finding, i % 10 AS life, 'engine-' || i % 400 % 5 AS engine,
      'policy-' || i % 400 AS policy, 'scope-' || hash(i) % 100 AS scope, '' AS part,
      ['critical', 'high', 'medium', 'low'][1 + (hash(i, 's') % 4)::INTEGER] AS severity,
      ['enforce', 'warn', 'audit'][1 + i % 400 % 3] AS enforcement, (hash(i, 'o') % 2000)::HUGEINT AS owner_key,
      TIMESTAMP '${firstDay}' + to_seconds((i * ${(days - 10) * 86_400}) // 333334) AS opened_at
    FROM range(333334) AS r(i);
    INSERT INTO finding_states BY NAME
    SELECT finding, engine, policy, scope, part, severity, enforcement, owner_key, opened_at, opened_at AS first_seen_at,
      state, CASE state WHEN 'unknown' THEN 'partial' WHEN 'resolved' THEN 'fixed' ELSE '' END AS reason,
      CASE WHEN state IN ('unknown', 'resolved') THEN opened_at + to_hours(12) END AS last_seen_at,
      1 + (life = 6 AND step = 2)::INTEGER AS episode,
      opened_at + to_hours(step * (24 + life * 5)) AS occurred_at, occurred_at + INTERVAL 1 MINUTE AS learned_at
    FROM (
      SELECT *, CASE
          WHEN step = 0 THEN 'open'
          WHEN life < 6 THEN ['unknown', 'resolved'][step]
          WHEN life = 6 THEN ['resolved', 'open'][step]
          WHEN life = 7 THEN ['excepted', 'open'][step]
          WHEN life = 8 THEN ['unknown', 'open'][step]
          ELSE 'excepted' END AS state
      FROM made, range(3) AS r(step)
    )
    ORDER BY occurred_at;
    INSERT INTO finding_events BY NAME
    SELECT finding, engine, policy, scope, event, CASE event WHEN 'resolved' THEN 'fixed' ELSE '' END AS reason, severity,
      enforcement, owner_key, team, service, environment,
      CASE event WHEN 'resolved' THEN date_diff('second', opened_at, happened_at) END AS seconds,
      happened_at AS occurred_at, happened_at + INTERVAL 1 MINUTE AS learned_at
    FROM (
      SELECT *, 'opened' AS event, opened_at AS happened_at FROM made
      UNION ALL
      SELECT *, 'resolved', opened_at + to_hours(2 * (24 + life * 5)) FROM made WHERE life < 6
      UNION ALL
      SELECT *, 'resolved', opened_at + to_hours(54) FROM made WHERE life = 6
      UNION ALL
      SELECT *, 'reopened', opened_at + to_hours(108) FROM made WHERE life = 6
    )
    JOIN owners USING (owner_key)
    ORDER BY occurred_at;
    INSERT INTO finding_reports BY NAME
    SELECT 'engine-' || i % 5 AS engine, 'scope-' || i // 5 % 100 AS scope, 'files' AS source,
      CASE WHEN i % 50 = 0 THEN 'partial' ELSE 'complete' END AS completeness, '' AS reason, 0 AS parts, 100 AS listed,
      0 AS missing, 864000 AS stale_seconds, md5(i::VARCHAR) AS digest, (i // 5 % 100)::HUGEINT AS owner_key,
      TIMESTAMP '${firstDay}' + to_seconds((i * ${days * 86_400}) // 100000) AS occurred_at, occurred_at AS learned_at
    FROM range(100000) AS r(i);
    INSERT INTO finding_tallies BY NAME
    SELECT 'engine-' || i % 400 % 5 AS engine, 'scope-' || hash(i % 20000) % 100 AS scope, '' AS part, 'policy-' || i % 400 AS policy,
      ['fail', 'pass'][1 + i % 2] AS outcome, 'high' AS severity, ['enforce', 'warn', 'audit'][1 + i % 400 % 3] AS enforcement,
      (hash(i % 20000, 'o') % 2000)::HUGEINT AS owner_key, 1 + i % 30 AS results,
      TIMESTAMP '${firstDay}' + to_seconds((i * ${days * 86_400}) // 100000) AS occurred_at, occurred_at AS learned_at
    FROM range(100000) AS r(i);
    INSERT INTO finding_totals BY NAME
    SELECT engine, scope, part, policy, results AS violations, results // 2 AS listed, occurred_at, learned_at
    FROM finding_tallies WHERE outcome = 'fail' AND results > 20;
    INSERT INTO finding_policies BY NAME
    SELECT DISTINCT engine, scope, policy, policy AS title, enforcement, severity, true AS holds,
      TIMESTAMP '${firstDay}' AS occurred_at, TIMESTAMP '${firstDay}' AS learned_at
    FROM finding_tallies WHERE engine IN ('engine-0', 'engine-1');
    INSERT INTO finding_exceptions BY NAME
    SELECT TIMESTAMP '${firstDay}' + to_hours((i % 5000)::INTEGER) AS occurred_at, occurred_at AS learned_at,
      'engine-' || i % 5 AS engine, 'scope-' || i % 100 AS scope, 'exception-' || i AS exception, 'policy-' || i % 400 AS policy,
      'resource-' || i AS resource, 'accepted' AS reason, 'someone' AS approved_by, occurred_at AS created_at,
      occurred_at + to_days((i % 500)::INTEGER) AS expires_at, true AS is_applied, i::HUGEINT AS owner_key, '' AS url,
      true AS holds
    FROM range(2000) AS r(i);
    INSERT INTO finding_blocks BY NAME
    SELECT i::VARCHAR AS id, m.engine, m.scope, m.policy, 'resource' AS resource, m.enforcement, owner_key, team, service,
      environment, '' AS message, m.opened_at AS occurred_at, m.opened_at AS learned_at
    FROM (SELECT *, row_number() OVER () AS i FROM made WHERE life = 3) AS m JOIN owners USING (owner_key);
    INSERT INTO opa_paths SELECT 'path-' || i, true FROM range(40) AS r(i);
    INSERT INTO opa_decisions BY NAME
    SELECT 'team-' || i % 41 AS team, 'service-' || i % 300 AS service, 'production' AS environment, 'path-' || i % 40 AS path,
      ['allow', 'deny'][1 + i % 2] AS outcome, 1 + i % 100 AS decisions,
      date_trunc('minute', TIMESTAMP '${firstDay}' + to_seconds((i * ${days * 86_400}) // 100000)) AS occurred_at,
      occurred_at + INTERVAL 2 MINUTE AS learned_at
    FROM range(100000) AS r(i);
    DROP TABLE made;`);
  await settleOwners(tx);
}
