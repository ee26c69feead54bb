/** A ledger of 10,000 running images with 1,000,000 states of findings, for the bench of views. */
import type { Exporter } from '../../exporters/core/exporter.ts';
import type { Transaction } from '../../exporters/core/ledger.ts';
import { findingFacts, settleOwners } from '../../exporters/findings/store.ts';
import { derivedFacts, derivedTables } from '../../exporters/supply-chain/derive.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { supplyChainFacts } from '../../exporters/supply-chain/store.ts';

const room = (file: string) => new URL(`../../exporters/${file}`, import.meta.url);

export const supplyChain: Pick<Exporter, 'tables' | 'metrics' | 'facts'> = {
  tables: [
    ...['catalog/tables.sql', 'findings/tables.sql', 'vendors/kubernetes/tables.sql', 'supply-chain/tables.sql'].map(
      room,
    ),
    derivedTables,
  ],
  metrics: supplyChainMetrics,
  facts: [...findingFacts, ...supplyChainFacts, ...derivedFacts],
};

/**
 * 10,000 contents of 2,000 images run in 40 places for 300 services of 41 teams. 333,334 findings of 20,000
 * vulnerabilities, each with three states: six of ten are resolved, the others open, excepted, or open again; a fix of
 * three of four. 200,000 scans by two scanners, 10,000 bills of materials, 30,000 attestations, 2,000 exceptions.
 */
export async function fillSupplyChain(tx: Transaction, firstDay: string, days: number): Promise<void> {
  await tx.run(`
    INSERT INTO owner_keys BY NAME
    SELECT i::HUGEINT AS owner_key, '{}' AS attributes, TIMESTAMP '${firstDay}' AS learned_at FROM range(2000) AS r(i);
    INSERT INTO owners BY NAME
    SELECT owner_key, DATE '0001-01-01' AS valid_from, DATE '9999-12-31' AS valid_to, 'team-' || owner_key % 300 % 41 AS team,
      'service-' || owner_key % 300 AS service, ['production', 'staging'][1 + (owner_key % 2)::INTEGER] AS environment,
      '{}' AS rules, learned_at
    FROM owner_keys;
    INSERT INTO supply_chain_settings VALUES ('minimum_samples', 5), ('top_services', 300), ('due_days', 7);
    INSERT INTO supply_chain_sla
    SELECT severity, exploited, CASE WHEN exploited THEN 3 ELSE n END
    FROM (VALUES ('critical', 7), ('high', 30), ('medium', 90), ('low', 180)) AS v(severity, n),
      (VALUES (true), (false)) AS x(exploited);
    CREATE TEMP TABLE made AS
    SELECT (md5_number(i::VARCHAR) >> 2)::HUGEINT AS finding, i % 10 AS life, 'vulnerability' AS engine,
      'CVE-2026-' || hash(i, 'v') % 20000 AS policy, 'image:registry.acme.example/team/app-' || i % 2000 AS subject,
      concat(subject, '@cluster-', i % 2000 % 4, '/namespace-', i % 2000 % 40) AS scope, '' AS part,
      ['critical', 'high', 'medium', 'low'][1 + (hash(i, 's') % 4)::INTEGER] AS severity, 'audit' AS enforcement,
      (i % 2000)::HUGEINT AS owner_key, hash(i, 'p') % 5000 AS package,
      TIMESTAMP '${firstDay}' + to_seconds((i * ${(days - 10) * 86_400}) // 333334) AS opened_at
    FROM range(333334) AS r(i);
    INSERT INTO findings BY NAME
    SELECT finding, engine, policy, concat(subject, '|pkg:npm/package-', package) AS resource, '' AS title, '' AS message,
      '' AS location, '' AS url, '' AS original_severity, opened_at AS told_at, opened_at AS learned_at
    FROM made;
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
    INSERT INTO finding_fixes BY NAME
    SELECT finding, scope, true AS has_fix, '2.0.1' AS fixed_version, opened_at AS occurred_at, opened_at AS learned_at
    FROM made WHERE hash(finding) % 4 > 0;
    INSERT INTO finding_reports BY NAME
    SELECT 'vulnerability' AS engine, scope, 'files' AS source,
      CASE WHEN i % 50 = 0 THEN 'partial' ELSE 'complete' END AS completeness, '' AS reason, 0 AS parts, 100 AS listed,
      0 AS missing, 864000 * 9 AS stale_seconds, md5(i::VARCHAR) AS digest, owner_key,
      TIMESTAMP '${firstDay}' + to_seconds((i * ${days * 86_400}) // 100000) AS occurred_at, occurred_at AS learned_at
    FROM range(100000) AS r(i)
    JOIN (SELECT DISTINCT scope, owner_key FROM made) AS s ON s.owner_key = i % 2000;
    INSERT INTO finding_exceptions BY NAME
    SELECT TIMESTAMP '${firstDay}' + to_hours((i % 5000)::INTEGER) AS occurred_at, occurred_at AS learned_at,
      'vulnerability' AS engine, 'scope-' || i % 100 AS scope, 'exception-' || i AS exception, 'CVE-2026-' || i AS policy,
      'resource-' || i AS resource, 'accepted' AS reason, 'someone' AS approved_by, occurred_at AS created_at,
      occurred_at + to_days((i % 500)::INTEGER) AS expires_at, true AS is_applied, i::HUGEINT AS owner_key, '' AS url,
      true AS holds
    FROM range(2000) AS r(i);
    INSERT INTO vulnerability_aliases
    SELECT concat(kind, i), 'CVE-2026-' || i FROM range(20000) AS r(i), (VALUES ('CVE-2026-'), ('GHSA-')) AS k(kind);
    INSERT INTO kev_entries BY NAME
    SELECT 'CVE-2026-' || i AS vulnerability, i % 5 = 0 AS is_ransomware, true AS holds, TIMESTAMP '${firstDay}' AS occurred_at,
      TIMESTAMP '${firstDay}' AS learned_at
    FROM range(1600) AS r(i);
    INSERT INTO exploit_predictions BY NAME
    SELECT 'CVE-2026-' || i AS vulnerability, true AS is_high, TIMESTAMP '${firstDay}' AS occurred_at, TIMESTAMP '${firstDay}' AS learned_at
    FROM range(800) AS r(i);
    CREATE TEMP TABLE contents AS
    SELECT i, 'sha256:' || md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS artifact, 'registry.acme.example/team/app-' || i % 2000 AS name,
      (i % 2000)::HUGEINT AS owner_key, TIMESTAMP '${firstDay}' + to_hours((i % 9000)::INTEGER) AS first_at
    FROM range(10000) AS r(i);
    INSERT INTO artifacts BY NAME
    SELECT artifact, 'image' AS kind, name, '1.' || i AS tag, owner_key, first_at, first_at AS learned_at FROM contents;
    INSERT INTO artifact_digests SELECT artifact, artifact FROM contents;
    INSERT INTO running_images BY NAME
    SELECT concat('cluster-', i % 2000 % 4, '/namespace-', i % 2000 % 40) AS place, 'deployment/app-' || i AS workload,
      'app' AS container, artifact, name, '1.' || i AS tag, artifact AS digest, CASE WHEN step = 1 THEN 0 ELSE 2 END AS replicas,
      owner_key, 'kubernetes' AS source, first_at + to_hours(step * 12) AS occurred_at, occurred_at AS learned_at
    FROM contents, range(3) AS r(step);
    INSERT INTO running_looks BY NAME
    SELECT concat('cluster-', i % 4, '/namespace-', i % 40) AS place, 'kubernetes' AS source, 250 AS images, 864000 AS stale_seconds,
      (i % 40)::HUGEINT AS owner_key, TIMESTAMP '${firstDay}' + to_seconds((i * ${days * 86_400}) // 40000) AS occurred_at,
      occurred_at AS learned_at
    FROM range(40000) AS r(i);
    INSERT INTO artifact_scans BY NAME
    SELECT artifact, '' AS part, scanner, 'files' AS source, ['vulnerability'] AS classes,
      CASE WHEN hash(i, n, scanner) % 40 = 0 THEN 'failed' ELSE 'complete' END AS completeness, '' AS reason, 100 AS found,
      'debian' AS os_family, '12' AS os_version, i % 9 = 0 AS os_end_of_life, 864000 AS stale_seconds, '' AS digest, owner_key,
      TIMESTAMP '${firstDay}' + to_hours((${days * 24} - 12 - (9 - n) * 100)::INTEGER) AS occurred_at, occurred_at AS learned_at
    FROM contents, range(10) AS r(n), (VALUES ('trivy'), ('grype')) AS s(scanner)
    WHERE i % 20 <> 0;
    INSERT INTO artifact_sboms BY NAME
    SELECT artifact, 'files' AS source, 'cyclonedx' AS format, '1.6' AS spec_version, 'syft' AS tool, 200 AS packages,
      200 AS identified, CASE WHEN i % 4 = 0 THEN ['no_versions', 'no_supplier'] ELSE [] END AS gaps, '' AS digest, owner_key,
      first_at AS occurred_at, first_at AS learned_at
    FROM contents WHERE i % 10 <> 0;
    INSERT INTO attestations BY NAME
    SELECT artifact, concat(artifact, n) AS id, 'registry' AS source, ['signature', 'attestation', 'attestation'][n] AS claim,
      ['', 'https://slsa.dev/provenance/v1', 'https://cyclonedx.org/bom'][n] AS predicate_type,
      ['verified', 'verified', 'claimed', 'failed'][1 + (hash(i) % 4)::INTEGER] AS standing, 'ci@acme' AS identity, '' AS issuer,
      ['', '1', ''][n] AS slsa, 2 AS level, true AS holds, first_at AS occurred_at, first_at AS learned_at
    FROM contents, range(1, 4) AS r(n) WHERE i % 3 <> 0;
    INSERT INTO signature_looks BY NAME
    SELECT artifact, 'registry' AS source, 'all' AS seen, CASE WHEN i % 3 = 0 THEN 'none' ELSE 'found' END AS outcome, '' AS reason,
      864000 AS stale_seconds, TIMESTAMP '${firstDay}' + to_days((${days} - 5 + n)::INTEGER) AS occurred_at, occurred_at AS learned_at
    FROM contents, range(5) AS r(n);
    INSERT INTO scanner_disagreements BY NAME
    SELECT artifact, scanner, hash(i) % 20 AS alone, hash(i, 'm') % 20 AS missed, first_at AS occurred_at, first_at AS learned_at
    FROM contents, (VALUES ('trivy'), ('grype')) AS s(scanner);
    INSERT INTO signer_changes BY NAME
    SELECT name, artifact, ['ci'] AS before, ['other'] AS identities, 'team-' || i % 41 AS team, 'service' AS service,
      'production' AS environment, first_at AS occurred_at, first_at AS learned_at
    FROM contents WHERE i % 100 = 0;
    DROP TABLE made;
    DROP TABLE contents;`);
  await settleOwners(tx);
}
