import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type FoundTool,
  findTool,
  type KitName,
  kitFolder,
  kitOf,
  kits,
  type ToolName,
  toolCache,
} from '../../compose/tools.ts';

type Build = {
  readonly packages: readonly string[];
  readonly versionVariable: string;
  /** What is stamped where it isn't the bare version. */
  readonly stamp?: (version: string) => string;
};
type Environment = Readonly<Record<string, string | undefined>>;

/** What is built of each kit's Go module (the folder of that name here), and the variable its version is stamped into. */
const builds: Readonly<Record<KitName, Build>> = {
  prometheus: {
    packages: ['github.com/prometheus/prometheus/cmd/prometheus', 'github.com/prometheus/prometheus/cmd/promtool'],
    versionVariable: 'github.com/prometheus/common/version.Version',
  },
  alertmanager: {
    packages: ['github.com/prometheus/alertmanager/cmd/alertmanager', 'github.com/prometheus/alertmanager/cmd/amtool'],
    versionVariable: 'github.com/prometheus/common/version.Version',
  },
  compose: { packages: ['.'], versionVariable: 'main.version' },
  opa: {
    packages: ['github.com/open-policy-agent/opa'],
    versionVariable: 'github.com/open-policy-agent/opa/v1/version.Version',
  },
  cosign: {
    packages: ['github.com/sigstore/cosign/v3/cmd/cosign'],
    versionVariable: 'sigs.k8s.io/release-utils/version.gitVersion',
  },
  registry: { packages: ['.'], versionVariable: 'main.version' },
  'prometheus-operator': { packages: ['.'], versionVariable: 'main.version' },
  'otel-collector': { packages: ['.'], versionVariable: 'main.version' },
  'victoria-metrics': {
    packages: ['github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics'],
    versionVariable: 'github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version',
    // As its own builds are named; it tells the short version from this.
    stamp: version => `victoria-metrics-tags-v${version}`,
  },
};

/**
 * Builds a tool, with all of its kit, from the pinned Go module into the cache folder, and returns where it is.
 * The finished folder is put in place by one rename, so that two builds at once do no harm. Minutes, when Go's cache is empty.
 * Throws when Go isn't there, when the build fails, and when what was built says another version.
 */
export async function buildTool(name: ToolName, env: Environment = process.env): Promise<FoundTool> {
  const kit = kitOf(name);
  if (kit === undefined) throw new Error(`${name} isn't built from a Go module; install it as a package`);
  const folder = kitFolder(kit, env);
  await mkdir(toolCache(env), { recursive: true });
  const work = await mkdtemp(join(toolCache(env), '.building-'));
  try {
    const fresh = join(work, kit);
    await mkdir(fresh);
    await goBuild(kit, fresh, env);
    await putInPlace(fresh, folder, name, env);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const built = await findTool(name, env);
  if ('missing' in built) throw new Error(`built ${name} into ${folder}, but ${built.missing}`);
  return built;
}

async function goBuild(kit: KitName, into: string, env: Environment): Promise<void> {
  const { packages, versionVariable, stamp = version => version } = builds[kit];
  const stamped = `${versionVariable}=${stamp(kits[kit].version)}`;
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags', `-s -w -X ${stamped}`];
  const run = promisify(execFile)('go', ['build', ...flags, '-o', `${into}/`, ...packages], {
    cwd: join(import.meta.dirname, kit),
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
    maxBuffer: 16 * 1024 * 1024,
  });
  try {
    await run;
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT')
      throw new Error(`building ${kit} needs Go (https://go.dev/dl/), and it is not on PATH`, { cause });
    throw new Error(
      `building ${kit} ${kits[kit].version} by go build: ${(stderr ?? String(cause)).trim().slice(-2000)}`,
      { cause },
    );
  }
}

/** Moves a finished build to its place. Whoever comes second keeps the first one's, if it works; a damaged one is replaced. */
async function putInPlace(fresh: string, folder: string, name: ToolName, env: Environment): Promise<void> {
  const isTaken = (error: unknown) => ['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');
  try {
    await rename(fresh, folder);
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (!('missing' in (await findTool(name, env)))) return;
    await rename(folder, `${fresh}-damaged`);
    await rename(fresh, folder);
  }
}
