/**
 * Reads deployments, newest first, and their whole status history. The list says when each was updated: one that was not
 * is not looked at again. One that is further down is looked at while it may still change: it has no end yet, or is among
 * the newest ten that succeeded in its environment, and becomes inactive when it is superseded.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sqlTime } from '../../../core/time.ts';
import { type DeploymentFact, utc } from '../../facts.ts';
import { deploymentFact, statusOfState, webOf } from './deployments.ts';
import { type Part, ranks } from './parts.ts';
import { deploymentStatusesQuery } from './queries.ts';
import type { Reader, Reading } from './reading.ts';
import { deploymentSchema, deploymentStatusSchema, type RestDeployment, readAll, type Unread } from './shapes.ts';
import type { News } from './store.ts';

/** Deployments whose statuses one GraphQL request brings. */
const atOnce = 100;
const mostLooks = 300;
const openDays = 30;
const daysMs = 86_400_000;
const openSql = readFileSync(new URL('./open-deployments.sql', import.meta.url), 'utf8');

export const readDeployments: Reader = async function* (reading) {
  const { client, repository, owner, name, context } = reading;
  let { state } = reading;
  const since = Date.parse(state.since);
  const floor = state.deployments?.floor ?? 0;
  const page = state.deployments?.pass?.page ?? 1;
  let top = state.deployments?.pass?.top ?? 0;
  const seen = new Set<number>();
  let at = page - 1;
  for await (const { items } of client.pages('/repos/{owner}/{repo}/deployments', { owner, repo: name, page })) {
    at += 1;
    const { read, unread } = readAll(deploymentSchema, items, { file: repository, kind: 'deployment' });
    for (const { id } of read) {
      seen.add(id);
      top = Math.max(top, id);
    }
    const changed = await changedOf(reading, read);
    const isLast =
      read.length === 0 || read.every(({ id, created_at }) => id <= floor || Date.parse(created_at) < since);
    // A page further up is read again where one was deleted meanwhile; the pages after it have moved up.
    state = { ...state, deployments: { floor, pass: { top, page: Math.max(1, at) } } };
    yield { news: await newsOf(reading, changed, read.length, unread), state };
    context.progress(seen.size, undefined, `deployments of ${repository}`);
    if (isLast) break;
  }
  const open = await openOf(reading, seen);
  state = { ...state, deployments: { floor: Math.max(floor, top) } };
  yield { news: await looksOf(reading, open), state };
};

/** Those that are new, or were updated since. */
async function changedOf({ config, context }: Reading, read: readonly RestDeployment[]): Promise<RestDeployment[]> {
  const rows = await context.ledger.read(reader =>
    reader.all(
      `SELECT thing, max(said_at)::VARCHAR AS said_at FROM github_parts
       WHERE source = $source AND kind = 'deployment' AND part = 'read'
         AND thing IN (SELECT unnest(from_json($ids::JSON, '["VARCHAR"]'))) GROUP BY thing`,
      { source: config.name, ids: JSON.stringify(read.map(({ id }) => String(id))) },
    ),
  );
  const known = new Map(rows.map(row => [String(row.thing), Date.parse(`${row.said_at}Z`)]));
  return read.filter(({ id, updated_at }) => known.get(String(id)) !== Date.parse(`${utc(updated_at)}Z`));
}

async function newsOf(
  reading: Reading,
  changed: readonly RestDeployment[],
  records: number,
  unread: readonly Unread[],
): Promise<News> {
  const { repository, config } = reading;
  const { statuses, unread: odd } = await statusesOf(
    reading,
    changed.map(({ id, node_id }) => ({ id: String(id), node: node_id ?? '' })),
  );
  const web = webOf(config.url);
  const deployments = changed.map(one => ({
    ...deploymentFact(one, { repository, web }),
    statuses: statuses.get(String(one.id)) ?? [],
  }));
  // What was read, so that it is not read again before it changes; and what to ask for then.
  const parts = changed.map(
    ({ id, node_id, updated_at }): Part => ({
      ...{ repository, kind: 'deployment', thing: String(id), part: 'read', saidAt: updated_at, rank: ranks.read },
      body: { node: node_id ?? '' },
    }),
  );
  return { deployments, parts, unread: [...unread, ...odd], records };
}

interface Asked {
  readonly id: string;
  readonly node: string;
}

const answerSchema = z.object({
  nodes: z.array(
    z
      .object({
        id: z.string().optional(),
        statuses: z
          .object({
            totalCount: z.int(),
            nodes: z.array(z.object({ state: z.string(), createdAt: z.string() }).nullable()),
          })
          .nullish(),
      })
      .nullable(),
  ),
});

/** All statuses by deployment: a hundred deployments by one GraphQL request, those with many statuses by REST. */
async function statusesOf(reading: Reading, asked: readonly Asked[]) {
  const { client, repository, owner, name } = reading;
  const statuses = new Map<string, DeploymentFact['statuses']>();
  const unread: Unread[] = [];
  const add = (id: string, told: readonly { readonly state: string; readonly at: string }[]) => {
    const known = told.flatMap(({ state, at }) => {
      const status = statusOfState(state);
      if (status !== undefined) return [{ status, at }];
      unread.push({ file: `${repository} deployment ${id}`, reason: 'unknown_status', field: 'state', value: state });
      return [];
    });
    statuses.set(id, known);
  };
  for (let start = 0; start < asked.length; start += atOnce) {
    const chunk = asked.slice(start, start + atOnce);
    const byNode = chunk.filter(({ node }) => node !== '');
    const answer =
      byNode.length === 0
        ? { nodes: [] }
        : answerSchema.parse(
            await client.graphql(deploymentStatusesQuery, { ids: byNode.map(({ node }) => node) }, { partial: true }),
          );
    const whole = new Set<string>();
    for (const [index, { id }] of byNode.entries()) {
      const told = answer.nodes[index]?.statuses;
      if (!told || told.totalCount > told.nodes.length) continue;
      whole.add(id);
      add(
        id,
        told.nodes.flatMap(one => (one ? [{ state: one.state, at: one.createdAt }] : [])),
      );
    }
    for (const { id } of chunk.filter(one => !whole.has(one.id))) {
      const told: { state: string; at: string }[] = [];
      const route = '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
      for await (const { items } of client.pages(route, { owner, repo: name, deployment_id: id })) {
        const { read, unread: odd } = readAll(deploymentStatusSchema, items, {
          file: `${repository} deployment ${id}`,
          kind: 'deployment_status',
        });
        unread.push(...odd);
        told.push(...read.map(({ state, created_at }) => ({ state, at: created_at })));
      }
      add(id, told);
    }
  }
  return { statuses, unread };
}

interface OpenDeployment extends Asked {
  /** Statuses that are known of it, each once. */
  readonly known: number;
}

/** Deployments further down that may still change. */
async function openOf({ config, context, repository }: Reading, seen: ReadonlySet<number>): Promise<OpenDeployment[]> {
  const rows = await context.ledger.read(reader =>
    reader.all(openSql, {
      ...{ source: config.name, repository, most: mostLooks },
      since: sqlTime(new Date(context.now().getTime() - openDays * daysMs)),
    }),
  );
  return rows
    .filter(row => !seen.has(Number(row.deployment)))
    .map(row => ({
      id: String(row.deployment),
      node: (JSON.parse(String(row.body)) as { readonly node: string }).node,
      known: Number(row.known),
    }));
}

/** Of those that have statuses which are not known: the deployment as it is now, with all of them. */
async function looksOf(reading: Reading, open: readonly OpenDeployment[]): Promise<News> {
  const { client, repository, owner, name } = reading;
  const { statuses } = await statusesOf(reading, open);
  const changed: unknown[] = [];
  for (const { id, known } of open) {
    const told = new Set((statuses.get(id) ?? []).map(({ status, at }) => `${status} ${at}`));
    if (told.size === known) continue;
    const route = '/repos/{owner}/{repo}/deployments/{deployment_id}';
    changed.push(await client.get(route, { owner, repo: name, deployment_id: id }));
  }
  const { read, unread } = readAll(deploymentSchema, changed, { file: repository, kind: 'deployment' });
  return newsOf(reading, read, open.length, unread);
}
