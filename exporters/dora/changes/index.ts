/**
 * The changes of each deployment to production: commits of previous..this by the real commit graph, for every lane
 * (service, environment, repository), with where their lead time starts and why some have none. Only lanes in which
 * something differs are walked, from there on; only what differs is written.
 */
import { readFileSync } from 'node:fs';
import { wildcard } from '../../catalog/wildcard.ts';
import { breather } from '../../core/breathe.ts';
import type { Transaction } from '../../core/ledger.ts';
import type { SourceContext } from '../../core/source.ts';
import { sqlTime } from '../../core/time.ts';
import type { DoraConfig, ServiceConfig } from '../config.ts';
import { likeOf } from '../like.ts';
import { mark } from '../marks.ts';
import { findings } from './findings.ts';
import type { CommitGraph } from './graph.ts';
import { commitGraphs, type Graphs } from './load.ts';
import { type AskedRepository, repositoriesToDerive } from './repositories.ts';
import { type Walker, walker } from './walk.ts';

const lanesSql = readFileSync(new URL('./lanes.sql', import.meta.url), 'utf8');
const changesSql = readFileSync(new URL('./changes.sql', import.meta.url), 'utf8');

/** By configuration, of which a running exporter has one. */
const graphsOf = new WeakMap<DoraConfig, Graphs>();

/** Brings deployment_ranges and deployed_changes in step with production_deployments and the commits. */
export async function deriveChanges(
  tx: Transaction,
  config: DoraConfig,
  context: Pick<SourceContext, 'now'>,
): Promise<void> {
  const asked = await repositoriesToDerive(tx, repository => rulesOf(config, repository));
  if (asked.length === 0) return;
  await prepare(tx, config, asked, sqlTime(context.now()));
  await tx.run(lanesSql);
  await walkLanes(tx, config);
  await tx.run(
    `INSERT INTO path_lanes SELECT DISTINCT lane, p.service
     FROM lanes JOIN path_services AS p ON p.repository = lanes.repository AND p.named = lower(lanes.service)`,
  );
  const before = await counts(tx);
  await tx.run(changesSql);
  const after = await counts(tx);
  for (const [table, count] of Object.entries(after)) if (count !== before[table]) tx.touch(table);
  await tx.run(
    `DELETE FROM changes_derived WHERE repository IN (SELECT repository FROM asked_repositories);
     INSERT INTO changes_derived SELECT repository, rules, derived_at FROM asked_repositories, settings`,
  );
  await tx.run(temporary.map(table => `DROP TABLE IF EXISTS temp.${table}`).join('; '));
}

const temporary = [
  ...['asked_repositories', 'settings', 'bots', 'path_services', 'path_lanes', 'found_ranges', 'found_commits'],
  ...['brought', 'lane_deployments', 'held_ranges', 'lanes', 'wanted_ranges', 'gone_ranges', 'touched_commits'],
  ...['touched_deployments', 'scope', 'held_changes', 'asked_changes', 'squashes', 'bot_authors', 'wanted_changes'],
  'earlier_changes',
];

/** At start: what was derived by other rules is to be derived anew, also what follows from it. */
export async function markChangedRules(tx: Transaction, config: DoraConfig): Promise<void> {
  const rows = await tx.all('SELECT repository, rules FROM changes_derived');
  const differ = rows.filter(row => row.rules !== rulesOf(config, String(row.repository)));
  await mark(
    tx,
    differ.map(row => String(row.repository)),
  );
}

/** What of the configuration the changes of a repository depend on. */
const rulesOf = ({ bots, longest_gap_days: days, services }: DoraConfig, repository: string) =>
  JSON.stringify([bots, days, pathServices(services, repository).map(({ service, paths }) => [service, paths])]);

const pathServices = (services: readonly ServiceConfig[], repository: string) =>
  services.filter(({ repository: pattern, paths }) => paths !== undefined && wildcard([pattern], true)(repository));

async function prepare(
  tx: Transaction,
  config: DoraConfig,
  asked: readonly AskedRepository[],
  now: string,
): Promise<void> {
  const { bots, longest_gap_days: days, services } = config;
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE asked_repositories AS
     SELECT r.repository, r.rules
     FROM (SELECT unnest(from_json($asked::JSON, '[{"repository":"VARCHAR","rules":"VARCHAR"}]')) AS r)`,
    { asked: JSON.stringify(asked) },
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE settings AS
     SELECT $days::INTEGER AS longest_gap_days, $now::TIMESTAMP AS derived_at`,
    { days, now },
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE bots AS SELECT unnest(from_json($patterns::JSON, '["VARCHAR"]')) AS pattern`,
    { patterns: JSON.stringify(bots.map(likeOf)) },
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE path_services AS
     SELECT p.repository, p.named, p.service
     FROM (SELECT unnest(from_json($rows::JSON, '[{"repository":"VARCHAR","named":"VARCHAR","service":"VARCHAR"}]')) AS p)`,
    {
      rows: JSON.stringify(
        asked.flatMap(({ repository }) =>
          pathServices(services, repository).map(({ service }) => ({ repository, named: nameOf(service), service })),
        ),
      ),
    },
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE path_lanes (lane INTEGER, service VARCHAR);
     CREATE OR REPLACE TEMP TABLE found_ranges (lane INTEGER, position INTEGER, basis VARCHAR, commits BIGINT, merges BIGINT);
     CREATE OR REPLACE TEMP TABLE found_commits (lane INTEGER, position INTEGER, node BIGINT, is_fresh BOOLEAN)`,
  );
}

/** A service's name without the kind and namespace that the catalog knows it by. */
const nameOf = (service: string) => service.replace(/^.*[:/]/, '').toLowerCase();

async function counts(tx: Transaction): Promise<Readonly<Record<string, number>>> {
  const of = async (table: string) => Number(await tx.scalar(`SELECT count(*) FROM ${table}`));
  return { deployment_ranges: await of('deployment_ranges'), deployed_changes: await of('deployed_changes') };
}

async function walkLanes(tx: Transaction, config: DoraConfig): Promise<void> {
  const graphs = graphsOf.get(config) ?? commitGraphs();
  graphsOf.set(config, graphs);
  const found = findings(tx);
  const breathe = breather();
  const lanes = await tx.all('SELECT lane, repository, first_changed FROM lanes ORDER BY repository, lane');
  let at: { readonly repository: string; readonly graph: CommitGraph; readonly walk: Walker } | undefined;
  for (const row of lanes) {
    const repository = String(row.repository);
    if (at?.repository !== repository) {
      const graph = await graphs.of(tx, repository);
      at = { repository, graph, walk: walker(graph, breathe) };
    }
    const { graph, walk } = at;
    const number = Number(row.lane);
    const firstChanged = Number(row.first_changed);
    const lane = walk.lane();
    for (const { position, node, basis } of await positionsOf(tx, number)) {
      const isAsked = position >= firstChanged;
      const index = basis === 'no_sha' || node === 0 ? -1 : graph.indexOf(node);
      if (index < 0) {
        if (isAsked) await found.range({ lane: number, position, basis, commits: 0, merges: 0 });
        continue;
      }
      const brought = await lane.deploy(index);
      if (!isAsked) continue;
      const isKnown = basis === 'first' || (basis !== 'unknown_commit' && brought.isWhole);
      const told = isKnown ? basis : 'unknown_commit';
      const { commits, merges } = isKnown
        ? { commits: brought.commits.length, merges: brought.merges }
        : { commits: 0, merges: 0 };
      await found.range({ lane: number, position, basis: told, commits, merges });
      if (told === 'range') await found.commits(number, position, brought.commits.map(graph.nodeAt), brought.fresh);
      if (breathe.due()) await breathe.now();
    }
  }
  await found.flush();
}

interface Position {
  readonly position: number;
  /** 0 where the commit isn't known. */
  readonly node: number;
  readonly basis: string;
}

/** As one text: a row each would become an object each. */
async function positionsOf(tx: Transaction, lane: number): Promise<readonly Position[]> {
  const text = await tx.scalar(
    `SELECT string_agg(coalesce(node, 0) || ' ' || basis, chr(10) ORDER BY position) FROM lane_deployments
     WHERE lane = $lane::INTEGER`,
    { lane: String(lane) },
  );
  return String(text)
    .split('\n')
    .map((line, index) => {
      const [node = '', basis = ''] = line.split(' ');
      return { position: index + 1, node: Number(node), basis };
    });
}
