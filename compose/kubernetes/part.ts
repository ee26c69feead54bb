/**
 * The configuration of one exporter, cut out of plumbline.yaml: only the sections it reads, so that no pod needs the
 * secrets of another. Secrets become files of a Secret, files become files of a volume, and nothing secret stays in it.
 */
import path from 'node:path';
import { isMap, isScalar, isSeq, type Node, parseDocument, type Scalar, visit } from 'yaml';
import { substitute } from '../../exporters/config/environment.ts';
import { secretsIn } from '../../exporters/config/secrecy.ts';
import type { KubernetesConfig } from './config.ts';
import { PlumblineError } from './errors.ts';
import { dataKey, exporterName } from './objects.ts';
import { linkScorecard, type ScorecardPlan, scorecard, tokenVariable } from './scorecard.ts';
import { webFolder } from './web.ts';

export const folders = {
  config: '/etc/plumbline',
  catalog: '/etc/plumbline-catalog',
  slos: '/etc/plumbline-slos',
  secrets: '/etc/plumbline-secrets',
  files: '/srv/plumbline',
} as const;

export interface Part {
  readonly exporter: string;
  /** The text of its plumbline.yaml. */
  readonly text: string;
  /** Keys of its Secret that are mounted as files, and the file of this machine that each is made of. */
  readonly secretFiles: ReadonlyMap<string, string>;
  /** Keys of its Secret that are variables; true where it may be absent, for the configuration has a default. */
  readonly variables: ReadonlyMap<string, boolean>;
  /** Keys that name files which no pod has, each with the file. */
  readonly unmounted: readonly string[];
  /** Keys whose address is the machine's own, which is the pod itself there. */
  readonly loopback: readonly string[];
  /** Of `kubernetes.volumes`, those it reads, and where each is mounted. */
  readonly volumes: readonly { readonly volume: KubernetesConfig['volumes'][number]; readonly at: string }[];
  /** Ports that it speaks to, by the addresses in its configuration; 443 is one of them. */
  readonly ports: readonly number[];
}

export interface PartOptions {
  readonly file: string;
  readonly text: string;
  readonly kubernetes: KubernetesConfig;
  /** Every section that an exporter has. */
  readonly sections: readonly string[];
  readonly exporter: string;
  /** Files of the catalog, as the pod sees them. */
  readonly catalogFiles: readonly string[];
  /** Undefined where there is no scorecard. */
  readonly plan?: ScorecardPlan | undefined;
}

type Keys = readonly (string | number)[];

const pathName = /^(path|file|files|dir)$|_(path|file|files|dir)$/;
const isUrl = (text: string) => /^[a-z][a-z0-9+.-]+:\/\//i.test(text);
/** What a cluster puts into a pod by itself. */
const isPlatforms = (file: string) => file.startsWith('/var/run/secrets/');

/** Errors: KUBERNETES_SECRET_INLINE, KUBERNETES_CONFIG_PART. */
export function partOf(options: PartOptions): Part {
  const { file, text, kubernetes, sections, exporter, catalogFiles, plan } = options;
  // Every value is text as it is written: 0123 stays an account, and not a number without its zero.
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false });
  const section = exporter.replaceAll('-', '_');
  for (const key of ['alerts', 'kubernetes', 'data_dir', ...sections.filter(each => each !== section)])
    document.delete(key);
  if (exporter !== scorecard) document.delete('slos');
  else if (isMap(document.get('slos'))) document.deleteIn(['slos', 'files']);
  document.setIn(['server', 'host'], '0.0.0.0');
  document.setIn(['scrape', 'instance'], exporterName(exporter));
  if (catalogFiles.length > 0) document.setIn(['catalog', 'files'], catalogFiles);
  if (section !== 'cost') withoutUsage(document.getIn(['ownership', 'splits']));

  const secretFiles = new Map<string, string>();
  const variables = new Map<string, boolean>();
  const inline: Keys[] = [];
  const unmounted: string[] = [];
  const loopback: string[] = [];
  const mounted = new Map<KubernetesConfig['volumes'][number], string>();
  const ports = new Set([443]);
  const onScalar = (scalar: Scalar, keys: Keys) => {
    const value = String(scalar.value ?? '');
    for (const [name, optional] of variablesOf(value)) variables.set(name, (variables.get(name) ?? true) && optional);
    if (isInline(value, keys)) inline.push(keys);
    const port = portOf(value);
    if (port !== undefined) ports.add(port);
    if (port !== undefined && loopbackName.test(new URL(value).hostname))
      loopback.push(`${keys.join('.')} (${new URL(value).origin})`);
    const name = String(keys.findLast(key => typeof key === 'string') ?? '');
    if (keys[0] === 'catalog' && keys[1] === 'files') return;
    if (keys.join('.') === 'server.web_config_file') {
      scalar.value = `${webFolder}/web.yml`;
      return;
    }
    // What the environment says is a path of the pod already.
    if (!pathName.test(name) || value === '' || value.includes('${') || isUrl(value) || isPlatforms(value)) return;
    if (/_file$/.test(name)) {
      const key = [...secretFiles].find(([, from]) => from === value)?.[0] ?? dataKey(value, secretFiles.keys());
      secretFiles.set(key, value);
      scalar.value = `${folders.secrets}/${key}`;
      return;
    }
    const volume = volumeOf(value, kubernetes.volumes);
    if (volume === undefined) {
      unmounted.push(`${keys.join('.')} (${value})`);
      return;
    }
    mounted.set(volume, mountOf(volume.path));
    scalar.value = mountOf(value);
  };
  // A comment may hold what is nobody's business.
  const quiet = (node: Node) => {
    node.commentBefore = null;
    node.comment = null;
  };
  visit(document, {
    Node: (_, node) => quiet(node),
    Scalar: (key, node, ancestors) => {
      quiet(node);
      if (key !== 'key') onScalar(node, keysOf(ancestors as readonly unknown[], node));
    },
  });
  if (plan !== undefined && linkScorecard(document, exporter, plan)) variables.set(tokenVariable, false);
  document.commentBefore = ` The exporter ${exporter} out of a plumbline.yaml, by plumbline render kubernetes.`;
  document.comment = null;
  if (inline.length > 0)
    throw new PlumblineError('KUBERNETES_SECRET_INLINE', { file, keys: inline.map(keys => keys.join('.')).join(', ') });
  let written: string;
  try {
    written = document.toString({ lineWidth: 0 });
  } catch (error) {
    throw new PlumblineError('KUBERNETES_CONFIG_PART', { exporter, file, reason: (error as Error).message }, error);
  }
  return {
    ...{ exporter, text: written, secretFiles, variables, unmounted, loopback },
    volumes: [...mounted].map(([volume, at]) => ({ volume, at })),
    ports: [...ports].sort((a, b) => a - b),
  };
}

/** Only cost computes splits; the others would ask for a usage metric that stands in the section they don't have. */
function withoutUsage(splits: unknown): void {
  if (!isSeq(splits)) return;
  for (const split of splits.items)
    if (isMap(split) && String(split.get('method')) === 'usage') {
      split.set('method', 'even');
      for (const pair of [...split.items].map(({ key }) => String(key)))
        if (!['name', 'teams', 'method'].includes(pair)) split.delete(pair);
    }
}

/** The keys that lead to a node: `visit` tells of the nodes around it. */
function keysOf(ancestors: readonly unknown[], node: Node): Keys {
  const around = [...ancestors, node];
  return around.flatMap((each, index): (string | number)[] => {
    const parent = around[index - 1];
    if (isSeq(parent)) return [parent.items.indexOf(each)];
    const pair = each as { readonly key?: unknown };
    return isMap(parent) && isScalar(pair.key) ? [String(pair.key.value)] : [];
  });
}

/** Names that a text takes from the environment, and whether each has a default. */
function variablesOf(text: string): ReadonlyMap<string, boolean> {
  const { missing, used } = substitute(text, {});
  return new Map([
    ...missing.map(name => [name, false] as const),
    ...Object.keys(used).map(name => [name, true] as const),
  ]);
}

/** True where a secret stands in the text itself, also as the default of a variable. */
function isInline(text: string, keys: Keys): boolean {
  const { value } = substitute(text, {});
  const literal = value.replace(/\$\{[^}]*\}/g, '');
  if (isUrl(text) && /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*[^/?#@:]@/i.test(literal)) return true;
  // `Bearer ` before a variable is no secret.
  return literal.replace(/^(Bearer|Basic|token)\s*$/i, '').trim() !== '' && secretsIn(literal, keys).length > 0;
}

const loopbackName = /^(localhost|127(\.\d+){3}|\[::1\])$/i;

function portOf(text: string): number | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { port, protocol } = new URL(text);
  return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
}

/** Where a folder or a glob of this machine is in a pod. */
export const mountOf = (file: string): string =>
  path.posix.isAbsolute(file)
    ? file
    : path.posix.join(folders.files, path.posix.normalize(file).replace(/^(\.\.\/)+/, ''));

function volumeOf(file: string, volumes: KubernetesConfig['volumes']) {
  const at = mountOf(file);
  return volumes.find(({ path: folder }) => {
    const root = mountOf(folder).replace(/\/+$/, '');
    return at === root || at.startsWith(`${root}/`);
  });
}
