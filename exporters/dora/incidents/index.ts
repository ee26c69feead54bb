/** Keeps what incidents are linked to in step with the facts, and tells which lanes that changes the verdicts of. */
import { readFileSync } from 'node:fs';
import { type Ownership, unowned } from '../../catalog/ownership.ts';
import type { Row, Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { fromSqlTime, sqlTime } from '../../core/time.ts';
import type { DoraConfig } from '../config.ts';
import { type DerivedTable, postDifferences } from '../difference.ts';
import { ownersOf } from '../owned.ts';
import { destinations, serviceRules } from '../production/services.ts';
import { judgeOptions, type Lane, readLanes } from '../verdicts/index.ts';
import { type Rollback, rollbacksOf } from '../verdicts/rollbacks.ts';
import { type Candidates, type Link, likeliest, linkOf } from './link.ts';
import { deployedServices, serviceOf } from './service.ts';

const namedSql = readFileSync(new URL('./named.sql', import.meta.url), 'utf8');

const table: DerivedTable = {
  table: 'incident_links',
  keys: ['source', 'incident'],
  values: [
    ...['service', 'team', 'environment', 'status', 'deployment', 'reason', 'confidence', 'started_at', 'resolved_at'],
  ],
  counts: 'own',
};

export interface Incidents {
  readonly config: DoraConfig;
  readonly ownership: Pick<Ownership, 'names'>;
  readonly now: Date;
}

interface Told {
  readonly source: string;
  readonly incident: string;
  readonly status: string;
  readonly deployment: string;
  readonly rootCauseSha: string;
  /** '' where neither a word nor the repository tells it. */
  readonly service: string;
  readonly team: string;
  /** The environment that it says; '' where none. */
  readonly said: string;
  readonly startedAt: number;
  readonly resolvedAt: number | undefined;
  readonly updatedAt: number;
}

/**
 * Links the incidents of which something new was said, those of the lanes in `judged_lanes`, and those that named what
 * was not known. Adds the lanes whose verdicts that may change to `judged_lanes`.
 */
export async function deriveIncidents(tx: Transaction, { config, ownership, now }: Incidents): Promise<void> {
  const told = await readIncidents(tx, { config, ownership, now });
  if (told.length === 0) return;
  const productions = config.production.map(({ name }) => name);
  await stage(
    tx,
    'asked_incidents',
    { source: 'VARCHAR', incident: 'VARCHAR', deployment: 'VARCHAR', root_cause_sha: 'VARCHAR', service: 'VARCHAR' },
    told.map(({ source, incident, deployment, rootCauseSha, service }) => ({
      ...{ source, incident, deployment, root_cause_sha: rootCauseSha, service },
    })),
  );
  const named = new Map((await tx.all(namedSql)).map(row => [`${String(row.source)}:${String(row.incident)}`, row]));
  const lanes = await lanesOf(tx, config, told);
  const rollbacks = new Map<string, readonly Rollback[]>();
  const destinationOf = destinations(config.production);
  const links = told.map(one => {
    const row = named.get(`${one.source}:${one.incident}`);
    const service = one.service === '' ? String(row?.service ?? '') : one.service;
    const linked = environmentsOf(one.said, service, row).map(environment => {
      const link = linkOf(
        { ...one, service, environment },
        candidatesOf(service, environment, row),
        config.incident_hours,
      );
      return { ...link, environment: environment ?? one.said };
    });
    const link = likeliest(linked);
    const team = one.team === unowned ? teamOf(service, link.environment, one.startedAt, row) : one.team;
    return { ...one, ...link, service, team };
  });
  await store(tx, links, now);

  /** One that says none may be in any that its service is deployed to. */
  function environmentsOf(said: string, service: string, row: Row | undefined): readonly (string | undefined)[] {
    if (said !== '') return [destinationOf(said)?.production.name];
    const stated = String(row?.environment ?? '');
    if (stated !== '') return [stated];
    const deployed = productions.filter(name => lanes.has(`${service}\n${name}`));
    return deployed.length > 0 ? deployed : productions.slice(0, 1);
  }

  /** Where nobody owns an incident: whose deployment it names, else who had deployed its service by then. */
  function teamOf(service: string, environment: string, at: number, row: Row | undefined): string {
    const stated = String(row?.team ?? '');
    if (stated !== '') return stated;
    const deployments = lanes.get(`${service}\n${environment}`)?.deployments ?? [];
    return (deployments.findLast(({ startedAt }) => startedAt <= at) ?? deployments[0])?.team ?? unowned;
  }

  function candidatesOf(service: string, environment: string | undefined, row: Row | undefined): Candidates {
    const key = `${service}\n${environment}`;
    const lane = lanes.get(key)?.deployments ?? [];
    if (!rollbacks.has(key)) rollbacks.set(key, rollbacksOf(lane, judgeOptions(config)));
    return { named: textOf(row?.named), brought: textOf(row?.brought), lane, rollbacks: rollbacks.get(key)! };
  }
}

async function readIncidents(tx: Transaction, { config, ownership, now }: Incidents): Promise<readonly Told[]> {
  const rows = await tx.all(`
    WITH links AS (
      SELECT * FROM incident_links
      QUALIFY row_number() OVER (PARTITION BY source, incident ORDER BY learned_at DESC) = 1
    ),
    asked AS (
      SELECT source, incident FROM incidents_to_derive
      UNION
      SELECT source, incident FROM links SEMI JOIN judged_lanes USING (service)
      UNION
      SELECT source, incident FROM incidents
      SEMI JOIN (SELECT DISTINCT repository FROM production_deployments SEMI JOIN judged_lanes USING (service, environment))
        USING (repository)
      WHERE service = '' AND repository <> ''
      UNION
      SELECT l.source, l.incident FROM links AS l
      JOIN production_deployments AS d ON d.deployment = l.deployment
      SEMI JOIN judged_lanes AS j ON j.service = d.service AND j.environment = d.environment
      UNION
      SELECT source, incident FROM links WHERE reason IN ('unknown_deployment', 'unknown_commit', 'no_service')
      UNION
      SELECT source, incident FROM incidents WHERE EXISTS (FROM repositories_to_derive WHERE repository = '*')
    )
    SELECT
      source, incident, service, team, repository, environment, CASE WHEN is_deleted THEN 'deleted' ELSE status END AS status,
      deployment, root_cause_sha, labels, started_at, resolved_at, updated_at
    FROM (
      SELECT * FROM incidents
      SEMI JOIN asked USING (source, incident)
      QUALIFY row_number() OVER (PARTITION BY source, incident ORDER BY updated_at DESC, learned_at DESC, incidents DESC) = 1
    )
    WHERE source NOT IN (SELECT source FROM backfills)
    ORDER BY source, incident`);
  const ruledOf = serviceRules(config.services);
  const words = rows.map(row => wordOf(row, ruledOf));
  const owners = await ownersOf(
    tx,
    rows.map((row, index) => ({
      attributes: { repository: String(row.repository), service: words[index]!, team: String(row.team) },
      at: moment(row.started_at),
    })),
    now,
  );
  const servicesOf = await deployedServices(tx);
  return rows.map((row, index) => {
    const { team, service } = owners[index] ?? { team: unowned, service: undefined };
    const [word, repository] = [words[index]!, String(row.repository)];
    const startedAt = moment(row.started_at);
    return {
      ...{ source: String(row.source), incident: String(row.incident), status: String(row.status), team },
      ...{
        deployment: String(row.deployment),
        rootCauseSha: String(row.root_cause_sha),
        said: String(row.environment),
      },
      service:
        word === ''
          ? serviceOf(service, repository, servicesOf.get(repository) ?? [], startedAt)
          : ownership.names.serviceOf(word).service,
      ...{ startedAt, updatedAt: moment(row.updated_at) },
      // What was opened again is not resolved, whatever it says of the time before.
      resolvedAt: row.status === 'resolved' ? moment(row.resolved_at ?? row.updated_at) : undefined,
    };
  });
}

/** The service that it says itself, else the one that `dora.services` says of its repository and labels. */
function wordOf(row: Row, ruledOf: ReturnType<typeof serviceRules>): string {
  const [word, repository] = [String(row.service), String(row.repository)];
  if (word !== '' || repository === '') return word;
  const labels = (row.labels as string[] | null) ?? [];
  const ruled = ruledOf({ repository, environment: String(row.environment), ref: '', version: '', task: '', labels });
  return ruled.length === 1 ? ruled[0]! : '';
}

/** The lanes of the incidents' services, in every production. */
async function lanesOf(tx: Transaction, config: DoraConfig, told: readonly Told[]): Promise<ReadonlyMap<string, Lane>> {
  await tx.run('CREATE OR REPLACE TEMP TABLE touched_lanes AS FROM judged_lanes');
  await stage(
    tx,
    'asked_services',
    { service: 'VARCHAR' },
    [...new Set(told.map(({ service }) => service))].filter(service => service !== '').map(service => ({ service })),
  );
  await tx.run(`CREATE OR REPLACE TEMP TABLE judged_lanes AS
    SELECT DISTINCT service, environment FROM production_deployments SEMI JOIN asked_services USING (service)`);
  const lanes = await readLanes(tx, config);
  await tx.run('CREATE OR REPLACE TEMP TABLE judged_lanes AS FROM touched_lanes');
  return new Map(lanes.map(lane => [`${lane.service}\n${lane.environment}`, lane]));
}

type Linked = Omit<Told, 'deployment'> & Link & { readonly environment: string };

async function store(tx: Transaction, links: readonly Linked[], now: Date): Promise<void> {
  await stage(
    tx,
    'wanted_links',
    {
      ...{ source: 'VARCHAR', incident: 'VARCHAR', service: 'VARCHAR', team: 'VARCHAR', environment: 'VARCHAR' },
      ...{ status: 'VARCHAR', deployment: 'VARCHAR', reason: 'VARCHAR', confidence: 'DOUBLE', started_at: 'TIMESTAMP' },
      ...{ resolved_at: 'TIMESTAMP', occurred_at: 'TIMESTAMP' },
    },
    links.map(({ source, incident, service, team, environment, status, deployment, reason, confidence, ...when }) => ({
      ...{ source, incident, service, team, environment, status, deployment, reason, confidence },
      started_at: time(when.startedAt),
      resolved_at: when.resolvedAt === undefined ? null : time(when.resolvedAt),
      occurred_at: time(
        Math.max(when.startedAt, status === 'open' ? when.startedAt : (when.resolvedAt ?? when.updatedAt)),
      ),
    })),
  );
  // One that is over when we first hear of it was open before.
  await tx.run(`
    CREATE OR REPLACE TEMP TABLE wanted_openings AS
    SELECT * REPLACE ('open' AS status, NULL::TIMESTAMP AS resolved_at, started_at AS occurred_at)
    FROM wanted_links
    WHERE status = 'resolved'
      AND NOT EXISTS (FROM incident_links AS l WHERE l.source = wanted_links.source AND l.incident = wanted_links.incident)`);
  const scope = '(derived.source, derived.incident) IN (SELECT (source, incident) FROM wanted_links)';
  await postDifferences(tx, table, { wanted: 'wanted_openings', scope, now });
  await tx.run('CREATE OR REPLACE TEMP TABLE changed_links AS SELECT source, incident FROM incident_links_differences');
  await postDifferences(tx, table, { wanted: 'wanted_links', scope, now });
  await tx.run(`
    INSERT INTO changed_links SELECT source, incident FROM incident_links_differences;
    INSERT INTO judged_lanes
    SELECT DISTINCT d.service, d.environment
    FROM incident_links AS l
    SEMI JOIN changed_links USING (source, incident)
    JOIN production_deployments AS d USING (deployment)
    EXCEPT FROM judged_lanes`);
}

const time = (milliseconds: number) => sqlTime(new Date(milliseconds));
const moment = (value: unknown) => fromSqlTime(String(value)).getTime();
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
