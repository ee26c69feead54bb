/** Worker: reads a repository into a new ledger as `serve` does, then derives what each of its releases brought. */
import { spawnSync } from 'node:child_process';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { deriveChanges } from '../../exporters/dora/changes/index.ts';
import { doraSchema } from '../../exporters/dora/config.ts';
import { doraExporter } from '../../exporters/dora/index.ts';
import { watchLoop } from './loop-delay.ts';
import { answer, cpuMs, inputOf, peakMiB } from './worker.ts';

export interface HistoryInput {
  readonly repository: string;
  readonly dataDir: string;
  /** Also derive the changes of every tag as a deployment. */
  readonly derives?: boolean;
}

const sampled = 200;

interface Timed {
  readonly ms: number;
  readonly cpuMs: number;
  /** Event-loop delay in ms. */
  readonly loop: { readonly p99: number; readonly max: number };
}

export interface HistoryAnswer {
  readonly refresh: Timed;
  readonly again: Timed;
  readonly peakMiB: number;
  readonly commits: number;
  readonly derive?: Timed & {
    readonly deployments: number;
    readonly changes: number;
    /** Some of the ranges, as git writes them, with the number of their commits. */
    readonly ranges: readonly (readonly [range: string, commits: string])[];
  };
  /** After one more commit and one more deployment. */
  readonly deriveOneMore?: Timed;
}

const { repository, dataDir, derives = false } = inputOf<HistoryInput>();
let instant = new Date('2026-11-01T00:00:00Z');
const now = () => instant;
const config = doraSchema.parse({ git: [{ path: repository, repository: 'acme/shop' }], longest_gap_days: 10_000 });
const exporter = doraExporter(config, buildOwnership(buildCatalog([]), ownershipSchema.parse({})), { now });
const runtime = await openRuntime(exporter, { dataDir, log: pino({ level: 'error' }), now });
const { ledger } = runtime;
const timed = async (work: () => Promise<unknown>): Promise<Timed> => {
  const stop = watchLoop();
  const began = performance.now();
  const before = cpuMs();
  await work();
  const ms = performance.now() - began;
  const cpu = cpuMs() - before;
  return { ms, cpuMs: cpu, loop: await stop() };
};
const refresh = async () => {
  const [told] = await runtime.refresh();
  if (told?.error !== undefined) throw new Error(told.error);
};
const count = (table: string) =>
  ledger.read(async reader => Number(await reader.scalar(`SELECT count(*) FROM ${table}`)));
const later = () => {
  instant = new Date(instant.getTime() + 60_000);
};

const first = await timed(refresh);
const peak = peakMiB();
const again = await timed(refresh);
const deployments = `INSERT INTO production_deployments BY NAME
  SELECT 'git:' || tag AS deployment, 'shop' AS service, 'sales' AS team, 'production' AS environment, repository, sha,
    tag AS version, tag AS ref, 'success' AS outcome, tagged_at AS started_at, tagged_at AS finished_at,
    tagged_at AS occurred_at, learned_at
  FROM tags AS t WHERE NOT EXISTS (FROM production_deployments AS p WHERE p.deployment = 'git:' || t.tag)`;
const derive = () =>
  ledger.write(async tx => {
    await deriveChanges(tx, config, { now });
    await tx.run('DELETE FROM repositories_to_derive');
  });

let derived: Partial<HistoryAnswer> = {};
if (derives) {
  await ledger.write(tx => tx.run(deployments));
  later();
  const all = await timed(derive);
  const told = { deployments: await count('production_deployments'), changes: await count('deployed_changes') };
  const rows = await ledger.read(reader =>
    reader.all(
      `SELECT previous_sha || '..' || sha || ' ' || commits AS told FROM deployment_ranges WHERE basis = 'range'
       ORDER BY hash(sha) LIMIT ${sampled}`,
    ),
  );
  later();
  const git = (...args: string[]) => spawnSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).stdout.trim();
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.invalid'];
  const next = git(...who, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', 'one more');
  git('update-ref', 'refs/heads/main', next);
  git(...who, 'tag', '--annotate', '-m', 'Release', 'one-more', next);
  await refresh();
  await ledger.write(tx => tx.run(deployments));
  const oneMore = await timed(derive);
  if ((await count('production_deployments')) !== told.deployments + 1) throw new Error('nothing more was deployed');
  derived = {
    derive: { ...all, ...told, ranges: rows.map(row => String(row.told).split(' ') as [string, string]) },
    deriveOneMore: oneMore,
  };
}
answer({ refresh: first, again, peakMiB: peak, commits: await count('commits'), ...derived } satisfies HistoryAnswer);
await runtime.stop();
process.disconnect();
