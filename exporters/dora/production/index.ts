/** Keeps the deployments to production in step with the facts: which there are, of which service, how they ended. */
import { readFileSync } from 'node:fs';
import type { Ownership } from '../../catalog/ownership.ts';
import type { Row, Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { fromSqlTime, sqlTime } from '../../core/time.ts';
import type { DoraConfig, ProductionConfig } from '../config.ts';
import { type DerivedTable, postDifferences } from '../difference.ts';
import { ownersOf } from '../owned.ts';
import type { Attempt, Outcome, ServiceAttempt } from './attempt.ts';
import { joinRegions, type ProductionDeployment, rollouts } from './regions.ts';
import { type Destination, destinations, serviceRules } from './services.ts';

const attemptsSql = readFileSync(new URL('./attempts.sql', import.meta.url), 'utf8');

const deploymentTable: DerivedTable = {
  table: 'production_deployments',
  keys: ['deployment', 'service'],
  values: [
    ...['team', 'environment', 'repository', 'sha', 'version', 'ref', 'labels', 'task', 'url', 'outcome'],
    ...['changed_production', 'is_planned', 'incident', 'rolls_back_to', 'started_at', 'finished_at'],
  ],
  takenBack: { replace: `'' AS outcome`, isHeld: `newest.outcome <> ''` },
  counts: 'earliest',
};
const rolloutTable: DerivedTable = {
  table: 'rollouts',
  keys: ['deployment', 'service', 'reach'],
  values: ['reached_at'],
  counts: 'earliest',
};

export interface Production {
  readonly config: Pick<DoraConfig, 'production' | 'services'>;
  readonly ownership: Pick<Ownership, 'names'>;
  readonly now: Date;
}

/** Brings production_deployments, deployment_parts and rollouts of the repositories in `derived_repositories` in step. */
export async function deriveProduction(tx: Transaction, { config, ownership, now }: Production): Promise<void> {
  await chooseAttempts(tx, config);
  const attempts = (await tx.all(attemptsSql)).map(attemptOf);
  const owned = await withOwners(tx, toProduction(attempts, config), ownership, now);
  const known = await tx.all(`SELECT DISTINCT deployment FROM production_deployments
    WHERE repository IN (FROM derived_repositories) AND outcome <> ''`);
  const names = new Set(known.map(({ deployment }) => String(deployment)));
  // What another repository deploys of the same service has none of this one's changes.
  const lanes = Map.groupBy(owned, one => `${one.serviceName}\n${one.production}\n${one.repository}`);
  const configured = new Map(config.production.map(production => [production.name, production]));
  const deployed = [...lanes.values()].map(lane => {
    const production = configured.get(lane[0]!.production)!;
    return { production, deployments: joinRegions(lane, production.rollout_hours, names) };
  });
  const deployments = deployed.flatMap(lane => lane.deployments);
  await storeDeployments(tx, deployments, now);
  await storeParts(tx, deployments, now);
  await storeRollouts(tx, deployed, now);
}

/**
 * Fills `attempts_to_derive (source, deployment)`. Where productions have regions one attempt says something of others,
 * and all of a repository are looked at; else those alone of which something new was said.
 */
async function chooseAttempts(tx: Transaction, { production }: Production['config']): Promise<void> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE attempts_to_derive AS
     SELECT DISTINCT source, deployment FROM deployments
     WHERE repository IN (FROM derived_repositories)
       AND ($all OR EXISTS (FROM repositories_to_derive WHERE repository = '*')
         OR repository IN (SELECT repository FROM deployments_to_derive WHERE deployment = '*')
         OR source || ':' || deployment IN (SELECT deployment FROM deployments_to_derive))`,
    { all: production.some(({ regions }) => regions.length > 1) },
  );
}

const ofAttempts = `derived.deployment IN (SELECT source || ':' || deployment FROM attempts_to_derive)`;

/** The attempts that go to production, once for each service that a rule or the source names; '' where none does. */
function toProduction(attempts: readonly Attempt[], config: Production['config']) {
  const destinationOf = destinations(config.production);
  const destinationsSeen = new Map<string, Destination | undefined>();
  const servicesOf = serviceRules(config.services);
  return attempts.flatMap(attempt => {
    const { environment } = attempt;
    if (!destinationsSeen.has(environment)) destinationsSeen.set(environment, destinationOf(environment));
    const destination = destinationsSeen.get(environment);
    if (destination === undefined) return [];
    const ruled = servicesOf(attempt);
    const words = ruled.length > 0 ? ruled : [attempt.service];
    return words.map(word => ({ attempt, destination, word }));
  });
}

async function withOwners(
  tx: Transaction,
  deployed: ReturnType<typeof toProduction>,
  { names }: Production['ownership'],
  now: Date,
): Promise<readonly ServiceAttempt[]> {
  const owners = await ownersOf(
    tx,
    deployed.map(({ attempt, destination, word }) => ({
      attributes: {
        ...{ repository: attempt.repository, service: word, team: attempt.team },
        environment: destination.production.name,
      },
      at: attempt.finishedAt,
    })),
    now,
  );
  const taken = new Set<string>();
  return deployed.flatMap(({ attempt, destination, word }, index) => {
    const owner = owners[index]!;
    const serviceName = word === '' ? (owner.service ?? attempt.repository) : names.serviceOf(word).service;
    // Two words may be one service.
    const key = `${attempt.name}\n${serviceName}`;
    if (taken.has(key)) return [];
    taken.add(key);
    const { production, region } = destination;
    return [{ ...attempt, production: production.name, region, serviceName, teamName: owner.team }];
  });
}

async function storeDeployments(tx: Transaction, deployments: readonly ProductionDeployment[], now: Date) {
  await stage(
    tx,
    'wanted_deployments',
    {
      ...{ deployment: 'VARCHAR', service: 'VARCHAR', team: 'VARCHAR', environment: 'VARCHAR', repository: 'VARCHAR' },
      ...{ sha: 'VARCHAR', version: 'VARCHAR', ref: 'VARCHAR', labels: 'VARCHAR[]', task: 'VARCHAR', url: 'VARCHAR' },
      ...{ outcome: 'VARCHAR', changed_production: 'BOOLEAN', is_planned: 'BOOLEAN', incident: 'VARCHAR' },
      ...{ rolls_back_to: 'VARCHAR', started_at: 'TIMESTAMP', finished_at: 'TIMESTAMP', occurred_at: 'TIMESTAMP' },
    },
    deployments.map(({ name, parts, outcome, changedProduction, startedAt, finishedAt }) => {
      const first = parts[0]!;
      const said = (key: 'incident' | 'rollsBackTo') => parts.find(part => part[key] !== '')?.[key] ?? '';
      return {
        ...{ deployment: name, service: first.serviceName, team: first.teamName, environment: first.production },
        ...{ repository: first.repository, sha: first.sha, version: first.version, ref: first.ref },
        labels: [...new Set(parts.flatMap(part => part.labels))].sort(),
        ...{ task: first.task, url: first.url, outcome, changed_production: changedProduction },
        is_planned: parts.find(part => part.isPlanned !== null)?.isPlanned ?? null,
        ...{ incident: said('incident'), rolls_back_to: said('rollsBackTo'), started_at: time(startedAt) },
        ...{ finished_at: time(finishedAt), occurred_at: time(finishedAt) },
      };
    }),
  );
  await postDifferences(tx, deploymentTable, {
    ...{ wanted: 'wanted_deployments', scope: ofAttempts, now },
  });
}

async function storeParts(tx: Transaction, deployments: readonly ProductionDeployment[], now: Date) {
  await stage(
    tx,
    'wanted_parts',
    {
      ...{ deployment: 'VARCHAR', service: 'VARCHAR', part: 'VARCHAR', region: 'VARCHAR', outcome: 'VARCHAR' },
      ...{ started_at: 'TIMESTAMP', finished_at: 'TIMESTAMP' },
    },
    deployments.flatMap(({ name, parts }) =>
      parts.map(part => ({
        ...{ deployment: name, service: part.serviceName, part: part.name, region: part.region },
        ...{ outcome: part.outcome, started_at: time(part.startedAt), finished_at: time(part.finishedAt) },
      })),
    ),
  );
  await tx.run(
    `DELETE FROM deployment_parts AS known
     WHERE deployment IN (SELECT source || ':' || deployment FROM attempts_to_derive)
       AND NOT EXISTS (FROM wanted_parts AS wanted
         WHERE (wanted.deployment, wanted.service, wanted.part, wanted.region, wanted.outcome, wanted.started_at, wanted.finished_at)
           = (known.deployment, known.service, known.part, known.region, known.outcome, known.started_at, known.finished_at));
     `,
  );
  await tx.run(
    `INSERT INTO deployment_parts
     SELECT wanted.*, $now::TIMESTAMP FROM wanted_parts AS wanted
     WHERE NOT EXISTS (FROM deployment_parts AS known
       WHERE known.deployment = wanted.deployment AND known.service = wanted.service AND known.part = wanted.part)`,
    { now: sqlTime(now) },
  );
}

async function storeRollouts(
  tx: Transaction,
  lanes: readonly { readonly production: ProductionConfig; readonly deployments: readonly ProductionDeployment[] }[],
  now: Date,
) {
  await stage(
    tx,
    'wanted_rollouts',
    { deployment: 'VARCHAR', service: 'VARCHAR', reach: 'VARCHAR', reached_at: 'TIMESTAMP', occurred_at: 'TIMESTAMP' },
    lanes.flatMap(({ production, deployments }) =>
      rollouts(deployments, production.regions).map(({ deployment, reach, reachedAt }) => ({
        ...{ deployment: deployment.name, service: deployment.parts[0]!.serviceName, reach },
        ...{ reached_at: time(reachedAt), occurred_at: time(reachedAt) },
      })),
    ),
  );
  await postDifferences(tx, rolloutTable, {
    ...{ wanted: 'wanted_rollouts', now },
    scope: 'derived.deployment IN (SELECT deployment FROM wanted_rollouts)',
  });
}

const time = (milliseconds: number) => sqlTime(new Date(milliseconds));

const attemptOf = (row: Row): Attempt => {
  const text = (name: string) => String(row[name] ?? '');
  const flag = (name: string) => (typeof row[name] === 'boolean' ? row[name] : null);
  return {
    ...{ name: text('name'), repository: text('repository'), environment: text('environment'), sha: text('sha') },
    ...{ ref: text('ref'), version: text('version'), service: text('service'), team: text('team') },
    ...{ task: text('task'), labels: (row.labels as string[] | null) ?? [], url: text('url') },
    ...{ changedProduction: flag('changed_production'), isPlanned: flag('is_planned'), incident: text('incident') },
    ...{ rollsBackTo: text('rolls_back_to'), outcome: text('outcome') as Outcome },
    startedAt: fromSqlTime(text('started_at')).getTime(),
    finishedAt: fromSqlTime(text('finished_at')).getTime(),
  };
};
