/** How long tables of the supply chain keep their rows: of what took another's place, a year and more. */
import type { Retention } from '../core/retention.ts';

const days = 400;

/** A row goes where another had taken its place by then, so that each instant since is told as before. */
const superseded = (table: string, key: readonly string[], more = 'true') =>
  `EXISTS (
    FROM ${table} AS newer
    WHERE ${key.map(name => `newer.${name} IS NOT DISTINCT FROM ${table}.${name}`).join(' AND ')}
      AND newer.learned_at < $before::TIMESTAMP AND newer.occurred_at < $before::TIMESTAMP
      AND (newer.occurred_at, newer.learned_at) > (${table}.occurred_at, ${table}.learned_at) AND ${more}
  )`;

const pruned = (table: string, key: readonly string[], more?: string): Retention => ({
  ...{ table, by: 'learned_at', days, where: superseded(table, key, more) },
});

/** Every table of tables.sql that grows; beside findings/retention.ts. */
export const supplyChainRetention: readonly Retention[] = [
  // Of each artifact, part and scanner the newest, and the newest that did not fail, of all classes that it looked for.
  pruned(
    'artifact_scans',
    ['artifact', 'part', 'scanner'],
    `(artifact_scans.completeness = 'failed'
      OR (newer.completeness <> 'failed' AND list_has_all(newer.classes, artifact_scans.classes)))`,
  ),
  pruned('finding_fixes', ['finding', 'scope']),
  pruned('artifact_sboms', ['artifact']),
  pruned('vex_statements', ['vulnerability', 'artifact', 'purl']),
  pruned('attestations', ['artifact', 'id']),
  pruned('signature_looks', ['artifact', 'source', 'seen']),
  // Of what runs no longer not even the newest row has to stay: that it ran is told by nothing since.
  {
    table: 'running_images',
    by: 'learned_at',
    days,
    where: `${superseded('running_images', ['place', 'workload', 'container', 'artifact'])}
      OR (replicas = 0 AND occurred_at < $before::TIMESTAMP AND NOT EXISTS (
        FROM running_images AS newer
        WHERE newer.place = running_images.place AND newer.workload = running_images.workload
          AND newer.container = running_images.container AND newer.artifact = running_images.artifact
          AND newer.occurred_at > running_images.occurred_at
      ) AND NOT EXISTS (
        FROM running_images AS older
        WHERE older.place = running_images.place AND older.workload = running_images.workload
          AND older.container = running_images.container AND older.artifact = running_images.artifact
          AND older.replicas > 0
      ))`,
  },
  pruned('running_looks', ['place', 'source']),
  pruned('kev_entries', ['vulnerability']),
  pruned('package_licenses', ['type', 'namespace', 'name', 'version', 'is_source']),
  pruned('end_of_life_cycles', ['product', 'cycle']),
  pruned('repository_scores', ['repository']),
  pruned('scanner_disagreements', ['artifact', 'scanner']),
  pruned('watch_matches', ['watch', 'artifact']),
  pruned('gate_verdicts', ['artifact', 'environment']),
  { table: 'exploit_predictions', kept: 'a row where a score came to be high, or was no longer' },
  { table: 'signer_changes', kept: 'counters add them up' },
  { table: 'derived_through', kept: 'a row a kind' },
  { table: 'artifacts', kept: 'one row a content; a scan of it may come again' },
  { table: 'bom_links', kept: 'one row a bill of materials; VEX of it may come years later' },
  { table: 'linked_vex', kept: 'one row a statement; its bill of materials may come later' },
  { table: 'artifact_digests', kept: 'what a content is known by' },
  { table: 'scan_results', kept: 'what the newest scans found' },
  { table: 'scan_exceptions', kept: 'one row a word of exception' },
  { table: 'vulnerability_aliases', kept: 'one row an id' },
  { table: 'vulnerabilities', kept: 'one row a vulnerability' },
  { table: 'components', kept: 'the packages of the newest bills of materials' },
  { table: 'epss_scores', kept: 'the scores of one day' },
];
