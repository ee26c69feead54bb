/**
 * HCP Terraform and Terraform Enterprise: what Sentinel and OPA said of the newest run of each workspace, overrides, and
 * runs that were refused. Runs are read in the order they were created; one that has not come to its end is read again.
 */
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import type { Told } from '../../../findings/report.ts';
import { storeTold } from '../../../findings/store.ts';
import { type ClientOptions, isOwnFault, type TerraformClient, terraformClient } from './client.ts';
import type { HcpTerraformConfig } from './config.ts';
import { evaluationsOf, isEvaluated, isOver, levelsOf, overrideOf, type Run, runOf, runsSince } from './runs.ts';
import { toldOf } from './tell.ts';
import { type Engine, engines, type Level, levelOf } from './terms.ts';
import { type Workspace, workspacesOf } from './workspaces.ts';

interface OrganizationCursor {
  /** Runs that were created before have been read; ISO 8601. */
  readonly through: string;
  /** Runs that had not come to their end, or could not be read. */
  readonly open: readonly string[];
  /** Those of them that could not be read: they come last, and hold up no other. */
  readonly failing?: readonly string[];
  /** Workspaces of which a run has been read, or there was none. */
  readonly workspaces: readonly string[];
}

interface Cursor {
  readonly organizations: Readonly<Record<string, OrganizationCursor>>;
}

const dayMs = 86_400_000;
/** A run that stays open for so long is one that nobody will go on with. */
const mostOpenDays = 90;
/** With so many runs of a refresh that can't be read it is not theirs, but the server's fault. */
const mostFailing = 3;

export function hcpTerraformSource(config: HcpTerraformConfig, options: ClientOptions = {}): PullSource {
  const { name, every, history_days: days } = config;
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async () => ({
      requests: config.organizations.length * 3,
      text: `runs of ${config.organizations.join(', ')} since the last refresh, at first of ${days} days: 100 a request, and two to five for each, every ${every} s`,
    }),
    batches: async function* (context, before) {
      const client = terraformClient(config, context, options);
      let { organizations = {} } = (before ?? {}) as Partial<Cursor>;
      let failed: unknown;
      for (const organization of config.organizations) {
        const start = new Date(context.now().getTime() - days * dayMs).toISOString();
        const known = organizations[organization] ?? { through: start, open: [], workspaces: [] };
        try {
          for await (const { cursor, write } of read({ client, config, context, organization }, known)) {
            organizations = { ...organizations, [organization]: cursor };
            yield { cursor: { organizations } satisfies Cursor, write };
          }
        } catch (error) {
          if (!isOwnFault(error)) throw error;
          context.log.warn({ organization, reason: error.message }, 'organization could not be read whole');
          failed ??= error;
        }
      }
      if (failed !== undefined) throw failed;
    },
  };
}

interface Reading {
  readonly client: TerraformClient;
  readonly config: HcpTerraformConfig;
  readonly context: SourceContext;
  readonly organization: string;
}

interface Step extends Batch {
  readonly cursor: OrganizationCursor;
}

async function* read(reading: Reading, before: OrganizationCursor): AsyncGenerator<Step> {
  const { client, config, context, organization } = reading;
  const workspaces = new Map((await workspacesOf(client, organization, config)).map(one => [one.id, one]));
  const seen = new Set(before.workspaces.filter(id => workspaces.has(id)));
  const { failing: failedBefore = [] } = before;
  const failing = new Set<string>();
  let failed: unknown;
  const fails = (id: string, error: unknown) => {
    if (!isOwnFault(error) || failing.size >= mostFailing) throw error;
    context.log.warn({ run: id, reason: error.message }, 'run could not be read');
    failed ??= error;
    failing.add(id);
  };
  const wanted = await runsOf(reading, { before, workspaces, seen, fails });
  const runs = [
    ...wanted.filter(({ id }) => !failedBefore.includes(id)),
    ...wanted.filter(({ id }) => failedBefore.includes(id)),
  ];
  const levels = runs.length === 0 ? new Map<string, string>() : await levelsOf(client, organization);
  const places = new Map(runs.map(({ id }, place) => [id, place]));
  const open = new Set<string>();
  let { through } = before;
  for (const [index, run] of runs.entries()) {
    context.progress(index, runs.length, 'runs');
    const workspace = workspaces.get(run.workspace);
    if (run.createdAt > through) through = run.createdAt;
    seen.add(run.workspace);
    if (workspace === undefined) continue;
    if (!isOver(run) && Date.parse(run.createdAt) > context.now().getTime() - mostOpenDays * dayMs) open.add(run.id);
    else open.delete(run.id);
    const told = await toldOfRun(reading, { run, workspace, levels }).catch((error: unknown): Told => {
      fails(run.id, error);
      return {};
    });
    // What was open before and has not been read yet in this refresh stays open.
    const isToCome = (id: string) => (places.get(id) ?? -1) > index;
    const cursor = {
      through,
      open: [...new Set([...open, ...failing, ...before.open.filter(isToCome)])],
      failing: [...failing, ...failedBefore.filter(isToCome)],
      workspaces: [...seen],
    };
    yield {
      cursor,
      write: async tx => {
        const staleSeconds = Math.round(config.stale * 3600);
        const changed = await storeTold(tx, config.name, told, { now: context.now(), staleSeconds });
        const records = (told.reports ?? []).reduce((sum, { results }) => sum + results.length, 0);
        return { records, changed, rejected: {} };
      },
    };
  }
  const last = {
    ...{ through, open: [...new Set([...open, ...failing])], failing: [...failing] },
    workspaces: [...new Set([...seen, ...workspaces.keys()])],
  };
  yield { cursor: last, write: async () => ({ records: 0, changed: 0, rejected: {} }) };
  if (failed !== undefined) throw failed;
}

interface Wanted {
  readonly before: OrganizationCursor;
  readonly workspaces: ReadonlyMap<string, Workspace>;
  readonly seen: ReadonlySet<string>;
  /** Throws what is not the run's own fault. */
  readonly fails: (run: string, error: unknown) => void;
}

/** New ones, those that were open, and the newest of workspaces that nothing is known of; the oldest first. */
async function runsOf(
  { client, config, organization }: Reading,
  { before, workspaces, seen, fails }: Wanted,
): Promise<readonly Run[]> {
  const since = { since: before.through, speculative: config.speculative };
  const listed = (await runsSince(client, organization, since)).filter(({ workspace }) => workspaces.has(workspace));
  const found = new Map(listed.map(run => [run.id, run]));
  const having = new Set(listed.filter(isOfWorkspace).map(({ workspace }) => workspace));
  const missing = [...workspaces.values()].filter(({ id }) => !seen.has(id) && !having.has(id));
  for (const id of [...before.open, ...missing.flatMap(({ currentRun }) => currentRun ?? [])]) {
    if (found.has(id)) continue;
    const resource = await client
      .one(`runs/${encodeURIComponent(id)}`)
      .catch((error: unknown): undefined => fails(id, error) as undefined);
    const run = runOf(resource ?? {});
    if (run !== undefined) found.set(id, run);
  }
  return [...found.values()].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** A pull request's run and one that ends everything say nothing of what the workspace is. */
const isOfWorkspace = ({ isPlanOnly, isDestroy }: Run) => !isPlanOnly && !isDestroy;

interface RunIn {
  readonly run: Run;
  readonly workspace: Workspace;
  readonly levels: ReadonlyMap<string, string>;
}

async function toldOfRun({ client, config, context }: Reading, { run, workspace, levels }: RunIn) {
  const { scope, owner, organization, name } = workspace;
  const known = await knownOf(context, scope);
  const levelOfPolicy = (policy: string): Level | undefined =>
    levelOf(levels.get(policy.split('/').at(-1) ?? '')) ?? (known.soft.has(policy) ? 'soft-mandatory' : undefined);
  const evaluations = await evaluationsOf(client, run, { levelOf: levelOfPolicy, knownEngines: known.engines });
  const isOverridden = evaluations.some(({ state }) => state === 'overridden');
  const page = `${config.url.replace(/\/+$/, '')}/app/${encodeURIComponent(organization)}/workspaces/${encodeURIComponent(name)}/runs/${run.id}`;
  return toldOf({
    ...{ run: run.id, scope, owner, evaluations, at: run.createdAt, url: page },
    ...{ isOfWorkspace: isOfWorkspace(run), isOver: isOver(run), isEvaluated: isEvaluated(run) },
    knownEngines: known.engines,
    ...(isOverridden ? { override: await overrideOf(client, run) } : {}),
  });
}

/** What the ledger knows of a workspace: who told of it, and which policies were last known as soft-mandatory. */
async function knownOf({ ledger }: SourceContext, scope: string) {
  const [looks, soft] = await ledger.read(async reader => [
    await reader.all(`SELECT DISTINCT engine FROM finding_looks WHERE kind = 'report' AND scope = $scope`, { scope }),
    await reader.all(
      `SELECT policy FROM finding_policies WHERE engine = 'sentinel'
       GROUP BY policy HAVING arg_max(enforcement, occurred_at) = 'warn'`,
    ),
  ]);
  return {
    engines: engines.filter((engine): engine is Engine => looks.some(row => row.engine === engine)),
    soft: new Set(soft.map(({ policy }) => String(policy))),
  };
}
