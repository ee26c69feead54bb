import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The real programs that tests and `npm start` run beside ours, and the versions they are pinned to.
 * A kit is what is built at once; it lives in a folder `<kit>-<version>` of the cache.
 */
export const kits = {
  prometheus: { version: '3.16.0', tools: ['prometheus', 'promtool'] },
  alertmanager: { version: '0.31.1', tools: ['alertmanager', 'amtool'] },
  compose: { version: '2.16.2', tools: ['compose-validate'] },
  opa: { version: '1.22.2', tools: ['opa'] },
  cosign: { version: '3.1.3', tools: ['cosign'] },
  registry: { version: '3.1.2', tools: ['oci-registry'] },
  'prometheus-operator': { version: '0.93.0', tools: ['operator-check'] },
  'otel-collector': { version: '0.165.0', tools: ['otel-collector'] },
  'victoria-metrics': { version: '1.148.8', tools: ['victoria-metrics'] },
} as const;

export type KitName = keyof typeof kits;
type PinnedTool = (typeof kits)[KitName]['tools'][number];
export type ToolName = PinnedTool | 'chromium' | 'grafana';
export type FoundTool = { readonly path: string; readonly version: string };
/** `missing` is a sentence that names the tool and the one command that gets it. */
export type MissingTool = { readonly missing: string };
type Environment = Readonly<Record<string, string | undefined>>;

/** The Grafana that compose.yaml runs; its release archives are named by version and build. */
export const grafanaRelease = { version: '12.2.1', build: '18655849634' };

/** Programs that are taken at any version, by the names under which distributions install them. */
const unpinned = {
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], command: () => 'apt-get install chromium' },
  grafana: { names: ['grafana'], command: grafanaCommand },
} as const;

/** The folder of built tools: $PLUMBLINE_TOOLS, else plumbline/tools in the user's cache folder. */
export function toolCache(env: Environment = process.env): string {
  if (env.PLUMBLINE_TOOLS) return env.PLUMBLINE_TOOLS;
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'plumbline', 'tools');
}

/** The folder that a kit of the pinned version is built into. */
export function kitFolder(kit: KitName, env: Environment = process.env): string {
  return join(toolCache(env), `${kit}-${kits[kit].version}`);
}

function grafanaFolder(env: Environment): string {
  return join(toolCache(env), `grafana-${grafanaRelease.version}`);
}

/** The one command that puts Grafana where findTool looks. */
function grafanaCommand(env: Environment): string {
  if (process.platform !== 'linux') return 'brew install grafana';
  const { version, build } = grafanaRelease;
  const cpu = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const archive = `https://dl.grafana.com/grafana/release/${version}/grafana_${version}_${build}_linux_${cpu}.tar.gz`;
  const folder = grafanaFolder(env);
  return `mkdir -p ${folder} && curl -fsSL ${archive} | tar -xz --strip-components=1 -C ${folder}`;
}

export function kitOf(tool: ToolName): KitName | undefined {
  return (Object.keys(kits) as KitName[]).find(kit => (kits[kit].tools as readonly string[]).includes(tool));
}

/**
 * Finds a program on PATH, where its `--version` is the pinned one, else in the cache folder.
 * Older versions (a distribution's, say) are passed over and named in the reason.
 */
export async function findTool(name: ToolName, env: Environment = process.env): Promise<FoundTool | MissingTool> {
  if (name === 'chromium' || name === 'grafana') return findAnyVersion(name, env);
  const kit = kitOf(name)!;
  const { version } = kits[kit];
  const refused: string[] = [];
  for (const path of [...onPath(name, env), join(kitFolder(kit, env), name)]) {
    const found = await versionOf(path);
    if (found === version) return { path, version };
    if (found !== undefined) refused.push(`${path} is ${found}`);
  }
  const why = refused.length > 0 ? ` (${refused.join(', ')})` : '';
  return { missing: `${name} ${version} is not on PATH nor in ${toolCache(env)}${why}; get it with: npm run tools` };
}

async function findAnyVersion(name: keyof typeof unpinned, env: Environment): Promise<FoundTool | MissingTool> {
  const { names, command } = unpinned[name];
  const inCache = name === 'grafana' ? [join(grafanaFolder(env), 'bin', 'grafana')] : [];
  for (const path of [...names.flatMap(each => onPath(each, env)), ...inCache]) {
    const version = await versionOf(path);
    if (version !== undefined) return { path, version };
  }
  return { missing: `${name} is not on PATH (looked for ${names.join(', ')}); get it with: ${command(env)}` };
}

function onPath(name: string, env: Environment): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  return folders.map(folder => join(folder, name));
}

/** The version a program says it is, "unknown" when it runs and doesn't say, undefined when it can't be run. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    // These have a command for it, and no flag.
    const asked = ['opa', 'cosign'].includes(basename(path)) ? 'version' : '--version';
    const { stdout, stderr } = await promisify(execFile)(path, [asked], { timeout: 20_000 });
    // VictoriaMetrics says it on stderr, as the name of its build: victoria-metrics-…-tags-v1.148.8-0-g….
    const [, plain, tagged] =
      /(?:version |^[A-Za-z: ]+v?)(\d[^\s,]*)|-tags-v(\d[\d.]*)/m.exec(`${stdout}\n${stderr}`) ?? [];
    return plain ?? tagged ?? 'unknown';
  } catch {
    return undefined;
  }
}
