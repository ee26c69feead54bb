/** Judges lanes, and keeps what is said of their deployments in step. */
import { readFileSync } from 'node:fs';
import { wildcard } from '../../catalog/wildcard.ts';
import type { Reader, Row, Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { fromSqlTime, sqlTime } from '../../core/time.ts';
import type { DoraConfig } from '../config.ts';
import { type DerivedTable, postDifferences } from '../difference.ts';
import { likeOf } from '../like.ts';
import type { Outcome } from '../production/attempt.ts';
import { judge } from './judge.ts';
import type { JudgeOptions, LaneDeployment, LaneIncident, Reverted } from './lane.ts';

const lanesSql = readFileSync(new URL('./lanes.sql', import.meta.url), 'utf8');

const table: DerivedTable = {
  table: 'verdicts',
  keys: ['deployment', 'service', 'verdict'],
  values: ['team', 'environment', 'reason', 'confidence', 'cause', 'seconds', 'finished_at', 'holds'],
  takenBack: { replace: 'false AS holds', isHeld: 'newest.holds' },
  counts: 'instead',
};

export interface Lane {
  readonly service: string;
  readonly environment: string;
  readonly deployments: readonly (LaneDeployment & { readonly team: string })[];
}

export const judgeOptions = (config: DoraConfig): JudgeOptions => ({
  remedyHours: config.remedy_hours,
  isHotfixLabel: wildcard(config.hotfix_labels, true),
  isHotfixBranch: wildcard(config.hotfix_branches, true),
});

/** Reads the lanes in the temporary table `judged_lanes (service, environment)`. */
export async function readLanes(reader: Reader, config: DoraConfig): Promise<readonly Lane[]> {
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE hotfix_patterns AS
     SELECT row.kind, row.pattern
     FROM (SELECT unnest(from_json($rows::JSON, '[{"kind":"VARCHAR","pattern":"VARCHAR"}]')) AS row)`,
    {
      rows: JSON.stringify([
        ...config.hotfix_labels.map(pattern => ({ kind: 'label', pattern: likeOf(pattern) })),
        ...config.hotfix_branches.map(pattern => ({ kind: 'branch', pattern: likeOf(pattern) })),
      ]),
    },
  );
  const rows = await reader.all(lanesSql);
  return [...Map.groupBy(rows, row => `${String(row.service)}\n${String(row.environment)}`).values()].map(lane => ({
    service: String(lane[0]!.service),
    environment: String(lane[0]!.environment),
    deployments: lane.map(row => ({ ...deploymentOf(row), team: String(row.team) })),
  }));
}

/** Judges the lanes in `judged_lanes` anew. */
export async function deriveVerdicts(tx: Transaction, config: DoraConfig, now: Date): Promise<void> {
  const lanes = await readLanes(tx, config);
  const incidents = await readIncidents(tx);
  const options = judgeOptions(config);
  const verdicts = lanes.flatMap(({ service, environment, deployments }) => {
    const told = new Map(deployments.map(deployment => [deployment.deployment, deployment]));
    return judge(deployments, incidents.get(`${service}\n${environment}`) ?? [], options).map(verdict => {
      const { team, finishedAt } = told.get(verdict.deployment)!;
      return {
        ...{ deployment: verdict.deployment, service, verdict: verdict.verdict, team, environment },
        ...{ reason: verdict.reason, confidence: verdict.confidence, cause: verdict.cause, seconds: verdict.seconds },
        ...{ finished_at: time(finishedAt), holds: true, occurred_at: time(verdict.occurredAt) },
      };
    });
  });
  await stage(
    tx,
    'wanted_verdicts',
    {
      ...{ deployment: 'VARCHAR', service: 'VARCHAR', verdict: 'VARCHAR', team: 'VARCHAR', environment: 'VARCHAR' },
      ...{ reason: 'VARCHAR', confidence: 'DOUBLE', cause: 'VARCHAR', seconds: 'BIGINT', finished_at: 'TIMESTAMP' },
      ...{ holds: 'BOOLEAN', occurred_at: 'TIMESTAMP' },
    },
    verdicts,
  );
  await postDifferences(tx, table, {
    ...{ wanted: 'wanted_verdicts', now },
    scope: '(derived.service, derived.environment) IN (SELECT (service, environment) FROM judged_lanes)',
  });
}

/** Incidents that are linked to deployments of the lanes, by lane. */
async function readIncidents(tx: Transaction): Promise<ReadonlyMap<string, readonly LaneIncident[]>> {
  const rows = await tx.all(`
    WITH links AS (
      SELECT * FROM incident_links
      QUALIFY row_number() OVER (PARTITION BY source, incident ORDER BY learned_at DESC) = 1
    ),
    deployments_now AS (
      SELECT * FROM production_deployments
      QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC) = 1
    ),
    made_for AS (
      SELECT incident, deployment, finished_at FROM deployments_now WHERE incident <> '' AND outcome = 'success'
    )
    SELECT
      d.service, d.environment, l.source || ':' || l.incident AS incident, l.deployment, l.confidence, l.started_at,
      l.resolved_at,
      coalesce((
        SELECT list({'deployment': m.deployment, 'at_time': m.finished_at::VARCHAR} ORDER BY m.finished_at, m.deployment)
        FROM made_for AS m
        WHERE m.incident = l.incident OR m.incident = l.source || ':' || l.incident
      ), []) AS remedies
    FROM links AS l
    JOIN deployments_now AS d
      ON d.deployment = l.deployment AND d.outcome <> ''
      -- Where it names a deployment that does not bring its own service, all that it brings is meant.
      AND (d.service = l.service OR NOT EXISTS (
        FROM deployments_now AS o WHERE o.deployment = l.deployment AND o.service = l.service AND o.outcome <> ''
      ))
    SEMI JOIN judged_lanes AS j ON j.service = d.service AND j.environment = d.environment
    WHERE l.deployment <> '' AND l.status IN ('open', 'resolved')
    ORDER BY l.started_at, incident`);
  const incidents = rows.map(row => ({
    lane: `${String(row.service)}\n${String(row.environment)}`,
    ...{ incident: String(row.incident), deployment: String(row.deployment), confidence: Number(row.confidence) },
    startedAt: moment(row.started_at),
    resolvedAt: row.resolved_at === null || row.resolved_at === undefined ? null : moment(row.resolved_at),
    remedies: (row.remedies as { readonly deployment: string; readonly at_time: string }[]).map(
      ({ deployment, at_time: at }) => ({ deployment, at: moment(at) }),
    ),
  }));
  return Map.groupBy(incidents, ({ lane }) => lane);
}

const time = (milliseconds: number) => sqlTime(new Date(milliseconds));
const moment = (value: unknown) => fromSqlTime(String(value)).getTime();

const deploymentOf = (row: Row): LaneDeployment => {
  const text = (name: string) => String(row[name] ?? '');
  const flag = (name: string) => (typeof row[name] === 'boolean' ? row[name] : null);
  return {
    ...{ deployment: text('deployment'), repository: text('repository'), sha: text('sha'), version: text('version') },
    ...{ ref: text('ref'), labels: (row.labels as string[] | null) ?? [], outcome: text('outcome') as Outcome },
    ...{ changedProduction: flag('changed_production'), isPlanned: flag('is_planned'), incident: text('incident') },
    ...{ rollsBackTo: text('rolls_back_to'), startedAt: moment(row.started_at), finishedAt: moment(row.finished_at) },
    ...{ reverts: row.reverts as unknown as readonly Reverted[], hotfixPullRequest: text('hotfix') },
    isCherryPicked: row.is_picked === true,
  };
};
