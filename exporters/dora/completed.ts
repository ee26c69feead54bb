/**
 * Completes what a webhook says by what else is known of the same thing. An event tells a part: a deployment's without
 * its beginning, a pull request's without its approvals. Written as they come, the newest event would hold and lose the
 * rest, and a late one would be lost itself. So the statement that is written is the newest one, by the sender's clock,
 * with what the others say beside it; which is the same whatever the order in which they came. Of a source that has events
 * alone every one is kept as it came (parts.ts); where an API is read too, its answers are whole and stand in the ledger.
 */
import type { Reader, Row, Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import { fromSqlTime, sqlTime } from '../core/time.ts';
import type { DeploymentFact, IncidentFact, PullRequestFact } from './facts.ts';
import { keepToldParts } from './parts.ts';

type Statement<Fact> = { readonly fact: Fact; readonly at: number };

/** Tells the statements of an API, which are whole: what stood before one of them adds nothing to it. */
export type IsWhole<Fact> = (fact: Fact) => boolean;

/**
 * Deployments of a source whose events state how a deployment ended, and may be corrected: of all ends that were stated
 * the newest event's holds, and the others go.
 */
export async function statedDeployments(
  tx: Transaction,
  source: string,
  told: readonly DeploymentFact[],
): Promise<DeploymentFact[]> {
  const facts = await completedDeployments(tx, source, told, undefined, true);
  const ends = facts.flatMap(({ deployment, statuses }) =>
    statuses.filter(isEnd).map(({ status, at }) => ({ deployment, status, occurred_at: sqlTime(new Date(at)) })),
  );
  if (ends.length === 0) return facts;
  await stage(tx, 'stated_ends', { deployment: 'VARCHAR', status: 'VARCHAR', occurred_at: 'TIMESTAMP' }, ends);
  await tx.run(
    `DELETE FROM deployment_statuses AS known
     WHERE source = $source AND status IN ('success', 'failure', 'cancelled')
       AND deployment IN (SELECT deployment FROM stated_ends)
       AND NOT EXISTS (
         FROM stated_ends AS e
         WHERE e.deployment = known.deployment AND e.status = known.status AND e.occurred_at = known.occurred_at
       )`,
    { source },
  );
  return facts;
}

type Status = DeploymentFact['statuses'][number];
const isEnd = ({ status }: Status) => status !== 'queued' && status !== 'running';

/** What the newest statement of an end says, and all that came before the end. */
const statedStatuses = (newestFirst: readonly DeploymentFact[]): readonly Status[] => [
  ...(newestFirst.find(({ statuses }) => statuses.some(isEnd))?.statuses.filter(isEnd) ?? []),
  ...newestFirst.flatMap(({ statuses }) => statuses.filter(status => !isEnd(status))),
];

/** Of two statements of one second that contradict each other the same holds whatever the order. */
const endRank = ({ statuses }: DeploymentFact) =>
  Math.max(
    ...statuses.map(({ status }) => ['queued', 'running', 'cancelled', 'failure', 'success'].indexOf(status)),
    -1,
  );

/** Deployments of one source, one fact each, with all statuses that these events bring. */
export async function completedDeployments(
  tx: Transaction,
  source: string,
  told: readonly DeploymentFact[],
  isWhole?: IsWhole<DeploymentFact>,
  isStated = false,
): Promise<DeploymentFact[]> {
  const keyOf = ({ deployment }: DeploymentFact) => deployment;
  const statements = async () =>
    (await statementsOf(tx, 'deployments', source, { deployment: told.map(keyOf) })).map(deploymentOf);
  const known = isWhole
    ? await statements()
    : await keepToldParts(tx, { kind: 'deployment', source, facts: told, keyOf, statements });
  return fold(
    isWhole ? [...known, ...told] : known,
    keyOf,
    ({ updatedAt, createdAt }) => updatedAt ?? createdAt,
    every => {
      const all = upTo(every, isWhole);
      const newest = all[0]!;
      const commits = every.flatMap(one => one.commits ?? []);
      return {
        ...lastKnown(all, deploymentTexts),
        ...lastKnown(all, ['changedProduction', 'isPlanned', 'labels'] as const),
        ...{
          deployment: newest.deployment,
          repository: newestKnown(all, 'repository'),
          environment: newestKnown(all, 'environment'),
        },
        createdAt: earliest(all.map(one => one.createdAt))!,
        updatedAt: newest.updatedAt ?? newest.createdAt,
        // Statuses are a set: those that are known already stand there.
        statuses: isStated ? statedStatuses(every) : every.flatMap(({ statuses }) => statuses),
        ...(commits.length === 0 ? {} : { commits }),
      };
    },
    isStated ? endRank : undefined,
  );
}

const deploymentTexts = [
  'sha',
  'ref',
  'version',
  'service',
  'team',
  'task',
  'actor',
  'url',
  'incident',
  'rollsBackTo',
] as const;

const pullRequestWords = [
  'author',
  'headSha',
  'mergeSha',
  'url',
  'labels',
  'reverts',
  'approvedAt',
  'readyAt',
] as const;

export async function completedPullRequests(
  tx: Transaction,
  source: string,
  told: readonly PullRequestFact[],
  isWhole?: IsWhole<PullRequestFact>,
): Promise<PullRequestFact[]> {
  const keyOf = ({ repository, number }: PullRequestFact) => `${repository}!${number}`;
  const identity = { repository: told.map(one => one.repository), number: told.map(one => one.number) };
  const statements = async () => (await statementsOf(tx, 'pull_requests', source, identity)).map(pullRequestOf);
  const known = isWhole
    ? await statements()
    : await keepToldParts(tx, { kind: 'pull_request', source, facts: told, keyOf, statements });
  return fold(
    isWhole ? [...known, ...told] : known,
    keyOf,
    one => one.updatedAt,
    every => {
      const all = upTo(every, isWhole);
      const newest = all[0]!;
      const isOpen = newest.state === 'open';
      return {
        ...newest,
        ...lastKnown(all, pullRequestWords),
        // A statement that was completed before says no longer when it was told of an approval; a later one holds.
        ...(isWhole && maybe('approvedAt', latest(all.map(one => one.approvedAt)))),
        ...(isWhole && maybe('readyAt', latest(all.map(one => one.readyAt)))),
        title: newestKnown(all, 'title'),
        isBot: all.some(({ isBot }) => isBot),
        ...maybe('firstCommitAt', earliest(all.map(one => one.firstCommitAt))),
        ...maybe('firstReviewAt', earliest(all.map(one => one.firstReviewAt))),
        ...maybe('mergedAt', earliest(all.map(one => one.mergedAt))),
        createdAt: earliest(all.map(one => one.createdAt))!,
        // One that was opened again is not closed.
        closedAt: isOpen ? '' : (all.find(one => one.closedAt)?.closedAt ?? ''),
        ...(all.some(one => one.commits) ? { commits: all.flatMap(one => one.commits ?? []) } : {}),
      };
    },
    ({ state }) => ['open', 'closed', 'merged'].indexOf(state),
  );
}

export async function completedIncidents(
  tx: Transaction,
  source: string,
  told: readonly IncidentFact[],
  { isRead = false }: { /** True where an API tells of incidents too. */ readonly isRead?: boolean } = {},
): Promise<IncidentFact[]> {
  const keyOf = ({ incident }: IncidentFact) => incident;
  const statements = async () =>
    (await statementsOf(tx, 'incidents', source, { incident: told.map(keyOf) })).map(incidentOf);
  const known = isRead
    ? await statements()
    : await keepToldParts(tx, { kind: 'incident', source, facts: told, keyOf, statements });
  return fold(
    isRead ? [...known, ...told] : known,
    keyOf,
    one => one.updatedAt,
    all => {
      const newest = all[0]!;
      return {
        ...newest,
        ...lastKnown(all, ['service', 'team', 'repository', 'environment', 'severity'] as const),
        ...lastKnown(all, ['deployment', 'rootCauseSha', 'url', 'labels'] as const),
        title: newestKnown(all, 'title'),
        startedAt: earliest(all.map(one => one.startedAt))!,
        ...(newest.status === 'open'
          ? { resolvedAt: '' }
          : maybe('resolvedAt', all.find(one => one.resolvedAt)?.resolvedAt)),
      };
    },
    ({ status }) => (status === 'open' ? 0 : 1),
  );
}

/** The newest statements, up to the first that is whole. */
function upTo<Fact>(newestFirst: readonly Fact[], isWhole: IsWhole<Fact> = () => false): readonly Fact[] {
  const index = newestFirst.findIndex(isWhole);
  return index < 0 ? newestFirst : newestFirst.slice(0, index + 1);
}

/** All statements of a thing, newest first; equal times in the order in which they were learned. */
function fold<Fact>(
  /** In the order in which they were learned. */
  told: readonly Fact[],
  keyOf: (fact: Fact) => string,
  clock: (fact: Fact) => string,
  complete: (newestFirst: readonly Fact[]) => Fact,
  /** Of two of one second, which is the later. */
  progress: (fact: Fact) => number = () => 0,
): Fact[] {
  const things = new Map<string, Statement<Fact>[]>();
  for (const fact of told) {
    const key = keyOf(fact);
    const statements = things.get(key) ?? [];
    statements.push({ fact, at: Date.parse(clock(fact)) });
    things.set(key, statements);
  }
  return [...things.values()].map(statements =>
    complete(
      statements
        .reverse()
        .sort((a, b) => b.at - a.at || progress(b.fact) - progress(a.fact))
        .map(({ fact }) => fact),
    ),
  );
}

/** Rows of the things named, in the order in which they were learned. */
function statementsOf(
  reader: Reader,
  table: 'deployments' | 'pull_requests' | 'incidents',
  source: string,
  identity: Readonly<Record<string, readonly (string | number)[]>>,
): Promise<Row[]> {
  const names = Object.keys(identity);
  const count = Object.values(identity)[0]?.length ?? 0;
  const rows = Array.from({ length: count }, (_, index) =>
    Object.fromEntries(names.map(name => [name, String(identity[name]?.[index])])),
  );
  return reader.all(
    `SELECT known.* FROM ${table} AS known
     WHERE source = $source AND EXISTS (
       FROM (SELECT unnest(from_json($things::JSON, '[{${names.map(name => `"${name}":"VARCHAR"`).join()}}]')) AS thing)
       WHERE ${names.map(name => `known.${name}::VARCHAR = thing.${name}`).join(' AND ')})
     ORDER BY learned_at`,
    { source, things: JSON.stringify(rows) },
  );
}

const text = (value: unknown) => (value === null || value === undefined ? '' : String(value));
const instant = (value: unknown) =>
  value === null || value === undefined ? '' : fromSqlTime(String(value)).toISOString();
const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
const flag = (value: unknown) => (typeof value === 'boolean' ? value : undefined);

const deploymentOf = (row: Row): DeploymentFact => ({
  ...{ deployment: text(row.deployment), repository: text(row.repository), environment: text(row.environment) },
  ...{ sha: text(row.sha), ref: text(row.ref), version: text(row.version), service: text(row.service) },
  ...{ team: text(row.team), task: text(row.task), actor: text(row.actor), labels: list(row.labels) },
  ...{ url: text(row.url), incident: text(row.incident), rollsBackTo: text(row.rolls_back_to) },
  ...maybe('changedProduction', flag(row.changed_production)),
  ...maybe('isPlanned', flag(row.is_planned)),
  ...{ createdAt: instant(row.created_at), updatedAt: instant(row.updated_at), statuses: [] },
});

const pullRequestOf = (row: Row): PullRequestFact => ({
  ...{ repository: text(row.repository), number: Number(row.number), title: text(row.title) },
  ...{ author: text(row.author), isBot: row.is_bot === true, state: text(row.state) as PullRequestFact['state'] },
  ...{ base: text(row.base), head: text(row.head), headSha: text(row.head_sha), mergeSha: text(row.merge_sha) },
  ...maybe('reverts', row.reverts === null ? undefined : Number(row.reverts)),
  ...{ labels: list(row.labels), url: text(row.url), firstCommitAt: instant(row.first_commit_at) },
  ...{ createdAt: instant(row.created_at), readyAt: instant(row.ready_at), updatedAt: instant(row.updated_at) },
  ...{ firstReviewAt: instant(row.first_review_at), approvedAt: instant(row.approved_at) },
  ...{ mergedAt: instant(row.merged_at), closedAt: instant(row.closed_at) },
});

const incidentOf = (row: Row): IncidentFact => ({
  ...{ incident: text(row.incident), title: text(row.title), service: text(row.service), team: text(row.team) },
  ...{ repository: text(row.repository), environment: text(row.environment), severity: text(row.severity) },
  ...{ status: text(row.status) as IncidentFact['status'], isDeleted: row.is_deleted === true },
  ...{ deployment: text(row.deployment), rootCauseSha: text(row.root_cause_sha), labels: list(row.labels) },
  ...{ url: text(row.url), startedAt: instant(row.started_at), resolvedAt: instant(row.resolved_at) },
  updatedAt: instant(row.updated_at),
});

const maybe = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };

const isKnown = (value: unknown) => value !== undefined && value !== '' && value !== null;

/** Of each named property the newest value that says anything. */
function lastKnown<Fact, Name extends keyof Fact>(
  newestFirst: readonly Fact[],
  names: readonly Name[],
): Pick<Fact, Name> {
  const found: Partial<Fact> = {};
  for (const name of names) {
    const value = newestFirst.find(fact => isKnown(fact[name]))?.[name];
    if (value !== undefined) found[name] = value;
  }
  return found as Pick<Fact, Name>;
}

const newestKnown = <Fact, Name extends keyof Fact>(newestFirst: readonly Fact[], name: Name): Fact[Name] =>
  (newestFirst.find(fact => isKnown(fact[name])) ?? newestFirst[0]!)[name];

const latest = (times: readonly (string | undefined)[]): string | undefined =>
  times.filter(at => at !== undefined && at !== '').sort((a, b) => Date.parse(b!) - Date.parse(a!))[0];
const earliest = (times: readonly (string | undefined)[]): string | undefined =>
  times.filter(at => at !== undefined && at !== '').sort((a, b) => Date.parse(a!) - Date.parse(b!))[0];
